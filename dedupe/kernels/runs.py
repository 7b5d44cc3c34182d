"""Equal runs of two short sequences, in order, as ``difflib`` matches them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.twins import twinned


class Run(NamedTuple):
    """Elements ``[at, at + length)`` of one sequence equal ``[twin, twin + length)`` of the other."""

    at: int
    twin: int
    length: int


@twinned
def matched(one: NDArray[np.uint32], two: NDArray[np.uint32]) -> NDArray[np.int64]:
    """
    Return what ``difflib`` matches (``autojunk=False``): rows (start in one, start in two, length).

    The compiled twin takes time proportional to the product of the lengths.

    >>> matched(*(np.frombuffer(said, dtype=np.uint8).astype(np.uint32) for said in (b"the old pier", b"an old pier")))
    array([[3, 2, 9]])
    """
    found = SequenceMatcher(None, one.tolist(), two.tolist(), autojunk=False).get_matching_blocks()[:-1]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def equal_runs(one: Sequence[int], two: Sequence[int], least: int, enough: float = 0) -> list[Run]:
    """
    Return the longest equal run and, recursively, those before and after it; none shorter than ``least``.

    Returns nothing if the runs clearly cannot add up to ``enough`` elements.

    The result is what ``difflib`` matches (``autojunk=False``) minus the shorter runs, several times as
    fast: it looks up ``least`` consecutive elements instead of single ones, because in an alphabet
    of thirty letters every letter occurs everywhere.

    >>> equal_runs(b"the old pier", b"an old, wet pier", 2)
    [Run(at=3, twin=2, length=4), Run(at=7, twin=11, length=5)]
    """
    if one == two:
        return [Run(0, 0, len(one))] if len(one) >= least else []
    places: dict[tuple[int, ...], list[int]] = {}
    for twin, gram in enumerate(_grams(two, least)):
        places.setdefault(gram, []).append(twin)
    shared = [(at, places[gram]) for at, gram in enumerate(_grams(one, least)) if gram in places]
    covered = sum(min(least, behind[0] - at[0]) for at, behind in pairwise(shared)) + least
    found: list[Run] = []
    regions = [(0, len(one), 0, len(two))] if shared and covered >= enough else []
    while regions:
        start, end, twin_start, twin_end = regions.pop()
        low, high = bisect_left(shared, (start,)), bisect_right(shared, (end - least + 1,))
        run = _longest(islice(shared, low, high), twin_start, twin_end - least, least)
        if run.length:
            found.append(run)
            regions.append((start, run.at, twin_start, run.twin))
            regions.append((run.at + run.length, end, run.twin + run.length, twin_end))
    return sorted(found)


def _grams(elements: Sequence[int], length: int) -> Iterator[tuple[int, ...]]:
    return zip(*(elements[k:] for k in range(length)), strict=False)


def _longest(shared: Iterable[tuple[int, list[int]]], twin_start: int, twin_last: int, least: int) -> Run:
    """Return the longest run of these grams within ``twin_start`` to ``twin_last``; the first among equals."""
    best, most = Run(0, 0, 0), 0
    before: dict[int, int] = {}
    at_before = -1
    for at, twins in shared:
        counts: dict[int, int] = {}
        for twin in twins:
            if twin_start <= twin <= twin_last:
                counts[twin] = count = before.get(twin - 1, 0) + 1 if at == at_before + 1 else 1
                if count > most:
                    best, most = Run(at - count + 1, twin - count + 1, count + least - 1), count
        before, at_before = counts, at
    return best
