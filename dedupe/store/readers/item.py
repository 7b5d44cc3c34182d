"""What crosses from the main process to a worker: a document, or a stretch of a file of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedupe.store.readers.compression import Compression
    from dedupe.store.readers.names import Form


class Item(NamedTuple):
    """
    One document that is still to be loaded: a ``path``, its ``data``, or an ``error``.

    ``origin`` is the id of its file. The id of a record is provisional (``file.jsonl:7``): only
    the worker parses it and sees whether it brings its own. ``columns`` is the header of a table's
    rows; ``charset`` and ``fields`` are what an archive says about a page.
    """

    id: str
    origin: str
    form: Form
    path: str | None = None
    compression: Compression = ""
    data: bytes | None = None
    line: int | None = None
    error: str | None = None
    columns: bytes | None = None
    charset: str | None = None
    fields: Mapping[str, str] = {}

    @property
    def size(self) -> int:
        """The bytes that travel."""
        return len(self.data or b"")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of a plain records file, which the worker reads: from byte to byte, and its first line's number."""

    origin: str
    path: str
    begin: int
    end: int
    line: int

    @property
    def size(self) -> int:
        """The bytes that are to be read."""
        return self.end - self.begin
