"""
The kernels compiled by Numba: one twin of the same name for every function marked ``@twinned``.

Each reference documents what its twin does; here it is done in a single pass. The machine code is
cached beside this file, or in ``NUMBA_CACHE_DIR``, and is keyed to the text of this file alone. The
constants of the references are therefore repeated here, and a test compares them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.compiled_chains import BRIDGE, REACH, TRIES, WINDOW, chained, equal_runs
from dedupe.kernels.compiled_counts import letters_and_words, line_crcs
from dedupe.kernels.compiled_lines import hopeful_lines
from dedupe.kernels.compiled_seeds import FEW, links, matches
from dedupe.kernels.compiled_survey import count_between, marked, survey
from dedupe.kernels.compiled_text import folded, is_compiled, joined_numbers, mark_compiled, sentence_starts
from dedupe.kernels.view import CodePoints

__all__ = [
    "BRIDGE", "FEW", "REACH", "TRIES", "WINDOW", "chained", "count_between", "equal_runs", "folded", "hopeful_lines",
    "is_compiled", "joined_numbers", "letters_and_words", "line_crcs", "links", "mark_compiled", "marked", "matches",
    "sentence_starts", "survey",
]  # fmt: skip

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
EMPTY = np.uint32(0xFFFFFFFF)
PIECE = 1 << 13

_kernel = njit(cache=True, nogil=True)


# Shingles


@_kernel
def shingle_hashes(codes: CodePoints, n: int) -> NDArray[np.uint64]:
    out = _polynomials(codes, n)
    for at in range(len(out)):
        h = out[at]
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xC4CEB9FE1A85EC53)
        h ^= h >> np.uint64(33)
        out[at] = h
    return out


@_kernel
def _polynomials(codes: CodePoints, n: int) -> NDArray[np.uint64]:
    out = np.empty(max(0, len(codes) - n + 1), dtype=np.uint64)
    one, two = np.empty(PIECE + n - 1, dtype=np.uint64), np.empty(PIECE + n - 1, dtype=np.uint64)
    top = 0
    while n >> top > 1:
        top += 1
    for begin in range(0, len(out), PIECE):
        piece = codes[begin : begin + PIECE + n - 1]
        for k in range(len(piece)):
            one[k] = np.uint64(piece[k]) + np.uint64(1)
        length, factor = 1, MULTIPLIER
        for bit in range(top - 1, -1, -1):
            _append(one, one[length:], len(piece) - 2 * length + 1, factor, np.uint64(0), two)
            one, two = two, one
            length *= 2
            factor *= factor
            if n >> bit & 1:
                _append(one, piece[length:], len(piece) - length, MULTIPLIER, np.uint64(1), two)
                one, two = two, one
                length += 1
                factor *= MULTIPLIER
        out[begin : begin + PIECE] = one[: len(piece) - n + 1]
    return out


@_kernel
def _append(hashes: Any, behind: Any, count: int, factor: np.uint64, more: np.uint64, out: Any) -> None:
    for k in range(count):
        out[k] = hashes[k] * factor + np.uint64(behind[k]) + more


@_kernel
def widened(hashes: NDArray[np.uint64], length: int, n: int) -> NDArray[np.uint64]:
    out, count = np.empty(len(hashes), dtype=np.uint64), len(hashes)
    if length >= n:
        out[:] = hashes
    while length < n:
        step, factor = min(length, n - length), np.uint64(1)
        for _ in range(step):
            factor *= MULTIPLIER
        count = max(0, count - step)
        for k in range(count):
            out[k] = hashes[k] * factor + hashes[k + step]
        hashes = out  # safe in place: always read ahead of where it is written
        length += step
    return out[:count]


@_kernel
def shared(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> int:
    count = at = twin = 0
    while at < len(one) and twin < len(two):
        a, b = one[at], two[twin]
        count += a == b
        at += a <= b
        twin += b <= a
    return count


# Equal runs


def matched(one: NDArray[np.uint32], two: NDArray[np.uint32]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = equal_runs(one, two, 1)
    return found


# Signatures


@_kernel
def minima(shingles: NDArray[np.uint64], a: NDArray[np.uint32], b: NDArray[np.uint32]) -> NDArray[np.uint32]:
    out = np.full(len(a), EMPTY, dtype=np.uint32)
    last = len(shingles) - 1
    for at in range(0, len(shingles), 4):
        # Four at a time, so that coefficients and minima are read once for all four; the last shingle pads the rest.
        one = _fmix32(shingles[at])
        two = _fmix32(shingles[min(at + 1, last)])
        three = _fmix32(shingles[min(at + 2, last)])
        four = _fmix32(shingles[min(at + 3, last)])
        for p in range(len(a)):
            x, y = a[p], b[p]
            least = min(np.uint32(x * one + y), np.uint32(x * two + y))
            least = min(least, np.uint32(x * three + y), np.uint32(x * four + y))
            out[p] = min(out[p], least)
    return out


@_kernel
def _fmix32(shingle: np.uint64) -> np.uint32:
    h = np.uint32(shingle >> np.uint64(32))
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    h ^= h >> np.uint32(16)
    return h
