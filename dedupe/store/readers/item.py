"""What the main process sends to a worker: a document, or a stretch of a file of documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedupe.store.readers.compression import Compression
    from dedupe.store.readers.names import Form


class Item(NamedTuple):
    """
    One document still to be loaded: a ``path``, its ``data``, or an ``error``.

    ``origin`` is the id of its file. The id of a record is provisional (``file.jsonl:7``): only
    the worker parses the record and sees whether it has an id of its own. ``columns`` is the header of a
    table's rows; ``charset`` and ``fields`` are what an archive says about a page.
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
        """The number of bytes sent to the worker."""
        return len(self.data or b"")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of a plain records file, for a worker to read: a byte range, and the number of its first line."""

    origin: str
    path: str
    begin: int
    end: int
    line: int

    @property
    def size(self) -> int:
        """The number of bytes to read."""
        return self.end - self.begin
