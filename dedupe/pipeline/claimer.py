"""
The drop rule between runs, as one atomic operation, ``claim``: look up every bucket and digest, verify
against the kept documents, decide by the one drop rule, register.

What an earlier run kept stays kept: between runs the total order is that of arrival, within a run it is
the run's own. So a scrape that arrives over five days gets the same verdicts as one that arrives at once,
provided that the keeper policy goes by date.
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
"""Subtracted from the number of an indexed document, so that earlier documents sort before all of this run."""


class Claimer:
    """
    The claims of one run on an index.

    ``text_of`` returns the surviving text of one of the run's own documents by its number. With
    ``dry``, nothing is registered, and all documents must be claimed in one batch.

    Claims are idempotent by id: the same text under the same id gets the recorded verdict, and changes
    nothing. A different text under the same id is a new version: it is compared with all documents except
    its own earlier versions, which stay unchanged.
    """

    def __init__(
        self, index: Index, near: NeardupSettings, run: Run, text_of: Callable[[int], str], *, dry: bool = False
    ) -> None:
        self._index, self._near, self._text_of, self._dry = index, near, text_of, dry
        self._today = run.date
        begun = index.begun(run.name) if dry else index.begin(run)
        self._run = -1 if begun is None else begun
        self._runs: dict[int, Run] = {}
        self._own: dict[int, int] = {}  # index number -> number in this run
        self.capped = 0
        """Documents that had more candidates than were verified."""
        self.before: dict[int, Earlier] = {}
        """Kept documents that an earlier run already kept under the same id with the same text."""

    def claim_all(self, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Match | None]]:
        """Claim documents in order, batch by batch; yield each number with the match that drops it, or None."""
        rest = iter(entries)
        while batch := list(islice(rest, None if self._dry else self._index.settings.batch)):
            yield from zip((number for number, _ in batch), self.claim(batch), strict=True)

    def claim(self, batch: Sequence[tuple[int, Entry]]) -> list[Match | None]:
        """
        For each document the match that drops it, or None if it is kept.

        When this returns, the verdicts are on disk; in a session, only when the session ends. The batch is one
        atomic step, unless an id occurs in it twice.
        """
        verdicts: list[Match | None] = []
        for step in _distinct(batch):
            verdicts += self._claim(step)
        return verdicts

    def _claim(self, batch: Sequence[tuple[int, Entry]]) -> list[Match | None]:
        keys, signed = self._keys([entry for _, entry in batch])
        looked = self._index.look_up([(entry.id, entry.digest) for _, entry in batch], keys.names, self._own)
        # Most documents share no bucket with any other, so their keys need not be passed on for comparison.
        shared = {signed[row]: keys.names[row].tolist() for row in sharing(keys.names, looked.buckets["bucket"])}
        stored = dict(zip(signed, keys.stored, strict=True))
        for (number, _), known in zip(batch, looked.recorded, strict=True):
            if known:
                self._own[known[0]] = number
        claims = self._claims(looked)
        twins = self._index.documents(sorted({one[1].twin for one in looked.recorded if one and one[1].twin}))
        new: list[tuple[Record, str | None]] = []
        at: dict[int, int] = {}  # number in this run -> future index number
        verdicts: list[Match | None] = []
        for place, ((number, entry), known) in enumerate(zip(batch, looked.recorded, strict=True)):
            if known:
                self.capped += known[1].capped
                verdicts.append(self._recorded(number, known[1], twins))
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
        """The keys of the entries that are long enough to be compared, and the positions of those entries."""
        signatures = [entry.signature for entry in entries if entry.signature is not None]
        stacked = np.stack(signatures) if signatures else np.empty((0, self._near.num_perm), dtype=np.uint32)
        signed = [place for place, entry in enumerate(entries) if entry.signature is not None]
        return bucket_keys(stacked, self._near.bands, self._near.rows), signed

    def _claims(self, looked: Looked) -> Claims:
        """The drop rule, primed with the kept documents that this batch may match."""
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
        """The record to register, and the text to store as evidence; for a copy, only the verdict is recorded."""
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

    def _recorded(self, number: int, record: Record, twins: Mapping[int, Record]) -> Match | None:
        """The recorded verdict; where only what is new is wanted, what an earlier run kept is a copy of itself."""
        if record.twin is None or record.relation is None:
            earlier = self._earlier(record)
            if earlier and self._index.settings.unchanged == "omit":
                return Match(record.id, "same", 1.0, 1.0, earlier)
            if earlier:
                self.before[number] = earlier
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
    """Split the batch into steps without repeated ids, so that a repeated id sees the claim before it."""
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
    Add all documents of another index, and return how many were added.

    No verdict changes: what either index kept stays kept. Documents that ``into`` already knows are skipped,
    so an interrupted merge continues when it is called again. If the other index was made with other settings,
    its documents are signed anew from their evidence; one without evidence can then be found only as an exact
    copy.
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
