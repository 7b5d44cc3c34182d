"""
Names that `dedupe.neardup.names` cannot tell by their looks: those in scripts without capitals, and those that differ
from each other by a letter.
"""

from __future__ import annotations

from typing import Final

from dedupe.neardup.alignment import Exchange
from dedupe.neardup.names import NAMES, alike, in_brackets
from dedupe.neardup.places import is_place_by_kind
from dedupe.patterns import pattern

_FIRST_CASELESS: Final = "\u0590"
_CASELESS: Final = pattern(r"[\u0590-\u08ff\u0900-\u0d7f\u0e00-\u0eff\uac00-\ud7a3]{2,}")
_SHORT: Final = 6
"""Maximum length of names that one letter distinguishes: in longer ones it is a slip."""

_SPELLED: Final = 4
_LETTERS: Final = 2
"""Minimum length of names that differ in a letter, and in how many letters; names that differ in more are unlike."""

_ARTICLE_WORDS: Final = "The A An In On At By For Der Die Das Den Dem Im Am El La Los Las Le Les Il Lo O Os As"
_ARTICLES: Final = frozenset(_ARTICLE_WORDS.split())
"""Words that begin a sentence and are no part of a name."""

_CONFUSED_PAIRS: Final = "li ce nu hb ft ij gq vw sz kc ae ei iy jy kq oö uü aä aá eé ií oó uú nñ eè cç"
_CONFUSED: Final = frozenset(map(frozenset, _CONFUSED_PAIRS.split()))
"""Letters that scanners and transcriptions exchange."""


def is_other_spelling(found: Exchange, one: str, two: str) -> bool:
    """
    Whether two names differ in one or two letters, and each text knows only its own: Colin Marsh and Colin Walsh.

    A text that spells the name both ways has slipped. So has one that exchanges letters which scanners and
    transcriptions exchange, or one letter of a long name.
    """
    if len(found.one) != 1 or len(found.two) != 1 or found.where != "text":
        return False
    here, there = found.said
    if len(here) != len(there) or len(here) < _SPELLED or not (here.istitle() and there.istitle()):
        return False
    before = found.before.rpartition(" ")[2]
    if not (before.istitle() and before not in _ARTICLES) and not found.after[:1].isupper():
        return False
    pairs = [frozenset(pair) for pair in zip(here.casefold(), there.casefold(), strict=False) if len({*pair}) > 1]
    if not _share(len(here)) <= len(pairs) <= _LETTERS or pairs[-1:] == [frozenset((here[-1], there[-1]))]:
        return False
    if sorted(here) == sorted(there) or all(pair in _CONFUSED for pair in pairs):
        return False
    return there not in one and here not in two


def _share(length: int) -> int:
    """How many letters must differ in a name of this length."""
    return 1 if length <= _SHORT else 2


def is_caseless_name(found: Exchange, one: str, two: str) -> bool:
    """
    Whether a name is exchanged in a script that has words but no capitals: two or three words, or one word that a text
    calls a place. No text knows a word of the other's.

    >>> said = Exchange("وقال الوزير", ["سامي", "العطار"], ["كريم", "حداد"], "أمس")
    >>> is_caseless_name(said, "وقال الوزير سامي العطار أمس", "وقال الوزير كريم حداد أمس")
    True
    """
    if found.one[0] < _FIRST_CASELESS or len(found.one) != len(found.two) or len(found.one) >= NAMES:
        return False
    if not all(map(_CASELESS.fullmatch, found.one + found.two)) or found.where != "text" or in_brackets(found):
        return False
    if len(found.one) == 1 and not is_place_by_kind(found.before, found.after):
        return False
    if any(alike(*pair) for pair in zip(found.one, found.two, strict=True)):
        return False
    return not (any(word in two for word in found.one) or any(word in one for word in found.two))
