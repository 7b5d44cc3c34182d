"""
Signs, currencies and decimal points, which the comparison view drops: two texts with equal shingles may differ in them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from dedupe.factkey import CURRENCIES, DRAWN, fact_key
from dedupe.neardup.alignment import Exchange
from dedupe.patterns import pattern

_CURRENCIES: Final = pattern(f"[{CURRENCIES}]")
_SOFT: Final = pattern(f"[%‰<>≤≥{CURRENCIES}]")
"""Signs that other papers write as words: their absence states nothing."""

_BARE: Final = pattern(r"[^\w]")

_SIGNS: Final = frozenset(CURRENCIES + DRAWN)
_OF_NUMBERS: Final = frozenset(".,．，-－−")
"""Signs that state a fact only at a number."""

_LONGEST: Final = 6
"""Maximum number of words on a side: more are a clause, whose signs nothing is in the place of."""

Signs = tuple[tuple[str, ...], list[str]]
"""The facts of a text in signs and figures, in order; and only their letters and digits."""


def is_signed(found: Exchange) -> bool:
    """Whether a sign differs here that may state a fact; whether it does, `contradict` tells."""
    said = found.one + found.two
    if len(said) > 2 * _LONGEST:
        return False
    if not _SIGNS.isdisjoint(said):
        return True
    if _OF_NUMBERS.isdisjoint(said):
        return False
    return found.after[:1].isdecimal() or found.before[-1:].isupper() or any(word[0].isdecimal() for word in said)


def signs(text: str) -> Signs:
    """Return what a text states in signs and figures."""
    key = fact_key(text)
    return key, [_BARE.sub("", fact) for fact in key]


def contradict(one: Signs, two: Signs) -> bool:
    """
    Whether both texts state the same number or rating with other signs: $45 and €45, 1.5 and 15, BB+ and BB-.

    >>> def told(one, two):
    ...     return contradict(signs(one), signs(two))
    >>> told("$45", "€45"), told("1.5 m", "15 m"), told("BB+", "BB-"), told("-3°", "3°"), told("up 3", "up ↑3")
    (True, True, True, True, False)
    >>> told("$45", "45 dollars"), told("10.30", "10:30"), told("61 000", "61,000"), told("3%", "3 per cent")
    (False, False, False, False)
    """
    if one[1] == two[1]:
        return any(a != b and _differ(a, b) for a, b in zip(one[0], two[0], strict=True))
    ours, theirs = Counter(one[0]), Counter(two[0])
    said: dict[str, list[str]] = defaultdict(list)
    for fact in theirs - ours:
        said[_BARE.sub("", fact)].append(fact)
    return any(_differ(fact, other) for fact in ours - theirs for other in said[_BARE.sub("", fact)])


def _differ(one: str, two: str) -> bool:
    currencies = [{*_CURRENCIES.findall(side)} for side in (one, two)]
    if all(currencies) and currencies[0] != currencies[1]:
        return True
    one, two = (_SOFT.sub("", side) for side in (one, two))
    drawn = [_DRAWN.sub("", side) for side in (one, two)]
    if min(len(one) - len(drawn[0]), len(two) - len(drawn[1])) == 0:
        one, two = drawn
    if "|" in one + two:
        one, two = one.replace(".", "|"), two.replace(".", "|")
        if one.startswith("|") or two.startswith("|"):
            one, two = one.lstrip("|"), two.lstrip("|")
    return one != two


_DRAWN: Final = pattern("[↑↓→←↗↘⇧⇩⇒⇐⬆⬇▲▼△▽✓✗☐#]")
