"""Kept documents on disk: ``documents.jsonl``, or ``documents/<id>.txt``."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, assert_never

Format = Literal["text", "jsonl"]

_MAX_NAME_BYTES = 200
_NOT_TXT = re.compile(r"(\.(txt|text|[sx]?html?|gz|zst)|:\d+)$", re.IGNORECASE)
"""Ends of ids whose text goes to the id plus ``.txt``: pages, compressed files, lines of a records file."""

_UNSAFE = re.compile('[\x00-\x1f\x7f\\\\/:*?"<>|\ud800-\udfff]')
_AMBIGUOUS = re.compile("%(?=[01][0-9A-F]|2[25AEF]|3[ACEF]|5C|7[CF]|D[89A-F][0-9A-F]{2})")
"""A percent sign that could be read as one of ours; every other one stays as it is."""

_SHORTENED = re.compile(r"~[0-9a-f]{16}\.txt$")


class DocumentWriter(Protocol):
    """Takes the output lines of the kept documents, in order."""

    def write(self, line: bytes) -> None:
        """Write one document, given as its JSON line without the line end."""

    def close(self) -> None:
        """Finish."""


def open_writer(directory: Path, form: Format) -> DocumentWriter:
    """The writer for a format, writing into an existing directory."""
    match form:
        case "jsonl":
            return _JsonlWriter(directory)
        case "text":
            return _TextWriter(directory)
        case _:
            assert_never(form)


class _JsonlWriter:
    def __init__(self, directory: Path) -> None:
        self._file: BinaryIO = (directory / "documents.jsonl").open("wb", buffering=1 << 20)

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self._file.write(b"\n")

    def close(self) -> None:
        self._file.close()


class _TextWriter:
    def __init__(self, directory: Path) -> None:
        self._root = directory / "documents"
        self._root.mkdir()

    def write(self, line: bytes) -> None:
        record = json.loads(line)
        path = self._root / text_path(record["id"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"{record['text']}\n")

    def close(self) -> None:
        pass


def text_path(document_id: str) -> Path:
    """
    Where a document's text goes: its id as a path that stays inside, ending in ``.txt``.

    Two ids never share a path: ``a.html.txt`` stands for ``a.html``, so a file that really has
    that name gets one ``.txt`` more.

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
    # A name without any suffix is no file of ours, but may be an id: it must not meet `name.txt`.
    return Path(*map(_safe, folders), _safe(name) if stem != name else _safe(name, "%2E.txt"))


def _safe(name: str, suffix: str = "") -> str:
    """The name with what a file system refuses percent-encoded, and shortened if too long."""
    if set(name) <= {"."} and not suffix:
        return name.replace(".", "%2E") or "%2F"
    clean = _UNSAFE.sub(lambda c: f"%{ord(c[0]):02X}", _AMBIGUOUS.sub("%25", name)) + suffix
    raw = clean.encode()
    if len(raw) <= _MAX_NAME_BYTES and not _SHORTENED.search(clean):
        return clean
    mark = hashlib.blake2b(raw, digest_size=8).hexdigest()
    return f"{raw[: _MAX_NAME_BYTES - 24].decode('utf-8', 'ignore')}~{mark}.txt"
