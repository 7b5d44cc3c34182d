"""A worker's first step: turn an item into a document, or into a reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe.errors import ReadError
from dedupe.model import Hints, RawDocument
from dedupe.store.readers.compression import read_file
from dedupe.store.readers.delimited import parse_row
from dedupe.store.readers.records import as_document, decoded, json_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedupe.model import Json, Media
    from dedupe.settings import ReadSettings
    from dedupe.store.readers.item import Item


def load(item: Item, settings: ReadSettings, decode_line: Callable[[bytes], str] | None = None) -> RawDocument:
    """
    Read the item's document; raises ReadError with a message fit for the decisions.

    An empty file is a document without text, not a failure. ``decode_line`` decodes records
    that are not UTF-8; its exceptions propagate.

    >>> from dedupe.settings import FieldNames, ReadSettings
    >>> from dedupe.store.readers.item import Item
    >>> names = FieldNames("text", "id", "title", "url", "published", "source", "authors", "language")
    >>> settings = ReadSettings(1000, 500, 250_000, names)
    >>> load(Item("a.jsonl:3", "a.jsonl", "records", data=b'{"text": 5}', line=3), settings)
    Traceback (most recent call last):
    dedupe.errors.ReadError: line 3: has no text in field "text" (read.fields.text), but a number
    """
    if item.error is not None:
        raise ReadError(item.error)
    if item.data is not None:
        return _from_bytes(item, item.data, settings, decode_line)
    if item.path is None:
        raise ValueError(f"item {item.id} has neither path nor data nor error")
    return RawDocument(
        id=item.id,
        origin=item.origin,
        payload=read_file(item.path, item.compression, settings.max_document_bytes),
        media="html" if item.form == "html" else "text",
    )


def _from_bytes(
    item: Item, data: bytes, settings: ReadSettings, decode_line: Callable[[bytes], str] | None
) -> RawDocument:
    if item.form in ("warc", "wet"):
        page = Hints(url=item.fields.get("url"))
        media: Media = "html" if item.form == "warc" else "text"
        return RawDocument(item.id, item.origin, data, media, item.charset, item.fields, page)
    number = item.line or 0
    try:
        record = _record(item, data, decode_line)
        return as_document(record, origin=item.origin, number=number, settings=settings)
    except ReadError as error:
        unit = "row" if item.form == "parquet" else "line"
        raise ReadError(f"{unit} {number}: {error}", error.id) from None


def _record(item: Item, data: bytes, decode_line: Callable[[bytes], str] | None) -> dict[str, Json]:
    if item.columns is None:
        return json_object(decoded(data, decode_line))
    return parse_row(decoded(data, decode_line), decoded(item.columns, decode_line), tab=item.form == "tsv")
