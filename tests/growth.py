"""How the work for a text grows with its length, in what can be counted: a clock says what else a machine does."""

from __future__ import annotations

import signal
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, NoReturn, TypeVar

import pytest

from dedupe.kernels import twins

Given = TypeVar("Given")

PATIENCE = 120  # seconds, some hundred times what a text takes on a busy machine


class Work(NamedTuple):
    """Calls made, of Python and of C, and the most memory held: arrays as long as what each call works through."""

    calls: int
    peak: int


def work(function: Callable[[Given], object], text: Given) -> Work:
    """What a function does for a text under the references of the kernels, whose loops can be seen."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event.endswith("call")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "face", twins.Face("numpy"))
        tracemalloc.start()
        sys.setprofile(count)
        try:
            function(text)
        finally:
            sys.setprofile(None)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    return Work(calls, peak)


@contextmanager
def _patience() -> Iterator[None]:
    """Ends what goes on for ever: a pattern that backtracks makes no calls that could be counted."""

    def give_up(*_: object) -> NoReturn:
        raise AssertionError(f"not done after {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def assert_linear(function: Callable[[Given], object], text: Callable[[int], Given], size: int) -> None:
    """A text of four times the size is not much more than four times the work."""
    with _patience():
        function(text(size))  # what is learned once is no work of the text's
        small, large = work(function, text(size)), work(function, text(4 * size))
    assert large.calls <= 6 * small.calls + 10_000, (small, large)
    assert large.peak <= 6 * small.peak + 1_000_000, (small, large)
