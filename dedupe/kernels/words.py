"""A quick count over a text: its letters by script, its words, and how many of them are among a few known words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, looked_up

SCRIPTS: Final = 8
LONGEST_WORD: Final = 6
SLOTS: Final = 1021


class Words(NamedTuple):
    """
    Known words of at most `LONGEST_WORD` lower-case Latin letters, and the ``script`` of these letters.

    None contains k, which has two capitals in Unicode. ``table`` is an open-addressing hash table: each word is one
    number, five bits per letter, at its remainder modulo `SLOTS` or the next free slot.
    """

    words: frozenset[str]
    script: int
    table: NDArray[np.int64]

    @classmethod
    def of(cls, words: Iterable[str], script: int) -> Words:
        """Build the table of these words."""
        known = frozenset(words)
        table = np.zeros(SLOTS + len(known), dtype=np.int64)
        for key in sorted(map(_key, known)):
            at = key % SLOTS
            table[at + int((table[at:] == 0).argmax())] = key
        return cls(known, script, table)


def _key(word: str) -> int:
    key = 0
    for letter in word:
        key = key << 5 | ord(letter) - ord("a") + 1
    return key


@twinned
def letters_and_words(
    codes: CodePoints, scripts: NDArray[np.uint8], sample: int, known: Words
) -> tuple[list[int], int, int]:
    """
    Count letters by script, words, and known words.

    Returns the number of characters of each of the eight scripts in the table, among the first ``sample`` characters
    (script 0 counts non-letters); and, if most letters are of the known words' script, the number of words between
    the blanks of the whole text and how many of them are known in any case; otherwise 0 and 0.

    >>> from dedupe.kernels.view import code_points
    >>> table = np.zeros(0x110000, dtype=np.uint8)
    >>> table[ord("a") : ord("z") + 1] = 1
    >>> letters_and_words(code_points("The rain, the\\nroad"), table, 8, Words.of(["the", "road"], 1))
    ([2, 6, 0, 0, 0, 0, 0, 0], 4, 3)
    """
    counts: list[int] = np.bincount(looked_up(scripts, codes[:sample]), minlength=SCRIPTS).tolist()
    if 2 * counts[known.script] <= sum(counts[1:]):
        return counts, 0, 0
    said = codes.tobytes().decode("utf-32-le", "surrogatepass").lower().split()
    return counts, len(said), sum(map(known.words.__contains__, said))
