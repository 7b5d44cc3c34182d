"""What a glance at a text counts: its letters by script, its words, and those of them that are among a few known."""

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
    Words of at most `LONGEST_WORD` small Latin letters, without k, of which there are two capitals in Unicode;
    each as one number, five bits a letter, in a table: at the place that its remainder by `SLOTS` tells or, where
    that is taken, at the next free one. ``script`` is that of their letters.
    """

    words: frozenset[str]
    script: int
    table: NDArray[np.int64]

    @classmethod
    def of(cls, words: Iterable[str], script: int) -> Words:
        """These words."""
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
    How many of the first ``sample`` characters are of each of the eight scripts that a table has for code points,
    0 for those that are no letters; where most letters are of the known words' script, how many words stand between
    the blanks of the text; and how many of them, in whatever case, are known.

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
