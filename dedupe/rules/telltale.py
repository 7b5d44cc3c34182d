"""
What the patterns of a book reveal: which rules a word in a line points to, and which the characters at its edges.

Rules are identified by their number, in the order in which they are tried; a set of rules is an integer with one bit
per rule. The result is never too small: a rule that matches is always included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from operator import xor
from typing import NamedTuple

from dedupe.kernels.needles import MOST_LETTERS
from dedupe.kernels.signs import Told
from dedupe.rules.needles import PatternReader
from dedupe.rules.ranges import Ranges

Mask = int
"""A set of rules: bit k stands for the rule that is tried k-th."""

Needed = tuple[Mask, frozenset[str] | None, tuple[frozenset[str], ...]]
"""A rule, the words of which it needs one (None if unknown), and the sets of which it needs one each in sequence."""


class Telltale(NamedTuple):
    """
    What is known about a book's patterns before any line is seen.

    ``first`` and ``last`` map the code points at which the set of rules changes that may begin (or end) with a
    character to the new set. ``begun`` are the rules that are active at each stage from the beginning, and ``words``
    what to look for, by needle (`dedupe.kernels.signs`). One bit after those of the rules says that a credit may begin
    inside the line. ``least`` is the minimum length of a match of each rule.
    """

    first: dict[int, Mask]
    last: dict[int, Mask]
    begun: list[Mask]
    words: dict[str, Told]
    least: list[int]


def telltale(patterns: Sequence[str], starts: Iterable[str] = (), reader: PatternReader | None = None) -> Telltale:
    """
    Analyse the patterns of rules, and those of the words with which a credit may begin inside a line.

    >>> told = telltale(["By .+", "来源：.+"])
    >>> told.first[ord("B")], told.first[ord("来")], sorted(told.words)
    (1, 2, ['By ', '来源'])
    """
    reader = reader or PatternReader()
    clues = [reader.read(pattern) for pattern in patterns]
    needed: list[Needed] = [(1 << k, clue.words, clue.row) for k, clue in enumerate(clues)]
    needed += [(1 << len(clues), reader.read(start).words, ()) for start in starts]
    begun, words = _told(needed, reader.needle)
    first, last = _turns([clue.first for clue in clues]), _turns([clue.last for clue in clues])
    return Telltale(first, last, begun, words, [clue.least for clue in clues])


def _turns(allowed: Sequence[Ranges]) -> dict[int, Mask]:
    """Return the code points at which the set of rules that allow a character changes, with the new sets."""
    together: defaultdict[Ranges, Mask] = defaultdict(int)
    for k, ranges in enumerate(allowed):
        together[ranges] |= 1 << k
    turns: defaultdict[int, Mask] = defaultdict(int, {0: 0})
    for ranges, mask in together.items():
        for low, high in ranges:
            turns[low] ^= mask
            turns[high + 1] ^= mask
    bounds = sorted(turns)
    return dict(zip(bounds, accumulate((turns[bound] for bound in bounds), xor), strict=True))


def _told(needed: Sequence[Needed], needle: Callable[[str], str]) -> tuple[list[Mask], dict[str, Told]]:
    """Return the rules active at each stage from the beginning, and the words to look for, by needle, with rules."""
    stages = max((len(row) for _, _, row in needed), default=0)
    begun: list[Mask] = [0] * (stages + 3)
    tells: defaultdict[str, defaultdict[int, Mask]] = defaultdict(lambda: defaultdict(int))
    letters: set[str] = set()

    def look_for(words: frozenset[str] | None, stage: int, rule: Mask) -> bool:
        letters.update(*words or ())
        if words is None or len(letters) > MOST_LETTERS or any("\0" in word for word in words):
            return False
        for word in words:
            tells[word][stage] |= rule
        return True

    for rule, words, row in needed:
        at = stages
        for one in reversed(row):
            at -= look_for(one, at, rule)
        begun[at] |= rule
        begun[-2] |= rule
        begun[-1] |= 0 if look_for(words, stages + 2, rule) else rule
    told: defaultdict[str, list[tuple[str, int, list[tuple[int, Mask]]]]] = defaultdict(list)
    for word, found in tells.items():
        if "\n" not in word:  # no line contains one
            part = needle(word)
            told[part].append((word, word.index(part) + len(part) - 1, sorted(found.items(), reverse=True)))
    return begun, dict(told)
