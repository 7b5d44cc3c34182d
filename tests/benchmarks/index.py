"""
How fast an index takes up documents, how large it grows, how long it takes to open, and what one claim
costs: ``python -m tests.benchmarks.index --documents 1000000``.

Signatures are given, so that nothing but the index is measured. One document in ten is an exact copy of
an earlier one, one in twenty shares half its buckets with one. Every batch is a run of its own, as on
the day when it comes: whatever it finds, it finds in the index. "Of own time" counts what the claiming
thread worked: without the disk, the compaction beside it and whatever else the machine does; "of all time"
counts what the whole process worked, compaction and all.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedupe.config import load_settings
from dedupe.neardup.clusters import Entry
from dedupe.pipeline.claimer import Claimer
from dedupe.store.index import Index, Run

DAY = date(2026, 1, 22)
SETTINGS = load_settings(overrides=["index.evidence=none"])


def entries(documents: int, batch: int, seed: int = 1) -> Iterator[list[tuple[int, Entry]]]:
    """
    Batches of documents with signatures by chance, and copies among them.

    Half a signature is shared with one document of the batch before, which shares none with others: passed
    on from batch to batch, it would fill one bucket with them all.
    """
    chance = np.random.default_rng(seed)
    near = SETTINGS.neardup
    before: list[bytes] = []
    old = chance.integers(0, 1 << 32, (batch, near.num_perm), dtype=np.uint32)
    for start in range(0, documents, batch):
        count = min(batch, documents - start)
        signatures = chance.integers(0, 1 << 32, (count, near.num_perm), dtype=np.uint32)
        digests = [chance.bytes(16) for _ in range(count)]
        for at in range(-start % 20, count, 20):
            signatures[at, : near.num_perm // 2] = old[at - 1, : near.num_perm // 2]
        if before:
            for at in range(5, count, 10):
                digests[at] = before[at - 1]
        before, old = digests, signatures if count == batch else old
        yield [
            (
                start + at,
                Entry(
                    f"2026/01/22/news-{start + at:09d}.jsonl#{start + at}", digests[at], 900, signatures[at],
                    "2026-01-22", "City Herald", f"2026/01/22/news-{start + at:09d}.jsonl",
                    f"https://news.example/2026/01/22/{start + at:09d}.html",
                ),
            )
            for at in range(count)
        ]  # fmt: skip


def opened(where: Path) -> Index:
    return Index(where, SETTINGS.neardup, SETTINGS.index)


def size(where: Path) -> int:
    return sum(path.stat().st_size for path in where.rglob("*") if path.is_file())


def claim(index: Index, batch: list[tuple[int, Entry]], name: str) -> int:
    """How many of a batch are kept."""
    claimer = Claimer(index, SETTINGS.neardup, Run(name, DAY, ""), lambda _: "")
    return sum(match is None for match in claimer.claim(batch))


def one_by_one(where: Path, number: int) -> tuple[list[float], list[float]]:
    """Milliseconds that claims of single documents take, and those that the claiming thread works, ascending."""
    taken, worked = [], []
    with opened(where) as index:
        for [one] in entries(200, 1, seed=7):
            entry = replace(one[1], id=f"single-{number}-{one[0]}")
            began, began_work = time.perf_counter(), time.thread_time()
            claim(index, [(0, entry)], "single")
            taken.append((time.perf_counter() - began) * 1000)
            worked.append((time.thread_time() - began_work) * 1000)
    return sorted(taken), sorted(worked)


class Step(NamedTuple):
    """One step of filling: documents a second by the clock, by the claiming thread's and the process's work, ..."""

    documents: int
    rate: float
    own: float
    all: float
    slowest: float
    bytes: float
    open: float
    median: float
    rare: float
    work: float
    memory: int

    def line(self) -> str:
        """The step as a row of the table."""
        rates = f"{self.rate:>8,.0f} {self.own:>12,.0f} {self.all:>12,.0f}"
        times = f"{self.open:>4.2f} s {self.median:>10.2f} ms {self.rare:>8.2f} ms {self.work:>9.2f} ms"
        return f"{self.documents:>9,} {rates} {self.slowest:>12.2f} s {self.bytes:>11.0f} {times} {self.memory:>8} MB"


def main() -> None:
    """Fill an index, print a line for every step, and the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--step", type=int, default=250_000)
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="dedupe-index-"))
    rates = "documents   docs/s  of own time  of all time  slowest batch"
    print(f"{rates}  B/document  open  one claim (median, 99 %, own)    RSS")
    steps = []
    try:
        for step in fill(place / "news.dedupe", asked.documents, asked.batch, asked.step):
            print(step.line(), flush=True)
            steps.append(step)
    finally:
        shutil.rmtree(place)
    if len(steps) > 1:
        print("\n" + "\n".join(curve([(step.documents, step.own) for step in steps], 10 * asked.documents)))


def curve(points: list[tuple[int, float]], until: int) -> list[str]:
    """
    The rate by size, drawn, and where it leads: a document costs a little more whenever the index has
    doubled, for then its tree has more levels.
    """
    sizes, rates = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    slope, start = np.polyfit(np.log2(sizes), 1 / rates, 1)
    if slope < 0:
        slope, start = 0.0, (1 / rates).mean()
    ahead = [size for size in (until // 5, 2 * until // 5, until) if size > sizes[-1]]
    expected = [(size, 1 / (start + slope * np.log2(size))) for size in ahead]
    widest = max(rates.max(), *(rate for _, rate in expected)) if expected else rates.max()
    return [
        f"{size / 1e6:>6.2f} M {'█' * round(40 * rate / widest):<40} {rate:>7,.0f}/s{note}"
        for some, note in ((points, ""), (expected, " expected"))
        for size, rate in some
    ]


def fill(where: Path, documents: int, batch: int, step: int) -> Iterator[Step]:
    """Fill an index; a `Step` whenever so many documents more are in it."""
    index = opened(where)
    taken: list[float] = []
    worked = all_ = 0.0
    for number, items in enumerate(entries(documents, batch)):
        began, began_work, began_all = time.perf_counter(), time.thread_time(), time.process_time()
        claim(index, items, str(number))
        taken.append(time.perf_counter() - began)
        worked += time.thread_time() - began_work
        all_ += time.process_time() - began_all
        done = number * batch + len(items)
        if done % step == 0 or done == documents:
            index.close()
            bytes_ = size(where) / done
            began = time.perf_counter()
            opened(where).close()
            open_ = time.perf_counter() - began
            single, work = one_by_one(where, done)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            claimed = batch * len(taken)
            yield Step(
                done, claimed / sum(taken), claimed / worked, claimed / all_, max(taken),
                bytes_, open_, single[100], single[197], work[100], memory,
            )  # fmt: skip
            taken.clear()
            worked = all_ = 0.0
            index = opened(where)
    index.close()


if __name__ == "__main__":
    main()
