"""
What is looked for in lines, made ready: words, characters at the ends of a line, and the rules they tell of.

A set of rules is a number with a bit for each of them.
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
    How much of a line is looked at, in characters.

    All of it if it is ``short``, or has up to ``unended`` and ends with none of the ends, or is a sentence of up to
    ``longest``; else ``window`` at its head, and as much at its tail. One longer than ``window`` is a sentence, too,
    unless it is several credits.
    """

    short: int
    unended: int
    longest: int
    window: int


class Marks(NamedTuple):
    """
    Characters that mean something where a line ends.

    No credit at a line's tail ends with one of ``stops``, and no line is a sentence without one of ``ends``; behind
    ``closers`` a new sentence begins. ``joints`` stand between two credits.
    """

    stops: frozenset[str]
    ends: frozenset[str]
    joints: frozenset[str]
    closers: frozenset[str]


class Rules(NamedTuple):
    """
    Sets of rules.

    ``alone`` may be a whole line, ``sentences`` a whole sentence; ``pieces`` may stand in a row of credits, and
    ``rest`` in one that ends a text. ``starts`` is the bit that says that a credit may begin inside a line. ``zones``
    are those that hold in the first, the second and the third zone, and ``lengths`` those that may be so long, by
    length. ``begun`` are those that begin at each stage (see `Told`).
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
Words that are looked for with one needle, each with its place where the needle ends, and with the stages that it
tells of, the last first, and their rules.

A rule needs one of some words, and then words one behind the other: each brings those rules to its stage that have
come to the one before. It is told if it has come to the last stage, and to the last but two, where its row
of words ends.
"""


class Edge(NamedTuple):
    """What may begin with a character, or end with it; and the code points at which that becomes another set."""

    of: Mapping[str, int]
    turns: Mapping[int, int]


class Packed(NamedTuple):
    """
    The same for the compiled twin.

    ``sets`` has 64 rules a number, the lowest first, a set a row: the fixed ones, then those of the ``turns`` of both
    edges, those that begin at the ``stages``, and others, to which ``lengths`` leads. ``slots`` have the
    letters of a needle at the first place from their hash on that was empty, and its words: the first of them,
    and in the lower half the one behind the last. Of each of the ``words``: where it is spelt and how long it is
    (0 if it is the needle), where in it the needle ends, and its first of the ``tells`` and the one behind the last.
    A tell is a number's place in a table of sets by stage, and the rules in it: most words tell of one rule or a few.
    What is found together stands together, since it is met with a cold cache.
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
    What is looked for in lines, and what it tells of; ``words`` are those of each needle.

    What each face of the kernel needs is made ready when it is first wanted: a job of a few files sees one.
    """

    limits: Limits
    marks: Marks
    rules: Rules
    first: Edge
    last: Edge
    words: Mapping[str, Told]

    @cached_property
    def told(self) -> Sequence[Told]:
        """The words of each needle of the table."""
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
    """The numbers of a set that are not 0, each with its place."""
    return [(at, rules) for at in range(one.bit_length() // 64 + 1) if (rules := one >> 64 * at & _NUMBER)]


class _Sets:
    """Sets in the order in which they were first asked for, none but the first ones twice."""

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
        """All of them, with room for one as large as this."""
        size = max(largest, *self._sets).bit_length() // 64 * 8 + 8
        packed = np.frombuffer(b"".join([one.to_bytes(size, "little") for one in self._sets]), dtype="<u8")
        return packed.reshape(len(self._sets), -1)


def _kinds(marks: Marks) -> NDArray[np.uint8]:
    """What each code point means at the end of a line."""
    kinds = np.zeros(0x110000, dtype=np.uint8)
    blank = frozenset(filter(str.isspace, map(chr, range(0x3001))))
    for characters, kind in zip((blank, *marks), (BLANK, STOP, END, JOINT, CLOSER), strict=True):
        kinds[[ord(c) for c in characters]] |= kind
    return kinds
