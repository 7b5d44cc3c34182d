"""
The one drop rule: documents in a total order; each is kept unless a verified match to an earlier
*kept* one takes it.

Every removed document has been compared with the one that stays, so that A ~ B ~ C never removes C for
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
    What the corpus pass must know about a document.

    ``length`` is that of the comparison view, so that blanks do not make a text longer; ``signature`` is
    None for a text too short to be compared; ``published`` is an ISO date or None; ``arrived`` is the day
    the document came in, known only if an index is used.
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
        """The day of the news: its publication date if that can be parsed, else its day of arrival."""
        try:
            return date.fromisoformat((self.published or "")[:10])
        except ValueError:
            return self.arrived


class Ranked(NamedTuple):
    """The properties of a document that decide which of several copies is kept."""

    id: str
    length: int
    published: str | None
    source: str | None


def total_order(entries: Iterable[Entry | Ranked], settings: NeardupSettings) -> list[int]:
    """
    Return the entries' numbers, the best keeper first; the order is total, so no two documents tie.

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
    Remembers the documents kept so far, and decides on the next one.

    ``text_of`` returns the surviving text of a document by its number; it is called only for
    candidates, so texts may stay on disk. Documents more than ``within`` days apart are not compared.
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
        """Number of documents with more candidates than were verified."""
        self.before: dict[int, Earlier] = {}
        """Documents that an earlier run had kept: always empty, since there is no index here."""

    def claim(self, number: int, entry: Entry) -> Match | None:
        """Keep the document and return None, or return the match that removes it."""
        keys = [] if entry.signature is None else self._index.keys(entry.signature)
        taken = self.decide(number, entry, keys)
        return taken and taken[1]

    def claim_all(self, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Match | None]]:
        """Claim documents in the order given."""
        return ((number, self.claim(number, entry)) for number, entry in entries)

    def remember(self, number: int, entry: Entry, keys: Sequence[int]) -> None:
        """
        Register a document that an earlier run kept; its number is negative, the earliest document's lowest.

        Without keys it is found only by its exact copies.
        """
        if keys:
            self._index.add(number, keys)
        self._keep(number, entry)

    def decide(self, number: int, entry: Entry, keys: Sequence[int | None]) -> tuple[int, Match] | None:
        """
        Like `claim`, for a document whose keys are known; also returns the number of the document that takes it.

        A document has no keys if it is too short to be compared, or if no other shares a bucket with it.
        """
        for twin in self._by_digest.get(entry.digest, ()):
            if self._comparable(entry, twin):
                return twin, Match(self._entries[twin].id, self._relation("same", entry, twin, 1.0), 1.0, 1.0)
        if entry.signature is not None and keys:
            taken = self._verified(number, entry, self._likeliest(entry, keys))
            if taken is not None:
                return taken
            # By position in the order, not by number, so that among equal candidates the best keeper comes first.
            self._index.add(len(self._kept), keys)
            self._kept.append(number)
        self._keep(number, entry)
        return None

    def _keep(self, number: int, entry: Entry) -> None:
        self._entries[number] = entry
        self._by_digest.setdefault(entry.digest, []).append(number)

    def _comparable(self, entry: Entry, twin: int) -> bool:
        """
        Whether a document may be a copy of this kept one.

        The same id with a new text is a new version, not a copy; news too many days apart is different news.
        """
        kept = self._entries[twin]
        if twin < 0 and kept.id == entry.id:
            return False
        if self._within is None or entry.day is None or kept.day is None:
            return True
        return abs((entry.day - kept.day).days) <= self._within

    def _verified(self, number: int, entry: Entry, candidates: list[int]) -> tuple[int, Match] | None:
        """Return the most similar kept document that this one duplicates, or None."""
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
        """Return a kept document's signature; one from an earlier run is signed again, which is rarely needed."""
        signature = self._entries[number].signature
        if signature is None:
            signature = sign(self._shingles(number).shingles, self._settings.num_perm, self._settings.seed)
            self._entries[number] = replace(self._entries[number], signature=signature)
        return signature

    def _relation(self, relation: Relation, entry: Entry, twin: int, jaccard: float) -> Relation:
        """Return the relation, or ``superseded`` if the kept document is a later, differing version of the story."""
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
