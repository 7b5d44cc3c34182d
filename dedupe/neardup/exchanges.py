"""
What two texts have in each other's place: where a template shows.

Two texts are laid side by side, sentence by sentence. A copy that a site has edited lacks a line
here and has one more there; a notice of the same template has another number and another name in
the same place: 任命王建国为局长 and 任命李秀英为局长 are two appointments. In credits names change
from site to site and mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, NamedTuple

from dedupe.facts import facts, other_facts
from dedupe.rules.people import SURNAMES

_SENTENCE: Final = re.compile(r"[^\n。！？!?]*?(?:[。！？!?\n]+[”’」』）)]*|[.](?=\s)|$)\s*")
_TOKEN: Final = re.compile(r"[^\W\d_\u2e80-\uffff]+(?:['’\-][^\W\d_\u2e80-\uffff]+)*|\d+|\S")
_CREDIT: Final = re.compile(
    r"记者|記者|通讯员|通訊員|编辑|編輯|作者|责编|校对|撰稿|摄影?|攝|来源|來源|[电電讯訊]$|[（(【\[]|(?i:\b(?:by|editing|reporting|writing|photo)\b)"
)
_BEFORE: Final = 12
_LONGEST: Final = 600
"""Tokens of differing stretches that are aligned; what differs for longer is another text, not another name."""

_TYPO: Final = 0.6


class Exchanged(NamedTuple):
    """
    What one text has in the place of the other's.

    ``names`` and ``numbers`` count the places where both state one, and another one; ``figures``
    those where at least one side states a number (``six`` in the place of ``6 1/4``).
    """

    names: int
    numbers: int
    figures: int


class _Exchange(NamedTuple):
    before: str
    one: list[str]
    two: list[str]


def exchanged(one: str, two: str) -> Exchanged:
    """
    Lay two texts side by side that agree otherwise.

    >>> exchanged("会议决定任命王建国为水利局局长。", "会议决定任命李秀英为水利局局长。").names
    1
    >>> exchanged("本报记者王建国 雨停了。", "本报记者李秀英 雨停了。").names
    0
    >>> exchanged("他表示同意。", "他指出同意。")
    Exchanged(names=0, numbers=0, figures=0)
    >>> exchanged("The court fined Mark Hale 300 crowns.", "The court fined Ruth Dorn 500 crowns.")
    Exchanged(names=1, numbers=1, figures=1)
    """
    names = numbers = figures = 0
    for found in _exchanges(one, two):
        if not (_CREDIT.search(found.before) or _CREDIT.search(found.before.replace(" ", ""))):
            names += _is_han_name(found) or _is_latin_name(found)
        digits = [any(token[0].isdigit() for token in side) for side in (found.one, found.two)]
        figures += any(digits)
        numbers += all(digits) and other_facts(facts("".join(found.one)), facts("".join(found.two)))[0] > 0
    return Exchanged(names, numbers, figures)


def _exchanges(one: str, two: str) -> Iterator[_Exchange]:
    """Where the texts have other words in the same place."""
    a, b = ([s for s in _SENTENCE.findall(text) if s.strip()] for text in (one, two))
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "replace":
            continue
        mine, other = (_TOKEN.findall("".join(part)) for part in (a[i:j], b[k:m]))
        if max(len(mine), len(other)) > _LONGEST:
            continue
        for inner, p, q, r, s in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
            if inner == "replace":
                yield from _parted(" ".join(mine[max(0, p - _BEFORE) : p]), mine[p:q], other[r:s])


def _parted(before: str, one: list[str], two: list[str]) -> Iterator[_Exchange]:
    """The exchange, word for word where both sides have as many: ``Mark Hale 300``, ``Ruth Dorn 500``."""
    if len(one) != len(two):
        yield _Exchange(before, one, two)
        return
    pairs = zip(one, two, strict=True)
    for _, run in groupby(pairs, key=lambda pair: (pair[0][0].isdigit(), pair[1][0].isdigit())):
        mine, other = zip(*run, strict=True)
        yield _Exchange(before, list(mine), list(other))


def _is_han_name(found: _Exchange) -> bool:
    """Whether on both sides stands a Chinese name, or the end of one of three characters."""
    one, two = "".join(found.one), "".join(found.two)
    if not (_is_han(one) and _is_han(two)) or set(one) & set(two):
        return False
    if _is_name(one) and _is_name(two):
        return True
    before = found.before.replace(" ", "")[-2:]
    return len(one) == len(two) and any(
        len(said + one) == 3 and _is_name(said + one) and _is_name(said + two) for said in (before, before[1:])
    )


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and text[0] in SURNAMES and _is_han(text)


def _is_han(text: str) -> bool:
    return len(text) <= 4 and all("\u3400" <= c <= "\u9fff" for c in text)


def _is_latin_name(found: _Exchange) -> bool:
    """Whether other words stand on both sides that are written as names are, and neither is the other's slip."""
    sides = (found.one, found.two)
    if any(len(side) > 4 or not all(word.istitle() and len(word) > 1 for word in side) for side in sides):
        return False
    one, two = ("".join(side).casefold() for side in sides)
    return bool(found.before) and SequenceMatcher(None, one, two, autojunk=False).ratio() < _TYPO
