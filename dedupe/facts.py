"""
Compare the facts of two texts with the same wording: two days' weather reports are not copies.

Two passages can agree in nine characters of ten and still be two pieces of news, because what differs
is the news: the number, the date, the name. A copy differs where somebody edited it; a template differs
in its facts. The repeats judge and the near-duplicate judge both ask here before they remove text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from dedupe.patterns import pattern

_NUMBER = pattern(r"\d+(?:[.,:．：]\d+)*")
# Every date begins with a digit: testing that first takes a fifth of the time.
_DATE = pattern(
    r"(?=\d)(?:(?:(?P<year>(?:19|20)\d\d)\s*年\s*)?(?<!\d)(?P<month>\d{1,2})\s*月\s*(?:(?P<day>\d{1,2})\s*[日号號])?"
    r"|(?P<only_year>(?:19|20)\d\d)\s*年|(?<!\d)(?P<only_day>\d{1,2})\s*[日号號])"
)
_LONGEST = 1000
"""Unaligned stretches longer than this are taken to have nothing relevant in common."""

_WIDE = "０１２３４５６７８９"
_NARROW = str.maketrans(_WIDE, "0123456789")
_THOUSANDS = pattern(r",(?=\d{3}(?!\d))")
_GROUPED = pattern(r"(?<![\d.,])\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?!\d)")
"""61.000 and 61 000: most of Europe's way of writing 61,000 or 61000."""

_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半")
_HAN_DIGITS = {
    c: k for k, pair in enumerate(("〇零", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in pair
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH = {word: k for k, word in enumerate(_WORDS.split(), 1)}
_ENGLISH |= {word: 10 * k for k, word in enumerate(_TENS.split(), 2)}
_ENGLISH |= {f"{ten}-{unit}": _ENGLISH[ten] + _ENGLISH[unit] for ten in _TENS.split() for unit in _WORDS.split()[:9]}
_OTHERS = (
    "deux trois quatre cinq six sept huit neuf dix onze douze",
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "dois três quatro cinco seis sete oito nove dez onze doze",
    "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_SPELLED = {word: k for line in _OTHERS for k, word in enumerate(line.split(), 2)} | _ENGLISH
_SPELLED |= {word: k for k, word in enumerate(_ORDINALS.split(), 1)}
"""Numbers in words. In most languages the word for one is also an article, so their lists begin at two."""

_GLUED = {word.replace("-", ""): value for word, value in _SPELLED.items()}
_HAN_NUMBER = pattern(f"[{''.join(_HAN_DIGITS)}十][{''.join(_HAN_DIGITS)}{''.join(_HAN_UNITS)}]*")
"""A unit alone is not a number: 2.3万 is not 2.310000."""

_BETWEEN = frozenset("-–—/.,:．，：")
_SIGNS = frozenset("-－−")
# After a Han character, "-" is a minus (气温-5度); after a digit or a Latin letter, a hyphen (3-5, COVID-19).
_NO_SIGN_AFTER = pattern(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ-]")


def numbers(text: str) -> Counter[str]:
    """
    The numbers that a text states, with their counts.

    >>> sorted(numbers("5.9%，２0家，-3度，1,200").items())
    [('-3', 1), ('1200', 1), ('20', 1), ('5.9', 1)]
    """
    return Counter(number_list(text))


def number_list(text: str) -> list[str]:
    """
    The numbers that a text states, in order, with sign and decimal points but without thousands separators.

    >>> number_list("10：30起，-5到5度，3,000人")
    ['10:30', '-5', '5', '3000']
    """
    return [_sign(text, m.start()) + _plain(m[0]) for m in _NUMBER.finditer(text)]


def spelled_numbers(words: Sequence[str]) -> list[str] | None:
    """
    The numbers of a stretch that consists only of numbers, in figures or in words; otherwise None.

    >>> spelled_numbers(["thirty-four"]), spelled_numbers(["二", "十", "三"]), spelled_numbers(["6", "-", "4"])
    (['34'], ['23'], ['6', '4'])
    >>> spelled_numbers(["two", "men"]), spelled_numbers(["，"])
    (None, None)
    """
    said = ""
    for han, run in groupby(words, key=_is_han_number):
        if han:
            said += str(_han_value("".join(run)))
            continue
        for word in run:
            value = _SPELLED.get(word.casefold())
            if value is None and not word.isdecimal() and word not in _BETWEEN:
                return None
            said += word if value is None else str(value)
    return number_list(said) or None


def _is_han_number(word: str) -> bool:
    return bool(word) and all(c in _HAN_DIGITS or c in _HAN_UNITS for c in word)


def _han_value(text: str) -> int:
    """
    The value of a Chinese number.

    >>> _han_value("二十三"), _han_value("二〇二六"), _han_value("三百万")
    (23, 2026, 3000000)
    """
    if not any(c in _HAN_UNITS for c in text):
        return int("".join(str(_HAN_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        unit = _HAN_UNITS.get(c)
        if unit is None:
            digit = _HAN_DIGITS[c]
        elif unit < _HAN_UNITS["万"]:
            section, digit = section + (digit or 1) * unit, 0
        else:
            total, section, digit = (total + section + digit or 1) * unit, 0, 0
    return total + section + digit


def _plain(number: str) -> str:
    if number.isdigit() and number.isascii():
        return number
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", number))


def _sign(text: str, at: int) -> str:
    """A minus before a number, unless it is a hyphen after a word or a number: ``2024-25``, ``F-16``."""
    if not at or text[at - 1] not in _SIGNS:
        return ""
    return "" if _NO_SIGN_AFTER.fullmatch(text[max(0, at - 2) : at - 1]) else "-"


class Date(NamedTuple):
    """A date, as far as the text gives it: 12月6日 has no year, 2025年 has no month."""

    year: int | None
    month: int | None
    day: int | None


class Facts(NamedTuple):
    """What a text states in figures: its dates, and its other numbers with their counts."""

    numbers: Counter[str]
    dates: frozenset[Date]


def facts(text: str) -> Facts:
    """
    The numbers and dates of a text.

    >>> stated = facts("2025年12月6日电 共3人。")
    >>> sorted(stated.numbers.items()), stated.dates
    ([('3', 1)], frozenset({Date(year=2025, month=12, day=6)}))
    >>> facts("61 000 Gäste").numbers == facts("61.000 Gäste").numbers == facts("61000").numbers
    True
    """
    if any(digit in text for digit in _WIDE):
        text = text.translate(_NARROW)
    dates = frozenset(
        Date(
            *(
                int(part) if part else None
                for part in (m["year"] or m["only_year"], m["month"], m["day"] or m["only_day"])
            )
        )
        for m in _DATE.finditer(text)
    )
    stated = _DATE.sub(" ", text) if dates else text
    return Facts(Counter(number_list(_GROUPED.sub(_joined, stated))), dates)


def _joined(number: re.Match[str]) -> str:
    return "".join(filter(str.isdigit, number[0]))


def other_facts(one: Facts, two: Facts) -> tuple[int, float]:
    """
    How many numbers and dates each text states that the other does not: the smaller of the two counts,
    and the smaller of their shares of what each text states.

    A text that only adds facts does not contradict the other, so it counts as 0. A less complete form of the
    same date is the same date: a page that prints 2025年12月6日 above a story dated 6日 tells no other story.

    >>> other_facts(facts("北京 3 到 9 度"), facts("北京 4 到 12 度"))
    (2, 1.0)
    >>> other_facts(facts("共 3 人"), facts("共 3 人，其中 2 人轻伤"))
    (0, 0.0)
    >>> other_facts(facts("12月6日电 外长通话"), facts("2025年12月6日，外长通话"))
    (0, 0.0)
    """
    only_a = (one.numbers - two.numbers).total() + _new_dates(one.dates, two.dates)
    only_b = (two.numbers - one.numbers).total() + _new_dates(two.dates, one.dates)
    if not only_a or not only_b:
        return 0, 0.0
    stated_a, stated_b = (side.numbers.total() + len(side.dates) for side in (one, two))
    return min(only_a, only_b), min(only_a / stated_a, only_b / stated_b)


def _new_dates(dates: frozenset[Date], others: frozenset[Date]) -> int:
    return sum(not any(_agree(date, other) for other in others) for date in dates)


def _agree(one: Date, two: Date) -> bool:
    """Whether two dates share at least one part, and differ in none that both have."""
    pairs = [(a, b) for a, b in zip(one, two, strict=True) if a is not None and b is not None]
    return bool(pairs) and all(a == b for a, b in pairs)


def restated(one: str, two: str) -> bool:
    """
    Whether two stretches without punctuation state the same number, one in figures and the other in words.

    >>> restated("3月5", "三月五"), restated("1958", "一九五八"), restated("thirtyfour", "34"), restated("二十", "12")
    (True, True, True, False)
    """
    return bool(one and two) and one != two and _in_figures(one) == _in_figures(two)


def _in_figures(text: str) -> str:
    said = _GLUED.get(text.casefold())
    return str(said) if said else _HAN_NUMBER.sub(lambda found: str(_han_value(found[0])), text)


@lru_cache(maxsize=4096)
def replaced(one: str, two: str) -> bool:
    """
    Whether two short stretches say different things, rather than the same thing with a slip.

    >>> replaced("监事会工作", "年度报告及摘要"), replaced("经济发展", "经济发展的"), replaced("啊", "")
    (True, False, False)
    """
    if min(len(one), len(two)) < 2 or max(len(one), len(two)) < 3:
        return False
    if max(len(one), len(two)) > _LONGEST or 4 * (Counter(one) & Counter(two)).total() < len(one) + len(two):
        return True  # even in the best order, less than half would be equal
    return SequenceMatcher(None, one, two, autojunk=False).ratio() < 0.5


def other_digits(one: str, two: str) -> bool:
    """
    Whether both stretches contain digits, and these differ.

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
    return "".join(filter(str.isdigit, text))


def figures(text: str) -> str:
    """
    The digits and Han numerals of a text, in order: 三成 and 四成 are different facts.

    >>> figures("同比增长三成，达2.3万")
    '三23万'
    """
    return "".join(c for c in text if c.isdigit() or c in _NUMERALS)
