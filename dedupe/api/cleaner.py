"""
Documents one by one, as a list or as a stream: for crawl jobs, notebooks and pipes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dedupe.audit import decision_line, document_line
from dedupe.config import load_settings
from dedupe.errors import ConfigError, DocumentError
from dedupe.model import CleanDocument, Cut, Hints, Match, Metadata, Outcome, OutcomeName, RawDocument, Removal
from dedupe.neardup.clusters import Claims, total_order
from dedupe.pipeline.document import DocumentCleaner, Judged
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode
from dedupe.store.readers import numbered_lines, parse_record

INDEX_REFUSAL = "an index between runs is not built yet; leave --index away: documents are compared within this run"


@dataclass(frozen=True, slots=True)
class Result:
    """One document's verdict, as `Cleaner` gives it."""

    id: str
    outcome: OutcomeName
    text: str
    metadata: Metadata
    removed: tuple[Removal, ...]
    duplicate_of: str | None = None
    error: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the document should be stored."""
        return self.outcome == "kept"


class Cleaner:
    """
    Cleans documents in a crawl job or a notebook; decides exactly as the command does.

    >>> with Cleaner.from_config() as cleaner:
    ...     result = cleaner.clean("晨光日报记者 陆知遥\\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。", id="a")
    >>> result.kept, result.text, result.metadata.authors
    (True, '雨下了一夜，澜川的河水涨到了堤边，居民清早来看。', ('陆知遥',))
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        rulebook = load_rulebook(settings.bylines.packs, settings.bylines.rules)
        self._documents = DocumentCleaner(settings, rulebook)

    @classmethod
    def from_config(cls, path: str | os.PathLike[str] | None = None, *, index: str | None = None) -> Self:
        """A cleaner with the settings of a config file, or with the defaults."""
        if index is not None:
            raise ConfigError(INDEX_REFUSAL)
        return cls(load_settings(None if path is None else Path(path)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held yet that must be let go."""

    def clean(  # noqa: PLR0913  (a record's fields, by name)
        self, text: str | bytes, *, id: str, title: str | None = None, source: str | None = None,  # noqa: A002
        published: str | None = None, url: str | None = None,
    ) -> Result:  # fmt: skip
        """Clean one document on its own: bylines and repeats, no comparison with others."""
        hints = Hints(title=title, source=source, published=published, url=url)
        return _result(self.judge(RawDocument(id, id, text, hints=hints)).outcome, None)

    def clean_many(self, documents: Iterable[RawDocument]) -> list[Result]:
        """Clean documents and compare them with each other, as one run does; in the order given."""
        judged = [self.judge(document) for document in documents]
        near = self.settings.neardup
        numbers = [n for n, one in enumerate(judged) if one.entry is not None]
        entries = [entry for one in judged if (entry := one.entry) is not None]
        claims = Claims(near, lambda k: _text(judged[numbers[k]]))
        order = total_order(entries, near) if near.enabled else []
        matches = {numbers[k]: claims.claim(k, entries[k]) for k in order}
        return [_result(one.outcome, matches.get(n)) for n, one in enumerate(judged)]

    def judge(self, raw: RawDocument) -> Judged:
        """The verdict of the document's own judges, with everything the corpus pass needs."""
        return self._documents.clean(raw)


class Arrivals:
    """
    Documents of a crawl or a stream, judged as they come.

    The total order is that of arrival, since nothing can be said about a document that has not come:
    it is kept unless a verified match to an earlier kept one takes it. The kept texts are held.

    >>> arrivals = Arrivals(Cleaner.from_config())
    >>> page = "雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"
    >>> [arrivals.result(RawDocument(name, name, page)).outcome for name in ("a", "b")]
    ['kept', 'duplicate']
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._texts: dict[int, str] = {}
        self._claims = Claims(cleaner.settings.neardup, self._texts.__getitem__)
        self._number = 0

    def outcome(self, raw: RawDocument) -> Outcome:
        """What becomes of the next document."""
        judged = self._cleaner.judge(raw)
        document = judged.outcome.document
        if judged.entry is None or document is None or not self._cleaner.settings.neardup.enabled:
            return judged.outcome
        self._number += 1
        self._texts[self._number] = document.text
        match = self._claims.claim(self._number, judged.entry)
        if match is None:
            return judged.outcome
        del self._texts[self._number]
        return replace(judged.outcome, name="duplicate", match=match)

    def result(self, raw: RawDocument) -> Result:
        """The same as `Cleaner` would give it."""
        outcome = self.outcome(raw)
        return _result(outcome, outcome.match)


@dataclass(frozen=True, slots=True)
class StreamedLine:
    """What became of a line of a stream: its output line if it is kept, and always its decision."""

    outcome: Outcome
    document: str | None
    decision: str


def stream(lines: IO[bytes], settings: Settings) -> Iterator[StreamedLine]:
    """
    Clean a stream of JSON Lines, line by line.

    The total order is that of arrival, as in `Arrivals`.
    """
    arrivals = Arrivals(Cleaner(settings))

    def decode_line(line: bytes) -> str:
        return decode(line, None, "text", settings.decode).text

    seen: set[str] = set()
    for number, data, error in numbered_lines(lines, limit=settings.read.max_document_bytes):
        try:
            if error is not None:
                raise DocumentError(error)
            record = parse_record(data, origin="", number=number, settings=settings.read, decode_line=decode_line)
            if record.id in seen:
                raise DocumentError(f"line {number}: an earlier document has the id {record.id}; ids must be unique")
            seen.add(record.id)
        except DocumentError as problem:
            yield _streamed(Outcome(f":{number}", "-", "failed", error=str(problem)))
            continue
        yield _streamed(arrivals.outcome(record))


def _streamed(outcome: Outcome) -> StreamedLine:
    document = outcome.document if outcome.name == "kept" else None
    return StreamedLine(outcome, document_line(document) if document else None, decision_line(outcome))


def _text(judged: Judged) -> str:
    document = judged.outcome.document
    assert document is not None
    return document.text


def _result(outcome: Outcome, match: Match | None) -> Result:
    document = outcome.document or CleanDocument(outcome.id, outcome.origin, Cut("", ()), Metadata(), (), {})
    name: OutcomeName = "duplicate" if match else outcome.name
    kept = match.kept if match else None
    return Result(outcome.id, name, document.text, document.metadata, document.cut.removals, kept, outcome.error)
