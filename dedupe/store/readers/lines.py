"""Lines of a stream: numbered, bounded, and told apart from the places where it cannot be read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedupe.store.readers.compression import Readable

_CHUNK = 1 << 18
_MUCH = 1 << 15
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """A line of a stream, counted from 1, blank ones too; with an ``error`` it has no data."""

    number: int
    data: bytes
    error: str | None = None


def numbered_lines(stream: Readable, *, limit: int) -> Iterator[Line]:
    r"""
    The lines that are not blank; of one longer than ``limit`` bytes, only an error.

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
    return (line for line in every_line(stream, limit=limit) if line.error or not (line.data or b" ").isspace())


def every_line(stream: Readable, *, limit: int) -> Iterator[Line]:
    """The same with the blank lines: inside a quoted cell they count."""
    number, begun, held = 1, list[bytes](), 0  # the open line: its pieces, and its length even when they are dropped
    try:
        for chunk in _chunks(stream):
            if held == 0 and len(chunk) >= _MUCH and chunk.isspace():
                number += chunk.count(b"\n")  # a bomb of blank lines is not walked line by line
                yield Line(number, b"")
                continue
            first, *more = chunk.split(b"\n")
            begun.append(first)
            held += len(first)
            if held > limit:
                begun.clear()
            for piece in more:
                # The line before this piece is complete. All but a chunk's first are one piece.
                yield _line(number, begun, held, limit)
                number += 1
                begun, held = [piece], len(piece)
            if held > limit:
                begun.clear()
    except ReadError as error:
        yield Line(number, b"", f"line {number}: {error}")
    else:
        if held:
            yield _line(number, begun, held, limit)


def _line(number: int, pieces: list[bytes], held: int, limit: int) -> Line:
    if held > limit:
        return Line(
            number,
            b"",
            f"line {number} is longer than read.max_document_bytes ({limit}); raise it to read this document",
        )
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return Line(number, data)


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
