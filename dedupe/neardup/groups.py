"""
A whole corpus at once: groups of documents that may be copies of each other, each judged on its own.

Documents that share neither a digest nor a bucket are never compared, so no group's verdicts depend on
another's: groups may be judged in any order, and in parallel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.minhash import Signature
from dedupe.model import Match
from dedupe.neardup.candidates import SharedKeys, are_shared
from dedupe.neardup.clusters import Claims, Entry
from dedupe.settings import NeardupSettings

Numbers = NDArray[np.int64]


class Numbered(Protocol):
    """Entries by number, each built on demand; and the properties needed from all of them, in number order."""

    def __getitem__(self, number: int, /) -> Entry: ...

    def digests(self) -> Iterator[bytes]:
        """Yield the digests of all documents."""

    def signatures(self) -> Iterator[Signature | None]:
        """Yield the signatures of all documents."""


class Matches(NamedTuple):
    """The match of each duplicate, by number; and the number of documents with more candidates than were verified."""

    found: list[tuple[int, Match]]
    capped: int


class Groups:
    """
    Groups the documents of a corpus that share a digest or a bucket.

    Most documents share none; they take no memory here and are never examined.
    """

    def __init__(self, entries: Numbered, settings: NeardupSettings) -> None:
        self._entries = entries
        self._settings = settings
        self._keys = SharedKeys(entries.signatures(), settings.bands, settings.rows)
        digests = np.fromiter((int.from_bytes(digest[:8]) for digest in entries.digests()), dtype=np.uint64)
        again = np.flatnonzero(are_shared(digests))
        self._labels = connected(len(digests), [(again, digests[again]), *self._keys.links()])

    def shares(self, order: Iterable[int], size: int) -> list[list[int]]:
        """
        Collect all groups into lists of at least ``size`` documents, except the last; no group is split.

        Within a group, documents follow ``order``, the best keeper first.
        """
        groups: dict[int, list[int]] = {}
        labels = self._labels.tolist()
        for number in order:
            if (label := labels[number]) >= 0:
                groups.setdefault(label, []).append(number)
        shares: list[list[int]] = []
        for group in groups.values():
            if not shares or len(shares[-1]) >= size:
                shares.append([])
            shares[-1] += group
        return shares

    def judge(self, numbers: Iterable[int], text_of: Callable[[int], str]) -> Matches:
        """Apply the drop rule to the documents of some groups, in the order given."""
        claims = Claims(self._settings, text_of)
        taken = ((k, claims.decide(k, self._entries[k], self._keys.of(k))) for k in numbers)
        return Matches([(k, found[1]) for k, found in taken if found], claims.capped)


def connected(count: int, links: Iterable[tuple[Numbers, NDArray[np.uint64]]]) -> Numbers:
    """
    Label each of ``count`` numbers with the smallest member of its connected component; -1 if unlinked.

    Each link pairs distinct numbers with keys: numbers with equal keys are connected.

    >>> links = [(np.array([0, 1, 2]), np.array([7, 8, 7])), (np.array([2, 4]), np.array([5, 5]))]
    >>> connected(6, [(one, keys.astype(np.uint64)) for one, keys in links]).tolist()
    [0, 1, 0, -1, 0, -1]
    """
    labels = np.full(count, -1, dtype=np.int64)
    sorted_links: list[tuple[Numbers, Numbers, Numbers]] = []
    for numbers, keys in links:
        if not len(numbers):
            continue
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.append(True, keys[order][1:] != keys[order][:-1]))
        sizes = np.diff(np.append(starts, len(order)))
        sorted_links.append((numbers[order], starts, sizes))
        labels[numbers] = numbers
    known = np.flatnonzero(labels >= 0)
    while sorted_links:
        before = labels[known]
        for numbers, starts, sizes in sorted_links:
            labels[numbers] = np.repeat(np.minimum.reduceat(labels[numbers], starts), sizes)
        # Every number takes over its label's label, so that chains halve in each round.
        labels[known] = labels[labels[known]]
        if np.array_equal(before, labels[known]):
            break
    return labels
