"""The account of a run on disk: ``decisions.jsonl``, ``summary.json``, and the report made from them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dedupe.errors import OutputError, StorageError
from dedupe.store.staging import storage_errors


def write_account(directory: Path, decisions: Iterable[bytes], summary: str) -> None:
    """Write the decisions, one per line, and the summary."""
    with (directory / "decisions.jsonl").open("wb", buffering=1 << 20) as file:
        file.writelines(line + b"\n" for line in decisions)
    (directory / "summary.json").write_text(f"{summary}\n", "utf-8")


@contextmanager
def open_decisions(path: Path) -> Iterator[DecisionsFile]:
    """A file for the decisions of a stream; one that holds something already is refused, a pipe is taken."""
    try:
        if path.is_file() and path.stat().st_size:
            raise OutputError(f"{path} holds something already; choose another name, or remove it")
        file = path.open("wb")
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}); choose another place") from None
    with file:
        yield DecisionsFile(path, file)


class DecisionsFile:
    """Takes decisions, a line each; whoever reads along sees every one as soon as it is made."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file

    def write(self, decision: bytes) -> None:
        """Write a decision, and let go of it."""
        try:
            self._file.write(decision + b"\n")
            self._file.flush()
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise StorageError(f"writing to {self._path} failed: {error.strerror}; free some space") from None


def write_report(path: Path, html: str) -> None:
    """Write a report, replacing any earlier one; a half-written one is never visible."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with storage_errors(path):
            half.write_text(html, "utf-8", errors="surrogatepass")
            half.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}); name another place with --to") from None
    finally:
        half.unlink(missing_ok=True)
