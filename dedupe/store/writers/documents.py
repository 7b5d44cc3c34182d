"""Kept documents on disk: ``documents.jsonl``, ``documents.parquet``, or ``documents/<id>.txt``."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, assert_never, cast

import zstandard

from dedupe.patterns import pattern
from dedupe.store.writers.parquet import ParquetWriter

Format = Literal["text", "jsonl", "parquet"]
Packing = Literal["", "gz", "zst"]

_GZIP_LEVEL = 6  # and 9 for Zstandard: a fair trade-off between time and size in both
_ZSTD_LEVEL = 9

_MAX_NAME_BYTES = 200
_NOT_TXT = pattern(r"(\.(txt|text|[sx]?html?|gz|zst)|:\d+)$", re.IGNORECASE)
"""Ends of ids to which ``.txt`` is appended: pages, compressed files, lines of a records file."""

_UNSAFE = pattern('[\x00-\x1f\x7f\\\\/:*?"<>|\ud800-\udfff]')
_AMBIGUOUS = pattern("%(?=[01][0-9A-F]|2[25AEF]|3[ACEF]|5C|7[CF]|D[89A-F][0-9A-F]{2})")
"""A percent sign that could be taken for one of our escapes; all others stay as they are."""

_SHORTENED = pattern(r"~[0-9a-f]{16}\.txt$")


class DocumentWriter(Protocol):
    """Accepts the output lines of the kept documents, in order."""

    def write(self, line: bytes) -> None:
        """Write one document, given as its JSON line without the line end."""

    def close(self) -> None:
        """Finish and close the output."""


def open_writer(directory: Path, form: Format, packing: Packing = "", shard_size: int | None = None) -> DocumentWriter:
    """
    Return the writer for a format, writing into an existing directory.

    With ``shard_size``, it writes files of that many documents each: ``documents-00000.jsonl`` and so on.
    """
    match form:
        case "jsonl":
            return _in_shards(directory, f".jsonl.{packing}".rstrip("."), partial(_JsonlWriter, packing), shard_size)
        case "parquet":
            return _in_shards(directory, ".parquet", ParquetWriter, shard_size)
        case "text":
            return _TextWriter(directory)
        case _:
            assert_never(form)


def _in_shards(
    directory: Path, suffix: str, begin: Callable[[Path], DocumentWriter], shard_size: int | None
) -> DocumentWriter:
    if shard_size is None:
        return begin(directory / f"documents{suffix}")
    return _Shards(directory, suffix, begin, shard_size)


class _Shards:
    def __init__(self, directory: Path, suffix: str, begin: Callable[[Path], DocumentWriter], size: int) -> None:
        self._directory, self._suffix, self._begin, self._size = directory, suffix, begin, size
        self._number = self._held = 0
        self._shard = self._next()

    def write(self, line: bytes) -> None:
        if self._held == self._size:
            self._shard.close()
            self._number += 1
            self._held = 0
            self._shard = self._next()
        self._shard.write(line)
        self._held += 1

    def close(self) -> None:
        self._shard.close()

    def _next(self) -> DocumentWriter:
        return self._begin(self._directory / f"documents-{self._number:05d}{self._suffix}")


class _JsonlWriter:
    def __init__(self, packing: Packing, path: Path) -> None:
        self._stack = ExitStack()
        file = self._stack.enter_context(path.open("wb", buffering=1 << 20))
        if packing == "gz":  # without name and time in the header, so that equal runs write equal bytes
            packed = gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0)
            file = cast("BinaryIO", self._stack.enter_context(packed))
        elif packing == "zst":
            squeeze = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
            file = cast("BinaryIO", self._stack.enter_context(squeeze.stream_writer(file, closefd=False)))
        self._file = file

    def write(self, line: bytes) -> None:
        self._file.write(line + b"\n")

    def close(self) -> None:
        self._stack.close()


class _TextWriter:
    def __init__(self, directory: Path) -> None:
        self._root = directory / "documents"
        self._root.mkdir()
        self._made = {self._root}

    def write(self, line: bytes) -> None:
        record = json.loads(line)
        path = self._root / text_path(record["id"])
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        # Raw system calls: a Python file object would double the cost.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            content = memoryview(f"{record['text']}\n".encode())
            while content:
                content = content[os.write(file, content) :]
        finally:
            os.close(file)

    def close(self) -> None:
        pass


def text_path(document_id: str) -> Path:
    """
    Return the path of a document's text: its id as a path inside the output, ending in ``.txt``.

    Two ids never share a path: ``a.html.txt`` stands for ``a.html``, so a file that really has
    that name gets another ``.txt``.

    >>> text_path("2026/page.txt").as_posix(), text_path("a.jsonl#../x").as_posix()
    ('2026/page.txt', 'a.jsonl#..%2Fx.txt')
    """
    path, mark, record = document_id.partition("#")
    *folders, name = path.split("/")
    name += mark + record
    stem = name
    while stem.endswith(".txt"):
        stem = stem.removesuffix(".txt")
    if mark or _NOT_TXT.search(stem):
        return Path(*map(_safe, folders), _safe(name + ".txt"))
    # No input file lacks a suffix, but an id may: it must not collide with `name.txt`.
    return Path(*map(_safe, folders), _safe(name) if stem != name else _safe(name, "%2E.txt"))


def _safe(name: str, suffix: str = "") -> str:
    """Percent-encode what file systems refuse in a name, and shorten the name if it is too long."""
    if set(name) <= {"."} and not suffix:
        return name.replace(".", "%2E") or "%2F"
    clean = _UNSAFE.sub(lambda c: f"%{ord(c[0]):02X}", _AMBIGUOUS.sub("%25", name)) + suffix
    raw = clean.encode()
    if len(raw) <= _MAX_NAME_BYTES and not _SHORTENED.search(clean):
        return clean
    mark = hashlib.blake2b(raw, digest_size=8).hexdigest()
    return f"{raw[: _MAX_NAME_BYTES - 24].decode('utf-8', 'ignore')}~{mark}.txt"
