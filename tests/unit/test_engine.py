"""Batches over processes: in order, bounded, and honest about what went wrong."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from dedupe import errors
from dedupe.engines.local import available_cores, run_batches, spread
from dedupe.errors import DedupeError, OutputError, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Square:
    """A worker of a factor, that knows which process it was built in."""

    def __init__(self, factor: int) -> None:
        self.factor = factor
        self.home = os.getpid()

    def __call__(self, batch: int) -> tuple[int, int]:
        assert self.home == os.getpid()
        time.sleep(0.02 if batch % 3 == 0 else 0)  # the first of a few is the last to be done
        return batch * batch * self.factor, os.getpid()


class Obey:
    """Does as it is told."""

    def __call__(self, batch: str) -> str:
        if batch == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if batch == "refuse":
            raise OutputError("the directory is not empty")
        if batch == "break":
            raise ZeroDivisionError
        return batch


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_results_come_in_the_order_of_the_batches(workers: int, count: int) -> None:
    results = list(run_batches(range(count), Square, (2,), workers))
    assert [value for value, _ in results] == [2 * k * k for k in range(count)]


def test_the_work_is_done_in_other_processes_and_by_more_than_one() -> None:
    homes = {home for _, home in run_batches(range(30), Square, (1,), 3)}
    assert os.getpid() not in homes
    assert 1 < len(homes) <= 3


@pytest.mark.parametrize(("workers", "count"), [(1, 9), (8, 1), (0, 3)])
def test_one_worker_or_one_batch_needs_no_other_process(workers: int, count: int) -> None:
    assert {home for _, home in run_batches(range(count), Square, (1,), workers)} == {os.getpid()}


def test_what_this_process_holds_is_at_hand_in_those_that_the_work_is_spread_over() -> None:
    held = (one for one in ("nothing", "that", "could", "be", "sent"))
    next(held)
    answers = list(spread(lambda k: (next(held) if k < 1 else k, os.getpid()), range(40), 2))
    assert [answer for answer, _ in answers] == ["that", *range(1, 40)]
    assert (os.getpid() in {home for _, home in answers}) == (sys.platform != "linux")


@pytest.mark.parametrize(("workers", "count"), [(1, 40), (2, 7), (2, 0)])
def test_work_that_is_not_worth_a_process_stays_here(workers: int, count: int) -> None:
    assert list(spread(lambda k: (k, os.getpid()), range(count), workers)) == [(k, os.getpid()) for k in range(count)]


def test_only_a_few_batches_are_taken_ahead_of_the_results() -> None:
    taken = 0

    def stream() -> Iterator[int]:
        nonlocal taken
        for batch in range(200):
            taken += 1
            yield batch

    results = run_batches(stream(), Square, (1,), 2)
    for done in range(1, 201):
        next(results)
        assert taken <= done + 3 * 2
    assert taken == 200


@pytest.mark.parametrize("before", [0, 3, 20])
def test_a_worker_that_dies_is_a_reason_to_try_again(before: int) -> None:
    results = run_batches([*["go"] * before, "die", *["go"] * 5], Obey, (), 2)
    with pytest.raises(WorkerLostError, match="run the same command again to continue") as lost:
        list(results)
    assert lost.value.exit_code == 75


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("told", "kind"), [("refuse", OutputError), ("break", ZeroDivisionError)])
def test_an_exception_in_a_worker_passes_as_it_is(workers: int, told: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        list(run_batches(["go", "go", told, "go"], Obey, (), workers))
    assert told == "break" or str(raised.value) == "the directory is not empty"


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_in_the_stream_of_batches_passes(workers: int) -> None:
    def stream() -> Iterator[str]:
        yield from ["go"] * 9
        raise OutputError("gone")

    with pytest.raises(OutputError, match="gone"):
        list(run_batches(stream(), Obey, (), workers))


def test_whoever_stops_listening_leaves_no_process_behind() -> None:
    results = run_batches(range(100), Square, (1,), 2)
    home = next(results)[1]
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(home, 0)


def test_workers_leave_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from dedupe.engines.local import run_batches\n"
        "def build():\n"
        "    def work(batch):\n"
        "        Path(sys.argv[1], str(os.getpid())).touch()\n"
        "        time.sleep(60)\n"
        "    return work\n"
        "list(run_batches(range(9), build, (), 2))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as parent:
        _wait(lambda: len(list(tmp_path.iterdir())) == 2)
        parent.kill()
    workers = [int(path.name) for path in tmp_path.iterdir()]
    _wait(lambda: not any(_running(worker) for worker in workers))


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # An orphan that nobody waits for has still ended.
    return subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()[:1] not in ("", "Z")


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.05)


def test_there_is_at_least_one_core() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DedupeError)]
)
def test_every_error_survives_the_way_from_a_worker(kind: type[DedupeError]) -> None:
    was = kind("what, where, what next")
    came = pickle.loads(pickle.dumps(was))
    assert type(came) is kind
    assert str(came) == str(was)
