"""
The kernels that scan every text for characters to repair, compiled by Numba.

Each reference documents what its twin does.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.view import CodePoints

UNTIDY = 256

_LINE_END = ord("\n")

_kernel = njit(cache=True, nogil=True)


@_kernel
def survey(codes: CodePoints, table: NDArray[np.uint8]) -> int:
    seen, last = 0, len(codes) - 1
    untidy = last >= 0 and (_is_blank(codes[0]) or _is_blank(codes[last]))
    for at in range(len(codes)):
        seen |= table[codes[at]]
        if codes[at] == _LINE_END and 0 < at < last:
            if codes[at - 1] != _LINE_END:
                untidy |= _is_blank(codes[at - 1])
            else:
                untidy |= codes[at + 1] == _LINE_END
            untidy |= codes[at + 1] != _LINE_END and _is_blank(codes[at + 1])
    return seen | (UNTIDY if untidy else 0)


@_kernel
def marked(codes: CodePoints, table: NDArray[np.uint8], flags: int) -> NDArray[np.int64]:
    places, count = np.empty(len(codes), dtype=np.int64), 0
    for at in range(len(codes)):
        places[count] = at
        count += table[codes[at]] & flags != 0
    return places[:count]


@_kernel
def count_between(codes: CodePoints, low: int, high: int) -> int:
    # All of one width, or the compiler does not vectorise the loop.
    first, size, one, count = np.uint32(low), np.uint32(high - low), np.uint32(1), np.uint32(0)
    for at in range(len(codes)):
        if np.uint32(codes[at] - first) < size:
            count = np.uint32(count + one)
    return int(count)


@_kernel
def _is_blank(code: np.uint32) -> bool:
    if code > 0x3000:
        return False
    if code < 0x1680:
        return bool(9 <= code <= 13 or 28 <= code <= 32 or code in (0x85, 0xA0))
    return bool(0x2000 <= code <= 0x200A or code in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
