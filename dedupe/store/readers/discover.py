"""
Find the files of a source that hold documents, with ids that do not depend on where the source is located.

Nothing is opened here, only listed. Skipped files are counted, and whatever cannot be
accessed becomes a failed document: a crawl must not shrink silently.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dedupe.errors import SourceError
from dedupe.store.readers.names import KNOWN, clean_names, form_of, suffix_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dedupe.store.readers.compression import Compression
    from dedupe.store.readers.names import Form


_ACCOUNT = frozenset({"decisions.jsonl", "summary.json", "report.html"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: one document (text, html), or many (records, tables, archives)."""

    id: str
    path: Path
    form: Form
    compression: Compression
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or directory that should be read but cannot even be accessed."""

    id: str
    path: Path
    error: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """
    Everything found in the sources, sorted by id, which is the byte order of the UTF-8 names.

    ``skipped`` counts files that are not read: by suffix (``.pdf``), or as ``hidden``, ``link`` (to a
    directory), ``account`` (the files that a finished run writes beside its documents), ``special`` (pipes,
    sockets, devices) or ``other`` (no meaningful suffix).
    """

    files: tuple[SourceFile, ...]
    skipped: Mapping[str, int]
    unreadable: tuple[Unreadable, ...]


def discover(sources: Sequence[Path]) -> Discovery:
    """
    Find the documents of all sources; the order of sources and directory entries does not matter.

    Ids are paths relative to the source, or a single file's name; with several sources, each
    id begins with its source's name. Links to files are read, links to directories are not
    followed. Raises SourceError if a source is missing, has no known suffix, or has the same
    name as another one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as scrape:
    ...     for name in ("b.txt", "a.jsonl.gz", "c.pdf"):
    ...         Path(scrape, name).touch()
    ...     found = discover([Path(scrape)])
    >>> [(file.id, file.form, file.compression) for file in found.files], found.skipped
    ([('a.jsonl.gz', 'records', 'gz'), ('b.txt', 'text', '')], {'.pdf': 1})
    """
    walk = _Walk()
    for name, source in _named(sources):
        _enter(walk, source, name, prefix=f"{name}/" if len(sources) > 1 else "")
    return Discovery(
        tuple(sorted(walk.files, key=lambda file: file.id)),
        dict(sorted(walk.skipped.items())),
        tuple(sorted(walk.unreadable, key=lambda one: one.id)),
    )


class _Walk:
    """What has been found so far."""

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self.skipped: Counter[str] = Counter()
        self.unreadable: list[Unreadable] = []

    def directory(self, entries: list[os.DirEntry[str]], prefix: str) -> list[tuple[str, str]]:
        """Collect a directory's files; return its subdirectories as (path, id)."""
        names = clean_names(entry.name for entry in entries)
        account = _account_in(names)
        deeper = []
        for entry in entries:
            id_ = prefix + names[entry.name]
            if entry.name.startswith(".") or entry.name in account:
                self.skipped["account" if entry.name in account else "hidden"] += 1
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    deeper.append((entry.path, id_))
                else:
                    self._file(entry, entry.stat(), id_)
            except OSError as error:  # a dangling link, a link to itself, a file that has just disappeared
                if form_of(entry.name):
                    self.unreadable.append(Unreadable(id_, Path(entry.path), _reason(error)))
                else:
                    self.skipped[suffix_of(entry.name)] += 1
        return deeper

    def _file(self, entry: os.DirEntry[str], status: os.stat_result, id_: str) -> None:
        if stat.S_ISDIR(status.st_mode):
            self.skipped["link"] += 1
        elif not stat.S_ISREG(status.st_mode):
            self.skipped["special"] += 1
        elif form := form_of(entry.name):
            self.files.append(SourceFile(id_, Path(entry.path), *form, status.st_size, status.st_mtime_ns))
        else:
            self.skipped[suffix_of(entry.name)] += 1


def _account_in(names: Collection[str]) -> frozenset[str]:
    """Return the files of a directory that are not documents, if it is the OUT of a run that is being cleaned again."""
    is_out = {"decisions.jsonl", "summary.json"} <= set(names) and any(one.startswith("documents") for one in names)
    return _ACCOUNT if is_out else frozenset()


def _enter(walk: _Walk, source: Path, name: str, *, prefix: str) -> None:
    """Walk one source named by the user: an unusable source is refused, a fault inside it is reported."""
    try:
        status = source.stat()
        entries = _entries(source) if stat.S_ISDIR(status.st_mode) else None
    except OSError as error:
        raise SourceError(f"source {source} {_reason(error)}; check the path and its permissions") from None
    if entries is None:
        walk.files.append(_single(source, name, status))
        return
    todo = walk.directory(entries, prefix)
    while todo:  # a list, not recursion: a tree may be deeper than Python's stack
        path, id_ = todo.pop()
        try:
            entries = _entries(path)
        except OSError as error:
            walk.unreadable.append(Unreadable(id_, Path(path), _reason(error)))
        else:
            todo += walk.directory(entries, f"{id_}/")


def _entries(path: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as found:
        return list(found)


def _single(source: Path, name: str, status: os.stat_result) -> SourceFile:
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"source {source} is neither a file nor a directory; pipe it in as the source '-'")
    form = form_of(source.name)
    if form is None:
        raise SourceError(f"source {source} has no known suffix; known are {KNOWN}: rename it if it is one of these")
    return SourceFile(name, source, *form, status.st_size, status.st_mtime_ns)


def _named(sources: Sequence[Path]) -> list[tuple[str, Path]]:
    if not sources:
        raise SourceError("no source was given; name a file or a directory")
    taken: dict[str, Path] = {}
    for source in sources:
        raw = source.name if source.name not in ("", "..") else source.resolve().name
        name = clean_names([raw or "root"])[raw or "root"]
        if name in taken:
            raise SourceError(
                f'sources {taken[name]} and {source} are both named "{name}", so that their documents would have '
                "the same ids; rename one, or name the directory that holds both"
            )
        taken[name] = source
    return list(taken.items())


def _reason(error: OSError) -> str:
    return f"cannot be read: {error.strerror or type(error).__name__}"
