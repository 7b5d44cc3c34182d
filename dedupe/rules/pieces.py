"""What is known of a piece of a pattern: what it begins and ends with, and the words that it holds or is one of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dedupe.rules.ranges import Ranges

MOST_CROSSED: Final = 48  # words of one list before those of another; more are looked for apart


class Piece(NamedTuple):
    """
    What is known of a piece: whether it may be empty, what it begins and ends with, the words that it
    is one of if these are few, with how common they are (``chance``), the words of which it holds at
    least one, with how common those are (``share``), all sets of words of which it holds one each,
    in their order, and how many characters it has at least.
    """

    empty: bool
    first: frozenset[str]
    last: frozenset[str]
    words: frozenset[str] | None
    chance: float
    needs: frozenset[str] | None
    share: float
    row: tuple[frozenset[str], ...]
    least: int


NONE: Final[frozenset[str]] = frozenset()
UNKNOWN: Final = 9.0  # the share of what is not known; that of the commonest character is below 1
NOTHING: Final = frozenset([""])
MARK: Final = Piece(True, NONE, NONE, NOTHING, 1.0, None, UNKNOWN, (), 0)  # ^, $, \b: a place, and no character


def size(ranges: Ranges) -> int:
    """How many characters lie in these ranges."""
    return sum([high - low + 1 for low, high in ranges])


def members(ranges: Ranges) -> Iterator[str]:
    """The characters in these ranges."""
    return (chr(c) for low, high in ranges for c in range(low, high + 1))


def letters(words: frozenset[str]) -> frozenset[str]:
    """Those words that are a single letter."""
    return frozenset([word for word in words if len(word) == 1])


def crossed(words: frozenset[str] | None, more: frozenset[str] | None) -> frozenset[str] | None:
    """Each word with each behind it; None if that is too many, or one of them is not known."""
    if words is None or more is None or len(words) * len(more) > MOST_CROSSED:
        return None
    if words is NOTHING:
        return more
    return words if more is NOTHING else frozenset([a + b for a in words for b in more])


def union(sets: Iterable[frozenset[str] | None], most: int) -> frozenset[str] | None:
    """The words of all sets; None if that is more than so many, or those of a set are not known."""
    whole: set[str] = set()
    for one in sets:
        if one is None or len(whole) > most:
            return None
        whole |= one
    return frozenset(whole) if len(whole) <= most else None


def times_of(times: str) -> tuple[int, int | None]:
    """
    How often a piece stands, at least and at most.

    >>> times_of("+"), times_of("{2,4}?"), times_of("{3}")
    ((1, None), (2, 4), (3, 3))
    """
    if times[0] != "{":
        return (1 if times[0] == "+" else 0), (1 if times[0] == "?" else None)
    low, comma, high = times.rstrip("?")[1:-1].partition(",")
    return int(low), int(high) if high else None if comma else int(low)
