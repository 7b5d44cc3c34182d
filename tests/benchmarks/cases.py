"""
What is measured: speed side by side, growth with the input, a million short documents, start-up.

Contestants run by turns (A B C, A B C, ...), each a process of its own with an output of its own, so that
a busy machine slows them alike. Before anything counts our kernels are compiled, all of them, and each
contestant runs once on a small corpus, so that files are in the page cache.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from tests.benchmarks import corpora, results
from tests.benchmarks.contestants import CONTESTANTS, FAST, ROOT, Contestant
from tests.benchmarks.corpora import Corpus, Recipe
from tests.benchmarks.meter import Cost, measure
from tests.benchmarks.verdicts import ids, judged, kept_ids

GROWTH = (1, 4, 16)
SHORT = 400
"""Bytes of a short document at least: about 150 Han characters."""

_WARM = 0.2
_OURS = {"PYTHONPATH", "DEDUPE_KERNELS"}


@dataclass(frozen=True)
class Bench:
    """Where runs take place, and where their figures go."""

    results: Path
    scratch: Path
    peers: Path | None
    workers: int
    timeout: float
    session: str

    def cost(self, command: Sequence[str], environment: Mapping[str, str]) -> Cost:
        """Run a command by this checkout's code, with what it prints in the log."""
        log = self.scratch / "log.txt"
        inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
        path = {"PYTHONPATH": str(ROOT)} if command[0] == sys.executable else {}
        cost = measure(command, {**inherited, **path, **environment}, log=log, timeout=self.timeout)
        if cost.code:
            said = log.read_text("utf-8", "replace").strip().splitlines()[-8:]
            print(f"exit code {cost.code}:", *command, *said, sep="\n  ", file=sys.stderr)
        return cost

    def compile_kernels(self) -> None:
        """Have our compiled kernels made, as a first run does in the background: a run does not wait for them."""
        self.cost([sys.executable, "-m", "dedupe.pipeline.warm"], {})

    def run(self, one: Contestant, case: str, name: str, corpus: Corpus, turn: int) -> results.Sample:
        """Run a contestant on a corpus, and judge what it kept; turn -1 warms up, and is not recorded."""
        out = self.scratch / "out"
        shutil.rmtree(out, ignore_errors=True)
        cost = self.cost(one.command(corpus.path, out, self.workers, self.peers), one.environment)
        verdict = None if cost.code else judged(ids(corpus.lines), kept_ids(out))
        shutil.rmtree(out, ignore_errors=True)
        size = corpus.documents, corpus.bytes
        sample = results.Sample(self.session, case, name, one.name, turn, *size, cost, verdict)
        if turn >= 0:
            self.record(sample)
        return sample

    def record(self, sample: results.Sample) -> None:
        """Write a sample down, and say so."""
        results.append(self.results, sample)
        cost = sample.cost
        told = f"{cost.wall:8.2f} s  CPU {cost.cpu:8.2f} s  peak {cost.peak / 1e6:6.0f} MB"
        print(f"{sample.case} {sample.corpus:8} {sample.tool:22} {told}", file=sys.stderr, flush=True)


def ours() -> Contestant:
    """Our command in its fastest form that is installed."""
    by_name = {one.name: one for one in CONTESTANTS}
    return by_name[FAST] if by_name[FAST].ready(None) else by_name["dedupe"]


@dataclass(frozen=True)
class Plan:
    """Megabytes of the corpus, and turns; one whose first run takes more than ``slow`` seconds has fewer."""

    megabytes: float
    runs: int
    slow: float
    slow_runs: int

    def due(self, turn: int, first: float) -> bool:
        """
        Whether one runs in this turn that took so long in the first; infinite is one that fails.

        >>> [turn for turn in range(5) if Plan(50, runs=5, slow=60, slow_runs=2).due(turn, 90.0)]
        [0, 1]
        """
        return first < inf and turn < (self.slow_runs if first > self.slow else self.runs)


def speed(bench: Bench, name: str, texts: Sequence[str], running: Sequence[Contestant], plan: Plan) -> None:
    """All contestants on one corpus, by turns."""
    files = any(one.files for one in running)
    small = _forms(bench.scratch / "warm", texts, _WARM, files=files)
    whole = _forms(bench.scratch / "corpus", texts, plan.megabytes, files=files)
    first = {one.name: _seconds(bench.run(one, "speed", name, small[one.files], -1)) for one in running}
    for turn in range(plan.runs):
        for one in running:
            if plan.due(turn, first[one.name]):
                taken = _seconds(bench.run(one, "speed", name, whole[one.files], turn))
                first[one.name] = taken if turn == 0 else first[one.name]
    shutil.rmtree(bench.scratch / "corpus")


def _seconds(sample: results.Sample) -> float:
    return inf if sample.cost.code else sample.cost.wall


def _forms(place: Path, texts: Sequence[str], megabytes: float, *, files: bool) -> dict[bool, Corpus]:
    """A corpus as JSON Lines (False) and, if it is asked for, as one file per document (True)."""
    place.mkdir(exist_ok=True)
    lines = _sized(place / "corpus.jsonl", texts, megabytes)
    shutil.rmtree(place / "files", ignore_errors=True)
    return {False: lines, True: corpora.write_files(lines, place / "files")} if files else {False: lines}


def _sized(path: Path, texts: Sequence[str], megabytes: float) -> Corpus:
    return corpora.write_lines(corpora.planted(texts, Recipe()), path, size=megabytes * 1e6)


def growth(bench: Bench, name: str, texts: Sequence[str], megabytes: float, runs: int) -> None:
    """Our command on one, four and sixteen times so many megabytes, by turns."""
    grown = [_sized(bench.scratch / f"{times}.jsonl", texts, megabytes * times) for times in GROWTH]
    bench.run(ours(), "growth", name, grown[0], -1)
    for turn in range(runs):
        for corpus in grown:
            bench.run(ours(), "growth", name, corpus, turn)
    for corpus in grown:
        corpus.path.unlink()


def million(bench: Bench, name: str, texts: Sequence[str], count: int) -> None:
    """Our command on a million short documents, three in ten of them copies, once."""
    stream = corpora.planted(texts, Recipe(length=SHORT, sentences=2, copies=0.3))
    corpus = corpora.write_lines(stream, bench.scratch / "short.jsonl", documents=count)
    bench.run(ours(), "million", name, corpus, 0)
    corpus.path.unlink()


def startup(bench: Bench, runs: int) -> None:
    """An empty program, our help, and one small file, by turns."""
    out = bench.scratch / "out"
    small = min((ROOT / "samples").rglob("*.txt"), key=lambda path: (path.stat().st_size, path))
    commands = {
        "python": ["-c", "pass"],
        "help": ["-m", "dedupe", "--help"],
        "one small file": ["-m", "dedupe", "clean", str(small), "--out", str(out), "--quiet"],
    }
    for turn in range(-1, runs):
        for name, arguments in commands.items():
            shutil.rmtree(out, ignore_errors=True)
            cost = bench.cost([sys.executable, *arguments], {})
            if turn >= 0:
                bench.record(results.Sample(bench.session, "startup", "", name, turn, 0, 0, cost))
