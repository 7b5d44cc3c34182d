"""The measurements run, and print their tables; what they say is for people to judge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_benchmark_prints_its_tables() -> None:
    pytest.importorskip("numba")
    small = ["--documents", "5", "--runs", "1", "--long", "0.01"]
    command = [sys.executable, "-m", "tests.benchmarks.stages", *small]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for row in ("invented zh", "invented en", "| repeats |", "| phrase of 137 | numba |"):
        assert row in done.stdout


@pytest.mark.slow
def test_the_benchmark_of_the_index_prints_its_table_and_its_curve() -> None:
    small = ["--documents", "2000", "--batch", "500", "--step", "1000"]
    command = [sys.executable, "-m", "tests.benchmarks.index", *small]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()[:3]] == ["documents", "1,000", "2,000"]
    assert done.stdout.count("expected") == 3
