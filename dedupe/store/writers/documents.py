"""Kept documents on disk: ``documents.jsonl``, or ``documents/<id>.txt``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, assert_never

Format = Literal["text", "jsonl"]

_MAX_NAME_BYTES = 200
_OTHER_SUFFIXES = (".text", ".htm", ".html", ".shtml", ".xhtml", ".gz", ".zst")


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
    name += mark + record.replace("%", "%25").replace("/", "%2F")
    stem = name
    while stem.endswith(".txt"):
        stem = stem.removesuffix(".txt")
    if stem == name or mark or stem.endswith(_OTHER_SUFFIXES):
        name += ".txt"
    return Path(*(_safe(folder) for folder in folders), _safe(name))


def _safe(name: str) -> str:
    """The name with what a file system refuses percent-encoded, and shortened if too long."""
    if name in {"", ".", ".."}:
        return name.replace(".", "%2E") or "%"
    clean = "".join(f"%{ord(c):02X}" if c < " " or c in '\x7f\\:*?"<>|' else c for c in name)
    raw = clean.encode("utf-8", "surrogateescape")
    if len(raw) <= _MAX_NAME_BYTES:
        return clean
    mark = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return f"{raw[: _MAX_NAME_BYTES - 24].decode('utf-8', 'ignore')}~{mark}.txt"
