"""
The kernels that count the lines, letters and words of every text, compiled by Numba.

Each reference documents what its twin does.
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

LONGEST_WORD, SCRIPTS, SLOTS = 6, 8, 1021
SPACE, ALNUM, DIGIT, PRINTABLE = classes.SPACE, classes.ALNUM, classes.DIGIT, classes.PRINTABLE

_NONE = -1
_LINE_END, _ZERO, _A, _Z = ord("\n"), ord("0"), ord("a"), ord("z")
_ALL = 0xFFFFFFFF

_kernel = njit(cache=True, nogil=True)


# Lines


def _steps() -> NDArray[np.int64]:
    """
    Return the CRC steps of a byte followed by zero, one, two or three more bytes: four rows of 256.

    With them, all bytes of a character are processed in one step.
    """
    rows = [[crc32(bytes([byte ^ 0xFF])) ^ _ALL ^ _ALL >> 8 for byte in range(256)]]
    for _ in range(3):
        rows.append([crc >> 8 ^ rows[0][crc & 0xFF] for crc in rows[-1]])
    return np.array(rows, dtype=np.int64)


_STEPS = _steps()


def line_crcs(codes: CodePoints, start: int, longest: int) -> list[int]:
    crcs = np.empty(1 + len(codes) // 3, dtype=np.uint32)  # a countable line has two letters and a line end at least
    count = _line_crcs(codes, classes.classes(), _STEPS, start, longest, crcs)
    if count == _NONE:
        classes.learn(codes)
        count = _line_crcs(codes, classes.classes(), _STEPS, start, longest, crcs)
    return list(dict.fromkeys(crcs[:count].tolist()))


@_kernel
def _line_crcs(codes: CodePoints, kinds: Any, steps: Any, start: int, longest: int, crcs: NDArray[np.uint32]) -> int:
    """Return the number of CRCs, or -1 if a character's classes are unknown."""
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
    """Return the number of letters in a line; 0 if it is not printable, -1 if a character's classes are unknown."""
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
    """Return the CRC of the line's UTF-8, with each run of digits replaced by a single 0."""
    crc, in_number = start ^ _ALL, False
    for code in line:
        if kinds[code] & DIGIT:
            if not in_number:
                crc = crc >> 8 ^ steps[0, (crc ^ _ZERO) & 0xFF]
            in_number = True
            continue
        in_number = False
        if code < 0x80:
            crc = crc >> 8 ^ steps[0, (crc ^ code) & 0xFF]
        elif code < 0x800:
            crc ^= 0x80C0 | code >> 6 | (code & 63) << 8
            crc = crc >> 16 ^ steps[1, crc & 0xFF] ^ steps[0, crc >> 8 & 0xFF]
        elif code < 0x10000:
            crc ^= 0x8080E0 | code >> 12 | (code >> 6 & 63) << 8 | (code & 63) << 16
            crc = crc >> 24 ^ steps[2, crc & 0xFF] ^ steps[1, crc >> 8 & 0xFF] ^ steps[0, crc >> 16 & 0xFF]
        else:
            crc ^= 0x808080F0 | code >> 18 | (code >> 12 & 63) << 8 | (code >> 6 & 63) << 16 | (code & 63) << 24
            crc = steps[3, crc & 0xFF] ^ steps[2, crc >> 8 & 0xFF] ^ steps[1, crc >> 16 & 0xFF] ^ steps[0, crc >> 24]
    return crc ^ _ALL


# Letters and words


def letters_and_words(
    codes: CodePoints, scripts: NDArray[np.uint8], sample: int, known: Words
) -> tuple[list[int], int, int]:
    counts = np.zeros(SCRIPTS, dtype=np.int64)
    said, found = _letters_and_words(codes, scripts, sample, classes.classes(), known.script, known.table, counts)
    if said == _NONE:
        classes.learn(codes)
        return letters_and_words(codes, scripts, sample, known)
    return counts.tolist(), said, found


@_kernel
def _letters_and_words(
    codes: CodePoints, scripts: Any, sample: int, kinds: Any, script: int, table: Any, counts: Any
) -> tuple[int, int]:
    """Return the number of words, or -1 if a character's classes are unknown; and how many are in the table."""
    for code in codes[:sample]:
        counts[scripts[code]] += 1
    if 2 * counts[script] <= counts[1:].sum():
        return 0, 0
    said, found, at = 0, 0, 0
    while at < len(codes):
        begin = at
        while at < len(codes) and not kinds[codes[at]] & SPACE:
            if not kinds[codes[at]]:
                return _NONE, 0
            at += 1
        said += at > begin
        found += begin < at <= begin + LONGEST_WORD and _is_known(codes[begin:at], table)
        at += 1
    return said, found


@_kernel
def _is_known(word: CodePoints, table: Any) -> bool:
    key = 0
    for code in word:
        letter = code | 32
        if code >= 128 or letter < _A or letter > _Z:
            return False
        key = key << 5 | letter - _A + 1
    at = key % SLOTS
    while table[at] and table[at] != key:
        at += 1
    return bool(table[at] == key)
