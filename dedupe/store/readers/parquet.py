"""
Rows of Parquet files, as the JSON records that they would be in a .jsonl file.

One parser of fields serves all forms: a row becomes a line of JSON here, and a worker parses it.
"""

from __future__ import annotations

import base64
import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dedupe.errors import MissingExtraError
from dedupe.store.readers.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.model import Json
    from dedupe.settings import ReadSettings
    from dedupe.store.readers.discover import SourceFile

MARK = b"dedupe.documents"
"""Key in a schema's metadata: the file is output of this package, and its `fields` column holds JSON."""

_BATCH_BYTES = 1 << 23
_BATCH_ROWS = 256


def pyarrow(what: str, module: str) -> Any:
    """Import a module of pyarrow on demand, since it takes a quarter of a second; ``what`` says what needs it."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingExtraError.of(f"{what} need pyarrow", "parquet") from None


def parquet_items(file: SourceFile, settings: ReadSettings) -> Iterator[Item]:
    """
    Yield an item for every row; if the file cannot be read further, a last one that says why.

    Holds as many rows at a time as make up 8 MiB according to the file's own metadata.
    """
    number = 0
    try:
        options = {"memory_map": False, "pre_buffer": False, "page_checksum_verification": True}
        with pyarrow("Parquet files", "pyarrow.parquet").ParquetFile(file.path, **options) as table:
            _refuse_bombs(table.metadata, file, settings)
            ours = MARK in (table.schema_arrow.metadata or {})
            for batch in table.iter_batches(batch_size=_batch_size(table.metadata)):
                columns = [(name, batch.column(at)) for at, name in enumerate(batch.schema.names)]
                for row in range(batch.num_rows):
                    number += 1
                    yield _item(file, number, {name: column[row].as_py() for name, column in columns}, settings, ours)
            _refuse_fewer(table.metadata, number)
    except (OSError, ValueError, ArithmeticError, pyarrow("Parquet files", "pyarrow").ArrowException) as error:
        why = " ".join(str(error).split())[:300]
        yield Item(f"{file.id}:{number + 1}", file.id, file.form, error=f"row {number + 1} cannot be read: {why}")


def _item(file: SourceFile, number: int, row: dict[str, Any], settings: ReadSettings, ours: bool) -> Item:
    id_ = f"{file.id}:{number}"
    try:
        if ours:
            row |= json.loads(row.pop("fields"))
        data = json.dumps(row, ensure_ascii=False, default=_plain, allow_nan=False).encode("utf-8", "surrogatepass")
    except ValueError:
        data = json.dumps(_without_nan(row), ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")
    if len(data) > settings.max_document_bytes:
        why = (
            f"row {number} is longer than read.max_document_bytes ({settings.max_document_bytes}); raise it to read it"
        )
        return Item(id_, file.id, file.form, error=why)
    return Item(id_, file.id, file.form, data=data, line=number)


def _batch_size(metadata: Any) -> int:
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    widest = max((group.total_byte_size / max(1, group.num_rows) for group in groups), default=1)
    return max(1, min(_BATCH_ROWS, int(_BATCH_BYTES / max(1, widest))))


def _refuse_bombs(metadata: Any, file: SourceFile, settings: ReadSettings) -> None:
    # By row group: asking a damaged column for its sizes makes the library abort the whole process.
    for at in range(metadata.num_row_groups):
        unpacked = metadata.row_group(at).total_byte_size
        if unpacked > max(settings.max_document_bytes, settings.max_ratio * file.size):
            raise ValueError(
                f"a row group unpacks to {unpacked:,} bytes, from {file.size:,}; raise read.max_ratio "
                f"({settings.max_ratio}) to read it"
            )


def _refuse_fewer(metadata: Any, number: int) -> None:
    """Refuse a file that yielded fewer rows than it claims: a damaged footer can be readable and yet omit rows."""
    rows = max(metadata.num_rows, sum(metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)))
    if number < rows:
        raise ValueError(f"the file says that it has {rows:,} rows; fetch the file again")


def _plain(value: object) -> Json:
    """Convert values for which JSON has no type: times to ISO 8601, bytes to text or else base64."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    if isinstance(value, Decimal | timedelta):
        return str(value)
    raise ValueError(f"a value of type {type(value).__name__} cannot be represented in JSON")


def _without_nan(value: Any) -> Any:
    """Return the same value with every number that is not finite replaced by null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return value
