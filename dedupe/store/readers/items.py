"""
The work list: what the main process hands to the workers, one item a document.

Text and HTML files travel as a path, because a worker reads them faster than a pipe carries
them. Records, rows and archived pages travel as bytes, because only one process can walk a stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe.errors import ReadError
from dedupe.store.readers.compression import open_stream
from dedupe.store.readers.delimited import split_rows
from dedupe.store.readers.item import Item
from dedupe.store.readers.lines import every_line, numbered_lines
from dedupe.store.readers.parquet import parquet_items
from dedupe.store.readers.warc import warc_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.compression import ByteStream
    from dedupe.store.readers.discover import Discovery, SourceFile
    from dedupe.store.readers.names import Form


def items(discovery: Discovery, settings: ReadSettings) -> Iterator[Item]:
    """
    Yield one item for every document there should be, also for those that cannot be read.

    Files by id, a file's documents in their order; last, what could not even be looked at. Of a
    file that breaks off, all documents before the break come, then one item that reports it.
    """
    for file in discovery.files:
        yield from _READERS[file.form](file, settings)
    for one in discovery.unreadable:
        yield Item(one.id, one.id, "text", error=one.error)


def _whole(file: SourceFile, _: ReadSettings) -> Iterator[Item]:
    yield Item(file.id, file.id, file.form, path=str(file.path), compression=file.compression)


def _streamed(
    walk: Callable[[SourceFile, ByteStream, ReadSettings], Iterator[Item]],
) -> Callable[[SourceFile, ReadSettings], Iterator[Item]]:
    """A reader that walks the file's content; one that cannot be opened is one failed document."""

    def read(file: SourceFile, settings: ReadSettings) -> Iterator[Item]:
        try:
            stream = open_stream(file.path, file.compression, settings.max_ratio)
        except ReadError as refusal:
            yield Item(file.id, file.id, file.form, error=str(refusal))
            return
        with stream:
            yield from walk(file, stream, settings)

    return read


def _records(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    for number, data, error in numbered_lines(stream, limit=settings.max_document_bytes):
        if error is None:
            yield Item(f"{file.id}:{number}", file.id, "records", None, "", data, number)
        else:
            yield Item(f"{file.id}:{number}", file.id, "records", line=number, error=error)


def _table(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    limit = settings.max_document_bytes
    columns: bytes | None = None
    for number, data, error in split_rows(every_line(stream, limit=limit), limit=limit, tab=file.form == "tsv"):
        if error is not None:
            yield Item(f"{file.id}:{number}", file.id, file.form, line=number, error=error)
        elif columns is None:
            columns = data
        else:
            yield Item(f"{file.id}:{number}", file.id, file.form, data=data, line=number, columns=columns)


_READERS: dict[Form, Callable[[SourceFile, ReadSettings], Iterator[Item]]] = {
    "text": _whole,
    "html": _whole,
    "records": _streamed(_records),
    "csv": _streamed(_table),
    "tsv": _streamed(_table),
    "parquet": parquet_items,
    "warc": _streamed(warc_items),
    "wet": _streamed(warc_items),
}
