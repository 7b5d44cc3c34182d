"""A worker's share of a run: load the items of a batch, clean them, write the part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple

from dedupe.errors import DocumentError
from dedupe.kernels.twins import face
from dedupe.model import Outcome, RawDocument
from dedupe.pipeline.document import DocumentCleaner, Judged
from dedupe.pipeline.parts import write_part
from dedupe.rules.matcher import Rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode_line
from dedupe.store.parts import Part
from dedupe.store.readers import Item, Stretch, documents, load
from dedupe.store.staging import storage_errors

MAX_ITEMS = 256
MAX_BYTES = 1 << 20
"""A batch ends at whichever limit comes first: small enough to spread over workers and to lose
little if a run is killed, large enough that the cost of handing it over is negligible."""

_ABREAST = 32
_MOST_ABREAST = 1 << 17
"""Documents judged side by side end at either limit, in documents or in characters: so many fit into a processor's
cache together with a stage's working data. Twice as many gain nothing, a quarter costs a fifth more time."""

_MIN_BYTES = 1 << 17
_SHARES = 64
"""Batches into which a run worth several processes is divided, so that none works on alone for long at its end."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive items with a number that is unique in the run, and the part to write them to."""

    number: int
    items: tuple[Item | Stretch, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What the progress line needs: documents done, failures, and bytes read."""

    number: int
    documents: int
    failed: int
    bytes: int


def batch_bytes(size: int) -> int:
    """
    Maximum batch size in bytes, for an input of ``size`` bytes.

    >>> batch_bytes(10**6), batch_bytes(20 * 10**6), batch_bytes(10**9)
    (1048576, 312500, 1048576)
    """
    return MAX_BYTES if size <= MAX_BYTES else min(MAX_BYTES, max(_MIN_BYTES, size // _SHARES))


def group(items: Iterable[Item | Stretch], max_bytes: int) -> Iterator[tuple[Item | Stretch, ...]]:
    """Split the stream of items into batches; the borders depend only on the items and ``max_bytes``."""
    batch: list[Item | Stretch] = []
    size = 0
    for item in items:
        batch.append(item)
        size += item.size
        if len(batch) >= MAX_ITEMS or size >= max_bytes:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


class _Loaded(NamedTuple):
    """Where a document came from, and either the document or the reason why it failed."""

    place: str
    raw: RawDocument | None
    failed: Outcome | None


def _abreast(loaded: Iterable[_Loaded]) -> Iterator[list[_Loaded]]:
    """Group consecutive documents that are judged side by side."""
    some: list[_Loaded] = []
    held = 0
    for one in loaded:
        some.append(one)
        held += 0 if one.raw is None else len(one.raw.payload)
        if len(some) == _ABREAST or held >= _MOST_ABREAST:
            yield some
            some, held = [], 0
    if some:
        yield some


class BatchWorker:
    """Cleans batches; built once per process."""

    def __init__(self, settings: Settings, rulebook: Rulebook) -> None:
        self._settings = settings
        self._cleaner = DocumentCleaner(settings, rulebook)

    def __call__(self, batch: Batch) -> BatchReport:
        """Clean a batch and write its part."""
        face.ask_again()
        judged, size = self.judge(batch.items)
        with storage_errors(batch.part.stem.parent):
            write_part(batch.part, judged, self._settings.neardup.num_perm)
        failed = sum(one.outcome.name == "failed" for one in judged)
        return BatchReport(batch.number, len(judged), failed, size)

    def judge(self, items: Sequence[Item | Stretch]) -> tuple[list[Judged], int]:
        """Judge the documents of some items; also return their total size in bytes."""
        judged: list[Judged] = []
        size = 0
        for some in _abreast(self._load(items)):
            verdicts = iter(self._cleaner.clean_all([one.raw for one in some if one.raw is not None]))
            for place, raw, failed in some:
                done = Judged(failed, None) if failed is not None else next(verdicts)
                judged.append(Judged(done.outcome, done.entry, place, done.lines))
                size += 0 if raw is None else len(raw.payload)
        return judged, size

    def _load(self, items: Sequence[Item | Stretch]) -> Iterator[_Loaded]:
        settings, decoding = self._settings.read, partial(decode_line, settings=self._settings.decode)
        for item in chain.from_iterable(documents(piece, settings) for piece in items):
            try:
                if item.error is not None:
                    raise DocumentError(item.error)
                yield _Loaded(item.id, load(item, settings, decode_line=decoding), None)
            except DocumentError as error:
                failed = Outcome(error.id or item.id, item.origin, "failed", error=str(error))
                yield _Loaded(item.id, None, failed)
