"""
Which lines of a text hold some of a few thousand words, and what these tell of; found in one pass.

What a word tells of is a set, of rules for instance. A line is short, and looked at whole, or only what stands
at its ends is, since most long lines are nothing but text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.needles import NeedleTable, find_needles, needle_table
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, Offsets, code_points

Sets = NDArray[np.uint64]
"""A set a row, 64 of its bits a number, the lowest first."""

BLANK, STOP, END = 1, 2, 4

_BATCH = 1024  # lines that are looked at together; of a long document, nothing but the answers takes memory


class Signs(NamedTuple):
    """
    What is looked for in lines, and what it tells of; sets are numbers with a bit for each member.

    ``limits`` are the length of lines that are looked at whole, of those that are if none of ``ends`` ends
    them, and, as sentences, if one does; and the window at the head of others, and at their tails if none
    of ``stops`` ends them. ``sets`` are what every line tells of, and what may stand at a head, at a tail and as a
    sentence; ``first`` what may begin with a character; ``told`` what each word of the ``table`` tells of.
    ``packed`` is the same for the compiled twin.
    """

    limits: tuple[int, int, int, int]
    stops: frozenset[str]
    ends: frozenset[str]
    sets: tuple[int, int, int, int]
    first: Mapping[str, int]
    told: Sequence[int]
    table: NeedleTable
    packed: tuple[NDArray[np.uint8], Offsets, Offsets, Sets]


def signs(
    limits: tuple[int, int, int, int],
    marks: tuple[frozenset[str], frozenset[str]],
    sets: tuple[int, int, int, int],
    first: Mapping[str, int],
    turns: Mapping[int, int],
    told: Mapping[str, int],
) -> Signs:
    """
    Make ready what is looked for; ``marks`` are the stops and the ends.

    ``turns`` are the code points, from 0 on, at which ``first`` becomes another set, and that set.
    """
    kinds = np.zeros(0x110000, dtype=np.uint8)
    for characters, kind in ((filter(str.isspace, map(chr, range(0x3001))), BLANK), (marks[0], STOP), (marks[1], END)):
        kinds[[ord(c) for c in characters]] |= kind
    known = [*sets, *turns.values(), *told.values()]
    size = max(known).bit_length() // 64 * 8 + 8
    packed = np.frombuffer(b"".join([one.to_bytes(size, "little") for one in known]), dtype="<u8")
    arrays = kinds, np.array(limits, np.int64), np.array(list(turns), np.int64), packed.reshape(len(known), -1)
    return Signs(limits, *marks, sets, first, list(told.values()), needle_table(list(told)), arrays)


Promising = tuple[int, int, int, int, int]
"""
The number of a line, its start and end; what is told at its head, or in all of it if it was looked at whole;
and what is told at its tail, if that was looked at apart.
"""


@twinned
def promising_lines(codes: CodePoints, signs: Signs) -> tuple[list[list[int]], list[Promising]]:
    """
    The lines of a text, start and end, without what is blank; and those of them that may hold something.

    A line is promising if what is told at its tail is for a tail, or what is told in it may begin with its first
    character; where only the head was looked at, for a head.
    """
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    lines: list[str] = []
    spans: list[list[int]] = []
    promising: list[Promising] = []
    at = 0
    for raw in text.split("\n"):
        if line := raw.strip():
            start = at + (raw.find(line) if len(line) < len(raw) else 0)
            lines.append(line)
            spans.append([start, start + len(line)])
        at += len(raw) + 1
    for k in range(0, len(spans), _BATCH):
        for number, head, tail in _promising(lines[k : k + _BATCH], signs):
            start, end = spans[k + number]
            promising.append((k + number, start, end, head, tail))
    return spans, promising


def _promising(lines: Sequence[str], signs: Signs) -> Iterator[tuple[int, int, int]]:
    """Of these lines the promising ones, by their number, and what is told in them."""
    (short, unended, longest, window), stops, ends, first = signs.limits, signs.stops, signs.ends, signs.first
    _always, heads, tails, sentences = signs.sets
    texts: list[str] = []
    ways: list[tuple[int, int, int]] = []  # the text for a line's head, what counts there, the text for its tail or -1
    for line in lines:
        n, ended, closes, at = len(line), line[-1] in ends, line[-1] not in stops, len(texts)
        if n <= short or (n <= unended and not ended):
            texts.append(line)
            ways.append((at, -1, at if closes else -1))
            continue
        is_sentence = ended and n <= longest
        texts.append(line if is_sentence else line[:window])
        ways.append((at, heads | sentences if is_sentence else heads, at + 1 if closes else -1))
        if closes:
            texts.append(line[-window:])
    found = _told(texts, signs)
    for number, (line, (at, placed, behind)) in enumerate(zip(lines, ways, strict=True)):
        head, tail = found[at], found[behind] if behind >= 0 else 0
        if head & first[line[0]] & placed or tail & tails:
            yield number, head, tail if behind > at else 0


def _told(texts: Sequence[str], signs: Signs) -> list[int]:
    """What the words in each of these texts tell of."""
    told = signs.told
    found = [signs.sets[0]] * len(texts)
    places, words = find_needles(code_points("\n".join(texts)), signs.table)
    for at, word in zip(places.tolist(), words.tolist(), strict=True):
        found[at] |= told[word]
    return found
