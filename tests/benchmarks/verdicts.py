"""What became of the copies that were planted: read from the ids of a corpus and of what a tool kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.corpora import original

_ID = re.compile(r'"id": ?"([^"]*)"')


@dataclass(frozen=True)
class Verdict:
    """
    Documents kept; copies planted, and of these gone; documents gone of which no copy was planted.

    A set of copies of which none is left counts as one lost document, whatever was found of it.
    """

    kept: int
    copies: int
    found: int
    others: int
    lost: int


def judged(documents: Iterable[str], kept: Iterable[str]) -> Verdict:
    """
    Judge what a tool kept.

    >>> judged(["1", "2", "3-of-1", "4-of-1", "5"], ["1", "2", "4-of-1"])
    Verdict(kept=3, copies=2, found=1, others=1, lost=0)
    """
    sets = Counter(original(name) or name for name in documents)
    left = Counter(original(name) or name for name in kept)
    copied = {name: size for name, size in sets.items() if size > 1}
    return Verdict(
        kept=sum(left.values()),
        copies=sum(size - 1 for size in copied.values()),
        found=sum(min(size - left[name], size - 1) for name, size in copied.items()),
        others=sum(size - left[name] for name, size in sets.items() if size == 1),
        lost=sum(not left[name] for name in copied),
    )


def ids(path: Path) -> Iterator[str]:
    """The ids in a JSON Lines file, without the name of the file that our own output has before them."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            early = _ID.search(line, 0, 200)
            name = early[1] if early else json.loads(line)["id"]
            yield name.rpartition("#")[2]


def kept_ids(out: Path) -> Iterator[str]:
    """The ids of what stands in an output directory: ``documents.jsonl``, or a tree of text files."""
    if (out / "documents.jsonl").exists():
        yield from ids(out / "documents.jsonl")
    else:
        yield from (path.stem for path in (out / "documents").rglob("*.txt"))
