"""
Words that turn a statement round: opposites, and units and currencies behind the same number.

An editor exchanges a word for another of the same meaning, never for its opposite. So one such word makes another
piece of news, whatever else was edited.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from dedupe.kernels.view import plain_script
from dedupe.neardup.alignment import Exchange
from dedupe.neardup.lexicon import MEASURES, OPPOSITES
from dedupe.patterns import pattern


@cache
def _poles(lists: str) -> dict[str, set[tuple[int, int]]]:
    """
    Return on which side of which sets each word stands; Chinese words also as texts in one script have them.

    It is made on first use: most runs over one file compare nothing.
    """
    poles: dict[str, set[tuple[int, int]]] = {}
    for line, sides in enumerate(lists.split("\n")):
        for side, words in enumerate(sides.split("|")):
            for word in [*words.split(), *plain_script(words).split()]:
                poles.setdefault(word, set()).add((line, side))
    return poles


_CLAUSE: Final = 16
"""Maximum length of a side: longer ones are clauses that somebody rewrote."""

_FEW: Final = 3
_HANGUL: Final = pattern(r"[\uac00-\ud7a3]{3,}")
"""Korean words, whose endings may follow an opposite."""

_HAN: Final = pattern(r"[\u3041-\u30ff\u3400-\u9fff]{2,12}")

_ONLY_BEFORE: Final = {"原被": "告"}
"""Characters that are opposites before certain others only."""

_FUNCTION_WORDS: Final = "to of in at by from on a an the für auf zu de la le en à على في"
_FUNCTION: Final = frozenset(_FUNCTION_WORDS.split())
"""Words that come and go with an opposite: ``beat`` and ``lost to``, ``home`` and ``at home``."""

_MONEY: Final = frozenset("美欧日英韩港")
"""Whose money: 36亿元 and 36亿美元."""

_COUNTED: Final = pattern(
    r"(?:[\d〇零一二两三四五六七八九十百千万亿几数만억]|مليون|مليار|tỷ|triệu|करोड़|लाख|ล้าน"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|nine|ten)|[bm]illion(?:en)?|thousand|hundred|milliarden"
    r"|миллион\w*|миллиард\w*))\s*$"
)
"""A number just before a unit."""


def is_opposite(found: Exchange) -> bool:
    """
    Whether the two texts state opposites here, or the same number of other units.

    >>> from dedupe.neardup.alignment import exchanges
    >>> def told(one, two):
    ...     return [is_opposite(found) for found in exchanges(one, two)]
    >>> told("Prices rose.", "Prices fell."), told("It rose.", "It climbed."), told("价格涨了。", "价格跌了。")
    ([True], [False], [True])
    >>> told("It is 12 miles.", "It is 12 km."), told("It is 12 miles.", "It is 19 km.")
    ([True], [False, False])
    """
    one, two = found.said
    if not (one and two):
        return _is_added(found, one or two)
    if max(len(one), len(two)) > _CLAUSE:
        return False
    if _apart(_poles(OPPOSITES), one, two):
        later = _ONLY_BEFORE.get(one + two, _ONLY_BEFORE.get(two + one))
        return later is None or found.after[:1] in later
    if {one.casefold(), two.casefold()} == {"a", "p"}:
        return found.after.startswith((".m", "m"))
    if _apart(_poles(MEASURES), one, two):
        return _COUNTED.search(found.before) is not None
    return _by_words(found) or _by_characters(one, two)


def _is_added(found: Exchange, said: str) -> bool:
    """Whether only one text has what makes a temperature negative, or money that of another country."""
    if said == "零下":
        return found.after[:1].isdigit() or found.after[:1] in "一二三四五六七八九十"
    return said in _MONEY and found.after.startswith("元") and _COUNTED.search(found.before) is not None


def _apart(sets: dict[str, set[tuple[int, int]]], one: str, two: str) -> bool:
    """Whether two words stand on different sides of one set, and on the same side of none."""
    mine = sets.get(one) or sets.get(one.casefold())
    other = mine and (sets.get(two) or sets.get(two.casefold()))
    if not (mine and other) or mine & other:
        return False
    return not {line for line, _ in mine}.isdisjoint(line for line, _ in other)


def _by_words(found: Exchange) -> bool:
    """Whether opposites stand in each other's place among a few words: ``closed for`` and ``open after``."""
    if len(found.one) == len(found.two) == 1:
        return False
    one, two = ([word for word in side if word not in _FUNCTION] for side in (found.one, found.two))
    if len(one) != len(two) or len(one) > _FEW:
        return False
    return any(len(a) > 1 and len(b) > 1 and _apart(_poles(OPPOSITES), a, b) for a, b in zip(one, two, strict=True))


def _by_characters(one: str, two: str) -> bool:
    """Whether opposites stand in two stretches without blanks: 对外开放 and 暂时关闭; in Korean, at their beginning."""
    if one.isascii() or two.isascii():
        return False
    if _HANGUL.fullmatch(one + two):
        return any(_apart(_poles(OPPOSITES), one[:size], two[:size]) for size in (1, 2))
    if not _HAN.fullmatch(one + two):
        return False
    if len(one) == len(two) and all(a == b or _apart(_poles(OPPOSITES), a, b) for a, b in zip(one, two, strict=True)):
        return True
    return any(_apart(_poles(OPPOSITES), a, b) for a in _pieces(one) for b in _pieces(two))


def _pieces(text: str) -> list[str]:
    return [
        text[at : at + size]
        for size in (2, 3)
        for at in range(len(text) - size + 1)
        if text[at : at + size] in _poles(OPPOSITES)
    ]
