"""Lines of a stream: numbered and bounded in length, with an error line where the stream cannot be read further."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedupe.store.readers.streams import Readable

_CHUNK = 1 << 18
_MUCH = 1 << 15
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """A line of a stream, numbered from 1 with blank lines counted; a line with an ``error`` has no data."""

    number: int
    data: bytes
    error: str | None = None


class Cut(NamedTuple):
    """A stretch of whole lines: its byte range in the stream, and the number of its first line."""

    begin: int
    end: int
    line: int
    error: str | None = None


def numbered_lines(stream: Readable, *, limit: int, first: int = 1) -> Iterator[Line]:
    r"""
    Yield the lines that are not blank; for a line longer than ``limit`` bytes, only an error.

    Never holds more than a chunk and one line of at most ``limit`` bytes. If the stream cannot be read
    further, the last line is the error, and the incomplete line before it is dropped: half a record
    is useless. ``first`` is the number of the first line, for a stream that starts in the middle of a file.

    >>> import io
    >>> for line in numbered_lines(io.BytesIO(b'{"a":1}\n\n{"b":22222}\n{}'), limit=8):
    ...     print(line.number, line.data, line.error)
    1 b'{"a":1}' None
    3 b'' line 3 is longer than read.max_document_bytes (8); raise it to read this document
    4 b'{}' None
    """
    return (
        line for line in every_line(stream, limit=limit, first=first) if line.error or not (line.data or b" ").isspace()
    )


def every_line(stream: Readable, *, limit: int, first: int = 1) -> Iterator[Line]:
    """Like `numbered_lines`, but including blank lines: inside a quoted cell they matter."""
    # The incomplete line: its number, its pieces, and its length even after the pieces are dropped.
    number, begun, held = first, list[bytes](), 0
    try:
        for chunk in _chunks(stream) if first == 1 else _further_chunks(stream):
            if held == 0 and len(chunk) >= _MUCH and chunk.isspace():
                number += chunk.count(b"\n")  # do not walk a bomb of blank lines line by line
                yield Line(number, b"")
                continue
            piece, *more = chunk.split(b"\n")
            begun.append(piece)
            held += len(piece)
            if held > limit:
                begun.clear()
            for piece in more:
                # The line before this piece is complete. All lines but a chunk's first consist of one piece.
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


def line_cuts(stream: Readable, size: int) -> Iterator[Cut]:
    r"""
    Cut a stream into stretches of whole lines, each of ``size`` bytes plus the rest of a line.

    The cuts depend on the bytes alone, not on how the stream delivers them. If the stream cannot be read further,
    the last cut is empty and says why.

    >>> import io
    >>> list(line_cuts(io.BytesIO(b"{1}\n{2}\n{3}"), 5))
    [Cut(begin=0, end=8, line=1, error=None), Cut(begin=8, end=11, line=3, error=None)]
    """
    begin, line = 0, 1
    at, number, whole = 0, 1, 0  # bytes read, the number of the incomplete line, and where it begins
    try:
        for chunk in _further_chunks(stream):
            if at == 0:
                _refuse_utf16(chunk)
            done = 0
            while (end := chunk.find(b"\n", max(done, begin + size - 1 - at)) + 1) > 0:
                number += chunk.count(b"\n", done, end)
                yield Cut(begin, at + end, line)
                begin, line, done = at + end, number, end
            number += chunk.count(b"\n", done)
            whole = max(whole, at + chunk.rfind(b"\n") + 1) if b"\n" in chunk else whole
            at += len(chunk)
    except ReadError as error:
        if whole > begin:
            yield Cut(begin, whole, line)
        yield Cut(at, at, number, f"line {number}: {error}")
    else:
        if at > begin:
            yield Cut(begin, at, line)


def _chunks(stream: Readable) -> Iterator[bytes]:
    """Yield the chunks of a stream from its beginning, without a byte order mark."""
    chunks = _further_chunks(stream)
    first = next(chunks, b"")
    _refuse_utf16(first)
    if first := first.removeprefix(_BOM):
        yield first
    yield from chunks


def _refuse_utf16(beginning: bytes) -> None:
    if beginning.startswith(_UTF16):
        # Otherwise a large file would fail a million times, once for each of its lines.
        raise ReadError("the file is UTF-16, and records must be UTF-8; convert it")


def _further_chunks(stream: Readable) -> Iterator[bytes]:
    # read on a buffered pipe waits until the chunk is full; read1 returns what has arrived.
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    while chunk := read(_CHUNK):
        yield chunk
