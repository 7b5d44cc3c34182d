"""What a worker does first: an item becomes a document, or a reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe.errors import ReadError
from dedupe.model import RawDocument
from dedupe.store.readers.compression import read_file
from dedupe.store.readers.records import parse_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.items import Item


def load(item: Item, settings: ReadSettings, decode_line: Callable[[bytes], str] | None = None) -> RawDocument:
    """
    Read the item's document; raises ReadError, whose message is fit for the decisions.

    An empty file is a document without text, not a failure. ``decode_line`` reads lines of
    records that are not UTF-8; what it raises, passes.

    >>> from dedupe.settings import FieldNames, ReadSettings
    >>> from dedupe.store.readers.items import Item
    >>> names = FieldNames("text", "id", "title", "url", "published", "source", "authors", "language")
    >>> load(Item("a.jsonl:3", "a.jsonl", "records", data=b'{"text": 5}', line=3), ReadSettings(1000, names))
    Traceback (most recent call last):
    dedupe.errors.ReadError: line 3: has no text in field "text" (read.fields.text), but a number
    """
    if item.error is not None:
        raise ReadError(item.error)
    if item.data is not None and item.line is not None:
        return parse_record(item.data, origin=item.origin, number=item.line, settings=settings, decode_line=decode_line)
    if item.path is None:
        raise ValueError(f"item {item.id} has neither path nor data nor error")
    return RawDocument(
        id=item.id,
        origin=item.origin,
        payload=read_file(item.path, item.compression, settings.max_document_bytes),
        media="html" if item.form == "html" else "text",
    )
