"""
The hostile corpus (`hostile.py`, listed in README.md here): every file is done with in seconds, none takes
the machine's memory, none disturbs its neighbours, and every failure says why.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hostile import CASES, Case, table
from scrapes import tree

from dedupe import load_settings
from dedupe.pipeline.batch import BatchWorker
from dedupe.rules.loader import load_rulebook
from dedupe.store.readers import discover, items

pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

MAX_SECONDS = 60  # of a processor: none of these takes five, and one that never ends takes more
MAX_MEGABYTES = 1000
GUARDED = "read.max_characters=250000"
"""As default.yaml advises where scrapes are hostile; the default lets 50 MB of text in, at a minute's cost."""

FAILURES = {case.name for case in CASES if case.outcome == "failed"}

# The largest memory of a process and its workers, asked for by a small one: a fork of a large one counts as large.
MEASURED = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, "-m", "dedupe", *sys.argv[1:]]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def neighbours(source: Path) -> None:
    (source / "good").mkdir(parents=True)
    for n in range(20):
        (source / "good" / f"{n}.txt").write_text(f"第{n}座桥今天通车，{n}个村子的人都来看，船工说要歇一歇。", "utf-8")


@pytest.fixture(scope="module")
def worker() -> BatchWorker:
    settings = load_settings(overrides=[GUARDED])
    return BatchWorker(settings, load_rulebook(settings.bylines.packs, settings.bylines.rules))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_is_done_with_in_seconds_and_fails_with_its_reason(
    case: Case, worker: BatchWorker, tmp_path: Path
) -> None:
    (tmp_path / case.name).write_bytes(case.make())
    start = time.process_time()
    outcomes = [
        one.outcome for item in items(discover([tmp_path]), load_settings().read) for one in worker.judge([item])[0]
    ]
    assert time.process_time() - start < MAX_SECONDS
    errors = [one.error or "" for one in outcomes if one.name == "failed"]
    if case.outcome == "failed" and case.reason != "ids must be unique":  # which the corpus pass says
        assert any(case.reason in error for error in errors), outcomes
        assert all(0 < len(error) < 1000 for error in errors)
    else:
        assert errors == []
        assert outcomes == [] or case.outcome in {one.name for one in outcomes} | {"failed"}


@pytest.mark.slow
def test_all_of_it_at_once_disturbs_no_neighbour_and_takes_no_gigabyte(tmp_path: Path) -> None:
    neighbours(tmp_path / "calm")
    neighbours(tmp_path / "storm")
    for case in CASES:
        (tmp_path / "storm" / case.name).write_bytes(case.make())
    for name in ("calm", "storm"):
        command = [sys.executable, "-c", MEASURED, "clean", name, "--out", f"{name}-out", "--workers", "2"]
        command += ["--set", GUARDED]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == (1 if name == "storm" else 0), done.stderr
        assert int(done.stdout.splitlines()[-1]) / (1 << (20 if sys.platform == "darwin" else 10)) < MAX_MEGABYTES
    calm, storm = tree(tmp_path / "calm-out"), tree(tmp_path / "storm-out")
    assert {name: storm[name] for name in calm if name.startswith("documents/")} == {
        name: data for name, data in calm.items() if name.startswith("documents/")
    }
    assert {path.name for path in tmp_path.iterdir()} == {"calm", "calm-out", "storm", "storm-out"}
    failed = [row for row in decisions(tmp_path / "storm-out") if row["outcome"] == "failed"]
    assert {row["source"] for row in failed} == FAILURES
    assert all(row["error"] for row in failed)


def decisions(out: Path) -> list[Any]:
    return [json.loads(line) for line in (out / "decisions.jsonl").read_text("utf-8").splitlines()]


def test_the_corpus_is_listed_for_people() -> None:
    assert len(CASES) >= 60
    assert table() in (Path(__file__).parent / "README.md").read_text("utf-8")
