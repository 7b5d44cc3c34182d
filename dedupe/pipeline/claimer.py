"""
One atomic operation between runs, ``claim``: look up every bucket and digest, verify against the
documents that are kept, decide by the one drop rule, register.

What an earlier run kept stays kept: the total order is that of arrival between runs, and that of the
run within it. So a scrape that comes in five days gets the verdicts of one that comes at once, as far
as the keeper policy goes by date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from dedupe.kernels.minhash import Signatures, sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import Earlier, Match
from dedupe.neardup.clusters import Claims, Entry
from dedupe.neardup.signatures import content_digest
from dedupe.settings import NeardupSettings
from dedupe.store.index import Index, Keys, Looked, Record, Run, bucket_keys
from dedupe.store.index.buckets import names_of_all, sharing

_BEFORE = 1 << 40
"""Taken from the number of an indexed document: earlier documents come before all of a run, in their order."""


class Claimer:
    """
    The claims of one run on an index.

    ``text_of`` gives the surviving text of the run's own documents by their numbers. With
    ``dry`` nothing is registered, and all documents must be claimed in one batch.

    Claims are idempotent by id: the same text under the same id gets the verdict on record, and
    changes nothing. Another text under the same id is a version of it: it is compared with all
    documents but its own earlier versions, and those stay as they are.
    """

    def __init__(
        self, index: Index, near: NeardupSettings, run: Run, text_of: Callable[[int], str], *, dry: bool = False
    ) -> None:
        self._index, self._near, self._text_of, self._dry = index, near, text_of, dry
        self._today = run.date
        self._run = -1 if dry else index.begin(run)
        self._runs: dict[int, Run] = {}
        self._own: dict[int, int] = {}  # documents of this run by their number in the index
        self.capped = 0
        """Documents that had more candidates than were verified."""
        self.before: dict[int, Earlier] = {}
        """Documents that an earlier run kept under the same id, with the same text."""

    def claim_all(self, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Match | None]]:
        """Claim documents in their order, a batch at a time; each number with the match that takes it, if any."""
        rest = iter(entries)
        while batch := list(islice(rest, None if self._dry else self._index.settings.batch)):
            yield from zip((number for number, _ in batch), self.claim(batch), strict=True)

    def claim(self, batch: Sequence[tuple[int, Entry]]) -> list[Match | None]:
        """
        The match that takes each document, or None where it is kept.

        When this returns, the verdicts are on disk, those of a session at its end. It is one step, unless an id
        comes a second time.
        """
        verdicts: list[Match | None] = []
        for step in _distinct(batch):
            verdicts += self._claim(step)
        return verdicts

    def _claim(self, batch: Sequence[tuple[int, Entry]]) -> list[Match | None]:
        keys, signed = self._keys([entry for _, entry in batch])
        looked = self._index.look_up([(entry.id, entry.digest) for _, entry in batch], keys.names, self._own)
        # Most documents share no bucket with any other, and need no keys to be compared.
        shared = {signed[row]: keys.names[row].tolist() for row in sharing(keys.names, looked.buckets["bucket"])}
        stored = dict(zip(signed, keys.stored, strict=True))
        for (number, _), known in zip(batch, looked.recorded, strict=True):
            if known:
                self._own[known[0]] = number
        claims = self._claims(looked)
        twins = self._index.documents(sorted({one[1].twin for one in looked.recorded if one and one[1].twin}))
        new: list[tuple[Record, str | None]] = []
        at: dict[int, int] = {}  # where in the index a document of this batch will stand
        verdicts: list[Match | None] = []
        for place, ((number, entry), known) in enumerate(zip(batch, looked.recorded, strict=True)):
            if known:
                self.capped += known[1].capped
                verdicts.append(self._recorded(known[1], twins))
                if known[1].kept and (earlier := self._earlier(known[1])):
                    self.before[number] = earlier
                continue
            capped = claims.capped
            dated = entry if self._index.settings.window is None else replace(entry, arrived=self._today)
            taken = claims.decide(number, dated, shared.get(place, ()))
            if taken:
                twin = at[taken[0]] if taken[0] >= 0 else taken[0] + _BEFORE
                taken = twin, replace(taken[1], earlier=self._earlier(looked.earlier.get(twin)))
            at[number] = self._index.counts.next + len(new)
            new.append(self._new(number, entry, stored.get(place, b""), taken, capped=claims.capped > capped))
            verdicts.append(taken and taken[1])
        self.capped += claims.capped
        if new and not self._dry:
            self._index.register(looked, [record for record, _ in new], [text for _, text in new])
            self._own |= {there: number for number, there in at.items()}
        return verdicts

    def _keys(self, entries: Sequence[Entry]) -> tuple[Keys, list[int]]:
        """The keys of the entries that are long enough to be compared, and which ones these are."""
        signatures = [entry.signature for entry in entries if entry.signature is not None]
        stacked = np.stack(signatures) if signatures else np.empty((0, self._near.num_perm), dtype=np.uint32)
        signed = [place for place, entry in enumerate(entries) if entry.signature is not None]
        return bucket_keys(stacked, self._near.bands, self._near.rows), signed

    def _claims(self, looked: Looked) -> Claims:
        """The drop rule, with the kept documents that can matter to this batch."""
        claims = Claims(self._near, self._text, self._index.settings.window)
        earlier = sorted(looked.earlier.items())
        verifiable = [record.keys if record.evidence or number in self._own else b"" for number, record in earlier]
        names, counts = names_of_all(verifiable)
        rest = iter(names.tolist())
        for (number, record), count in zip(earlier, counts, strict=True):
            entry = Entry(
                record.id, record.digest, record.length, None, record.published, record.source, arrived=record.arrived
            )
            claims.remember(number - _BEFORE, entry, list(islice(rest, count)))
        return claims

    def _text(self, number: int) -> str:
        if number >= 0:
            return self._text_of(number)
        own = self._own.get(number + _BEFORE)
        return self._text_of(own) if own is not None else self._index.text(number + _BEFORE)

    def _new(
        self, number: int, entry: Entry, keys: bytes, taken: tuple[int, Match] | None, *, capped: bool
    ) -> tuple[Record, str | None]:
        """What is to be registered: of a copy no more than what became of it."""
        twin, match = taken or (None, None)
        evidence = match is None and self._index.settings.evidence == "text" and not self._dry
        record = Record(
            entry.id, entry.origin, entry.source, entry.url, entry.published, self._today, self._run, entry.digest,
            entry.length,
            b"" if match else keys,
            twin,
            match.relation if match else None,
            match.jaccard if match else None,
            match.containment if match else None,
            evidence and bool(keys),
            capped,
        )  # fmt: skip
        return record, self._text_of(number) if record.evidence else None

    def _recorded(self, record: Record, twins: Mapping[int, Record]) -> Match | None:
        """The verdict on record."""
        if record.twin is None or record.relation is None:
            return None
        twin = twins[record.twin]
        jaccard, containment = record.jaccard or 0.0, record.containment or 0.0
        return Match(twin.id, record.relation, jaccard, containment, self._earlier(twin))

    def _earlier(self, kept: Record | None) -> Earlier | None:
        if kept is None or kept.run == self._run:
            return None
        if kept.run not in self._runs:
            self._runs[kept.run] = self._index.run(kept.run)
        run = self._runs[kept.run]
        return Earlier(run.name, kept.arrived.isoformat(), kept.source or None, kept.origin, kept.url, kept.published)


def _distinct(batch: Sequence[tuple[int, Entry]]) -> Iterator[Sequence[tuple[int, Entry]]]:
    """The batch in steps of which none holds an id twice, so that each claim sees the one before."""
    start = 0
    ids: set[str] = set()
    for at, (_, entry) in enumerate(batch):
        if entry.id in ids:
            yield batch[start:at]
            start = at
            ids.clear()
        ids.add(entry.id)
    yield batch[start:]


def merge(into: Index, other: Index, near: NeardupSettings) -> int:
    """
    Take up everything of another index; how many documents that were.

    No verdict changes: what either index kept stays kept. What ``into`` knows already is passed
    over, so that an interrupted merge goes on when it is called again. Where the other index was made
    otherwise, its documents are signed anew from their evidence; one without evidence is then found
    as an exact copy only.
    """
    anew = into.header != other.header
    taken = 0
    numbers: dict[int, int] = {}
    runs: dict[int, int] = {}
    rest = other.scan()
    while step := list(islice(rest, into.settings.batch)):
        texts = [other.text(number) if record.evidence else None for number, record in step]
        records = [
            _resigned(record, text, near) if anew else record for (_, record), text in zip(step, texts, strict=True)
        ]
        names, _ = names_of_all([record.keys for record in records])
        looked = into.look_up([(record.id, record.digest) for record in records], names)
        new: list[tuple[Record, str | None]] = []
        for (number, _), record, text, known in zip(step, records, texts, looked.recorded, strict=True):
            if known:
                numbers[number] = known[0]
                continue
            if record.run not in runs:
                runs[record.run] = into.begin(other.run(record.run))
            twin = None if record.twin is None else numbers[record.twin]
            numbers[number] = into.counts.next + len(new)
            new.append((record._replace(run=runs[record.run], twin=twin), text))
        into.register(looked, [record for record, _ in new], [text for _, text in new])
        taken += len(new)
    return taken


def _resigned(record: Record, text: str | None, near: NeardupSettings) -> Record:
    if text is None:
        return record._replace(keys=b"")
    view = comparison_view(text)
    hashes = shingle_hashes(view.codes, near.shingle)
    signature: Signatures = sign(hashes, near.num_perm, near.seed)[None]
    keys = bucket_keys(signature, near.bands, near.rows)
    return record._replace(digest=content_digest(text, view), length=len(view), keys=keys.stored[0])
