"""
Documents judged as they arrive: crawls and pipes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from dedupe.api.cleaner import Cleaner, Result, result_of
from dedupe.audit import decision_line, document_line, duplicate_line, kept_line
from dedupe.errors import DocumentError
from dedupe.model import Earlier, Match, Outcome, RawDocument
from dedupe.settings import Settings
from dedupe.stages.decode import decode_line
from dedupe.store.index.records import seen_name
from dedupe.store.readers import numbered_lines, parse_record
from dedupe.store.spool import Spool

_STDIN = "-"
"""The origin of a document that came in a stream, as the command line calls it."""


class Arrivals:
    """
    Judges the documents of a crawl or a stream as they arrive.

    The total order is the order of arrival, since later documents are not known yet: a document is
    kept unless a verified match to an earlier kept one, from the stream or the index, takes it. A
    document that arrives twice under one id is a copy of itself. The kept texts are held on disk.

    >>> arrivals = Arrivals(Cleaner.from_config())
    >>> page = "雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"
    >>> [arrivals.result(RawDocument(name, name, page)).outcome for name in ("a", "b")]
    ['kept', 'duplicate']
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._texts = Spool()
        self._claims = cleaner._claims(self._text)
        self._number = 0
        self._current = ""
        self._kept: set[bytes] = set()

    def result(self, raw: RawDocument) -> Result:
        """Judge the next document and return its result, as `Cleaner` does."""
        outcome, before = self.decide(raw)
        return result_of(outcome, outcome.match, before)

    def decide(self, raw: RawDocument) -> tuple[Outcome, Earlier | None]:
        """What becomes of the next document, and where an earlier run kept it already."""
        judged = self._cleaner._judge(raw)
        document = judged.outcome.document
        if judged.entry is None or document is None or not self._cleaner.settings.neardup.enabled:
            return judged.outcome, None
        itself = seen_name(raw.id, judged.entry.digest)
        if itself in self._kept:  # an index would treat it as a replay, which must not change anything
            return replace(judged.outcome, name="duplicate", match=Match(raw.id, "same", 1.0, 1.0)), None
        self._number += 1
        self._current = document.text
        [(_, match)] = self._claims.claim_all([(self._number, judged.entry)])
        if match is None:
            self._kept.add(itself)
            self._texts.put(self._number, document.text)
            return judged.outcome, self._claims.before.pop(self._number, None)
        return replace(judged.outcome, name="duplicate", match=match), None

    def _text(self, number: int) -> str:
        return self._current if number == self._number else self._texts.get(number)


@dataclass(frozen=True, slots=True)
class StreamedLine:
    """What became of a line of a stream: its decision, as in a run, and its output line if it is kept."""

    outcome: Outcome
    document: str | None
    decision: str


def stream(
    lines: IO[bytes], settings: Settings, index: Path | None = None, lock_timeout: float | None = None
) -> Iterator[StreamedLine]:
    """
    Clean a stream of JSON Lines, line by line.

    The total order is the order of arrival, as in `Arrivals`. The index is held as long as the stream lasts.
    """
    with Cleaner(settings, index=index, lock_timeout=lock_timeout) as cleaner:
        yield from _stream(lines, settings, Arrivals(cleaner))


def _stream(lines: IO[bytes], settings: Settings, arrivals: Arrivals) -> Iterator[StreamedLine]:
    decoding = partial(decode_line, settings=settings.decode)
    seen: set[str] = set()
    for number, data, error in numbered_lines(lines, limit=settings.read.max_document_bytes):
        try:
            if error is not None:
                raise DocumentError(error)
            record = parse_record(data, origin="", number=number, settings=settings.read, decode_line=decoding)
            if record.id in seen:
                raise DocumentError(f"line {number}: an earlier document has the id {record.id}; ids must be unique")
            seen.add(record.id)
        except DocumentError as problem:
            own = problem.id if problem.id not in seen else None
            failed = Outcome(own or f":{number}", _STDIN, "failed", error=str(problem))
            yield StreamedLine(failed, None, decision_line(failed))
            continue
        yield _streamed(*arrivals.decide(replace(record, origin=_STDIN)))


def _streamed(outcome: Outcome, before: Earlier | None) -> StreamedLine:
    document = outcome.document
    if document is None or outcome.name not in ("kept", "duplicate"):
        return StreamedLine(outcome, None, decision_line(outcome))
    line = decision_line(replace(outcome, name="kept", match=None))
    if outcome.match is not None:
        return StreamedLine(outcome, None, duplicate_line(line, document.text, outcome.match))
    return StreamedLine(outcome, document_line(document), kept_line(line, before, ()) if before else line)
