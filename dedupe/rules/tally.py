"""
Which lines occur in enough documents of an outlet, and on enough days, to be worth examining.

Nearly all lines of a corpus occur in one document only. All are counted together, by keys of four bytes, and few
remain. Lines that share a key by chance only cost an extra examination.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]

_BLOCK = 1 << 12
"""Number of documents whose lines are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Floors:
    """
    Thresholds from which a line is worth proposing: documents, days, and the share of its outlet's documents.

    An outlet whose documents have no dates is judged by documents and share alone.
    """

    documents: int
    days: int
    share: float


class Common(NamedTuple):
    """The documents with a line worth examining, by their order of arrival, and the keys of such lines."""

    documents: list[int]
    keys: frozenset[int]


class Tally:
    """
    Counts documents by outlet, day and the keys of their lines, in 4 bytes per line and 12 per document.

    >>> tally = Tally(Floors(documents=2, days=2, share=0.5))
    >>> for day, keys in [("2026-03-01", [7, 8]), ("2026-03-01", [9]), ("2026-03-02", [8])]:
    ...     tally.add("a", day, np.array(keys, dtype=np.uint32))
    >>> tally.common()
    Common(documents=[0, 2], keys=frozenset({8}))
    """

    def __init__(self, floors: Floors) -> None:
        self._floors = floors
        self._keys = array("I")
        self._lines = array("I")
        self._houses: dict[str, int] = {}
        self._days: dict[str | None, int] = {None: 0}
        self._house, self._day = array("I"), array("I")

    def add(self, house: str, day: str | None, keys: Keys) -> None:
        """Add a document with the distinct keys of its lines."""
        self._keys.frombytes(keys.tobytes())
        self._lines.append(len(keys))
        self._house.append(self._houses.setdefault(house, len(self._houses)))
        self._day.append(self._days.setdefault(day, len(self._days)))

    def documents_of(self) -> dict[str, int]:
        """Return the number of documents of each outlet."""
        return dict(zip(self._houses, self._sizes().tolist(), strict=True))

    def dated(self) -> set[str]:
        """Return the outlets with at least one dated document."""
        return {house for house, dated in zip(self._houses, self._are_dated().tolist(), strict=True) if dated}

    def common(self) -> Common:
        """Return what is worth examining, which includes every line that reaches the thresholds."""
        often, counts = _often(_numbers(self._keys), self._floors.documents)
        hits = list(self._hits(often, counts))
        if not hits:
            return Common([], frozenset())
        holders, which = (np.concatenate(part) for part in zip(*hits, strict=True))
        days = np.bincount(self._days_of(holders, which), minlength=len(often))
        worth = (days[which] >= self._floors.days) | ~self._are_dated()[_numbers(self._house)[holders]]
        return Common(np.unique(holders[worth]).tolist(), frozenset(often[np.unique(which[worth])].tolist()))

    def _hits(self, often: Keys, counts: NDArray[np.int64]) -> Iterator[tuple[Keys, Keys]]:
        """Yield the documents with lines that occur in enough documents of their outlet, each with a line's index."""
        if not len(often):
            return
        keys, lines = _numbers(self._keys), _numbers(self._lines)
        needed = (self._floors.share * self._sizes())[_numbers(self._house)]
        at = 0
        for first in range(0, len(lines), _BLOCK):
            some = lines[first : first + _BLOCK]
            held = keys[at : at + int(some.sum())]
            at += len(held)
            holders = np.repeat(np.arange(first, first + len(some), dtype=np.uint32), some)
            places = np.minimum(np.searchsorted(often, held), len(often) - 1).astype(np.uint32)
            hit = (often[places] == held) & (counts[places] >= needed[holders])
            yield holders[hit], places[hit]

    def _days_of(self, holders: Keys, which: Keys) -> NDArray[np.int64]:
        """Return the index of each line once for every day on which it occurs."""
        day = _numbers(self._day)[holders]
        pairs = np.sort((which.astype(np.int64) << 32 | day)[day > 0])
        return pairs[np.flatnonzero(np.diff(pairs, prepend=-1))] >> 32

    def _sizes(self) -> NDArray[np.int64]:
        return np.bincount(_numbers(self._house), minlength=len(self._houses))

    def _are_dated(self) -> NDArray[np.bool_]:
        dated = np.zeros(len(self._houses), dtype=np.bool_)
        dated[_numbers(self._house)[_numbers(self._day) > 0]] = True
        return dated


def _often(keys: Keys, least: int) -> tuple[Keys, NDArray[np.int64]]:
    """
    Return the keys that occur at least ``least`` times, ascending, and how often.

    >>> [found.tolist() for found in _often(np.array([5, 3, 5, 4, 5, 3], dtype=np.uint32), 2)]
    [[3, 5], [2, 3]]
    """
    ordered = np.sort(keys)
    last, first = ordered[least - 1 :], ordered[: max(0, len(ordered) - least + 1)]
    found, counts = np.unique(last[last == first], return_counts=True)
    return found, counts + (least - 1)


def _numbers(held: array[int]) -> Keys:
    return np.frombuffer(held, dtype=np.uint32)
