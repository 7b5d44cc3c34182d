"""What is known about a piece of a pattern: what it begins and ends with, and the words that it can be or contain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dedupe.rules.ranges import Ranges

MOST_CROSSED: Final = 48  # combinations of two adjacent lists of words; if there are more, each is searched apart


class Piece(NamedTuple):
    """
    What is known about a piece: whether it may be empty; what it may begin and end with; ``words``, all
    strings that it can be, if they are few, and how common they are (``chance``); ``needs``, words of which
    it contains at least one, and how common those are (``share``); ``row``, sets of words of which it contains
    one each, in order; and its minimum length.
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
UNKNOWN: Final = 9.0  # the share of anything unknown; that of the commonest character is below 1
NOTHING: Final = frozenset([""])
MARK: Final = Piece(True, NONE, NONE, NOTHING, 1.0, None, UNKNOWN, (), 0)  # ^, $, \b: a position, not a character


def size(ranges: Ranges) -> int:
    """Return the number of characters in these ranges."""
    return sum([high - low + 1 for low, high in ranges])


def members(ranges: Ranges) -> Iterator[str]:
    """Yield the characters in these ranges."""
    return (chr(c) for low, high in ranges for c in range(low, high + 1))


def letters(words: frozenset[str]) -> frozenset[str]:
    """Return the words that are a single letter."""
    return frozenset([word for word in words if len(word) == 1])


def crossed(words: frozenset[str] | None, more: frozenset[str] | None) -> frozenset[str] | None:
    """Concatenate each word with each of ``more``; None if there are too many, or one side is unknown."""
    if words is None or more is None or len(words) * len(more) > MOST_CROSSED:
        return None
    if words is NOTHING:
        return more
    return words if more is NOTHING else frozenset([a + b for a in words for b in more])


def union(sets: Iterable[frozenset[str] | None], most: int) -> frozenset[str] | None:
    """Return the words of all sets; None if there are more than ``most``, or one set is unknown."""
    whole: set[str] = set()
    for one in sets:
        if one is None or len(whole) > most:
            return None
        whole |= one
    return frozenset(whole) if len(whole) <= most else None


def times_of(times: str) -> tuple[int, int | None]:
    """
    Return the minimum and maximum number of repetitions.

    >>> times_of("+"), times_of("{2,4}?"), times_of("{3}")
    ((1, None), (2, 4), (3, 3))
    """
    if times[0] != "{":
        return (1 if times[0] == "+" else 0), (1 if times[0] == "?" else None)
    low, comma, high = times.rstrip("?")[1:-1].partition(",")
    return int(low), int(high) if high else None if comma else int(low)
