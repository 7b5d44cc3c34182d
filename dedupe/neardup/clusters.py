"""
The one drop rule: documents in a total order; each is kept unless a verified match to an earlier
*kept* one takes it.

Every removed document is compared with the one that stays, so that A ~ B ~ C never removes C for
A's sake without A ~ C: clusters are stars, not chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from dedupe.kernels.minhash import Signature, sign
from dedupe.model import Earlier, Match, Relation
from dedupe.neardup.candidates import BandIndex
from dedupe.neardup.instants import instant, is_earlier
from dedupe.neardup.similarity import Shingled, compare
from dedupe.settings import NeardupSettings

_CACHED = 256


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What the corpus pass must know of a document. ``length`` counts the comparison view, so that
    blanks make no text longer; ``signature`` is None for a text too short to be compared;
    ``published`` an ISO date or nothing; ``arrived`` the day it came, known where an index is used.
    """

    id: str
    digest: bytes
    length: int
    signature: Signature | None
    published: str | None = None
    source: str | None = None
    origin: str = ""
    url: str | None = None
    arrived: date | None = None

    @property
    def day(self) -> date | None:
        """The day of the news: when it was published, as far as that can be read, else when it came."""
        try:
            return date.fromisoformat((self.published or "")[:10])
        except ValueError:
            return self.arrived


class Ranked(NamedTuple):
    """What of a document decides whether it is the better keeper."""

    id: str
    length: int
    published: str | None
    source: str | None


def total_order(entries: Iterable[Entry | Ranked], settings: NeardupSettings) -> list[int]:
    """
    The entries' numbers, the best keeper first; no two documents are equal in this order.

    >>> from dedupe.config import load_settings
    >>> near = load_settings().neardup
    >>> total_order([Entry("a", b"", 10, None), Entry("c", b"", 20, None), Entry("b", b"", 20, None)], near)
    [2, 1, 0]
    """
    rank = {source: k for k, source in enumerate(settings.sources)}

    def place(entry: Entry | Ranked) -> tuple[object, ...]:
        size = (-entry.length, entry.id)
        if settings.keep == "source":
            return (rank.get(entry.source or "", len(rank)), *size)
        if settings.keep == "longest":
            return size
        when = instant(entry.published)
        return (when is None, (when or 0) * (1 if settings.keep == "earliest" else -1), *size)

    places = [place(entry) for entry in entries]
    return sorted(range(len(places)), key=places.__getitem__)


class Claims:
    """
    The kept documents so far, and the verdict on the next one.

    ``text_of`` gives the surviving text of a document by its number; it is asked only for
    candidates, so texts may lie on disk. Documents whose days lie more than ``within`` days apart
    are not compared.
    """

    def __init__(self, settings: NeardupSettings, text_of: Callable[[int], str], within: int | None = None) -> None:
        self._settings = settings
        self._text_of = text_of
        self._entries: dict[int, Entry] = {}
        self._kept: list[int] = []
        self._by_digest: dict[bytes, list[int]] = {}
        self._within = within
        self._index = BandIndex(settings.bands, settings.rows)
        self._shingled: dict[int, Shingled] = {}
        self.capped = 0
        """Documents that had more candidates than were verified."""
        self.before: dict[int, Earlier] = {}
        """What an earlier run kept of these documents: nothing, for here is no memory."""

    def claim(self, number: int, entry: Entry) -> Match | None:
        """Keep the document and return None, or return the match that takes it."""
        keys = [] if entry.signature is None else self._index.keys(entry.signature)
        taken = self.decide(number, entry, keys)
        return taken and taken[1]

    def claim_all(self, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Match | None]]:
        """Claim documents in their order."""
        return ((number, self.claim(number, entry)) for number, entry in entries)

    def remember(self, number: int, entry: Entry, keys: Sequence[int]) -> None:
        """
        Take up a document that an earlier run kept; its number is negative, the earliest one lowest.

        Without keys it is found as an exact copy only.
        """
        if keys:
            self._index.add(number, keys)
        self._keep(number, entry)

    def decide(self, number: int, entry: Entry, keys: Sequence[int | None]) -> tuple[int, Match] | None:
        """
        As `claim`, with the number of the document that takes it, for one whose keys are at hand. It has
        none if it is too short to be compared, or if no other document shares a bucket with it.
        """
        for twin in self._by_digest.get(entry.digest, ()):
            if self._comparable(entry, twin):
                return twin, Match(self._entries[twin].id, self._relation("same", entry, twin, 1.0), 1.0, 1.0)
        if entry.signature is not None and keys:
            taken = self._verified(number, entry, self._likeliest(entry, keys))
            if taken is not None:
                return taken
            # By place in the order, not by number: equal candidates are taken best keeper first.
            self._index.add(len(self._kept), keys)
            self._kept.append(number)
        self._keep(number, entry)
        return None

    def _keep(self, number: int, entry: Entry) -> None:
        self._entries[number] = entry
        self._by_digest.setdefault(entry.digest, []).append(number)

    def _comparable(self, entry: Entry, twin: int) -> bool:
        """A new text of an earlier document is a version of it and no copy; and old news is another matter."""
        kept = self._entries[twin]
        if twin < 0 and kept.id == entry.id:
            return False
        if self._within is None or entry.day is None or kept.day is None:
            return True
        return abs((entry.day - kept.day).days) <= self._within

    def _verified(self, number: int, entry: Entry, candidates: list[int]) -> tuple[int, Match] | None:
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
        return twin, Match(
            self._entries[twin].id,
            self._relation(relation, entry, twin, jaccard),
            round(jaccard, 4),
            round(containment, 4),
        )

    def _likeliest(self, entry: Entry, keys: Sequence[int | None]) -> list[int]:
        places = self._index.candidates(keys)
        numbers = (self._kept[place] if place >= 0 else place for place in places)
        candidates = [number for number in numbers if self._comparable(entry, number)]
        if len(candidates) <= self._settings.max_candidates:
            return candidates
        self.capped += 1
        agreement = (np.stack([self._signature(c) for c in candidates]) == entry.signature).sum(axis=1)
        order = np.argsort(-agreement, kind="stable")[: self._settings.max_candidates]
        return [candidates[k] for k in order.tolist()]

    def _signature(self, number: int) -> Signature:
        """Of a kept document; one from an earlier run is signed anew, for few ever are asked."""
        signature = self._entries[number].signature
        if signature is None:
            signature = sign(self._shingles(number).shingles, self._settings.num_perm, self._settings.seed)
            self._entries[number] = replace(self._entries[number], signature=signature)
        return signature

    def _relation(self, relation: Relation, entry: Entry, twin: int, jaccard: float) -> Relation:
        """A later, differing version of the same story supersedes the earlier one."""
        kept = self._entries[twin]
        if jaccard < 1 and is_earlier(entry.published, kept.published):
            return "superseded"
        return relation

    def _shingles(self, number: int) -> Shingled:
        if number not in self._shingled:
            if len(self._shingled) >= _CACHED:
                self._shingled.pop(next(iter(self._shingled)))
            self._shingled[number] = Shingled(self._text_of(number), self._settings.shingle)
        return self._shingled[number]
