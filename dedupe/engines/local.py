"""
Batches spread over the cores of one machine, in processes because the work alternates between Python and NumPy.

Results come back in the order of the batches; only a few batches per worker are in flight at a time, so
memory does not grow with the input.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any, TypeVar

from dedupe.errors import WorkerLostError

B = TypeVar("B")
R = TypeVar("R")

_IN_FLIGHT = 3
_FORKS = sys.platform == "linux"
_WORTH_SPREADING = 8
"""Minimum number of batches; with fewer, starting the processes would take longer than the work."""


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_batches(
    batches: Iterable[B], build: Callable[..., Callable[[B], R]], arguments: tuple[Any, ...], workers: int
) -> Iterator[R]:
    """
    Apply ``build(*arguments)`` to every batch, in order; each process builds its own function.

    With one worker or one batch, everything runs in this process. A worker that dies (killed, out of
    memory) ends the run with `WorkerLostError`; finished batches stay finished.
    """
    stream = iter(batches)
    first = list(islice(stream, 2))
    stream = chain(first, stream)
    if workers <= 1 or len(first) < 2:
        yield from map(build(*arguments), stream)
        return
    # Forked workers inherit the parent's loaded modules; on other platforms they import them again.
    context = multiprocessing.get_context("fork" if _FORKS else None)
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(os.getpid(), build, arguments))
    try:
        yield from _in_order(pool, stream, workers * _IN_FLIGHT)
    except BrokenProcessPool:
        raise WorkerLostError(
            "a worker process died (killed, or out of memory); run the same command again to continue, "
            "with fewer --workers if memory is short"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def spread(function: Callable[[B], R], batches: Sequence[B], workers: int) -> Iterator[R]:
    """
    Like `map`, in order, but in processes that inherit everything this one holds; only results are sent.

    If processes cannot be forked, or there are few batches, this process does the work alone.
    """
    alone = not _FORKS or len(batches) < _WORTH_SPREADING
    return run_batches(batches, lambda: function, (), 1 if alone else workers)


def _in_order(pool: ProcessPoolExecutor, stream: Iterator[Any], ahead: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque(pool.submit(_work, batch) for batch in islice(stream, ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(pool.submit(_work, batch) for batch in islice(stream, 1))


_worker: list[Callable[[Any], Any]] = []
"""The one thing a worker process owns; empty in every other process."""


def _begin(parent: int, build: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    """Set up a worker: it ignores Ctrl-C (the parent decides), and exits when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _worker[:] = [build(*arguments)]
    # Loaded objects stay for good, and documents are freed by reference counting alone.
    gc.freeze()
    gc.set_threshold(100_000)


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(batch: Any) -> Any:
    return _worker[0](batch)
