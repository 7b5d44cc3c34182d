"""
Seed and chain: where a sequence of code points repeats itself, with exact borders.

A seed is a run of equal characters, of one length. Seeds on one diagonal grow into blocks
(exact matches); blocks whose gaps are small on both sides, and whose diagonals are near, form a
chain: one copy of a passage, with its edits in the gaps. Linear in the text but for sorting;
a place is compared with at most ``MAX_SEEDS`` earlier ones, so that a phrase written a million
times stays a million steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.runs import equal_runs
from dedupe.kernels.seeds import BRIDGE, Block, BlockRows, find_blocks
from dedupe.kernels.shingles import Hashes64
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints

_TRIES = 4
_REACH = 4096
_WINDOW = 64
"""How many blocks a chain tries; how far back, and among how many, it looks for what comes before it."""

MAX_CHAINS = 1 << 11
"""Chains of one document that are judged at a time, the longest of them."""

_PIECE = 1 << 12


class Chain(NamedTuple):
    """
    Blocks in order, ascending in both copies: a later copy ``[start, end)`` of an earlier passage.

    ``matched`` is how many characters are equal. All of it follows from the blocks: see ``of``.
    """

    blocks: tuple[Block, ...]
    start: int
    end: int
    twin_start: int
    twin_end: int
    matched: int

    @classmethod
    def of(cls, blocks: tuple[Block, ...]) -> Chain:
        """The chain of these blocks."""
        (start, twin_start, _), (at, twin, length) = blocks[0], blocks[-1]
        return cls(blocks, start, at + length, twin_start, twin + length, sum([block[2] for block in blocks]))

    def turned(self) -> Chain:
        """The same likeness seen from the earlier copy: ``at`` and ``twin`` change places."""
        return Chain.of(tuple([Block(twin, at, length) for at, twin, length in self.blocks]))


def find_chains(
    codes: CodePoints, seeds: Hashes64, least: int, max_gap: int, min_alike: float, min_run: int
) -> list[Chain]:
    """
    The chains of at least ``least`` equal characters, the longest first, ``MAX_CHAINS`` at the most.

    ``seeds`` are the hashes of every run of a seed's length. Copies that begin less than ``least``
    characters apart are a rhythm, no repeat. A gap that is wide on both sides is bridged where this
    share of it is alike; ``min_run`` equal characters in a gap are part of the copy.

    >>> from dedupe.kernels.shingles import shingle_hashes
    >>> text = "abcdefghij" + "XY" + "abcdeZfghij"
    >>> codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    >>> [c] = find_chains(codes, shingle_hashes(codes, 4), 9, 3, 0.6, 2)
    >>> c.start, c.end, c.twin_start, c.twin_end, c.matched
    (12, 23, 0, 10, 10)
    """
    blocks = find_blocks(codes, seeds, least, max_gap)
    if not len(blocks):
        return []
    seed_length = len(codes) - len(seeds) + 1
    rows, counts = chained(codes, blocks, least, max_gap, 2 * seed_length, min_alike, min_run)
    blocks_in_order = map(Block._make, rows.tolist())
    chains = [Chain.of(tuple(islice(blocks_in_order, count))) for count in counts.tolist()]
    return sorted(chains, key=lambda c: (-c.matched, c.start, c.twin_start))[:MAX_CHAINS]


@twinned
def chained(
    codes: CodePoints,
    blocks: BlockRows,
    least: int,
    max_gap: int,
    max_exchange: int,
    min_alike: float,
    min_run: int,
) -> tuple[BlockRows, NDArray[np.int64]]:
    """The blocks of the chains, one chain after the other, and how many each chain has."""
    chainer = _Chainer(codes, blocks, max_gap, max_exchange, min_alike)
    chains = [chain for chain in chainer.chains() if sum([block.length for block in chain]) >= least]
    chains = [_refined(codes, chain, min_run) for chain in chains]
    rows = [block for chain in chains for block in chain]
    counts = [len(chain) for chain in chains]
    return np.array(rows, dtype=np.int64).reshape(-1, 3), np.array(counts, dtype=np.int64)


class _Chainer:
    """Builds chains outward from the longest blocks, so that chance matches never lead one astray."""

    def __init__(self, codes: CodePoints, rows: BlockRows, max_gap: int, max_exchange: int, min_alike: float) -> None:
        self._codes = codes
        self._blocks = list(map(Block._make, rows.tolist()))
        self._used = [False] * len(rows)
        self._max_gap = max_gap
        self._max_exchange = max_exchange
        self._min_alike = min_alike
        self._neighbours = _Neighbours(rows, max_gap)

    def chains(self) -> list[Sequence[Block]]:
        """Every block in one chain."""
        order = sorted(range(len(self._blocks)), key=lambda k: (-self._blocks[k].length, k))
        return [self._around(k) for k in order if not self._used[k]]

    def _around(self, anchor: int) -> Sequence[Block]:
        self._used[anchor] = True
        chain = deque([self._blocks[anchor]])
        k = anchor
        while (found := self._after(k, chain[-1])) is not None:
            k = found
            self._used[k] = True
            chain.append(_clipped(self._blocks[k], chain[-1]))
        k = anchor
        while (found := self._before(k, chain[0])) is not None:
            k = found
            self._used[k] = True
            chain.appendleft(_clipped_before(self._blocks[k], chain[0]))
        return chain

    def _after(self, at: int, last: Block) -> int | None:
        """The free block that continues this one best: nearest diagonal, then nearest place."""
        if not (others := self._neighbours.behind(at)):
            return None
        near = (k for k in others if not self._used[k] and _follows(last, self._blocks[k], self._max_gap))
        return next((k for k in islice(near, _TRIES) if self._bridges(last, self._blocks[k])), None)

    def _before(self, at: int, first: Block) -> int | None:
        if not (others := self._neighbours.before(at)):
            return None
        near = (k for k in others if not self._used[k] and _follows(self._blocks[k], first, self._max_gap))
        return next((k for k in islice(near, _TRIES) if self._bridges(self._blocks[k], first)), None)

    def _bridges(self, last: Block, block: Block) -> bool:
        """Whether what stands between is little on one side, or one text with many slips."""
        gap, twin_gap = block.at - (last.at + last.length), block.twin - (last.twin + last.length)
        if min(gap, twin_gap) <= self._max_exchange:
            return True
        one = self._codes[last.at + last.length : block.at].tolist()
        two = self._codes[last.twin + last.length : block.twin].tolist()
        return SequenceMatcher(None, one, two, autojunk=False).ratio() >= self._min_alike


class _Neighbours:
    """
    For each block those that could come next to it in a chain: nearest diagonal, then nearest place.

    They are looked for in a window of the last ``_WINDOW`` blocks that begin near enough: a text of
    nothing but repeats costs a constant for each block.
    """

    def __init__(self, rows: BlockRows, max_gap: int) -> None:
        self._count = count = len(rows)
        starts, ends = rows[:, 0], rows[:, 0] + rows[:, 2]
        farthest = starts - max_gap - min(int(rows[:, 2].max()), _REACH)
        # The windows behind each block, then those before each.
        low = np.searchsorted(starts, np.concatenate((np.maximum(starts + 1, ends - max_gap), farthest)))
        high = np.concatenate((np.searchsorted(starts, ends + max_gap, side="right"), np.searchsorted(starts, starts)))
        low = np.maximum(low, high - _WINDOW)
        sizes = np.maximum(high - low, 0)
        pieces = range(0, 2 * count if sizes.any() else 0, _PIECE)
        found = [_pairs(rows, low[at : at + _PIECE], sizes[at : at + _PIECE], at, max_gap) for at in pieces]
        self._others: list[int] = [other for _, others in found for other in others.tolist()]
        owners = np.concatenate([window for window, _ in found]) if found else np.empty(0, dtype=np.int64)
        self._ends: list[int] = np.bincount(owners + 1, minlength=2 * count + 1).cumsum().tolist()

    def behind(self, block: int) -> list[int]:
        """Those that may follow this block."""
        return self._others[self._ends[block] : self._ends[block + 1]]

    def before(self, block: int) -> list[int]:
        """Those that this block may follow."""
        return self.behind(block + self._count)


def _pairs(
    rows: BlockRows, low: NDArray[np.intp], sizes: NDArray[np.intp], first: int, max_gap: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The windows from ``first`` on, each with every block in it that may stand next to its own, the nearest first."""
    window = np.repeat(np.arange(len(low)), sizes)
    other = np.arange(len(window)) - (np.cumsum(sizes) - sizes - low)[window]
    window += first
    before = window >= len(rows)
    block = window - before * len(rows)
    diagonals = rows[:, 0] - rows[:, 1]
    aside = abs(diagonals[block] - diagonals[other])
    one, two = np.where(before, (other, block), (block, other))
    near = np.flatnonzero((aside <= max_gap) & _follows(rows[one].T, rows[two].T, max_gap))
    near = near[np.lexsort((np.where(before, -other, other)[near], aside[near], window[near]))]
    return window[near], other[near]


def _follows(last: Any, block: Any, max_gap: int) -> Any:
    """
    Whether the block stands behind the last one in both copies, near enough to be one text.

    A gap must be worth what lies behind it: eight common characters after fifty others are
    chance. Much text on both sides is two texts, each of which may have its twin elsewhere.
    Works on blocks and on columns of them.
    """
    (last_at, last_twin, last_length), (at, twin, length) = last, block
    gap, twin_gap = at - last_at - last_length, twin - last_twin - last_length
    shift, worth = abs(gap - twin_gap), BRIDGE * length
    last_worth = BRIDGE * last_length
    return (
        (shift <= max_gap)
        & (gap <= max_gap)
        & (twin_gap <= max_gap)
        & (shift <= worth)
        & (gap <= worth)
        & (twin_gap <= worth)
        & (shift <= last_worth)
        & (gap <= last_worth)
        & (twin_gap <= last_worth)
        & (gap + length > 0)
        & (twin_gap + length > 0)
        & (at > last_at)
        & (twin > last_twin)
    )


def _refined(codes: CodePoints, chain: Sequence[Block], min_run: int) -> list[Block]:
    """
    The chain with its gaps aligned too, and grown at its ends while the text is equal, up to ``_REACH``.

    Two slips near one another leave a stretch between them that is too short for a seed; a phrase
    that stands all over the page had no seed to spare for this copy.
    """
    blocks: list[Block] = []
    for block in chain:
        if blocks:
            at, twin = blocks[-1].at + blocks[-1].length, blocks[-1].twin + blocks[-1].length
            if min(block.at - at, block.twin - twin) >= min_run:
                inner = equal_runs(codes[at : block.at].tolist(), codes[twin : block.twin].tolist(), min_run)
                blocks += [Block(at + run.at, twin + run.twin, run.length) for run in inner]
        blocks.append(block)
    first = blocks[0]
    reach = min(_REACH, first.twin)
    before = _equal_run(codes[first.at - reach : first.at][::-1], codes[first.twin - reach : first.twin][::-1])
    blocks[0] = Block(first.at - before, first.twin - before, first.length + before)
    last = blocks[-1]
    at, twin = last.at + last.length, last.twin + last.length
    after = _equal_run(codes[at : at + _REACH], codes[twin : twin + _REACH])
    blocks[-1] = Block(last.at, last.twin, last.length + after)
    return blocks


def _equal_run(one: CodePoints, two: CodePoints) -> int:
    """How many characters at the start of two stretches are equal; as a rule none."""
    size = min(len(one), len(two))
    if not size or one[0] != two[0]:
        return 0
    differ = np.flatnonzero(one[:size] != two[:size])
    return int(differ[0]) if len(differ) else size


def _overlap(last: Block, block: Block) -> int:
    return max(0, last.at + last.length - block.at, last.twin + last.length - block.twin)


def _clipped(block: Block, last: Block) -> Block:
    """The part of the block behind the last one in both copies."""
    over = _overlap(last, block)
    return Block(block.at + over, block.twin + over, block.length - over)


def _clipped_before(block: Block, first: Block) -> Block:
    """The part of the block before the first one in both copies."""
    return Block(block.at, block.twin, block.length - _overlap(block, first))
