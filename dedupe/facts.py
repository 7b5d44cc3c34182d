"""
Same wording, other facts: what tells two days' weather reports from a report and its copy.

Two passages can agree in nine characters of ten and still be two pieces of news, because what
differs is the news: the number, the date, the name. A copy differs where somebody edited; a
template differs where the facts stand. Both judges of likeness ask here before they act.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

_NUMBER = re.compile(r"\d+(?:[.,:．：]\d+)*")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半")
_SIGNS = frozenset("-－−")
# A minus behind a Han character is one (气温-5度); behind a digit or a Latin letter it joins (3-5, COVID-19).
_NO_SIGN_AFTER = re.compile(r"[0-9A-Za-z-]")


def numbers(text: str) -> Counter[str]:
    """
    The numbers a text states, with how often.

    >>> sorted(numbers("5.9%，２0家，-3度，1,200").items())
    [('-3', 1), ('1200', 1), ('20', 1), ('5.9', 1)]
    """
    return Counter(number_list(text))


def number_list(text: str) -> list[str]:
    """
    The numbers a text states, in order: sign, digits, points; thousands without their commas.

    >>> number_list("10：30起，-5到5度，3,000人")
    ['10:30', '-5', '5', '3000']
    """
    return [_sign(text, m.start()) + _plain(m[0]) for m in _NUMBER.finditer(text)]


def _plain(number: str) -> str:
    if number.isdigit() and number.isascii():
        return number
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", number))


def _sign(text: str, at: int) -> str:
    """A minus before a number, unless it joins it to a word or a number: ``2024-25``, ``F-16``."""
    if not at or text[at - 1] not in _SIGNS:
        return ""
    return "" if _NO_SIGN_AFTER.fullmatch(text[max(0, at - 2) : at - 1]) else "-"


def other_numbers(one: Counter[str], two: Counter[str]) -> tuple[int, float]:
    """
    How many numbers each of two texts states that the other does not: the smaller count, and
    the smaller share of a side's numbers.

    A text that only adds numbers says more, not otherwise: it counts as none.

    >>> other_numbers(numbers("北京 3 到 9 度"), numbers("北京 4 到 12 度"))
    (2, 1.0)
    >>> other_numbers(numbers("共 3 人"), numbers("共 3 人，其中 2 人轻伤"))
    (0, 0.0)
    """
    only_a, only_b = (one - two).total(), (two - one).total()
    if not only_a or not only_b:
        return 0, 0.0
    return min(only_a, only_b), min(only_a / one.total(), only_b / two.total())


@lru_cache(maxsize=4096)
def replaced(one: str, two: str) -> bool:
    """
    Whether two short stretches say different things, rather than the same with a slip.

    >>> replaced("监事会工作", "年度报告及摘要"), replaced("经济发展", "经济发展的"), replaced("啊", "")
    (True, False, False)
    """
    if min(len(one), len(two)) < 2 or max(len(one), len(two)) < 3:
        return False
    if 4 * (Counter(one) & Counter(two)).total() < len(one) + len(two):
        return True  # even in the best order less than half would be equal
    return SequenceMatcher(None, one, two, autojunk=False).ratio() < 0.5


def other_digits(one: str, two: str) -> bool:
    """
    Whether both stretches hold digits, and different ones.

    >>> other_digits("36", "38"), other_digits("在29日举行的", ""), other_digits("3人", "3名")
    (True, False, False)
    """
    a, b = digits(one), digits(two)
    return bool(a and b and a != b)


def digits(text: str) -> str:
    """
    The digits of a text in order.

    >>> digits("2.3万")
    '23'
    """
    return "".join(c for c in text if c.isdigit())


def figures(text: str) -> str:
    """
    The digits of a text and its Han numerals, in order: 三成 and 四成 are two facts.

    >>> figures("同比增长三成，达2.3万")
    '三23万'
    """
    return "".join(c for c in text if c.isdigit() or c in _NUMERALS)
