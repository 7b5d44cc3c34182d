"""
Read the facts of a text that its comparison view drops: signs, currencies, decimal points, ratings, arrows, ticks.

The view keeps letters and digits only, so €45 and $45, 1.5 and 15, BB+ and BB-, ☑ and ☐ are equal in it. Whoever
takes two texts for the same because their views agree asks here whether their facts agree too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from dedupe.patterns import pattern

CURRENCIES: Final = "$€£¥¢₩₽₹฿₫₴₺₪₦₱₿"
WIDE_CURRENCIES: Final = "＄￥￡￠￦"
DRAWN: Final = "+＋#↑↓→←↗↘⇧⇩⇒⇐⬆⬇▲▼△▽✓✔☑✅✗✘✕✖☒❌☐"
"""Signs other than currencies, points and hyphens that may state a fact."""

_CURRENCY: Final = CURRENCIES + WIDE_CURRENCIES
_NUMBER: Final = pattern(
    rf"(?=[\d<>≤≥＜＞{_CURRENCY}－−-])"  # testing this first takes a fraction of the time
    rf"(?P<before>[<>≤≥＜＞{_CURRENCY}]?)[ \u00a0\u202f]?(?P<minus>[-－−]?)"
    r"(?P<number>(?<![\d.,])(?![0０])\d{1,3}(?:(?P<apart>[ .,，'’\u00a0\u202f])\d{3})(?:(?P=apart)\d{3})*(?!\d)"
    r"(?:(?!(?P=apart))[.,]\d+(?!\d))?"
    r"|\d+(?:[.,:．，：]\d+)*)"
    rf"(?P<after>(?:[ \u00a0\u202f]?[%％‰{_CURRENCY}](?![ \u00a0\u202f]?[\d]))?)"
)
_PARTS: Final = pattern(r"[^\d]")
_LETTER: Final = pattern(
    r"(?<=[^\W_])[+＋]+(?![A-Za-z0-9])|(?<![^\W_])[A-Z]#(?![^\W_])|(?<![^\W_])[A-Z]{1,3}[-−－](?![^\W级級])"
)
"""A+, C++, C#, BB-: only a rating has a hyphen at its end, so it is one behind a few capitals alone."""

_ARROWS: Final = "↑↓↗↘⇧⇩⬆⬇"
_TICKS: Final = {**dict.fromkeys("✓✔☑✅", "✓"), **dict.fromkeys("✗✘✕✖☒❌", "✗"), "☐": "☐"}
_DRAWN: Final = pattern(
    rf"[{''.join(_TICKS)}]|[▲▼△▽](?=\s?\d)"
    rf"|[{_ARROWS}](?= ?[^\W_])|(?<=[^\W_]|[%％])[{_ARROWS}]|(?<=[^\W_%] )[{_ARROWS}]"
)
"""An arrow beside no word is a button."""

_RARE: Final = pattern(f"[+＋#{_ARROWS}{''.join(_TICKS)}▲▼△▽]|[A-Z][-−－]")
"""Without one of these, a text states nothing apart from numbers."""

_NO_SIGN_AFTER: Final = pattern(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ%％‰°℃-]")


class Mark(NamedTuple):
    """What the view drops at a letter or digit: the offset in the text of that character, and the sign."""

    at: int
    sign: str


def fact_key(text: str) -> tuple[str, ...]:
    """
    The facts of a text in figures and signs, in order: texts with equal views say the same only if these agree too.

    Thousands separators, width, and the place of a currency sign do not count.

    >>> fact_key("$1.5 million, BB+, -3 °C, 61 000 ☑")
    ('$1.5', 'B+', '-3', '61000', '0✓')
    >>> fact_key("€45") == fact_key("45 €") != fact_key("$45")
    True
    """
    facts = []
    for found in _NUMBER.finditer(text):
        points = dict(_points(found))
        start, end = found.span("number")
        value = "".join(points.get(at, "") + text[at] for at in range(start, end) if text[at].isdigit())
        facts += [(start, one) for one in (_around(text, found) + _plain(value)).split("|")]
    if _RARE.search(text):
        facts += [(at, _plain(text[at]) + sign) for at, sign in _of_letters(text)]
    return tuple([fact for _, fact in sorted(facts)])


def marks(text: str) -> list[Mark]:
    """
    What the view drops of a text's facts, with the letter or digit that each sign belongs to.

    Where the views of two passages agree, so must these.

    >>> marks("1.5 Mio. €"), marks("15 Mio."), marks("12:30")
    ([Mark(at=2, sign='.')], [], [Mark(at=3, sign='|')])
    >>> marks("C++ ↑3%")
    [Mark(at=0, sign='++'), Mark(at=5, sign='%'), Mark(at=5, sign='↑')]
    """
    found = list(_of_numbers(text))
    if _RARE.search(text):
        found += _of_letters(text)
    return sorted(found)


def _of_numbers(text: str) -> Iterator[Mark]:
    """The sign, currency and percent sign of each number, at its first digit; a point, at the digit after it."""
    last = 0
    for found in _NUMBER.finditer(text):
        start, end = found.span("number")
        sign = _around(text, found)
        between = text[last:start].strip() if last else ""
        if between and not any(map(str.isalnum, between)):
            sign = "|" + sign  # 1-29 is not 129; a blank may be a lost line break
        if sign:
            yield Mark(start, sign)
        last = end
        if end - start > 1 and not found["number"].isdecimal():
            yield from _points(found)


def _around(text: str, found: re.Match[str]) -> str:
    """The signs before and after a number: currency, comparison, minus, percent."""
    before, minus, number, after = found.span("before"), found.start("minus"), found.start("number"), found["after"]
    sign = "-" if minus < number and not (minus and _NO_SIGN_AFTER.fullmatch(text[minus - 1])) else ""
    return _plain(text[slice(*before)] + after.strip()) + sign


def _points(found: re.Match[str]) -> Iterator[Mark]:
    """The decimal point of a number; several points or a colon only separate (12:30, 2026.1.22)."""
    number, apart, start = found["number"], found["apart"], found.start("number")
    parts = [part.start() for part in _PARTS.finditer(number) if part[0] != apart]
    for part in parts:
        decimal = len(parts) == 1 and number[part] in ".,．，"
        yield Mark(start + part + 1, "." if decimal else "|")


def _of_letters(text: str) -> Iterator[Mark]:
    """What follows a letter, and arrows and ticks, which belong to the next word, or else the last."""
    for found in _LETTER.finditer(text):
        sign = _plain(found[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        yield Mark(_letter_before(text, found.end()), "-" if sign in "-−" else sign)
    for found in _DRAWN.finditer(text):
        at = _letter_after(text, found.end())
        if at < 0:
            at = _letter_before(text, found.start())
        if at >= 0:
            yield Mark(at, _TICKS.get(found[0], found[0]))


def _letter_before(text: str, end: int) -> int:
    return next((at for at in range(end - 1, -1, -1) if text[at].isalnum()), -1)


def _letter_after(text: str, start: int) -> int:
    return next((at for at in range(start, len(text)) if text[at].isalnum()), -1)


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
