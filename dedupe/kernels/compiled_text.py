"""
The kernels that read every text, compiled by Numba; a module of its own, so that changing the kernels of
the repeats judge does not recompile these.

Each reference documents what its twin does. Kernels that use tables filled on demand stop at a
character not seen before; it is entered, and they start again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels import classes, passages, view
from dedupe.kernels.view import CodePoints, Offsets, Places

SEEN, SPACE, ALNUM, ALPHA = classes.SEEN, classes.SPACE, classes.ALNUM, classes.ALPHA
LOWER, UPPER, DIGIT = classes.LOWER, classes.UPPER, classes.DIGIT
HORIZON = 16
UNSEEN = np.uint32(0xFFFFFFFF)
LONGEST_WORD = 6

_NONE = -1
_FULL_STOP, _QUOTE, _APOSTROPHE = ord("."), ord('"'), ord("'")
_COMMA, _COLON, _WIDE_STOP, _WIDE_COLON, _BAR, _HYPHEN = ord(","), ord(":"), ord("．"), ord("："), ord("|"), ord("-")
_WIDE_HYPHEN, _MINUS = ord("－"), ord("−")
_ZERO, _NINE, _WIDE_ZERO, _WIDE_NINE = ord("0"), ord("9"), ord("０"), ord("９")

_kernel = njit(cache=True, nogil=True)


# Whether everything is compiled


@_kernel
def _last() -> int:
    return 0


def mark_compiled() -> None:
    """Record that every kernel has been compiled, by compiling this last one into the cache."""
    _last()


def is_compiled() -> bool:
    """Whether `mark_compiled` has ever been called on this machine for the current text of this module."""
    cache: Any = _last._cache  # type: ignore[attr-defined]  # Numba offers no public way to ask
    return bool(cache._cache_file._load_index())


# The view


def folded(codes: CodePoints) -> tuple[CodePoints, Places]:
    out, offsets = np.empty(len(codes), dtype=np.uint32), np.empty(len(codes), dtype=np.int32)
    count = _folded(codes, view.table(), out, offsets)
    if count == _NONE:
        view.learn(codes)
        count = _folded(codes, view.table(), out, offsets)
    return out[:count], offsets[:count]


@_kernel
def _folded(codes: CodePoints, table: NDArray[np.uint32], out: CodePoints, offsets: Places) -> int:
    count = 0
    for at in range(len(codes)):
        letter = table[codes[at]]
        if letter == UNSEEN:
            return _NONE
        out[count] = letter
        offsets[count] = at
        count += letter != 0
    return count


# Passages

_ROLES = np.zeros(0x10000, dtype=np.uint8)
_STOP, _CLOSE = np.uint8(1), np.uint8(2)
_ROLES[[ord(c) for c in passages.STOPS]] |= _STOP
_ROLES[[ord(c) for c in passages.CLOSING]] |= _CLOSE


def _key(word: str) -> int:
    key = 0
    for letter in word:
        key = key << 5 | ord(letter) - ord("a") + 1
    return key


_ABBREVIATIONS = np.array(sorted(map(_key, passages.ABBREVIATIONS)), dtype=np.int64)


def sentence_starts(codes: CodePoints, max_passage: int) -> Offsets:
    starts = np.empty(16 + len(codes) // 8, dtype=np.int64)
    while True:
        count = _sentence_starts(codes, max_passage, classes.classes(), _ROLES, _ABBREVIATIONS, starts)
        if count > 0:
            return starts[:count].copy()
        if count == 0:
            starts = np.empty(len(codes) + 3, dtype=np.int64)
        else:
            classes.learn(codes)


@_kernel
def _sentence_starts(
    codes: CodePoints, max_passage: int, kinds: Any, roles: Any, abbreviations: Any, starts: Offsets
) -> int:
    """Return the number of starts; 0 if there is too little room, -1 if a character's classes are unknown."""
    count, done, last = 0, 0, 0
    for at in range(len(codes)):
        code = codes[at]
        if at < done or code >= len(roles) or not roles[code] & _STOP:
            continue
        if code == _FULL_STOP:
            ends = _ends_sentence(codes, at, kinds, roles, abbreviations)
            if ends < 0:
                return _NONE
            if not ends:
                continue
        done = at + 1
        while done < len(codes):
            code = codes[done]
            kind = kinds[code]
            if not kind:
                return _NONE
            if not kind & SPACE and not (code < len(roles) and roles[code]):
                break
            if code in (_QUOTE, _APOSTROPHE):
                before = kinds[codes[done - 1]]
                if not before:
                    return _NONE
                if before & SPACE:
                    break
            done += 1
        if done < len(codes):
            if count + (done - last) // max_passage + 2 > len(starts):
                return 0
            for begin in range(last, done, max_passage):
                starts[count] = begin
                count += 1
            last = done
    if count + (len(codes) - last) // max_passage + 2 > len(starts):
        return 0
    for begin in range(last, max(len(codes), last + 1), max_passage):
        starts[count] = begin
        count += 1
    return count


@_kernel
def _ends_sentence(codes: CodePoints, at: int, kinds: Any, roles: Any, abbreviations: Any) -> int:
    """Return 1 or 0, or -1 if a character's classes are unknown."""
    after, horizon = at + 1, min(len(codes), at + HORIZON)
    while after < horizon and codes[after] < len(roles) and roles[codes[after]] & _CLOSE:
        after += 1
    for k in range(max(0, at - LONGEST_WORD), horizon):
        if not kinds[codes[k]]:
            return _NONE
    if after < horizon and not kinds[codes[after]] & SPACE:
        if at == 0 or at + 2 >= len(codes):
            return 0
        if not (kinds[codes[at + 1]] and kinds[codes[at + 2]]):
            return _NONE
        fused = kinds[codes[at - 1]] & LOWER and kinds[codes[at + 1]] & UPPER and kinds[codes[at + 2]] & LOWER
        return 1 if fused else 0
    while after < horizon and not kinds[codes[after]] & ALNUM:
        after += 1
    if after < horizon and kinds[codes[after]] & LOWER:
        return 0
    start = at
    while start > 0 and kinds[codes[start - 1]] & ALPHA and at - start < LONGEST_WORD:
        start -= 1
    if at - start == 1 and kinds[codes[start]] & UPPER:
        return 0
    key = 0
    for k in range(start, at):
        letter = (codes[k] | np.uint32(32)) - np.uint32(96)
        if codes[k] >= 128 or letter < 1 or letter > 26:
            return 1
        key = key << 5 | int(letter)
    for abbreviation in abbreviations:
        if key == abbreviation:
            return 0
    return 1


# Numbers


def joined_numbers(codes: CodePoints) -> bytes | None:
    out = np.empty(2 * len(codes) + 1, dtype=np.uint8)
    count = _joined_numbers(codes, classes.classes(), out)
    if count == _NONE:
        classes.learn(codes)
        count = _joined_numbers(codes, classes.classes(), out)
    return None if count < 0 else out[:count].tobytes()


@_kernel
def _joined_numbers(codes: CodePoints, kinds: Any, out: NDArray[np.uint8]) -> int:
    """Return the number of bytes; -1 if a character's classes are unknown, -2 if there are digits of other scripts."""
    count, at = 0, 0
    while at < len(codes):
        kind = kinds[codes[at]]
        if not kind:
            return _NONE
        if not kind & DIGIT:
            at += 1
            continue
        if count:
            out[count] = _BAR
            count += 1
        if _is_negative(codes, at):
            out[count] = _HYPHEN
            count += 1
        while True:
            while at < len(codes) and kinds[codes[at]] & DIGIT:
                digit = _ascii(codes[at])
                if digit < 0:
                    return 2 * _NONE
                out[count] = digit
                count += 1
                at += 1
            if at + 1 >= len(codes):
                break
            joint = _joint(codes[at])
            if joint < 0:
                break
            if not kinds[codes[at + 1]]:
                return _NONE
            if not kinds[codes[at + 1]] & DIGIT:
                break
            at += 1
            if joint == _COMMA:
                digits = at
                while digits < len(codes) and kinds[codes[digits]] & DIGIT:
                    digits += 1
                if digits - at == 3:
                    continue
            out[count] = joint
            count += 1
    return count


@_kernel
def _ascii(code: np.uint32) -> int:
    if _ZERO <= code <= _NINE:
        return int(code)
    if _WIDE_ZERO <= code <= _WIDE_NINE:
        return int(code) - _WIDE_ZERO + _ZERO
    return _NONE


@_kernel
def _joint(code: np.uint32) -> int:
    """Return the narrow form of a sign that joins digits into one number, or -1."""
    if code == _WIDE_STOP:
        return _FULL_STOP
    if code == _WIDE_COLON:
        return _COLON
    return int(code) if code in (_FULL_STOP, _COMMA, _COLON) else _NONE


@_kernel
def _is_negative(codes: CodePoints, at: int) -> bool:
    if at == 0 or codes[at - 1] not in (_HYPHEN, _WIDE_HYPHEN, _MINUS):
        return False
    if at == 1:
        return True
    before = codes[at - 2]
    if before == _HYPHEN:
        return False
    if 0xFF01 <= before <= 0xFF5E:
        before -= np.uint32(0xFEE0)
        if before == _HYPHEN:
            return True
    letter = before | np.uint32(32)
    return not (_ZERO <= before <= _NINE or (ord("a") <= letter <= ord("z") and before < 128))
