"""Finished runs, read back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dedupe.errors import OutputError, ReadError
from dedupe.store.readers import numbered_lines, open_stream
from dedupe.store.readers.names import form_of
from dedupe.store.readers.parquet import pyarrow
from dedupe.store.writers.documents import text_path


@contextmanager
def reading_back(what: Path | str) -> Iterator[None]:
    """Parse the output of a finished run inside this block; malformed output raises an OutputError."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError(
            f"{what} cannot be read back ({error!r}); was it edited, or written by another version?"
        ) from None


def find_decision(out: Path, document_id: str) -> str | None:
    """Return the decision line of a document, or None if the run has none."""
    return _find(out / "decisions.jsonl", document_id)


def find_text(out: Path, document_id: str) -> str | None:
    """Return the text of a kept document, or None if the run does not have it."""
    if (out / "documents").is_dir():
        path = out / "documents" / text_path(document_id)
        return path.read_bytes().decode("utf-8").removesuffix("\n") if path.is_file() else None
    for path in sorted(out.glob("documents*.parquet")):
        if (text := _text_in_table(path, document_id)) is not None:
            return text
    for path in sorted(out.glob("documents*.jsonl*")):
        if (line := _find(path, document_id)) is not None:
            return str(json.loads(line)["text"])
    return None


def decisions(out: Path) -> Iterator[str]:
    """Yield the decision lines of a run, in order."""
    return _lines(out / "decisions.jsonl")


def kept_texts(out: Path, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the ids and texts of all kept documents; ``ids`` are those that the run decided to keep."""
    tables, packed = sorted(out.glob("documents*.parquet")), sorted(out.glob("documents*.jsonl*"))
    for path in tables:
        yield from _texts_of_table(path)
    for path in packed:
        for record in map(json.loads, _lines(path)):
            yield record["id"], record["text"]
    if tables or packed:
        return
    for name in ids:
        text = find_text(out, name)
        if text is None:
            raise OutputError(f"{out} decided to keep {name}, but its text is missing; was a file removed?")
        yield name, text


def decision_ids(out: Path) -> list[str]:
    """Return the ids of all documents of a run."""
    return [json.loads(line)["id"] for line in _lines(out / "decisions.jsonl")]


def read_summary(out: Path) -> str | None:
    """Return the text of a finished run's summary, or None if there is none."""
    try:
        return (out / "summary.json").read_text("utf-8").rstrip("\n")
    except OSError:
        return None


def _text_in_table(path: Path, document_id: str) -> str | None:
    for ids, texts in _table(path):
        if document_id in ids:
            return str(texts[ids.index(document_id)].as_py())
    return None


def _texts_of_table(path: Path) -> Iterator[tuple[str, str]]:
    for ids, texts in _table(path):
        yield from zip(ids, texts.to_pylist(), strict=True)


def _table(path: Path) -> Iterator[tuple[list[str], Any]]:
    """Yield the ids and the column of texts of a Parquet file, batch by batch; texts are converted on demand."""
    damaged = OSError, pyarrow("Parquet files", "pyarrow").ArrowException
    try:
        with pyarrow("Parquet files", "pyarrow.parquet").ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=256, columns=["id", "text"]):
                yield batch.column(0).to_pylist(), batch.column(1)
    except damaged as error:
        raise _unreadable(path, " ".join(str(error).split())[:300]) from None


def _find(path: Path, document_id: str) -> str | None:
    # Every line begins with its id, so most need not be parsed.
    start = f'{{"id": {json.dumps(document_id, ensure_ascii=False)}, '
    return next((line for line in _lines(path) if line.startswith(start)), None)


def _lines(path: Path) -> Iterator[str]:
    form = form_of(path.name)
    try:
        if form and form[1]:
            with open_stream(path, form[1], sys.maxsize) as stream:
                for line in numbered_lines(stream, limit=sys.maxsize):
                    if line.error:
                        raise _unreadable(path, line.error)
                    yield line.data.decode("utf-8")
        else:
            with path.open("r", encoding="utf-8", newline="\n") as lines:
                yield from lines
    except (FileNotFoundError, NotADirectoryError):
        raise OutputError(f"{path} does not exist; is {path.parent} the OUT of a finished run?") from None
    except (OSError, UnicodeDecodeError, ReadError) as error:
        raise _unreadable(path, str(getattr(error, "strerror", None) or error)) from None


def _unreadable(path: Path, why: str) -> OutputError:
    return OutputError(f"{path} cannot be read ({why.rstrip('.')}); was it damaged since the run?")
