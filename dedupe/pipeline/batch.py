"""A worker's share of a run: load the items of a batch, clean them, write the part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dedupe.errors import DocumentError
from dedupe.kernels.twins import face
from dedupe.model import Outcome
from dedupe.pipeline.document import DocumentCleaner, Judged
from dedupe.pipeline.parts import write_part
from dedupe.rules.matcher import Rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode
from dedupe.store.parts import Part
from dedupe.store.readers import Item, load
from dedupe.store.staging import storage_errors

MAX_ITEMS = 256
MAX_BYTES = 1 << 21
"""A batch ends with whichever comes first: small enough to spread over workers and to lose
little when a run is killed, large enough that handing it over costs nothing."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items in a row, numbered through the run, and where their part goes."""

    number: int
    items: tuple[Item, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What the progress line needs: documents done and bytes read."""

    number: int
    documents: int
    failed: int
    bytes: int


def group(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """Cut the stream of items into batches; the cuts depend on the items alone."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.data or b"")
        if len(batch) >= MAX_ITEMS or size >= MAX_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


class BatchWorker:
    """Cleans batches; built once in each process."""

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

    def judge(self, items: Sequence[Item]) -> tuple[list[Judged], int]:
        """The judged documents of some items, and how many bytes they were."""
        judged, size = [], 0
        for item in items:
            try:
                if item.error is not None:
                    raise DocumentError(item.error)
                raw = load(item, self._settings.read, decode_line=self._decode_line)
            except DocumentError as error:
                judged.append(Judged(Outcome(item.id, item.origin, "failed", error=str(error)), None, item.id))
                continue
            size += len(raw.payload)
            done = self._cleaner.clean(raw)
            judged.append(Judged(done.outcome, done.entry, item.id))
        return judged, size

    def _decode_line(self, line: bytes) -> str:
        return decode(line, None, "text", self._settings.decode).text
