"""
Clean documents one by one or as a list: for crawl jobs and notebooks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NoReturn, Self, get_args
from weakref import finalize

from dedupe.config import load_settings
from dedupe.engines.background import in_background
from dedupe.kernels.twins import face
from dedupe.model import (
    CleanDocument,
    Cut,
    Earlier,
    Hints,
    Match,
    Media,
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
from dedupe.pipeline.warm import warm
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.store.index import Index, Run, prepare_index


@dataclass(frozen=True, slots=True)
class Result:
    """
    The verdict on one document, as `Cleaner` returns it.

    ``earlier`` tells where an earlier session kept the document named by ``duplicate_of``. On a kept document, it
    means that an earlier session had kept it already: it came again under the same id, with the same text. With
    ``index.unchanged: omit`` it is a duplicate of itself.
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
    Cleans documents in a crawl job or a notebook, with exactly the decisions of the command.

    With an index, every document is also compared with all those claimed before. The index is
    locked with the first document and held until `release` or the end of the ``with`` block: jobs that
    share one should collect their pages, pass them to `clean_many`, and release it. What is kept until
    then forms one session, named after the job; if the process is killed, the job's next process continues it.

    One cleaner serves all threads: they judge in parallel and claim one after another. In asyncio, use
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
            raise TypeError(
                f"settings must be Settings, not {settings!r}; Cleaner.from_config(path) reads a config file"
            )
        self.settings = settings
        self._where = None if index is None else Path(index)
        self._lock_timeout = lock_timeout
        self._job = job
        self._index: tuple[Index, Run] | None = None
        self._turn = Lock()
        if self._where is not None:
            prepare_index(self._where, settings.neardup)
        self._rulebook = load_rulebook(settings.bylines.packs, settings.bylines.rules, examples=False)
        self._documents = DocumentCleaner(settings, self._rulebook)

    @classmethod
    def from_config(
        cls, path: str | os.PathLike[str] | None = None, *,
        index: str | os.PathLike[str] | None = None, lock_timeout: float | None = None, job: str = "session",
    ) -> Self:  # fmt: skip
        """
        Create a cleaner with the settings of a config file, or with the defaults.

        With an index, it waits for the lock up to ``lock_timeout`` seconds and claims in the name of ``job``.
        """
        settings = load_settings(None if path is None else Path(path))
        return cls(settings, index=index, lock_timeout=lock_timeout, job=job)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Cleaner cannot be sent to another process; create one in each worker, with Cleaner.from_config()"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(ended=kind is None)

    def warm_up(self, media: Media = "text") -> None:
        """
        Prepare for a long job: load now what the first documents would otherwise wait for, some 0.7 seconds.

        This includes the compiled kernels. If they have never been compiled, the job begins without them, and they
        are compiled in the background for as long as this cleaner lives.
        """
        if face.expect():
            beside = ExitStack()
            finalize(self, beside.close)
            beside.enter_context(in_background("dedupe.pipeline.warm"))
        warm(self._rulebook, media)

    def release(self) -> None:
        """End the session, store what was kept and unlock the index; the next document locks it again."""
        self._close(ended=True)

    def _close(self, *, ended: bool) -> None:
        with self._turn:
            if self._index is not None:
                if ended:
                    self._index[0].end_session(self._job)
                self._index[0].close()
                self._index = None

    def clean(  # noqa: PLR0913  (a record's fields, by name)
        self, text: str | bytes, *, id: str, media: Media = "text", charset: str | None = None,  # noqa: A002
        title: str | None = None, authors: Sequence[str] = (), source: str | None = None,
        published: str | None = None, url: str | None = None, language: str | None = None,
    ) -> Result:  # fmt: skip
        """
        Clean one document of bylines and repeats; it is compared with others only if there is an index.

        For a page (``media="html"``), the article is extracted first; for bytes, ``charset`` is what the server
        declared. The other arguments are what is known besides the text; a credit on the page overrides them.

        >>> page = "<html><nav>Home</nav><article><p>雨下了一夜，澜川的河水涨到了堤边。</p></article></html>"
        >>> cleaner = Cleaner.from_config()
        >>> result = cleaner.clean(page.encode("gbk"), id="a", media="html", charset="gbk", authors=["林小禾"])
        >>> result.text, result.metadata.authors
        ('雨下了一夜，澜川的河水涨到了堤边。', ('林小禾',))
        """
        if not isinstance(text, str | bytes):
            raise TypeError(f"text must be str or bytes, not {type(text).__name__} (document {id})")
        said = {"title": title, "source": source, "published": published, "url": url, "language": language}
        _check(id, media, authors, {**said, "charset": charset})
        hints = Hints(authors=tuple(authors), **said)
        judged = [self._judge(RawDocument(id, id, text, media, charset, hints=hints))]
        return self._results(judged)[0] if self._where is not None else result_of(judged[0].outcome, None)

    def clean_many(self, documents: Iterable[RawDocument]) -> list[Result]:
        """
        Clean documents and compare them with each other, and with those of the index if there is one.

        Decides as a single run over them does; returns the results in the order given.
        """
        return self._results([self._judge(document) for document in documents])

    def _results(self, judged: Sequence[Judged]) -> list[Result]:
        """Return the documents' results, in order; all are claimed before those of another thread."""
        near = self.settings.neardup
        numbers = {n: entry for n, one in enumerate(judged) if (entry := one.entry) is not None and near.enabled}
        order = total_order([*numbers.values()], near)
        ranked = [list(numbers)[k] for k in order]
        with self._turn:
            claims = self._claims(lambda n: _text(judged[n]))
            matches = dict(claims.claim_all((n, numbers[n]) for n in ranked))
        return [result_of(one.outcome, matches.get(n), claims.before.get(n)) for n, one in enumerate(judged)]

    def _claims(self, text_of: Callable[[int], str]) -> Claims | Claimer:
        """Return the drop rule for documents whose texts are read by number, on top of the index if there is one."""
        near = self.settings.neardup
        if self._where is None:
            return Claims(near, text_of)
        if self._index is None:
            index = Index(self._where, near, self.settings.index, lock_timeout=self._lock_timeout)
            self._index = index, index.session(self._job, datetime.now(UTC).date())
        index, run = self._index
        return Claimer(index, near, run, text_of)

    def _judge(self, raw: RawDocument) -> Judged:
        """Return the verdict of the judges that look at one document, with everything the corpus pass needs."""
        face.ask_again()
        return self._documents.clean(raw)


def _check(id: str, media: str, authors: Sequence[str], said: Mapping[str, object]) -> None:  # noqa: A002
    """Tell by its name an argument of a wrong kind, which would be a riddle further down."""
    for name, value in [("id", id), *(one for one in said.items() if one[1] is not None)]:
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {value!r}")
    if isinstance(authors, str) or not all(isinstance(author, str) for author in authors):
        raise TypeError(f"authors must be a list of names, not {authors!r} (document {id})")
    if media not in get_args(Media):
        raise ValueError(f"media must be one of {', '.join(get_args(Media))}, not {media!r} (document {id})")


def _text(judged: Judged) -> str:
    document = judged.outcome.document
    assert document is not None
    return document.text


def result_of(outcome: Outcome, match: Match | None, before: Earlier | None = None) -> Result:
    """Return the verdict on a document in the caller's form."""
    document = outcome.document or CleanDocument(outcome.id, outcome.origin, Cut("", ()), Metadata(), (), {})
    seen = outcome.id, outcome.name, document.text, document.metadata, document.cut.removals
    result = Result(*seen, error=outcome.error, earlier=before)
    if match is None:
        return result
    return replace(result, outcome="duplicate", duplicate_of=match.kept, relation=match.relation, earlier=match.earlier)
