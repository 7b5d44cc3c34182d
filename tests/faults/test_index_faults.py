"""
Runs with an index that are killed, crowded or out of room: what is on record stays, nothing is half
there, and the same command, given again, ends as an unbroken one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapes import corpus, tree

from dedupe import RunOptions, clean, load_settings
from dedupe.store.index import Index, Record, verify
from dedupe.store.staging import Staging

pytestmark = pytest.mark.usefixtures("one_rulebook")

SMALL_BATCHES = ["--set", "index.batch=25"]
"""So that claims take long enough to be killed in."""

SETTINGS = load_settings(overrides=["index.batch=25"])


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scrapes, of which the second repeats a good part of the first, and an index that knows the first."""
    place = tmp_path_factory.mktemp("index")
    corpus(place / "monday", 300, seed=3)
    corpus(place / "tuesday", 500, seed=3)
    (place / "tuesday" / "one.jsonl").rename(place / "tuesday" / "other.jsonl")
    clean([place / "monday"], place / "monday-out", SETTINGS, RunOptions(workers=1, index=place / "index"))
    return place


@pytest.fixture(scope="module")
def unbroken(week: Path) -> tuple[dict[str, bytes], list[tuple[int, Record]], float]:
    """What Tuesday's run writes, and what the index holds after it; how long that takes."""
    shutil.copytree(week / "index", week / "unbroken-index")
    began = time.monotonic()
    done = run(week, week / "unbroken", week / "unbroken-index")
    seconds = time.monotonic() - began
    assert done.returncode == 1, done.stderr
    assert b'"kept_in"' in tree(week / "unbroken")["decisions.jsonl"]
    return tree(week / "unbroken"), documents(week / "unbroken-index"), seconds


def command(week: Path, out: Path, index: Path, *options: str) -> list[str]:
    start = [sys.executable, "-m", "dedupe", "clean", str(week / "tuesday"), "--out", str(out)]
    return [*start, "--workers", "1", "--index", str(index), *SMALL_BATCHES, *options]


def run(week: Path, out: Path, index: Path, *options: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(week, out, index, *options), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def documents(index: Path) -> list[tuple[int, Record]]:
    """All that an index holds; it must hold together."""
    with Index(index, None, SETTINGS.index, lock_timeout=0) as open_:
        assert verify(open_) == []
        return list(open_.scan())


def kill_until_done(week: Path, place: Path, kills: int, seconds: float, chance: random.Random) -> None:
    shutil.copytree(week / "index", place / "index")
    for _ in range(kills):
        process = subprocess.Popen(
            command(week, place / "out", place / "index"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(chance.uniform(0.4, 1) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        documents(place / "index")
        if (place / "out").exists():
            shutil.rmtree(place / "out")
    done = run(week, place / "out", place / "index")
    assert done.returncode == 1, done.stderr


@pytest.mark.parametrize(
    ("seed", "kills"), [(1, 2), *(pytest.param(seed, 10, marks=pytest.mark.slow) for seed in range(10, 15))]
)
def test_a_run_that_is_killed_ends_as_an_unbroken_one(
    seed: int,
    kills: int,
    week: Path,
    unbroken: tuple[dict[str, bytes], list[tuple[int, Record]], float],
    tmp_path: Path,
) -> None:
    wanted, held, seconds = unbroken
    kill_until_done(week, tmp_path, kills, seconds, random.Random(seed))
    assert tree(tmp_path / "out") == wanted
    assert documents(tmp_path / "index") == held


class StopHereError(Exception):
    """What these tests throw into a run to stop it."""


def stop_after(calls: int, function: Callable[..., None]) -> Callable[..., None]:
    """The function, for so many calls; then the run stops, before or after the next one at random."""
    left = calls

    def stopping(*arguments: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise StopHereError
        function(*arguments)

    return stopping


@pytest.mark.parametrize("batches", [0, 1, 7])
def test_a_run_that_stops_among_its_claims_goes_on(
    batches: int, week: Path, unbroken: tuple[dict[str, bytes], list[tuple[int, Record]], float],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shutil.copytree(week / "index", tmp_path / "index")
    before = len(documents(tmp_path / "index"))
    options = RunOptions(workers=1, index=tmp_path / "index")
    with monkeypatch.context() as patch:
        patch.setattr(Index, "register", stop_after(batches, Index.register))
        with pytest.raises(StopHereError):
            clean([week / "tuesday"], tmp_path / "out", SETTINGS, options)
    assert len(documents(tmp_path / "index")) <= before + 25 * batches
    clean([week / "tuesday"], tmp_path / "out", SETTINGS, options)
    assert tree(tmp_path / "out") == unbroken[0]
    assert documents(tmp_path / "index") == unbroken[1]


def test_a_run_that_stops_between_its_claims_and_its_output_comes_to_the_same(
    week: Path, unbroken: tuple[dict[str, bytes], list[tuple[int, Record]], float],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shutil.copytree(week / "index", tmp_path / "index")
    options = RunOptions(workers=1, index=tmp_path / "index")
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "publish", stop_after(0, Staging.publish))
        with pytest.raises(StopHereError):
            clean([week / "tuesday"], tmp_path / "out", SETTINGS, options)
    assert not (tmp_path / "out").exists()
    assert documents(tmp_path / "index") == unbroken[1]
    clean([week / "tuesday"], tmp_path / "out", SETTINGS, options)
    assert tree(tmp_path / "out") == unbroken[0]
    assert documents(tmp_path / "index") == unbroken[1]


@pytest.mark.slow
def test_processes_at_once_of_which_one_is_killed_come_to_the_verdicts_of_one(
    week: Path, unbroken: tuple[dict[str, bytes], list[tuple[int, Record]], float], tmp_path: Path
) -> None:
    shutil.copytree(week / "index", tmp_path / "index")
    runs = [
        subprocess.Popen(
            command(week, tmp_path / f"out-{n}", tmp_path / "index"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for n in range(4)
    ]
    time.sleep(unbroken[2])
    runs[0].kill()
    runs[0].communicate()
    done = run(week, tmp_path / "out-0", tmp_path / "index") if not (tmp_path / "out-0").exists() else None
    assert done is None or done.returncode == 1, done.stderr
    for process in runs[1:]:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 1, told
    assert documents(tmp_path / "index") == unbroken[1]
    for n in range(4):
        assert tree(tmp_path / f"out-{n}") == unbroken[0]


@pytest.mark.slow
def test_four_processes_feed_twenty_thousand_documents_at_once(tmp_path: Path) -> None:
    """The one that has the index is killed among its claims, and started again."""
    corpus(tmp_path / "tuesday", 20_000, seed=5)
    only = ["--set", "bylines.enabled=false", "--set", "repeats.enabled=false", "--lock-timeout", "600"]
    done = run(tmp_path, tmp_path / "alone", tmp_path / "alone-index", *only)
    assert done.returncode == 1, done.stderr
    runs = {
        n: subprocess.Popen(
            command(tmp_path, tmp_path / f"out-{n}", tmp_path / "index", *only),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for n in range(4)
    }  # fmt: skip
    killed = None
    while killed is None:
        time.sleep(0.2)
        holder = owner_of(tmp_path / "index")
        killed = next((n for n, process in runs.items() if process.pid == holder and process.poll() is None), None)
        assert any(process.poll() is None for process in runs.values()), "none was seen among its claims"
    runs[killed].kill()
    runs[killed].wait()
    assert not (tmp_path / f"out-{killed}").exists()
    done = run(tmp_path, tmp_path / f"out-{killed}", tmp_path / "index", *only)
    assert done.returncode == 1, done.stderr
    assert [process.wait(600) for n, process in runs.items() if n != killed] == [1, 1, 1]
    wanted, held = tree(tmp_path / "alone"), documents(tmp_path / "alone-index")
    assert len(held) > 19_000
    assert documents(tmp_path / "index") == held
    for n in range(4):
        assert tree(tmp_path / f"out-{n}") == wanted


def owner_of(index: Path) -> int | None:
    """The process that has the index, as its note says."""
    try:
        return int(json.loads((index / "lock").read_text("utf-8"))["process"])
    except (OSError, ValueError):
        return None


def test_a_busy_index_says_who_has_it(week: Path, tmp_path: Path) -> None:
    shutil.copytree(week / "index", tmp_path / "index")
    with Index(tmp_path / "index", None, SETTINGS.index):
        done = run(week, tmp_path / "out", tmp_path / "index", "--lock-timeout", "0.2")
        told = subprocess.run(
            [sys.executable, "-m", "dedupe", "index", "info", str(tmp_path / "index"), "--lock-timeout", "0"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    for one in (done, told):
        assert one.returncode == 75
        assert one.stdout == ""
        assert f"in use by process {os.getpid()} on {os.uname().nodename} since 20" in one.stderr
        assert "--lock-timeout" in one.stderr
    assert not (tmp_path / "out").exists()
    done = run(week, tmp_path / "out", tmp_path / "index")
    assert done.returncode == 1
    assert "continued" in done.stderr, "the cleaning was not in vain"


def test_a_full_disk_leaves_the_index_as_it_was(
    week: Path, unbroken: tuple[dict[str, bytes], list[tuple[int, Record]], float], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"may not mount: {mounted.stderr.strip()}")
    try:
        shutil.copytree(week / "index", disk / "index")
        before = documents(disk / "index")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "filler").write_bytes(bytes(max(0, free - 120_000)))
        done = run(week, tmp_path / "out", disk / "index")
        assert done.returncode == 75, done.stderr
        assert "No space left" in done.stderr
        assert "free some space" in done.stderr
        assert not (tmp_path / "out").exists()
        (disk / "filler").unlink()
        after = documents(disk / "index")
        assert after[: len(before)] == before
        assert run(week, tmp_path / "out", disk / "index").returncode == 1
        assert tree(tmp_path / "out") == unbroken[0]
        assert documents(disk / "index") == unbroken[1]
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
