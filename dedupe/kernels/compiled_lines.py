"""
The kernel that looks for the rules' words in lines, compiled by Numba; a module of its own, so that a change to
the others does not have it compiled again.

What it promises is said at its reference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.lines import Promising, Sets, Signs
from dedupe.kernels.view import CodePoints, Offsets

LETTER_BITS = 16
PAIR_MULTIPLIER = 0x9E3779B1
BLANK, STOP, END = 1, 2, 4

_NEWLINE = ord("\n")
_ALWAYS, _HEADS, _TAILS, _SENTENCES, _FIRST = 0, 1, 2, 3, 4

_kernel = njit(cache=True, nogil=True)


def promising_lines(codes: CodePoints, signs: Signs) -> tuple[list[list[int]], list[Promising]]:
    arrays: tuple[Any, ...] = (*signs.packed, *signs.table)
    spans, rows, found = _promising(codes, *arrays)
    promising: list[Promising] = []
    if len(rows):
        data, size, at = found.tobytes(), found.shape[1] * 4, 0
        for number, start, end in rows.tolist():
            tail = at + size
            head, at = int.from_bytes(data[at:tail], "little"), tail + size
            promising.append((number, start, end, head, int.from_bytes(data[tail:at], "little")))
    return spans.tolist(), promising


@_kernel
def _promising(
    codes: Any,
    kinds: Any,
    limits: Any,
    first_from: Any,
    sets: Any,
    alphabet: Any,
    alone: int,
    pairs: Any,
    keys: Any,
    numbers: Any,
    goes_on: Any,
) -> tuple[Offsets, Offsets, Sets]:
    size, width, most = len(codes), sets.shape[1], 1
    for k in range(size):
        most += codes[k] == _NEWLINE
    short, unended, longest, window = limits
    told = sets[_FIRST + len(first_from) :]
    spans, promising = np.empty((most, 2), dtype=np.int64), np.empty((most, 3), dtype=np.int64)
    found = np.empty((16, 2 * width), dtype=np.uint64)
    waiting = np.empty(max(short, unended, longest, window) + 1, dtype=np.int64)
    words = alphabet, alone, pairs, keys, numbers, goes_on, told, waiting
    lines = count = at = 0
    while at < size:
        start = end = at
        while end < size and codes[end] != _NEWLINE:
            end += 1
        at = end + 1
        while start < end and kinds[codes[start]] & BLANK:
            start += 1
        while start < end and kinds[codes[end - 1]] & BLANK:
            end -= 1
        if start == end:
            continue
        spans[lines, 0], spans[lines, 1] = start, end
        lines += 1
        if count == len(found):
            grown = np.empty((2 * count, 2 * width), dtype=np.uint64)
            grown[:count] = found
            found = grown
        head, tail = found[count, :width], found[count, width:]
        head[:], tail[:] = sets[_ALWAYS], 0
        length, last = end - start, kinds[codes[end - 1]]
        ended, closes = last & END != 0, last & STOP == 0
        whole = length <= short or (length <= unended and not ended)
        sentence = not whole and ended and length <= longest
        behind = end if whole or sentence else min(end, start + window)
        _look(codes, start, behind, words, head)
        if closes and not whole:
            tail[:] = sets[_ALWAYS]
            _look(codes, max(start, end - window), end, words, tail)
        begun = sets[_FIRST - 1 + np.searchsorted(first_from, codes[start], side="right")]
        hope = np.uint64(0)
        for k in range(width):
            placed = sets[_HEADS, k] | (sets[_SENTENCES, k] if sentence else np.uint64(0))
            hope |= head[k] & begun[k] & (~np.uint64(0) if whole else placed)
            if closes:
                hope |= (head[k] if whole else tail[k]) & sets[_TAILS, k]
        if hope:
            promising[count, 0], promising[count, 1], promising[count, 2] = lines - 1, start, end
            count += 1
    return spans[:lines].copy(), promising[:count].copy(), found[:count].copy()


@_kernel
def _look(codes: Any, start: int, end: int, words: Any, out: Any) -> None:
    """Add what the words in a stretch of the text tell of."""
    alphabet, alone, pairs, keys, numbers, goes_on, told, waiting = words
    # First where something may begin, without a branch, since which of these are taken nobody can foresee.
    shift = np.uint32(32)
    while 1 << (np.uint32(32) - shift) < len(pairs):
        shift -= np.uint32(1)
    count, before = 0, np.uint32(0)
    for k in range(start, end):
        letter = np.uint32(alphabet[codes[k]])
        slot = np.uint32((before << np.uint32(LETTER_BITS) | letter) * np.uint32(PAIR_MULTIPLIER)) >> shift
        waiting[count] = k
        count += (letter >= np.uint32(alone)) | ((pairs[slot] != 0) & (before != 0) & (letter != 0))
        before = letter
    bits, last = np.uint64(LETTER_BITS), len(pairs) - 1
    for k in waiting[:count]:
        second = np.uint64(alphabet[codes[k]])
        if second >= np.uint64(alone):
            _add(told, numbers[second - np.uint64(alone)], out)
        if k == start or not second:
            continue
        spelt, behind = np.uint64(alphabet[codes[k - 1]]) << bits | second, k + 1
        at = np.int64(np.uint32(np.uint32(spelt) * np.uint32(PAIR_MULTIPLIER)) >> shift)
        while pairs[at] and keys[pairs[at] - 1] != spelt:
            at = (at + 1) & last
        row = pairs[at] - 1
        while row >= 0 and keys[row] == spelt:
            if numbers[row] >= 0:
                _add(told, numbers[row], out)
            if not goes_on[row] or behind == end:
                break
            spelt = spelt << bits | np.uint64(alphabet[codes[behind]])
            row = _row(keys, spelt)
            behind += 1


@_kernel
def _add(told: Any, word: int, out: Any) -> None:
    for k in range(len(out)):
        out[k] |= told[word, k]


@_kernel
def _row(keys: NDArray[np.uint64], key: np.uint64) -> int:
    """The first row of sorted keys that is not below this one."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low
