"""
Seed and chain: find where a sequence of code points repeats itself, with exact borders.

A seed is a run of equal characters of a fixed length. Seeds on the same diagonal grow into blocks
(exact matches); blocks on nearby diagonals with small gaps in both copies form a chain: one copy
of a passage, with its edits in the gaps. Apart from sorting, the cost is linear in the text: each
position is compared with at most ``MAX_SEEDS`` earlier ones, so a phrase written a million times
costs a million steps.
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
"""Blocks a chain tries at each step; how far back, and among how many blocks, it looks for a predecessor."""

MAX_CHAINS = 1 << 11
"""Maximum number of chains judged at a time in one document; the longest are taken."""

_PIECE = 1 << 12


class Chain(NamedTuple):
    """
    Blocks in ascending order in both copies: ``[start, end)`` is a later copy of an earlier passage.

    ``matched`` is the number of equal characters. Every field derives from the blocks: see ``of``.
    """

    blocks: tuple[Block, ...]
    start: int
    end: int
    twin_start: int
    twin_end: int
    matched: int

    @classmethod
    def of(cls, blocks: tuple[Block, ...]) -> Chain:
        """Build the chain of these blocks."""
        (start, twin_start, _), (at, twin, length) = blocks[0], blocks[-1]
        return cls(blocks, start, at + length, twin_start, twin + length, sum([block[2] for block in blocks]))

    def turned(self) -> Chain:
        """Return the same chain seen from the earlier copy: ``at`` and ``twin`` swapped."""
        return Chain.of(tuple([Block(twin, at, length) for at, twin, length in self.blocks]))


def find_chains(
    codes: CodePoints, seeds: Hashes64, least: int, max_gap: int, min_alike: float, min_run: int
) -> list[Chain]:
    """
    Return the chains of at least ``least`` equal characters, longest first, at most ``MAX_CHAINS``.

    ``seeds`` are the hashes of every run of seed length. Copies that begin less than ``least``
    characters apart are a rhythm, not a repeat. A gap that is wide in both copies is bridged if at least
    ``min_alike`` of it matches; ``min_run`` equal characters inside a gap belong to the copy.

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
    """Return the blocks of all chains, one chain after another, and the number of blocks in each chain."""
    chainer = _Chainer(codes, blocks, max_gap, max_exchange, min_alike)
    chains = [chain for chain in chainer.chains() if sum([block.length for block in chain]) >= least]
    chains = [_refined(codes, chain, min_run) for chain in chains]
    rows = [block for chain in chains for block in chain]
    counts = [len(chain) for chain in chains]
    return np.array(rows, dtype=np.int64).reshape(-1, 3), np.array(counts, dtype=np.int64)


class _Chainer:
    """Builds chains outward from the longest blocks, so that chance matches never lead a chain astray."""

    def __init__(self, codes: CodePoints, rows: BlockRows, max_gap: int, max_exchange: int, min_alike: float) -> None:
        self._codes = codes
        self._blocks = list(map(Block._make, rows.tolist()))
        self._used = [False] * len(rows)
        self._max_gap = max_gap
        self._max_exchange = max_exchange
        self._min_alike = min_alike
        self._neighbours = _Neighbours(rows, max_gap)

    def chains(self) -> list[Sequence[Block]]:
        """Put every block into exactly one chain."""
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
        """Return the unused block that best continues this one: nearest diagonal, then nearest position."""
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
        """Whether the gap is short in one of the copies, or holds the same text with many slips."""
        gap, twin_gap = block.at - (last.at + last.length), block.twin - (last.twin + last.length)
        if min(gap, twin_gap) <= self._max_exchange:
            return True
        one = self._codes[last.at + last.length : block.at].tolist()
        two = self._codes[last.twin + last.length : block.twin].tolist()
        return SequenceMatcher(None, one, two, autojunk=False).ratio() >= self._min_alike


class _Neighbours:
    """
    For each block, the blocks that could stand next to it in a chain: nearest diagonal, then nearest position.

    Only the last ``_WINDOW`` blocks that begin near enough are searched, so that even a text made of
    nothing but repeats costs a constant per block.
    """

    def __init__(self, rows: BlockRows, max_gap: int) -> None:
        self._count = count = len(rows)
        starts, ends = rows[:, 0], rows[:, 0] + rows[:, 2]
        farthest = starts - max_gap - min(int(rows[:, 2].max()), _REACH)
        # First the windows after each block, then the windows before each.
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
        """Return the blocks that may follow this one."""
        return self._others[self._ends[block] : self._ends[block + 1]]

    def before(self, block: int) -> list[int]:
        """Return the blocks that this one may follow."""
        return self.behind(block + self._count)


def _pairs(
    rows: BlockRows, low: NDArray[np.intp], sizes: NDArray[np.intp], first: int, max_gap: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair each window from ``first`` on with the blocks in it that may adjoin the window's own, nearest first."""
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
    Whether the block follows the last one in both copies, closely enough to belong to the same text.

    A gap must be justified by what follows it: eight common characters after fifty different ones are
    chance. A lot of text in both gaps means two texts, each of which may have its twin elsewhere.
    Works on single blocks and on columns of them.
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
    Return the chain with its gaps aligned too, and its ends extended by up to ``_REACH`` equal characters.

    Two slips close together leave a stretch between them that is too short for a seed; and a phrase
    repeated all over the page may have used up its seeds before reaching this copy.
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
    """Return the length of the common prefix of two stretches; it is usually 0."""
    size = min(len(one), len(two))
    if not size or one[0] != two[0]:
        return 0
    differ = np.flatnonzero(one[:size] != two[:size])
    return int(differ[0]) if len(differ) else size


def _overlap(last: Block, block: Block) -> int:
    return max(0, last.at + last.length - block.at, last.twin + last.length - block.twin)


def _clipped(block: Block, last: Block) -> Block:
    """Return the part of the block that lies after the last one in both copies."""
    over = _overlap(last, block)
    return Block(block.at + over, block.twin + over, block.length - over)


def _clipped_before(block: Block, first: Block) -> Block:
    """Return the part of the block that lies before the first one in both copies."""
    return Block(block.at, block.twin, block.length - _overlap(block, first))
