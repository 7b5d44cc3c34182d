"""The account of a run on disk: ``decisions.jsonl``, ``summary.json``, and the report made from them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dedupe.errors import OutputError
from dedupe.store.staging import storage_errors


def write_account(directory: Path, decisions: Iterable[bytes], summary: str) -> None:
    """Write the decisions, one per line, and the summary."""
    with (directory / "decisions.jsonl").open("wb", buffering=1 << 20) as file:
        file.writelines(line + b"\n" for line in decisions)
    (directory / "summary.json").write_text(f"{summary}\n", "utf-8")


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
