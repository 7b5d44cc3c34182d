"""
How fast the stages are, under both faces of the kernels, and what 50 MB in one document cost.

    python -m tests.benchmarks.stages [CORPUS.jsonl ...] [--documents 500] [--runs 5] [--long 50]

Without a corpus, invented documents are measured. Both faces run by turns in one process, so that a
busy machine slows them alike, and the processor's time is counted: read the median, and its spread. The
long documents go through the whole command, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

from dedupe.config import load_settings
from dedupe.kernels import twins
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import code_points, comparison_view
from dedupe.model import Hints
from dedupe.neardup.signatures import content_digest
from dedupe.stages.repeats import find_repeats
from dedupe.stages.segment import passage_starts
from dedupe.stages.titles import find_titles
from tests.benchmarks.documents import LONG, articles

FACES = ("numpy", "numba")
SETTINGS = load_settings()


def stages(texts: Sequence[str]) -> dict[str, Callable[[], object]]:
    """The work of each stage over all documents, with what it needs from the ones before it at hand."""
    near, repeats = SETTINGS.neardup, SETTINGS.repeats
    codes = [code_points(text) for text in texts]
    views = [comparison_view(text) for text in texts]
    shingles = [shingle_hashes(view.codes, near.shingle) for view in views]
    findings = [find_repeats(*document, repeats) for document in zip(texts, views, shingles, strict=True)]
    return {
        "view": lambda: _each(comparison_view, texts, codes),
        "passages": lambda: _each(partial(passage_starts, max_passage=repeats.max_passage), texts),
        "shingles": lambda: _each(lambda view: shingle_hashes(view.codes, near.shingle), views),
        "signatures": lambda: _each(partial(sign, num_perm=near.num_perm, seed=near.seed), shingles),
        "digests": lambda: _each(content_digest, texts, views, codes),
        "repeats": lambda: _each(partial(find_repeats, settings=repeats), texts, views, shingles),
        "titles": lambda: _each(
            lambda text, view, found: find_titles(text, view, Hints(), found, repeats), texts, views, findings
        ),
    }


def _each(work: Callable[..., object], *columns: Sequence[object]) -> None:
    """Work on one document after the other. What comes of it is let go, as a run does: kept, it costs memory anew."""
    for row in zip(*columns, strict=True):
        work(*row)


def measured(texts: Sequence[str], runs: int) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """For each stage, the processor's seconds that it took under each face, by turns."""
    for name, work in stages(texts).items():
        seconds: dict[str, list[float]] = {face: [] for face in FACES}
        for turn in range(runs + 1):
            for face in FACES:
                with shown(face):
                    began = time.process_time()
                    work()
                    if turn:  # the first is for loading, and compiling
                        seconds[face].append(time.process_time() - began)
        yield name, seconds


@contextmanager
def shown(face: str) -> Iterator[None]:
    """Kernels show this face, whatever the process has chosen."""
    before, twins.face = twins.face, twins.Face(face)
    try:
        yield
    finally:
        twins.face = before


def table(name: str, texts: Sequence[str], runs: int) -> str:
    """A Markdown table of one corpus."""
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    lines = [
        f"{name}: {len(texts)} documents, {megabytes:.1f} MB, {runs} runs by turns; median (from - to)",
        "",
        "| stage | NumPy us/doc | MB/s | Numba us/doc | MB/s |",
        "|---|---|---|---|---|",
    ]
    for stage, seconds in measured(texts, runs):
        cells = " | ".join(
            f"{_spread(seconds[face], len(texts))} | {megabytes / median(seconds[face]):.0f}" for face in FACES
        )
        lines.append(f"| {stage} | {cells} |")
    return "\n".join(lines)


def _spread(seconds: list[float], documents: int) -> str:
    low, middle, high = (1e6 * s / documents for s in (min(seconds), median(seconds), max(seconds)))
    return f"{middle:.1f} ({low:.1f} - {high:.1f})"


def long_documents(names: Sequence[str], megabytes: float) -> Iterator[str]:
    """A Markdown table of long documents, a line as soon as it is measured."""
    yield f"| {megabytes:g} MB in one document | face | seconds | peak MB |\n|---|---|---|---|"
    for name in names:
        for face in FACES:
            seconds, peak = _cleaned(LONG[name](int(megabytes * 1e6)), face)
            yield f"| {name} | {face} | {seconds:.1f} | {peak:.0f} |"


def _cleaned(text: str, face: str) -> tuple[float, float]:
    """Seconds and peak memory of the whole command over one document."""
    with TemporaryDirectory() as scratch:
        source = Path(scratch) / "document.txt"
        source.write_text(text, "utf-8")
        command = [sys.executable, "-m", "dedupe", "clean", str(source), "--out", f"{scratch}/out", "--workers", "1"]
        # A process between us and the command, so that the peak is that of this command alone.
        code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
        code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        environment = {**os.environ, "DEDUPE_KERNELS": face}
        began = time.perf_counter()
        done = run(
            [sys.executable, "-c", code, *command, "--quiet"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return time.perf_counter() - began, int(done.stdout.split()[-1]) / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", type=Path, help="JSONL files with a text field")
    parser.add_argument("--documents", type=int, default=500, help="how many of each corpus")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--long", type=float, default=50, help="megabytes of the long documents; 0 for none")
    chosen: Any = parser.parse_args(arguments)
    for name, texts in _corpora(chosen.corpora, chosen.documents):
        print(table(name, texts, chosen.runs), end="\n\n", flush=True)
    if chosen.long:
        for line in long_documents(list(LONG), chosen.long):
            print(line, flush=True)


def _corpora(paths: Sequence[Path], documents: int) -> Iterator[tuple[str, list[str]]]:
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            yield path.name, [json.loads(line)["text"] for line in islice(lines, documents)]
    for language in () if paths else ("zh", "en"):
        yield f"invented {language}", articles(language, documents)


if __name__ == "__main__":
    main()
