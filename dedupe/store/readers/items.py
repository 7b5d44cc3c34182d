"""
The work list: what the main process hands to the workers, one item a document.

Text and HTML files travel as a path, because a worker reads them faster than a pipe carries
them. Lines of a records file travel as bytes, because only one process can walk a stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import ReadError
from dedupe.store.readers.compression import open_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.compression import Compression, Readable
    from dedupe.store.readers.discover import Discovery, SourceFile
    from dedupe.store.readers.names import Form

_CHUNK = 1 << 18
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Item:
    """
    One document that is still to be loaded: a ``path``, a line's ``data``, or an ``error``.

    ``origin`` is the id of its file. The id of a record is provisional (``file.jsonl:7``): only
    the worker parses the line and sees whether it brings its own.
    """

    id: str
    origin: str
    form: Form
    path: str | None = None
    compression: Compression = ""
    data: bytes | None = None
    line: int | None = None
    error: str | None = None

    def __reduce__(self) -> tuple[type[Item], tuple[object, ...]]:
        # A third of the time of the pickling that a slotted dataclass inherits; items cross to
        # the workers by the hundred thousand.
        return Item, (
            self.id, self.origin, self.form, self.path, self.compression, self.data, self.line, self.error
        )  # fmt: skip


class Line(NamedTuple):
    """A line of a stream, counted from 1, blank ones too; with an ``error`` it has no data."""

    number: int
    data: bytes
    error: str | None = None


def items(discovery: Discovery, settings: ReadSettings) -> Iterator[Item]:
    """
    Yield one item for every document there should be, also for those that cannot be read.

    Files by id, a file's lines in their order; last, what could not even be looked at. Of a
    records file that breaks off, all lines before the break come, then one item that reports it.
    """
    for file in discovery.files:
        if file.form == "records":
            yield from _records(file, settings)
        else:
            yield Item(file.id, file.id, file.form, path=str(file.path), compression=file.compression)
    for one in discovery.unreadable:
        yield Item(one.id, one.id, "text", error=one.error)


def _records(file: SourceFile, settings: ReadSettings) -> Iterator[Item]:
    origin = file.id
    try:
        stream = open_stream(file.path, file.compression)
    except ReadError as refusal:
        yield Item(origin, origin, "records", error=str(refusal))
        return
    with stream:
        for number, data, error in numbered_lines(stream, limit=settings.max_document_bytes):
            id_ = f"{origin}:{number}"
            if error is None:
                yield Item(id_, origin, "records", None, "", data, number)
            else:
                yield Item(id_, origin, "records", line=number, error=error)


def numbered_lines(stream: Readable, *, limit: int) -> Iterator[Line]:
    r"""
    Yield the lines that are not blank; of one longer than ``limit`` bytes, only an error.

    Holds a chunk and one line of at most ``limit`` bytes, never more. Where the stream cannot
    be read on, the last line is the error, and the piece of a line before it is dropped: half
    a record is none.

    >>> import io
    >>> for line in numbered_lines(io.BytesIO(b'{"a":1}\n\n{"b":22222}\n{}'), limit=8):
    ...     print(line.number, line.data, line.error)
    1 b'{"a":1}' None
    3 b'' line 3 is longer than read.max_document_bytes (8); raise it to read this document
    4 b'{}' None
    """
    number, begun, held = 1, list[bytes](), 0  # the open line: its pieces, and its length even when they are dropped
    try:
        for chunk in _chunks(stream):
            first, *more = chunk.split(b"\n")
            begun.append(first)
            held += len(first)
            if held > limit:
                begun.clear()
            for piece in more:
                # The line before this piece is complete. All but a chunk's first are one piece.
                if line := _line(number, begun, held, limit):
                    yield line
                number += 1
                begun, held = [piece], len(piece)
            if held > limit:
                begun.clear()
    except ReadError as error:
        yield Line(number, b"", f"line {number}: {error}")
    else:
        if line := _line(number, begun, held, limit):
            yield line


def _line(number: int, pieces: list[bytes], held: int, limit: int) -> Line | None:
    if held > limit:
        return Line(
            number,
            b"",
            f"line {number} is longer than read.max_document_bytes ({limit}); raise it to read this document",
        )
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return Line(number, data) if data and not data.isspace() else None


def _chunks(stream: Readable) -> Iterator[bytes]:
    # A buffered pipe's read waits until the chunk is full; read1 hands over what has come.
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    chunk = read(_CHUNK)
    if chunk.startswith(_UTF16):
        # Without this a large file would fail a million times, once for each of its lines.
        raise ReadError("the file is UTF-16, and records must be UTF-8; convert it")
    chunk = chunk.removeprefix(_BOM) or read(_CHUNK)
    while chunk:
        yield chunk
        chunk = read(_CHUNK)
