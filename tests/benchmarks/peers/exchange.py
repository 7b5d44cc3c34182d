"""How the scripts are called, and how they read and write: nothing but the standard library."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

LINES = "documents.jsonl"


class Asked(NamedTuple):
    """The three arguments of every script; the output directory is there when they are read."""

    source: Path
    out: Path
    workers: int


def arguments() -> Asked:
    source, out, workers = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    return Asked(Path(source), Path(out), int(workers))


def records(source: Path) -> Iterator[dict[str, Any]]:
    with source.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write(kept: Iterable[dict[str, Any]], out: Path) -> None:
    with (out / LINES).open("w", encoding="utf-8") as lines:
        for record in kept:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_lines(source: Path, gone: Iterable[str], out: Path) -> None:
    """Copy the lines of the source but those of documents that are gone."""
    without = set(gone)
    write((record for record in records(source) if record["id"] not in without), out)


def parts(source: Path, place: Path, count: int) -> None:
    """Deal the lines of a file out to so many files, for tools that work on several at once."""
    place.mkdir(parents=True, exist_ok=True)
    files = [(place / f"part-{number}.jsonl").open("wb") for number in range(count)]
    with source.open("rb") as lines:
        for number, line in enumerate(lines):
            files[number % count].write(line)
    for file in files:
        file.close()
