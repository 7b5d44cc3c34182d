"""
What to look for in lines, prepared: words, characters at the ends of a line, and the rules they point to.

A set of rules is an integer with one bit per rule.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.needles import NeedleTable, needle_slots, needle_table
from dedupe.kernels.view import CodePoints, Offsets

BLANK, STOP, END, JOINT, CLOSER = 1, 2, 4, 8, 16

_NUMBER = (1 << 64) - 1


class Limits(NamedTuple):
    """
    How much of a line is examined, in characters.

    The whole line if it has at most ``short``, or at most ``unended`` and no sentence end, or is a sentence of at most
    ``longest``; otherwise ``window`` at its head and ``window`` at its tail. A line longer than ``window`` is also
    a sentence, unless it consists of several credits.
    """

    short: int
    unended: int
    longest: int
    window: int


class Marks(NamedTuple):
    """
    Characters with a meaning at the ends of a line.

    A credit at a line's tail never ends with one of ``stops``, and a sentence always ends with one of ``ends``; a new
    sentence begins after ``closers``. ``joints`` stand between two credits.
    """

    stops: frozenset[str]
    ends: frozenset[str]
    joints: frozenset[str]
    closers: frozenset[str]


class Rules(NamedTuple):
    """
    Sets of rules.

    ``alone`` may match a whole line, ``sentences`` a whole sentence; ``pieces`` may stand in a row of credits, and
    ``rest`` in one that ends a text. ``starts`` is the bit that says that a credit may begin inside a line. ``zones``
    are the rules that apply in the first, second and third zone; ``lengths[n]`` are the rules that may match ``n``
    characters. ``begun`` are the rules that are active at each stage from the beginning (see `Told`).
    """

    heads: int
    tails: int
    sentences: int
    alone: int
    pieces: int
    rest: int
    starts: int
    zones: tuple[int, int, int]
    lengths: Sequence[int]
    begun: Sequence[int]


Told = Sequence[tuple[str, int, Sequence[tuple[int, int]]]]
"""
The words that share a needle, each with the position in it where the needle ends, and with the stages that it
advances, last first, and their rules.

A rule requires one of several words, and then a sequence of words: each word advances to its stage the rules that
have reached the stage before. A rule is indicated once it has reached the last stage, and the last but two, where
its sequence of words ends.
"""


class Edge(NamedTuple):
    """The rules that may begin (or end) with each character, and the code points at which that set changes."""

    of: Mapping[str, int]
    turns: Mapping[int, int]


class Packed(NamedTuple):
    """
    The same, laid out for the compiled twin.

    ``sets`` holds one set per row, 64 rules per number, the lowest first: the fixed sets, then those of the ``turns``
    of both edges, those active at each of the ``stages`` from the beginning, and others, to which ``lengths`` points.
    ``slots`` is an open-addressing hash table: the letters of a needle, and the range of its words (the first in the
    upper half, the one after the last in the lower). Each row of ``words`` says where the word is spelt and how long
    it is (0 if it is the needle itself), where in it the needle ends, and the range of its ``tells``. A tell is the
    index of a number in the table of sets by stage, and the rules to set in it: most words tell of one rule or a few.
    Data used together is stored together, since it is read with a cold cache.
    """

    limits: Offsets
    kinds: NDArray[np.uint8]
    first_turns: Offsets
    last_turns: Offsets
    sets: NDArray[np.uint64]
    stages: int
    lengths: Offsets
    words: NDArray[np.int32]
    tells: NDArray[np.uint64]
    spelt: CodePoints
    alphabet: NDArray[np.uint16]
    alone: int
    seen: NDArray[np.uint8]
    slots: NDArray[np.uint64]


@dataclass(frozen=True)
class Signs:
    """
    What to look for in lines, and the rules it points to; ``words`` lists the words of each needle.

    What each face of the kernel needs is prepared on first use: a job of a few files needs only one of them.
    """

    limits: Limits
    marks: Marks
    rules: Rules
    first: Edge
    last: Edge
    words: Mapping[str, Told]

    @cached_property
    def told(self) -> Sequence[Told]:
        """The words of each needle, in the order of the table."""
        return list(self.words.values())

    @cached_property
    def table(self) -> NeedleTable:
        """The needles, for the reference."""
        return needle_table(list(self.words))

    @cached_property
    def packed(self) -> Packed:
        """Everything, for the compiled twin."""
        return _packed(self)


def _packed(signs: Signs) -> Packed:
    rules, first, last = signs.rules, signs.first.turns, signs.last.turns
    sets = _Sets([*rules[:7], *rules.zones, *first.values(), *last.values(), *rules.begun])
    lengths = [sets.row(one) for one in rules.lengths]
    largest = max((one for found in signs.words.values() for *_, told in found for _, one in told), default=0)
    packed = sets.packed(largest)
    width, numbers = packed.shape[1], dict[int, list[tuple[int, int]]]()
    words: list[tuple[int, int, int, int, int]] = []
    places, tells = array("Q"), array("Q")
    of_needle, spelt, at = [], [], 0
    for needle, found in signs.words.items():
        of_needle.append(len(words) << 32 | len(words) + len(found))
        for word, shift, stages in found:
            length = len(word) if len(word) > len(needle) else 0
            before = len(tells)
            for stage, one in stages:
                if one not in numbers:
                    numbers[one] = _numbers(one)
                for place, those in numbers[one]:
                    places.append(stage * width + place)
                    tells.append(those)
            words.append((at, length, shift, before, len(tells)))
            if length:
                spelt.append(word)
                at += length
    return Packed(
        np.array(signs.limits, np.int64),
        _kinds(signs.marks),
        np.array(list(first), np.int64),
        np.array(list(last), np.int64),
        packed,
        len(rules.begun),
        np.array(lengths, np.int64),
        np.array(words, np.int32).reshape(-1, 5),
        np.column_stack([np.frombuffer(places, np.uint64), np.frombuffer(tells, np.uint64)]),
        np.frombuffer("".join(spelt).encode("utf-32-le"), dtype="<u4"),
        *needle_slots(list(signs.words), np.array(of_needle, np.uint64)),
    )


def _numbers(one: int) -> list[tuple[int, int]]:
    """Return the non-zero 64-bit numbers of a set, each with its index."""
    return [(at, rules) for at in range(one.bit_length() // 64 + 1) if (rules := one >> 64 * at & _NUMBER)]


class _Sets:
    """Sets in the order in which they were first requested, without duplicates apart from the initial ones."""

    def __init__(self, first: list[int]) -> None:
        self._sets = first
        self._rows: dict[int, int] = {}

    def row(self, one: int) -> int:
        found = self._rows.get(one)
        if found is None:
            found = self._rows[one] = len(self._sets)
            self._sets.append(one)
        return found

    def packed(self, largest: int) -> NDArray[np.uint64]:
        """Return all sets as rows wide enough for one as large as ``largest``."""
        size = max(largest, *self._sets).bit_length() // 64 * 8 + 8
        packed = np.frombuffer(b"".join([one.to_bytes(size, "little") for one in self._sets]), dtype="<u8")
        return packed.reshape(len(self._sets), -1)


def _kinds(marks: Marks) -> NDArray[np.uint8]:
    """Return the meaning of each code point at the end of a line."""
    kinds = np.zeros(0x110000, dtype=np.uint8)
    blank = frozenset(filter(str.isspace, map(chr, range(0x3001))))
    for characters, kind in zip((blank, *marks), (BLANK, STOP, END, JOINT, CLOSER), strict=True):
        kinds[[ord(c) for c in characters]] |= kind
    return kinds
