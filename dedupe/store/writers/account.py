"""The account of a run on disk: ``decisions.jsonl`` and ``summary.json``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_account(directory: Path, decisions: Iterable[str], summary: str) -> None:
    """Write the decisions, a line each, and the summary."""
    with (directory / "decisions.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in decisions)
    (directory / "summary.json").write_text(f"{summary}\n", "utf-8")
