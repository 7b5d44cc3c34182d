"""
Find a few thousand short words in a text in one pass.

The characters of the text are mapped to the alphabet of the words; a table of hashes tells whether a few
consecutive letters may form a word, and a sorted list confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import distinct
from dedupe.kernels.view import CodePoints, Offsets

LONGEST_NEEDLE = 4
LETTER_BITS = 16
PAIR_BITS = 16
SEEN_BITS = 19
MULTIPLIER = 0x9E3779B97F4A7C15
MOST_LETTERS = (1 << LETTER_BITS) - 1


class NeedleTable(NamedTuple):
    """
    Words prepared for searching.

    ``alphabet`` maps every code point to its letter, or to 0 if no word contains it; letters from ``alone`` on are
    words by themselves. ``keys`` are the words and the prefixes of longer words, 16 bits per letter, sorted and closed
    by a sentinel; for each key, ``numbers`` gives the number of its word (-1: not a word) and ``goes_on`` tells
    whether a longer word begins with it. ``pairs`` is set at the hash of every two-letter key.
    """

    alphabet: NDArray[np.uint16]
    alone: int
    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    goes_on: NDArray[np.bool_]
    pairs: NDArray[np.bool_]


def needle_table(needles: Sequence[str]) -> NeedleTable:
    """
    Prepare words, each identified by its position in the list.

    They must be distinct, at most four characters long, and free of NUL and line feeds.

    >>> from dedupe.kernels.view import code_points
    >>> table = needle_table(["b", "ab", "abcd"])
    >>> [array.tolist() for array in find_needles(code_points("abcd\\nab"), table)]
    [[1, 1, 3, 6, 6], [0, 1, 2, 0, 1]]
    """
    alphabet, alone, packed, lengths = _spelt(needles)
    whole = packed[np.arange(len(packed)), lengths - 1]
    longer = np.concatenate([packed[lengths > n, n - 1] for n in range(2, LONGEST_NEEDLE)])
    keys = np.append(distinct(np.concatenate([whole, longer])), np.uint64(0xFFFFFFFFFFFFFFFF))
    numbers = np.full(len(keys), -1, dtype=np.int32)
    numbers[np.searchsorted(keys, whole)] = np.arange(len(whole), dtype=np.int32)
    goes_on = np.zeros(len(keys), dtype=np.bool_)
    goes_on[np.searchsorted(keys, longer)] = True
    pairs = np.zeros(1 << PAIR_BITS, dtype=np.bool_)
    pairs[_hashes(keys[(keys >= 1 << LETTER_BITS) & (keys < 1 << 2 * LETTER_BITS)], PAIR_BITS)] = True
    return NeedleTable(alphabet, alone, keys, numbers, goes_on, pairs)


def _spelt(needles: Sequence[str]) -> tuple[NDArray[np.uint16], int, NDArray[np.uint64], NDArray[np.int64]]:
    """Return the alphabet, its first letter that is a word by itself, the prefixes of each word, and its length."""
    words = np.array(needles, dtype=f"<U{LONGEST_NEEDLE}").view("<u4").reshape(-1, LONGEST_NEEDLE)
    lengths = np.count_nonzero(words, axis=1)
    used = np.zeros((2, 0x110000), dtype=np.bool_)  # letters of any word, and letters that are words by themselves
    used[0, words] = True
    used[1, words[lengths == 1, 0]] = True
    used[0] &= ~used[1]
    used[0, 0] = False
    letters, single = np.flatnonzero(used[0]), np.flatnonzero(used[1])
    alphabet = np.zeros(0x110000, dtype=np.uint16)
    alphabet[letters] = np.arange(1, len(letters) + 1, dtype=np.uint16)
    alphabet[single] = np.arange(len(letters) + 1, len(letters) + len(single) + 1, dtype=np.uint16)
    spelt = alphabet[words].astype(np.uint64)
    begun = [spelt[:, 0]]
    for n in range(1, LONGEST_NEEDLE):
        begun.append(begun[-1] << np.uint64(LETTER_BITS) | spelt[:, n])
    return alphabet, len(letters) + 1, np.column_stack(begun), lengths


def needle_slots(
    needles: Sequence[str], values: NDArray[np.uint64]
) -> tuple[NDArray[np.uint16], int, NDArray[np.uint8], NDArray[np.uint64]]:
    """
    Prepare words, each with a value, for the compiled twin.

    Returns the alphabet and its first letter that is a word, as in a `NeedleTable`; a bit for the hash of every word;
    and an open-addressing hash table whose rows hold the letters of a word and its value.
    """
    alphabet, alone, packed, lengths = _spelt(needles)
    spelt = packed[np.arange(len(packed)), lengths - 1]
    seen = np.zeros(1 << SEEN_BITS, dtype=np.bool_)
    seen[_hashes(spelt, SEEN_BITS)] = True
    bits = max(10, (len(spelt) * 4 // 3).bit_length())
    slots = np.zeros((1 << bits, 2), dtype=np.uint64)
    home, left = _hashes(spelt, bits), np.arange(len(spelt))
    while len(left):
        free = slots[home, 0] == 0
        slots[home[free], 0], slots[home[free], 1] = spelt[left[free]], values[left[free]]
        there = slots[home, 0] != spelt[left]
        left, home = left[there], (home[there] + 1) % len(slots)
    return alphabet, alone, np.packbits(seen, bitorder="little"), slots


def _hashes(spelt: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    return (spelt * np.uint64(MULTIPLIER) >> np.uint64(64 - bits)).astype(np.int64)


def find_needles(codes: CodePoints, table: NeedleTable) -> tuple[Offsets, NDArray[np.int32]]:
    """
    Find the words of a table in a text: return the offset of each one's last character, and its number.

    They come in text order; of words that end at the same character, the shorter first.
    """
    keys, numbers, goes_on = table.keys, table.numbers, table.goes_on
    letters = table.alphabet[codes].astype(np.uint64)
    ends = [np.flatnonzero(letters >= np.uint64(table.alone))]
    words = [numbers[np.searchsorted(keys, letters[ends[0]])]]
    two = letters[:-1] << np.uint64(LETTER_BITS) | letters[1:]
    at = np.flatnonzero(table.pairs[_hashes(two, PAIR_BITS)])
    at = at[(letters[at] > 0) & (letters[at + 1] > 0)]
    spelt = two[at]
    for n in range(2, LONGEST_NEEDLE + 1):
        rows = np.searchsorted(keys, spelt)
        known = np.flatnonzero(keys[rows] == spelt)
        rows, at = rows[known], at[known]
        found = np.flatnonzero(numbers[rows] >= 0)
        ends.append(at[found] + n - 1)
        words.append(numbers[rows[found]])
        more = np.flatnonzero(goes_on[rows] & (at + n < len(letters)))
        at = at[more]
        if not len(at):
            break
        spelt = keys[rows[more]] << np.uint64(LETTER_BITS) | letters[at + n]
    every = np.concatenate(ends)
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate(words)[order]
