"""
Batches over the cores of one machine: processes, because the work is Python and NumPy by turns.

Results come back in the order of the batches; at most a few batches per worker are in flight, so
that memory does not grow with the input.
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
"""Batches; with fewer the processes would take longer to begin than to work."""


def available_cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_batches(
    batches: Iterable[B], build: Callable[..., Callable[[B], R]], arguments: tuple[Any, ...], workers: int
) -> Iterator[R]:
    """
    Apply ``build(*arguments)`` to every batch, in order; each process builds its own.

    With one worker, or one batch, in this process. A worker that dies (killed, out of memory)
    ends the run with `WorkerLostError`; what was finished stays finished.
    """
    stream = iter(batches)
    first = list(islice(stream, 2))
    stream = chain(first, stream)
    if workers <= 1 or len(first) < 2:
        yield from map(build(*arguments), stream)
        return
    # Workers inherit the parent's loaded modules where they can be forked; elsewhere they import.
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
    `map`, in order, by processes that inherit all that this one holds; nothing but answers is sent.

    Where processes cannot inherit, or the batches are few, this one does the work alone.
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
    """Set a worker up: deaf to Ctrl-C (the parent decides), and gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _worker[:] = [build(*arguments)]
    # What was loaded stays; documents come and go by reference counts alone.
    gc.freeze()
    gc.set_threshold(100_000)


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(batch: Any) -> Any:
    return _worker[0](batch)
