"""The account of a run on disk: ``decisions.jsonl`` and ``summary.json``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_account(directory: Path, decisions: Iterable[bytes], summary: str) -> None:
    """Write the decisions, a line each, and the summary."""
    with (directory / "decisions.jsonl").open("wb", buffering=1 << 20) as file:
        file.writelines(line + b"\n" for line in decisions)
    (directory / "summary.json").write_text(f"{summary}\n", "utf-8")
