"""
The one drop rule: documents in a total order; each is kept unless a verified match to an earlier
*kept* one takes it.

Every removed document is compared with the one that stays, so that A ~ B ~ C never removes C for
A's sake without A ~ C: clusters are stars, not chains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.kernels.minhash import Signature
from dedupe.model import Match, Relation
from dedupe.neardup.candidates import BandIndex
from dedupe.neardup.similarity import Shingled, compare
from dedupe.settings import NeardupSettings

_CACHED = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What the corpus pass must know of a document. ``length`` counts the comparison view, so that
    blanks make no text longer; ``signature`` is None for a text too short to be compared;
    ``published`` an ISO date or nothing.
    """

    id: str
    digest: bytes
    length: int
    signature: Signature | None
    published: str | None = None
    source: str | None = None


def total_order(entries: Sequence[Entry], settings: NeardupSettings) -> list[int]:
    """
    The entries' numbers, the best keeper first; no two documents are equal in this order.

    >>> from dedupe.config import load_settings
    >>> near = load_settings().neardup
    >>> total_order([Entry("a", b"", 10, None), Entry("c", b"", 20, None), Entry("b", b"", 20, None)], near)
    [2, 1, 0]
    """
    rank = {source: k for k, source in enumerate(settings.sources)}

    def place(number: int) -> tuple[object, ...]:
        entry = entries[number]
        size = (-entry.length, entry.id)
        if settings.keep == "source":
            return (rank.get(entry.source or "", len(rank)), *size)
        if settings.keep == "earliest":
            return (entry.published is None, entry.published or "", *size)
        if settings.keep == "latest":
            return (entry.published is None, _reversed(entry.published or ""), *size)
        return size

    return sorted(range(len(entries)), key=place)


def _reversed(date: str) -> tuple[int, ...]:
    return tuple(-ord(c) for c in date)


class Claims:
    """
    The kept documents so far, and the verdict on the next one.

    ``text_of`` gives the surviving text of a document by its number; it is asked only for
    candidates, so texts may lie on disk.
    """

    def __init__(self, settings: NeardupSettings, text_of: Callable[[int], str]) -> None:
        self._settings = settings
        self._text_of = text_of
        self._entries: dict[int, Entry] = {}
        self._kept: list[int] = []
        self._by_digest: dict[bytes, int] = {}
        self._index = BandIndex(settings.bands, settings.rows)
        self._shingled: dict[int, Shingled] = {}
        self.capped = 0
        """Documents that had more candidates than were verified."""

    def claim(self, number: int, entry: Entry) -> Match | None:
        """Keep the document and return None, or return the match that takes it."""
        twin = self._by_digest.get(entry.digest)
        if twin is not None:
            return Match(self._entries[twin].id, self._relation("same", entry, twin, 1.0), 1.0, 1.0)
        if entry.signature is not None:
            keys = self._index.keys(entry.signature)
            match = self._verified(number, entry, self._likeliest(entry.signature, keys))
            if match is not None:
                return match
            # By place in the order, not by number: equal candidates are taken best keeper first.
            self._index.add(len(self._kept), keys)
            self._kept.append(number)
        self._entries[number] = entry
        self._by_digest[entry.digest] = number
        return None

    def _verified(self, number: int, entry: Entry, candidates: list[int]) -> Match | None:
        """The likest of these kept documents that this one is a copy of."""
        best: tuple[float, float, int, Relation] | None = None
        for candidate in candidates:
            likeness = compare(self._shingles(number), self._shingles(candidate), self._settings)
            if likeness.relation is None:
                continue
            if best is None or (likeness.jaccard, likeness.containment) > best[:2]:
                best = (likeness.jaccard, likeness.containment, candidate, likeness.relation)
        self._shingled.pop(number, None)
        if best is None:
            return None
        jaccard, containment, twin, relation = best
        return Match(
            self._entries[twin].id,
            self._relation(relation, entry, twin, jaccard),
            round(jaccard, 4),
            round(containment, 4),
        )

    def _likeliest(self, signature: Signature, keys: list[int]) -> list[int]:
        candidates = [self._kept[place] for place in self._index.candidates(keys)]
        if len(candidates) <= self._settings.max_candidates:
            return candidates
        self.capped += 1
        kept = np.stack([s for c in candidates if (s := self._entries[c].signature) is not None])
        agreement = (kept == signature).sum(axis=1)
        order = np.argsort(-agreement, kind="stable")[: self._settings.max_candidates]
        return [candidates[k] for k in order.tolist()]

    def _relation(self, relation: Relation, entry: Entry, twin: int, jaccard: float) -> Relation:
        """A later, differing version of the same story supersedes the earlier one."""
        kept = self._entries[twin]
        if jaccard < 1 and entry.published and kept.published and entry.published < kept.published:
            return "superseded"
        return relation

    def _shingles(self, number: int) -> Shingled:
        if number not in self._shingled:
            if len(self._shingled) >= _CACHED:
                self._shingled.pop(next(iter(self._shingled)))
            self._shingled[number] = Shingled(self._text_of(number), self._settings.shingle)
        return self._shingled[number]
