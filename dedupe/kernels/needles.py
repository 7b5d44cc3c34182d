"""
Where a few thousand short words stand in a text, found in one pass over it.

A text's characters become letters of the alphabet that the words are written in; a hash table says of
two letters in a row whether a word may begin so, and a sorted list says it for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import CodePoints, Offsets

LONGEST_NEEDLE = 4
LETTER_BITS = 16
PAIR_BITS = 16
PAIR_MULTIPLIER = 0x9E3779B1
MOST_LETTERS = (1 << LETTER_BITS) - 1

_NEWLINE = ord("\n")


class NeedleTable(NamedTuple):
    """
    Words, made ready to be looked for.

    ``alphabet`` gives every code point its letter, 0 to those of no word; letters from ``alone`` on are
    words by themselves. ``keys`` are the letters of words and of what words of more than two letters begin
    with, 16 bits each, sorted, and a sentinel; for each, ``numbers`` says which word it is (-1: none) and ``goes_on``
    whether a longer one begins so. ``pairs`` has the rows of two letters in ``keys``, one more than they are, at
    the first place from their hash on that was empty.
    """

    alphabet: NDArray[np.uint16]
    alone: int
    pairs: NDArray[np.int32]
    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    goes_on: NDArray[np.bool_]


def needle_table(needles: Sequence[str]) -> NeedleTable:
    """
    Make words ready, each known by its place in the list: at most four characters long, none twice, none
    with NUL or a line feed.

    >>> from dedupe.kernels.view import code_points
    >>> table = needle_table(["b", "ab", "abcd"])
    >>> [array.tolist() for array in find_needles(code_points("abcd\\nab"), table)]
    [[0, 1, 0, 1, 0], [0, 0, 1, 1, 2]]
    """
    words = np.array(needles, dtype=f"<U{LONGEST_NEEDLE}").view("<u4").reshape(-1, LONGEST_NEEDLE)
    lengths = np.count_nonzero(words, axis=1)
    single = np.unique(words[lengths == 1, 0])
    letters = np.setdiff1d(words, np.append(single, 0).astype(words.dtype))
    alphabet = np.zeros(0x110000, dtype=np.uint16)
    alphabet[letters] = np.arange(1, len(letters) + 1, dtype=np.uint16)
    alphabet[single] = np.arange(len(letters) + 1, len(letters) + len(single) + 1, dtype=np.uint16)
    spelt = alphabet[words].astype(np.uint64)
    begun = [spelt[:, 0]]
    for n in range(1, LONGEST_NEEDLE):
        begun.append(begun[-1] << np.uint64(LETTER_BITS) | spelt[:, n])
    packed = np.column_stack(begun)
    whole = packed[np.arange(len(packed)), lengths - 1]
    longer = np.concatenate([packed[lengths > n, n - 1] for n in range(2, LONGEST_NEEDLE)])
    keys = np.append(np.unique(np.concatenate([whole, longer])), np.uint64(0xFFFFFFFFFFFFFFFF))
    numbers = np.full(len(keys), -1, dtype=np.int32)
    numbers[np.searchsorted(keys, whole)] = np.arange(len(whole), dtype=np.int32)
    goes_on = np.zeros(len(keys), dtype=np.bool_)
    goes_on[np.searchsorted(keys, longer)] = True
    return NeedleTable(alphabet, len(letters) + 1, _hashed(keys), keys, numbers, goes_on)


def _hashed(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """The rows of two letters, by their hash."""
    rows = np.flatnonzero((keys >= 1 << LETTER_BITS) & (keys < 1 << 2 * LETTER_BITS))
    bits = max(PAIR_BITS, int(len(rows) * 4).bit_length())
    pairs = np.zeros(1 << bits, dtype=np.int32)
    for row, home in zip(rows.tolist(), _slots(keys[rows].astype(np.uint32), pairs).tolist(), strict=True):
        slot = home
        while pairs[slot]:
            slot = (slot + 1) % len(pairs)
        pairs[slot] = row + 1
    return pairs


def _slots(spelt: NDArray[np.uint32], pairs: NDArray[np.int32]) -> NDArray[np.uint32]:
    return spelt * np.uint32(PAIR_MULTIPLIER) >> np.uint32(33 - len(pairs).bit_length())


def find_needles(codes: CodePoints, table: NeedleTable) -> tuple[Offsets, NDArray[np.int32]]:
    """
    The words of a table in a text: for each place of each, its line, and which word it is.

    Shorter words first, and of one length in the order of the text.
    """
    alphabet, alone, pairs, keys, numbers, goes_on = table
    letters = alphabet[codes]
    places = [np.flatnonzero(letters >= alone)]
    words = [numbers[np.searchsorted(keys, letters[places[0]].astype(np.uint64))]]
    wide = letters.astype(np.uint32)
    two = wide[:-1] << np.uint32(LETTER_BITS) | wide[1:]
    at = np.flatnonzero(pairs[_slots(two, pairs)] > 0)
    at = at[(letters[at] > 0) & (letters[at + 1] > 0)]
    spelt = two[at].astype(np.uint64)
    for n in range(2, LONGEST_NEEDLE + 1):
        rows = np.searchsorted(keys, spelt)
        known = np.flatnonzero(keys[rows] == spelt)
        rows, at = rows[known], at[known]
        found = np.flatnonzero(numbers[rows] >= 0)
        places.append(at[found])
        words.append(numbers[rows[found]])
        more = np.flatnonzero(goes_on[rows] & (at + n < len(letters)))
        at = at[more]
        if not len(at):
            break
        spelt = keys[rows[more]] << np.uint64(LETTER_BITS) | letters[at + n].astype(np.uint64)
    lines = np.searchsorted(np.flatnonzero(codes == _NEWLINE), np.concatenate(places))
    return lines, np.concatenate(words)
