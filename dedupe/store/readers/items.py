"""
The work list: what the main process hands to the workers.

Text and HTML files are sent as paths, and plain records files as stretches of whole lines, because a worker
reads them faster than a pipe transfers them. Records of compressed files, table rows and archived pages are sent
as bytes, one item per document, because only one process can walk a stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe.errors import ReadError
from dedupe.store.readers.compression import open_stream
from dedupe.store.readers.delimited import Width, split_rows
from dedupe.store.readers.item import Item, Stretch
from dedupe.store.readers.lines import every_line, line_cuts, numbered_lines
from dedupe.store.readers.parquet import parquet_items
from dedupe.store.readers.streams import Section
from dedupe.store.readers.warc import warc_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.discover import Discovery, SourceFile
    from dedupe.store.readers.lines import Line
    from dedupe.store.readers.names import Form
    from dedupe.store.readers.streams import ByteStream

    _Reader = Callable[[SourceFile, ReadSettings], Iterator[Item | Stretch]]


_STRETCH = 1 << 18
"""Default size of a stretch of a records file, in bytes."""


def items(discovery: Discovery, settings: ReadSettings) -> Iterator[Item]:
    """
    Yield one item for every document there should be, including those that cannot be read.

    Files come sorted by id, a file's documents in order, and last whatever could not be accessed. For a
    truncated file, all documents before the break are yielded, then one item that reports it.
    """
    for piece in pieces(discovery, settings, _STRETCH):
        yield from documents(piece, settings)


def pieces(discovery: Discovery, settings: ReadSettings, stretch: int) -> Iterator[Item | Stretch]:
    """Like `items`, but plain records files come as stretches of ``stretch`` bytes, to be split by `documents`."""
    for file in discovery.files:
        if file.form == "records" and not file.compression:
            yield from _stretches(file, settings, stretch)
            continue
        yield from _READERS[file.form](file, settings)
    for one in discovery.unreadable:
        yield Item(one.id, one.id, "text", error=one.error)


def documents(piece: Item | Stretch, settings: ReadSettings) -> Iterator[Item]:
    """Yield the items of a stretch; a single item is yielded as it is."""
    if isinstance(piece, Item):
        yield piece
        return
    try:
        stream = Section(piece.path, piece.begin, piece.end)
    except ReadError as refusal:
        yield Item(f"{piece.origin}:{piece.line}", piece.origin, "records", error=f"line {piece.line}: {refusal}")
        return
    with stream:
        yield from _of_lines(piece.origin, numbered_lines(stream, limit=settings.max_document_bytes, first=piece.line))


def _whole(file: SourceFile, _: ReadSettings) -> Iterator[Item]:
    yield Item(file.id, file.id, file.form, path=str(file.path), compression=file.compression)


def _streamed(
    walk: Callable[[SourceFile, ByteStream, ReadSettings], Iterator[Item | Stretch]],
) -> _Reader:
    """Make a reader that walks the file's content; a file that cannot be opened is one failed document."""

    def read(file: SourceFile, settings: ReadSettings) -> Iterator[Item | Stretch]:
        try:
            stream = open_stream(file.path, file.compression, settings.max_ratio)
        except ReadError as refusal:
            yield Item(file.id, file.id, file.form, error=str(refusal))
            return
        with stream:
            yield from walk(file, stream, settings)

    return read


def _records(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    yield from _of_lines(file.id, numbered_lines(stream, limit=settings.max_document_bytes))


def _stretches(file: SourceFile, settings: ReadSettings, size: int) -> Iterator[Item | Stretch]:
    def cut(file: SourceFile, stream: ByteStream, _: ReadSettings) -> Iterator[Item | Stretch]:
        for begin, end, line, error in line_cuts(stream, size):
            if error is None:
                yield Stretch(file.id, str(file.path), begin, end, line)
            else:
                yield Item(f"{file.id}:{line}", file.id, "records", line=line, error=error)

    return _streamed(cut)(file, settings)


def _of_lines(origin: str, lines: Iterator[Line]) -> Iterator[Item]:
    for number, data, error in lines:
        if error is None:
            yield Item(f"{origin}:{number}", origin, "records", None, "", data, number)
        else:
            yield Item(f"{origin}:{number}", origin, "records", line=number, error=error)


def _table(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    limit = settings.max_document_bytes
    columns: bytes | None = None
    number, width = 0, Width(tab=file.form == "tsv")
    for number, data, error in split_rows(every_line(stream, limit=limit), limit=limit, tab=file.form == "tsv"):
        if error is not None:
            yield Item(f"{file.id}:{number}", file.id, file.form, line=number, error=error)
        elif columns is None:
            columns = data
            width.header(data)
        else:
            width.row(data)
            yield Item(f"{file.id}:{number}", file.id, file.form, data=data, line=number, columns=columns)
    if columns is not None and (why := width.doubt(columns)):
        yield Item(f"{file.id}:1", file.id, file.form, line=1, error=why)


_READERS: dict[Form, _Reader] = {
    "text": _whole,
    "html": _whole,
    "records": _streamed(_records),
    "csv": _streamed(_table),
    "tsv": _streamed(_table),
    "parquet": parquet_items,
    "warc": _streamed(warc_items),
    "wet": _streamed(warc_items),
}
