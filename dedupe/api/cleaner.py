"""
Documents one by one, as a list or as a stream: for crawl jobs, notebooks and pipes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import IO, NoReturn, Self

from dedupe.audit import decision_line, document_line
from dedupe.config import load_settings
from dedupe.errors import DocumentError
from dedupe.model import (
    CleanDocument,
    Cut,
    Earlier,
    Hints,
    Match,
    Metadata,
    Outcome,
    OutcomeName,
    RawDocument,
    Relation,
    Removal,
)
from dedupe.neardup.clusters import Claims, total_order
from dedupe.pipeline.claimer import Claimer
from dedupe.pipeline.document import DocumentCleaner, Judged
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode_line
from dedupe.store.index import Index, Run, prepare_index
from dedupe.store.index.records import seen_name
from dedupe.store.readers import numbered_lines, parse_record
from dedupe.store.spool import Spool


@dataclass(frozen=True, slots=True)
class Result:
    """
    One document's verdict, as `Cleaner` gives it.

    ``earlier`` says where an earlier session kept the document of ``duplicate_of``; of a document that is kept,
    that it was then already: it came again under its id, with the same text.
    """

    id: str
    outcome: OutcomeName
    text: str
    metadata: Metadata
    removed: tuple[Removal, ...]
    duplicate_of: str | None = None
    error: str | None = None
    relation: Relation | None = None
    earlier: Earlier | None = None

    @property
    def kept(self) -> bool:
        """Whether the document should be stored."""
        return self.outcome == "kept"


class Cleaner:
    """
    Cleans documents in a crawl job or a notebook; decides exactly as the command does.

    With an index, every document is also compared with all that were claimed before. The index is
    taken with the first document and held until `release` or the end of the ``with``: jobs that
    share one collect their pages, give them to `clean_many`, and release it. What is kept until then
    is one session, named for the job; if the process is killed, the job's next one goes on with it.

    One cleaner serves all threads: they judge side by side and claim one after another. In asyncio,
    ``await asyncio.to_thread(cleaner.clean, text, id=url)``.

    >>> with Cleaner.from_config() as cleaner:
    ...     result = cleaner.clean("晨光日报记者 陆知遥\\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。", id="a")
    >>> result.kept, result.text, result.metadata.authors
    (True, '雨下了一夜，澜川的河水涨到了堤边，居民清早来看。', ('陆知遥',))
    """

    def __init__(
        self, settings: Settings, *, index: str | os.PathLike[str] | None = None, lock_timeout: float | None = None,
        job: str = "session",
    ) -> None:  # fmt: skip
        if not isinstance(settings, Settings):
            raise TypeError(f"settings are Settings, not {settings!r}; Cleaner.from_config(path) reads a config file")
        self.settings = settings
        self._where = None if index is None else Path(index)
        self._lock_timeout = lock_timeout
        self._job = job
        self._index: tuple[Index, Run] | None = None
        self._turn = Lock()
        if self._where is not None:
            prepare_index(self._where, settings.neardup)
        rulebook = load_rulebook(settings.bylines.packs, settings.bylines.rules)
        self._documents = DocumentCleaner(settings, rulebook)

    @classmethod
    def from_config(
        cls, path: str | os.PathLike[str] | None = None, *,
        index: str | os.PathLike[str] | None = None, lock_timeout: float | None = None, job: str = "session",
    ) -> Self:  # fmt: skip
        """
        A cleaner with the settings of a config file, or with the defaults; with an index, one that
        waits for it up to ``lock_timeout`` seconds and claims in the name of ``job``.
        """
        settings = load_settings(None if path is None else Path(path))
        return cls(settings, index=index, lock_timeout=lock_timeout, job=job)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Cleaner stays in its process; make one in each worker, with Cleaner.from_config()")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(ended=kind is None)

    def release(self) -> None:
        """End the session: what was kept is stored. Other processes get the index; the next document takes it again."""
        self._close(ended=True)

    def _close(self, *, ended: bool) -> None:
        with self._turn:
            if self._index is not None:
                if ended:
                    self._index[0].end_session(self._job)
                self._index[0].close()
                self._index = None

    def clean(  # noqa: PLR0913  (a record's fields, by name)
        self, text: str | bytes, *, id: str, title: str | None = None, source: str | None = None,  # noqa: A002
        published: str | None = None, url: str | None = None,
    ) -> Result:  # fmt: skip
        """Clean one document: bylines and repeats; it is compared with others only if there is an index."""
        if not isinstance(text, str | bytes):
            raise TypeError(f"text must be str or bytes, not {type(text).__name__} (document {id})")
        said = {"title": title, "source": source, "published": published, "url": url}
        for name, value in [("id", id), *(one for one in said.items() if one[1] is not None)]:
            if not isinstance(value, str):
                raise TypeError(f"{name} must be a str, not {value!r}")
        hints = Hints(title=title, source=source, published=published, url=url)
        judged = [self.judge(RawDocument(id, id, text, hints=hints))]
        return self._results(judged)[0] if self._where is not None else _result(judged[0].outcome, None)

    def clean_many(self, documents: Iterable[RawDocument]) -> list[Result]:
        """
        Clean documents and compare them with each other, and with those of the index if there is one,
        as one run does; in the order given.
        """
        return self._results([self.judge(document) for document in documents])

    def _results(self, judged: Sequence[Judged]) -> list[Result]:
        """The documents' results, in their order; all are claimed before another thread's are."""
        near = self.settings.neardup
        numbers = {n: entry for n, one in enumerate(judged) if (entry := one.entry) is not None and near.enabled}
        order = total_order([*numbers.values()], near)
        ranked = [list(numbers)[k] for k in order]
        with self._turn:
            claims = self.claims(lambda n: _text(judged[n]))
            matches = dict(claims.claim_all((n, numbers[n]) for n in ranked))
        return [_result(one.outcome, matches.get(n), claims.before.get(n)) for n, one in enumerate(judged)]

    def claims(self, text_of: Callable[[int], str]) -> Claims | Claimer:
        """The drop rule over documents whose texts are read by number: from here on, or from the index on."""
        near = self.settings.neardup
        if self._where is None:
            return Claims(near, text_of)
        if self._index is None:
            index = Index(self._where, near, self.settings.index, lock_timeout=self._lock_timeout)
            self._index = index, index.session(self._job, datetime.now(UTC).date())
        index, run = self._index
        return Claimer(index, near, run, text_of)

    def judge(self, raw: RawDocument) -> Judged:
        """The verdict of the document's own judges, with everything the corpus pass needs."""
        return self._documents.clean(raw)


class Arrivals:
    """
    Documents of a crawl or a stream, judged as they come.

    The total order is that of arrival, since nothing can be said about a document that has not come:
    it is kept unless a verified match to an earlier kept one, of the stream or of the index, takes it.
    One that comes twice, under one id, is a copy of itself. The kept texts are held on disk.

    >>> arrivals = Arrivals(Cleaner.from_config())
    >>> page = "雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"
    >>> [arrivals.result(RawDocument(name, name, page)).outcome for name in ("a", "b")]
    ['kept', 'duplicate']
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._texts = Spool()
        self._claims = cleaner.claims(self._text)
        self._number = 0
        self._current = ""
        self._kept: set[bytes] = set()

    def outcome(self, raw: RawDocument) -> Outcome:
        """What becomes of the next document."""
        return self._next(raw)[0]

    def result(self, raw: RawDocument) -> Result:
        """The same as `Cleaner` would give it."""
        outcome, before = self._next(raw)
        return _result(outcome, outcome.match, before)

    def _next(self, raw: RawDocument) -> tuple[Outcome, Earlier | None]:
        judged = self._cleaner.judge(raw)
        document = judged.outcome.document
        if judged.entry is None or document is None or not self._cleaner.settings.neardup.enabled:
            return judged.outcome, None
        itself = seen_name(raw.id, judged.entry.digest)
        if itself in self._kept:  # an index would take it for a replay, which is to change nothing
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
    """What became of a line of a stream: its output line if it is kept, and always its decision."""

    outcome: Outcome
    document: str | None
    decision: str


def stream(
    lines: IO[bytes], settings: Settings, index: Path | None = None, lock_timeout: float | None = None
) -> Iterator[StreamedLine]:
    """
    Clean a stream of JSON Lines, line by line.

    The total order is that of arrival, as in `Arrivals`. The index is held for as long as the stream lasts.
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


def _result(outcome: Outcome, match: Match | None, before: Earlier | None = None) -> Result:
    document = outcome.document or CleanDocument(outcome.id, outcome.origin, Cut("", ()), Metadata(), (), {})
    seen = outcome.id, outcome.name, document.text, document.metadata, document.cut.removals
    result = Result(*seen, error=outcome.error, earlier=before)
    if match is None:
        return result
    return replace(result, outcome="duplicate", duplicate_of=match.kept, relation=match.relation, earlier=match.earlier)
