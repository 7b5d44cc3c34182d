"""How the work for a text grows with its length, in what can be counted: a clock says what else a machine does."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import pytest

from dedupe.kernels import twins


class Work(NamedTuple):
    """Calls made, of Python and of C, and the most memory held: arrays as long as what each call works through."""

    calls: int
    peak: int


def work(function: Callable[[str], object], text: str) -> Work:
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


def assert_linear(function: Callable[[str], object], text: Callable[[int], str], size: int) -> None:
    """A text of four times the size is not much more than four times the work."""
    function(text(size))  # what is learned once is no work of the text's
    small, large = work(function, text(size)), work(function, text(4 * size))
    assert large.calls <= 6 * small.calls + 10_000, (small, large)
    assert large.peak <= 6 * small.peak + 1_000_000, (small, large)
