"""
From files to raw documents: the only code that opens input.

    discover   find the files and their ids            (main process)
    pieces     cut them into pieces of work            (main process)
    documents  split a piece into items                (workers)
    load       load an item as a RawDocument           (workers)

A stream on stdin uses `numbered_lines` and `parse_record`.
"""

from __future__ import annotations

from dedupe.store.readers.compression import Compression, open_stream
from dedupe.store.readers.discover import Discovery, SourceFile, Unreadable, discover
from dedupe.store.readers.item import Item, Stretch
from dedupe.store.readers.items import documents, items, pieces
from dedupe.store.readers.lines import Line, numbered_lines
from dedupe.store.readers.load import load
from dedupe.store.readers.names import Form
from dedupe.store.readers.records import as_document, parse_record
from dedupe.store.readers.streams import ByteStream

__all__ = [
    "ByteStream",
    "Compression",
    "Discovery",
    "Form",
    "Item",
    "Line",
    "SourceFile",
    "Stretch",
    "Unreadable",
    "as_document",
    "discover",
    "documents",
    "items",
    "load",
    "numbered_lines",
    "open_stream",
    "parse_record",
    "pieces",
]
