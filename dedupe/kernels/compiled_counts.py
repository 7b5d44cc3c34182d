"""
The kernels that tell what the lines and the words of every text are counted by, compiled by Numba.

What each one promises is said at its reference.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels import classes
from dedupe.kernels.view import CodePoints
from dedupe.kernels.words import Words

LONGEST_WORD, SCRIPTS = 6, 8
SPACE, ALNUM, DIGIT, PRINTABLE = classes.SPACE, classes.ALNUM, classes.DIGIT, classes.PRINTABLE

_NONE = -1
_LINE_END, _ZERO, _A, _Z = ord("\n"), ord("0"), ord("a"), ord("z")
_ALL = 0xFFFFFFFF

_kernel = njit(cache=True, nogil=True)


# Lines


def _steps() -> NDArray[np.int64]:
    """What a byte does to a CRC of which the last byte is 0: told by the CRC of that byte alone."""
    top = _ALL >> 8
    return np.array([crc32(bytes([byte ^ 0xFF])) ^ _ALL ^ top for byte in range(256)], dtype=np.int64)


_STEPS = _steps()


def line_crcs(codes: CodePoints, start: int, longest: int) -> list[int]:
    crcs = np.empty(1 + len(codes) // 3, dtype=np.uint32)  # of two letters and a line end each
    count = _line_crcs(codes, classes.classes(), _STEPS, start, longest, crcs)
    if count == _NONE:
        classes.learn(codes)
        count = _line_crcs(codes, classes.classes(), _STEPS, start, longest, crcs)
    return sorted({*crcs[:count].tolist()})


@_kernel
def _line_crcs(codes: CodePoints, kinds: Any, steps: Any, start: int, longest: int, crcs: NDArray[np.uint32]) -> int:
    """How many there are; -1 if a character's classes are not known."""
    count, begin = 0, 0
    while begin < len(codes):
        end = begin
        while end < len(codes) and codes[end] != _LINE_END:
            end += 1
        after = end + 1
        while begin < end and kinds[codes[begin]] & SPACE:
            begin += 1
        while begin < end and kinds[codes[end - 1]] & SPACE:
            end -= 1
        if begin < end and not (kinds[codes[begin]] and kinds[codes[end - 1]]):
            return _NONE
        if end - begin <= longest:
            letters = _letters(codes[begin:end], kinds)
            if letters == _NONE:
                return _NONE
            if letters > 1:
                crcs[count] = _crc(codes[begin:end], kinds, steps, start)
                count += 1
        begin = after
    return count


@_kernel
def _letters(line: CodePoints, kinds: Any) -> int:
    """How many letters a line has; 0 if it is not printable, -1 if a character's classes are not known."""
    letters, printable = 0, True
    for code in line:
        kind = kinds[code]
        if not kind:
            return _NONE
        letters += kind & ALNUM and not kind & DIGIT
        printable &= kind & PRINTABLE != 0
    return letters if printable else 0


@_kernel
def _crc(line: CodePoints, kinds: Any, steps: Any, start: int) -> int:
    """The CRC of the line's UTF-8, with a 0 for each run of digits."""
    crc, in_number = start ^ _ALL, False
    for code in line:
        if kinds[code] & DIGIT:
            if not in_number:
                crc = crc >> 8 ^ steps[(crc ^ _ZERO) & 0xFF]
            in_number = True
            continue
        in_number = False
        # The first byte says how many follow, of six bits each.
        follow = 0 if code < 0x80 else 6 if code < 0x800 else 12 if code < 0x10000 else 18
        lead = 0 if code < 0x80 else 0xC0 if code < 0x800 else 0xE0 if code < 0x10000 else 0xF0
        crc = crc >> 8 ^ steps[(crc ^ (lead | code >> follow)) & 0xFF]
        while follow:
            follow -= 6
            crc = crc >> 8 ^ steps[(crc ^ (0x80 | code >> follow & 63)) & 0xFF]
    return crc ^ _ALL


# Letters and words


def letters_and_words(
    codes: CodePoints, scripts: NDArray[np.uint8], sample: int, known: Words
) -> tuple[list[int], int, int]:
    counts = np.zeros(SCRIPTS, dtype=np.int64)
    said, found = _letters_and_words(codes, scripts, sample, classes.classes(), known.keys, counts)
    if said == _NONE:
        classes.learn(codes)
        return letters_and_words(codes, scripts, sample, known)
    return counts.tolist(), said, found


@_kernel
def _letters_and_words(
    codes: CodePoints, scripts: Any, sample: int, kinds: Any, keys: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[int, int]:
    """How many words there are, -1 if a character's classes are not known, and how many of them are known."""
    for code in codes[:sample]:
        counts[scripts[code]] += 1
    said, found, key, within = 0, 0, 0, False
    for code in codes:
        kind = kinds[code]
        if not kind:
            return _NONE, 0
        if not kind & SPACE:
            within = True
            letter = code | 32
            other = code >= 128 or letter < _A or letter > _Z or key >> 5 * (LONGEST_WORD - 1)
            key = _NONE if other else key << 5 | letter - _A + 1
        elif within:
            said += 1
            found += _is_among(key, keys)
            key, within = 0, False
    return (said + 1, found + _is_among(key, keys)) if within else (said, found)


@_kernel
def _is_among(key: int, keys: NDArray[np.int64]) -> bool:
    for one in keys:
        if one >= key:
            return bool(one == key)
    return False
