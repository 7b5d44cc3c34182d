"""
The kernels compiled by Numba: a twin for every function marked ``@twinned``, of the same name.

What each one promises is said at its reference; here it is done in one pass. The machine code is
kept beside this file, or where ``NUMBA_CACHE_DIR`` says, and belongs to this file's text alone:
so the constants of the references stand here once more, and a test compares them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.compiled_chains import BRIDGE, FEW, REACH, TRIES, WINDOW, chained, equal_runs, links, matches
from dedupe.kernels.compiled_lines import hopeful_lines
from dedupe.kernels.compiled_text import (
    folded,
    is_compiled,
    joined_numbers,
    mark_compiled,
    sentence_starts,
    survey,
)
from dedupe.kernels.view import CodePoints, Offsets

__all__ = [
    "BRIDGE", "FEW", "REACH", "TRIES", "WINDOW", "chained", "equal_runs", "folded", "hopeful_lines", "is_compiled",
    "joined_numbers", "links", "mark_compiled", "matches", "sentence_starts", "survey",
]  # fmt: skip

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
EMPTY = np.uint32(0xFFFFFFFF)
PIECE = 1 << 13

_kernel = njit(cache=True, nogil=True)


# Shingles


@_kernel
def ngram_hashes(codes: CodePoints, n: int) -> NDArray[np.uint64]:
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
def shingle_hashes(codes: CodePoints, n: int) -> NDArray[np.uint64]:
    out = ngram_hashes(codes, n)
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
def any_twice(hashes: NDArray[np.uint64]) -> bool:
    bits = 4
    while 1 << bits < 2 * len(hashes):
        bits += 1
    # Places in the hashes, one more than they are: 0 is an empty slot.
    slots = np.zeros(1 << bits, dtype=np.uint32)
    last = np.uint64((1 << bits) - 1)
    for k in range(len(hashes)):
        slot = (hashes[k] * MULTIPLIER) >> np.uint64(64 - bits)
        while slots[slot]:
            if hashes[slots[slot] - 1] == hashes[k]:
                return True
            slot = (slot + np.uint64(1)) & last
        slots[slot] = k + 1
    return False


# Signatures


@_kernel
def minima(
    shingles: NDArray[np.uint64], starts: Offsets, a: NDArray[np.uint32], b: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    out = np.full((len(starts), len(a)), EMPTY, dtype=np.uint32)
    for k in range(len(starts)):
        row = out[k]
        end = starts[k + 1] if k + 1 < len(starts) else len(shingles)
        for at in range(starts[k], end):
            h = np.uint32(shingles[at] >> np.uint64(32))
            h ^= h >> np.uint32(16)
            h = np.uint32(h * np.uint32(0x85EBCA6B))
            h ^= h >> np.uint32(13)
            h = np.uint32(h * np.uint32(0xC2B2AE35))
            h ^= h >> np.uint32(16)
            for p in range(len(a)):
                value = np.uint32(a[p] * h + b[p])
                row[p] = min(row[p], value)
    return out


@_kernel
def share_band(signatures: NDArray[np.uint32], bands: int, rows: int) -> bool:
    size = 16
    while size < 2 * len(signatures):
        size *= 2
    keys = np.empty(size, dtype=np.uint64)
    entered = np.zeros(size, dtype=np.int32)
    filled = np.zeros(len(signatures), dtype=np.bool_)
    for k in range(len(signatures)):
        for value in signatures[k]:
            if value != EMPTY:
                filled[k] = True
                break
    for band in range(bands):
        for k in range(len(signatures)):
            if not filled[k]:
                continue
            key = np.uint64(0)
            for value in signatures[k, band * rows : (band + 1) * rows]:
                key = key * MULTIPLIER + np.uint64(value) + np.uint64(1)
            key ^= key >> np.uint64(29)
            slot = np.int64(key & np.uint64(size - 1))
            while entered[slot] == band + 1:
                if keys[slot] == key:
                    return True
                slot = (slot + 1) & (size - 1)
            keys[slot] = key
            entered[slot] = band + 1
    return False
