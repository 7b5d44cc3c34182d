"""
The kernels that chain blocks, compiled by Numba.

Each reference documents what its twin does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.view import CodePoints

BRIDGE = 1.5
TRIES = 4
REACH = 4096
WINDOW = 64

_AT, _TWIN, _LENGTH = 0, 1, 2
_NONE = -1

_kernel = njit(cache=True, nogil=True)


@_kernel
def chained(
    codes: CodePoints,
    blocks: NDArray[np.int64],
    least: int,
    max_gap: int,
    max_exchange: int,
    min_alike: float,
    min_run: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    count = len(blocks)
    rows, counts = np.empty((2 * count, 3), dtype=np.int64), np.empty(count, dtype=np.int64)
    filled = chains = 0
    chain = np.empty((2 * count + 1, 3), dtype=np.int64)
    used = np.zeros(count, dtype=np.bool_)
    starts, longest = blocks[:, _AT].copy(), blocks[:, _LENGTH].max()
    for anchor in np.argsort(-blocks[:, _LENGTH], kind="mergesort"):
        if used[anchor]:
            continue
        used[anchor] = True
        first = last = count
        chain[first] = blocks[anchor]
        matched = chain[first, _LENGTH]
        while True:
            found = _after(codes, blocks, starts, used, chain[last], max_gap, max_exchange, min_alike)
            if found < 0:
                break
            used[found] = True
            over = max(0, _overlap(chain[last], blocks[found]))
            last += 1
            chain[last] = blocks[found]
            chain[last, _AT] += over
            chain[last, _TWIN] += over
            chain[last, _LENGTH] -= over
            matched += chain[last, _LENGTH]
        while True:
            found = _before(codes, blocks, starts, longest, used, chain[first], max_gap, max_exchange, min_alike)
            if found < 0:
                break
            used[found] = True
            over = max(0, _overlap(blocks[found], chain[first]))
            first -= 1
            chain[first] = blocks[found]
            chain[first, _LENGTH] -= over
            matched += chain[first, _LENGTH]
        if matched >= least:
            rows, filled, counts[chains] = _refined(codes, chain[first : last + 1], min_run, rows, filled)
            chains += 1
    return rows[:filled], counts[:chains]


@_kernel
def _after(
    codes: Any, blocks: Any, starts: Any, used: Any, last: Any, max_gap: int, max_exchange: int, min_alike: float
) -> int:
    end = last[_AT] + last[_LENGTH]
    low = np.searchsorted(starts, max(last[_AT] + 1, end - max_gap))
    high = np.searchsorted(starts, end + max_gap, side="right")
    tried_off, tried = -1, -1
    for _ in range(TRIES):
        best, least = -1, 0
        for k in range(max(low, high - WINDOW), high):
            off = abs(blocks[k, _AT] - blocks[k, _TWIN] - last[_AT] + last[_TWIN])
            if used[k] or off > max_gap or off < tried_off or (off == tried_off and k <= tried):
                continue
            if (best < 0 or off < least) and _follows(last, blocks[k], max_gap):
                best, least = k, off
        if best < 0 or _bridges(codes, last, blocks[best], max_exchange, min_alike):
            return best
        tried_off, tried = least, best
    return _NONE


@_kernel
def _before(
    codes: Any,
    blocks: Any,
    starts: Any,
    longest: int,
    used: Any,
    first: Any,
    max_gap: int,
    max_exchange: int,
    min_alike: float,
) -> int:
    low = np.searchsorted(starts, first[_AT] - max_gap - min(longest, REACH))
    high = np.searchsorted(starts, first[_AT])
    tried_off, tried = -1, high
    for _ in range(TRIES):
        best, least = -1, 0
        for k in range(high - 1, max(low, high - WINDOW) - 1, -1):
            off = abs(blocks[k, _AT] - blocks[k, _TWIN] - first[_AT] + first[_TWIN])
            if used[k] or off > max_gap or off < tried_off or (off == tried_off and k >= tried):
                continue
            if (best < 0 or off < least) and _follows(blocks[k], first, max_gap):
                best, least = k, off
        if best < 0 or _bridges(codes, blocks[best], first, max_exchange, min_alike):
            return best
        tried_off, tried = least, best
    return _NONE


@_kernel
def _follows(last: Any, block: Any, max_gap: int) -> bool:
    bridged = min(max_gap, int(BRIDGE * min(block[_LENGTH], last[_LENGTH])))
    gap = block[_AT] - (last[_AT] + last[_LENGTH])
    twin_gap = block[_TWIN] - (last[_TWIN] + last[_LENGTH])
    return bool(
        abs(gap - twin_gap) <= bridged
        and max(gap, twin_gap) <= bridged
        and min(gap, twin_gap) + block[_LENGTH] > 0
        and block[_AT] > last[_AT]
        and block[_TWIN] > last[_TWIN]
    )


@_kernel
def _overlap(last: Any, block: Any) -> int:
    return int(last[_LENGTH] - min(block[_AT] - last[_AT], block[_TWIN] - last[_TWIN]))


@_kernel
def _bridges(codes: Any, last: Any, block: Any, max_exchange: int, min_alike: float) -> bool:
    at, twin = last[_AT] + last[_LENGTH], last[_TWIN] + last[_LENGTH]
    if min(block[_AT] - at, block[_TWIN] - twin) <= max_exchange:
        return True
    one, two = codes[at : block[_AT]], codes[twin : block[_TWIN]]
    equal = equal_runs(one, two, 1)[:, _LENGTH].sum()
    return bool(2.0 * equal / (len(one) + len(two)) >= min_alike)


@_kernel
def _refined(codes: Any, chain: Any, min_run: int, rows: Any, filled: int) -> Any:
    begun = filled
    for k in range(len(chain)):
        if k:
            at, twin = (
                rows[filled - 1, _AT] + rows[filled - 1, _LENGTH],
                rows[filled - 1, _TWIN] + rows[filled - 1, _LENGTH],
            )
            inner = equal_runs(codes[at : chain[k, _AT]], codes[twin : chain[k, _TWIN]], min_run)
            rows = _roomy(rows, filled + len(inner) + 1)
            for m in range(len(inner)):
                rows[filled, _AT] = at + inner[m, _AT]
                rows[filled, _TWIN] = twin + inner[m, _TWIN]
                rows[filled, _LENGTH] = inner[m, _LENGTH]
                filled += 1
        rows = _roomy(rows, filled + 1)
        rows[filled] = chain[k]
        filled += 1
    first, last = rows[begun], rows[filled - 1]
    grown = 0
    while grown < min(REACH, first[_TWIN]) and codes[first[_AT] - grown - 1] == codes[first[_TWIN] - grown - 1]:
        grown += 1
    first[_AT] -= grown
    first[_TWIN] -= grown
    first[_LENGTH] += grown
    at, twin = last[_AT] + last[_LENGTH], last[_TWIN] + last[_LENGTH]
    grown = 0
    while grown < min(REACH, len(codes) - at) and codes[at + grown] == codes[twin + grown]:
        grown += 1
    last[_LENGTH] += grown
    return rows, filled, filled - begun


@_kernel
def _roomy(rows: Any, needed: int) -> Any:
    if needed <= len(rows):
        return rows
    larger = np.empty((2 * needed, 3), dtype=np.int64)
    larger[: len(rows)] = rows
    return larger


@_kernel
def equal_runs(one: CodePoints, two: CodePoints, least: int) -> NDArray[np.int64]:
    """
    Return rows (start in one, start in two, length): the longest match, then recursively those before and after it.
    """
    out = np.empty((min(len(one), len(two)) // least, 3), dtype=np.int64)
    if not len(out):
        return out
    tasks = np.empty((2 * len(out) + 2, 4), dtype=np.int64)
    tasks[0, 0], tasks[0, 1], tasks[0, 2], tasks[0, 3] = 0, len(one), 0, len(two)
    waiting, found = 1, 0
    was, now = np.zeros(len(two) + 1, dtype=np.int64), np.zeros(len(two) + 1, dtype=np.int64)
    while waiting:
        waiting -= 1
        begin, end, twin_begin, twin_end = tasks[waiting]
        if end == _NONE:  # a match whose left side is done: (begin, twin_begin), with its length in twin_end
            out[found, 0], out[found, 1], out[found, 2] = begin, twin_begin, twin_end
            found += 1
            continue
        at, twin, length = _longest(one, two, begin, end, twin_begin, twin_end, was, now)
        if length >= least:
            tasks[waiting, 0], tasks[waiting, 1] = at + length, end
            tasks[waiting, 2], tasks[waiting, 3] = twin + length, twin_end
            tasks[waiting + 1, 0], tasks[waiting + 1, 1] = at, _NONE
            tasks[waiting + 1, 2], tasks[waiting + 1, 3] = twin, length
            tasks[waiting + 2, 0], tasks[waiting + 2, 1] = begin, at
            tasks[waiting + 2, 2], tasks[waiting + 2, 3] = twin_begin, twin
            waiting += 3
    return out[:found]


@_kernel
def _longest(
    one: Any, two: Any, begin: int, end: int, twin_begin: int, twin_end: int, was: Any, now: Any
) -> tuple[int, int, int]:
    """Return the longest match; among equals, the first in ``one``, then the first in ``two``."""
    at, twin, longest = begin, twin_begin, 0
    was[twin_begin : twin_end + 1] = 0
    now[twin_begin] = 0
    for k in range(begin, end):
        for m in range(twin_begin, twin_end):
            now[m + 1] = was[m] + 1 if one[k] == two[m] else 0
            if now[m + 1] > longest:
                longest = now[m + 1]
                at, twin = k + 1 - longest, m + 1 - longest
        was, now = now, was
        was[twin_begin] = 0
    return at, twin, longest
