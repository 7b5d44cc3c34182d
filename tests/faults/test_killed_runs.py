"""
Runs that are killed, interrupted, crowded and crippled: what they leave, and that the same
command, given again, ends with the bytes of an unbroken run.
"""

from __future__ import annotations

import contextlib
import json
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

from dedupe import RunOptions, clean, load_settings
from dedupe.errors import OutputError
from dedupe.store.staging import Staging

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc to find worker processes"),
    pytest.mark.usefixtures("one_rulebook"),
]

DOCUMENTS = 1400
BATCHES = 6
GONE = 30.0
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

    def pause(self) -> None:
        """Stop the run and its workers where they stand."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

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
        _, told = run.process.communicate()
        assert_gone(run.process.pid)
        if is_over(run.process.returncode, told.decode()):
            return
        assert run.process.returncode == -signal.SIGKILL, told.decode()
        assert not out.exists() or tree(out), "OUT appears complete or not at all"
    code, told = Run(scrape, out).end()
    assert is_over(code, told), told


def is_over(code: int, told: str) -> bool:
    """
    Whether there is nothing left to do: the run ended, or the one before it was killed behind its
    last step, when all that was missing was its exit code, and its output is refused to the next.
    """
    return code == 1 or (code == 2 and "holds a finished run" in told)


@pytest.mark.parametrize("seed", [1])
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
    assert f"continued: {'1 batch was' if done == 1 else f'{done} batches were'} done already" in told
    assert tree(tmp_path / "out") == unbroken[0]


@pytest.mark.parametrize("how", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_an_interrupted_run_says_so_and_can_go_on(
    how: tuple[signal.Signals, int, str], scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    number, code, word = how
    run = Run(scrape, tmp_path / "out")
    run.until(lambda: run.parts() >= 1)
    os.killpg(run.process.pid, number) if number == signal.SIGINT else run.process.send_signal(number)
    ended, told = run.end()
    assert ended == code
    assert word in told
    assert "continues" in told
    assert_gone(run.process.pid)
    assert not run.out.exists()
    assert Run(scrape, tmp_path / "out").end()[0] == 1
    assert tree(tmp_path / "out") == unbroken[0]


def test_a_second_run_on_the_same_output_is_told_to_wait(
    scrape: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    first = Run(scrape, tmp_path / "out")
    first.until(lambda: first.parts() >= 1)
    first.pause()
    second = subprocess.run(command(scrape, tmp_path / "out"), capture_output=True, text=True, check=False)
    first.resume()
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
    run.until(lambda: run.parts() >= 1)
    run.pause()
    assert run.parts() <= BATCHES - 2, "both workers are to be at work"
    os.kill(run.workers()[0], signal.SIGKILL)
    run.resume()
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


# ---------------------------------------------------------------- the same without processes


class StopHereError(Exception):
    """What these tests throw into a run to stop it."""


def stop(_: object) -> None:
    raise StopHereError


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A scrape, and beside it a run of it that stopped after its first batch."""
    source = corpus(tmp_path / "scrape", 300)
    with pytest.raises(StopHereError):
        clean([source], tmp_path / "out", options=RunOptions(workers=1, on_batch=stop))
    assert not (tmp_path / "out").exists()
    assert len(list((tmp_path / ".out.dedupe" / "parts").glob("*.entries"))) == 1
    return source


def test_a_stopped_run_goes_on(stopped: Path, tmp_path: Path) -> None:
    assert clean([stopped], tmp_path / "out", options=RunOptions(workers=1)).resumed == 1
    assert [p.name for p in tmp_path.glob("*out*")] == ["out"]


def test_a_changed_source_starts_afresh(stopped: Path, tmp_path: Path) -> None:
    (stopped / "day-0" / "new.txt").write_text("第一百座桥今天通车。", "utf-8")
    assert clean([stopped], tmp_path / "out", options=RunOptions(workers=1)).resumed == 0
    clean([stopped], tmp_path / "fresh", options=RunOptions(workers=1))
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    assert "documents/day-0/new.txt" in tree(tmp_path / "out")


@pytest.mark.parametrize("setting", ["repeats.enabled=false", "neardup.keep=latest", "neardup.num_perm=256"])
def test_other_settings_start_afresh(setting: str, stopped: Path, tmp_path: Path) -> None:
    settings = load_settings(None, [setting])
    assert clean([stopped], tmp_path / "out", settings, RunOptions(workers=1)).resumed == 0


def test_another_format_starts_afresh(stopped: Path, tmp_path: Path) -> None:
    assert clean([stopped], tmp_path / "out", options=RunOptions(format="jsonl", workers=1)).resumed == 0
    assert (tmp_path / "out" / "documents.jsonl").exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"identity": 5}'])
def test_a_damaged_working_directory_starts_afresh(damage: str, stopped: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.dedupe" / "run.json").write_text(damage)
    assert clean([stopped], tmp_path / "out", options=RunOptions(workers=1)).resumed == 0


def test_what_was_left_half_written_is_written_again(stopped: Path, tmp_path: Path) -> None:
    parts = tmp_path / ".out.dedupe" / "parts"
    [entries] = parts.glob("*.entries")
    entries.rename(entries.with_name(f"{entries.name}.4711"))
    (tmp_path / ".out.dedupe" / "result").mkdir()
    (tmp_path / ".out.dedupe" / "result" / "decisions.jsonl").write_text("half a li")
    assert clean([stopped], tmp_path / "out", options=RunOptions(workers=1)).resumed == 0
    clean([stopped], tmp_path / "fresh", options=RunOptions(workers=1))
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_a_run_killed_after_its_last_step_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OUT is there, and so is the working directory that the rename left behind."""
    source = corpus(tmp_path / "scrape", 300)
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "discard", stop)
        with pytest.raises(StopHereError):
            clean([source], tmp_path / "out", options=RunOptions(workers=1))
    wanted = tree(tmp_path / "out")
    report = clean([source], tmp_path / "out", options=RunOptions(workers=1))
    assert report.already_done
    assert report.exit_code == 1, "that of the run: some documents failed"
    told, unbroken = report.totals, clean([source], None, options=RunOptions(workers=1, dry_run=True)).totals
    assert told.outcomes == unbroken.outcomes
    assert told.outcomes.total() == json.loads(report.summary)["documents"]["read"]
    assert (told.characters_in, told.characters_out) == (unbroken.characters_in, unbroken.characters_out)
    assert told.removed == unbroken.removed
    assert tree(tmp_path / "out") == wanted
    assert [p.name for p in tmp_path.glob("*out*")] == ["out"]


class Killed(BaseException):
    """No error that code could catch by mistake: as good as SIGKILL, within one process."""


@pytest.mark.parametrize("place", range(12))
def test_a_run_killed_while_it_tidies_up_leaves_nothing_to_the_next(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file of the working directory was the last to go; the output is told to be there."""
    source, left = corpus(tmp_path / "scrape", 40), place
    discard, unlink, rmdir = Staging.discard, os.unlink, os.rmdir

    def until_killed(remove: Callable[..., None]) -> Callable[..., None]:
        def one_less(*args: object, **kwargs: object) -> None:
            nonlocal left
            if not left:
                raise Killed
            left -= 1
            remove(*args, **kwargs)

        return one_less

    def killed(self: Staging) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "unlink", until_killed(unlink))
            patch.setattr(os, "rmdir", until_killed(rmdir))
            discard(self)

    with monkeypatch.context() as patch:
        patch.setattr(Staging, "discard", killed)
        try:
            clean([source], tmp_path / "out", options=RunOptions(workers=1))
        except Killed:
            assert (tmp_path / ".out.dedupe").exists()
    wanted = tree(tmp_path / "out")
    with contextlib.suppress(OutputError):  # if nothing was left to tell whose output it is
        assert clean([source], tmp_path / "out", options=RunOptions(workers=1)).already_done
    assert tree(tmp_path / "out") == wanted
    assert [p.name for p in tmp_path.glob("*out*")] == ["out"]
