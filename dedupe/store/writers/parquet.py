"""Kept documents as Parquet, in one schema whatever the input."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from dedupe.model import Metadata
from dedupe.store.readers.parquet import MARK, pyarrow

if TYPE_CHECKING:
    from pathlib import Path

    from dedupe.model import Json

_GROUP_BYTES = 1 << 24  # of JSON: a row group of some thousand articles, the most that is ever held in memory


class ParquetWriter:
    """
    Writes rows of ``id, text, metadata, fields``.

    ``metadata`` is a struct with every field of `dedupe.model.Metadata`, null where nothing was found.
    ``fields`` holds the fields that passed through as one JSON object: their names and types differ from
    crawl to crawl, and a schema that changed with them could not be read as one dataset.
    """

    def __init__(self, path: Path) -> None:
        self._pa = pyarrow("Parquet files", "pyarrow")
        self._schema = _schema(self._pa)
        parquet = pyarrow("Parquet files", "pyarrow.parquet")
        self._file = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Json]] = []
        self._held = 0

    def write(self, line: bytes) -> None:
        """Add a document; write a row group once there are enough."""
        self._rows.append(_row(json.loads(line)))
        self._held += len(line)
        if self._held >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write the remaining rows and the file's footer."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(self._pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._held = [], 0


def _row(record: dict[str, Json]) -> dict[str, Json]:
    own = {name: record.pop(name) for name in ("id", "text", "metadata")}
    return {**own, "fields": json.dumps(record, ensure_ascii=False)}


def _schema(pa: Any) -> Any:
    many, one = pa.list_(pa.string()), pa.string()
    metadata = pa.struct([(item.name, many if isinstance(item.default, tuple) else one) for item in fields(Metadata)])
    columns = [("id", pa.string()), ("text", pa.string()), ("metadata", metadata), ("fields", pa.string())]
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns], metadata={MARK: b"1"})
