"""
Runs that are killed, interrupted, crowded and crippled: what they leave, and that the same
command, given again, ends with the bytes of an unbroken run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapes import corpus, tree

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc to find worker processes")

DOCUMENTS = 1300
GONE = 3.0
"""Seconds that workers may take to notice that their parent is dead."""


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("killed") / "scrape", DOCUMENTS, seed=9)


@pytest.fixture(scope="module")
def unbroken(scrape: Path) -> tuple[dict[str, bytes], float]:
    """What a run writes that nobody disturbs, and how long it takes."""
    began = time.monotonic()
    done = subprocess.run(command(scrape, scrape.parent / "unbroken"), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return tree(scrape.parent / "unbroken"), time.monotonic() - began


def command(scrape: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "dedupe", "clean", str(scrape), "--out", str(out), "--workers", "2", *options]


class Run:
    """A run of its own process, with workers."""

    def __init__(self, scrape: Path, out: Path) -> None:
        self.out = out
        self.work = out.parent / f".{out.name}.dedupe"
        self.process = subprocess.Popen(
            command(scrape, out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )

    def until(self, ready: Callable[[], object], seconds: float = 60) -> None:
        """Wait for a state of the run; it must come while the run is at work."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, "the run never came so far"
            time.sleep(0.01)

    def parts(self) -> int:
        """How many batches are done."""
        return len(list(self.work.glob("parts/*.entries")))

    def workers(self) -> list[int]:
        return [child for child in family(self.process.pid) if child != self.process.pid]

    def end(self) -> tuple[int, str]:
        """Wait for the run; its exit code and what it said on stderr."""
        _, told = self.process.communicate(timeout=120)
        assert b"Traceback" not in told
        return self.process.returncode, told.decode()


def family(session: int) -> list[int]:
    """The living processes of a session, without those that nobody has buried yet."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of_session = path.read_text().rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if int(of_session) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def assert_gone(session: int) -> None:
    deadline = time.monotonic() + GONE
    while left := family(session):
        assert time.monotonic() < deadline, f"processes {left} live on"
        time.sleep(0.05)


def kill_until_done(scrape: Path, out: Path, kills: int, seconds: float, chance: random.Random) -> None:
    """Start the run, kill it at a random moment, start it again; at last let it end."""
    for _ in range(kills):
        run = Run(scrape, out)
        try:
            run.process.wait(chance.uniform(0.2, seconds))
        except subprocess.TimeoutExpired:
            run.process.kill()
        run.process.communicate()
        assert_gone(run.process.pid)
        if run.process.returncode == 1:
            return
        assert run.process.returncode == -signal.SIGKILL
        assert not out.exists() or tree(out), "OUT appears complete or not at all"
    code, told = Run(scrape, out).end()
    assert code == 1 or (code == 2 and "not empty" in told), told


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_at_random_moments_ends_as_an_unbroken_one(
    seed: int, scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    wanted, seconds = unbroken
    kill_until_done(scrape, tmp_path / "out", 1, seconds, random.Random(seed))
    assert tree(tmp_path / "out") == wanted
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 15))
def test_a_run_killed_ten_times_ends_as_an_unbroken_one(
    seed: int, scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    wanted, seconds = unbroken
    kill_until_done(scrape, tmp_path / "out", 10, min(seconds, 3.0), random.Random(seed))
    assert tree(tmp_path / "out") == wanted
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_killed_run_goes_on_where_it_stopped(
    scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    run = Run(scrape, tmp_path / "out")
    run.until(lambda: run.parts() >= 2)
    run.process.kill()
    run.process.communicate()
    assert_gone(run.process.pid)
    assert not run.out.exists()
    done = run.parts()
    code, told = Run(scrape, tmp_path / "out").end()
    assert code == 1
    assert f"continued: {done} batches were done already" in told
    assert tree(tmp_path / "out") == unbroken[0]


def test_a_run_killed_after_its_last_step_is_finished_by_the_next(
    scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """OUT is there, and so is the working directory that its rename left behind."""
    run = Run(scrape, tmp_path / "out")
    run.until((run.work / "run.json").exists)
    marker = (run.work / "run.json").read_bytes()
    assert run.end()[0] == 1
    run.work.mkdir()
    (run.work / "run.json").write_bytes(marker)
    code, told = Run(scrape, tmp_path / "out").end()
    assert code == 1, "the run's own exit code: some documents failed"
    assert "complete already" in told
    assert tree(tmp_path / "out") == unbroken[0]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("how", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_an_interrupted_run_says_so_and_can_go_on(
    how: tuple[signal.Signals, int, str], scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    number, code, word = how
    run = Run(scrape, tmp_path / "out")
    run.until(lambda: run.parts() >= 1)
    began = time.monotonic()
    os.killpg(run.process.pid, number) if number == signal.SIGINT else run.process.send_signal(number)
    ended, told = run.end()
    assert ended == code
    assert word in told
    assert "continues" in told
    assert time.monotonic() - began < 10, "a person waits"
    assert_gone(run.process.pid)
    assert not run.out.exists()
    assert Run(scrape, tmp_path / "out").end()[0] == 1
    assert tree(tmp_path / "out") == unbroken[0]


def test_a_second_run_on_the_same_output_is_told_to_wait(
    scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    first = Run(scrape, tmp_path / "out")
    first.until(lambda: first.parts() >= 1)
    second = subprocess.run(command(scrape, tmp_path / "out"), capture_output=True, text=True, check=False)
    assert first.process.poll() is None, "the first run was to last longer"
    assert second.returncode == 75
    assert second.stdout == ""
    assert f"process {first.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.end()[0] == 1
    assert tree(tmp_path / "out") == unbroken[0]


def test_a_killed_worker_ends_the_run_and_loses_nothing(
    scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    run = Run(scrape, tmp_path / "out")
    run.until(lambda: run.parts() >= 1 and run.workers())
    os.kill(run.workers()[0], signal.SIGKILL)
    code, told = run.end()
    assert code == 75
    assert "a worker process died" in told
    assert "same command" in told
    assert_gone(run.process.pid)
    assert not run.out.exists()
    code, told = Run(scrape, tmp_path / "out").end()
    assert code == 1
    assert "continued: " in told
    assert tree(tmp_path / "out") == unbroken[0]


def test_a_changed_source_starts_afresh(scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    source = tmp_path / "scrape"
    corpus(source, DOCUMENTS, seed=9)
    run = Run(source, tmp_path / "out")
    run.until(lambda: run.parts() >= 2)
    run.process.kill()
    run.process.communicate()
    (source / "day-0" / "new.txt").write_text("第一百座桥今天通车。", "utf-8")
    code, told = Run(source, tmp_path / "out").end()
    assert code == 1
    assert "continued" not in told
    changed = tree(tmp_path / "out")
    assert changed["documents/day-0/new.txt"].decode() == "第一百座桥今天通车。\n"
    assert {
        name: data for name, data in changed.items() if "new.txt" not in name and name.startswith("documents/")
    } == {name: data for name, data in unbroken[0].items() if name.startswith("documents/")}


def test_other_settings_start_afresh(scrape: Path, tmp_path: Path) -> None:
    options = ["--set", "repeats.enabled=false"]
    small = corpus(tmp_path / "scrape", 300)
    run = Run(scrape, tmp_path / "out")
    run.until(lambda: run.parts() >= 1)
    run.process.kill()
    run.process.communicate()
    done = [
        subprocess.run(command(small, tmp_path / name, *options), capture_output=True, text=True, check=False)
        for name in ("out", "fresh")
    ]
    assert [one.returncode for one in done] == [1, 1]
    assert "continued" not in done[0].stderr
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
