"""
Seed and chain: where a sequence of code points repeats itself, with exact borders.

A seed is a run of ``seed_length`` equal characters. Seeds on one diagonal grow into blocks
(exact matches); blocks whose gaps are small on both sides, and whose diagonals are near, form a
chain: one copy of a passage, with its edits in the gaps. Linear in the text but for sorting;
a place is compared with at most ``MAX_SEEDS`` earlier ones, so that a phrase written a million
times stays a million steps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import ngram_hashes
from dedupe.kernels.view import CodePoints

MAX_SEEDS = 8
"""Earlier occurrences a seed is compared with; more copies than that are found through each other."""


class Block(NamedTuple):
    """Characters ``[at, at + length)`` equal those at ``[twin, twin + length)``, and ``twin < at``."""

    at: int
    twin: int
    length: int

    @property
    def diagonal(self) -> int:
        return self.at - self.twin


class Chain(NamedTuple):
    """Blocks in order, ascending in both copies: a later copy of an earlier passage."""

    blocks: tuple[Block, ...]

    @property
    def start(self) -> int:
        return self.blocks[0].at

    @property
    def end(self) -> int:
        return self.blocks[-1].at + self.blocks[-1].length

    @property
    def twin_start(self) -> int:
        return self.blocks[0].twin

    @property
    def twin_end(self) -> int:
        return self.blocks[-1].twin + self.blocks[-1].length

    @property
    def matched(self) -> int:
        return sum(block.length for block in self.blocks)

    def turned(self) -> Chain:
        """The same likeness seen from the earlier copy: ``at`` and ``twin`` change places."""
        return Chain(tuple(Block(b.twin, b.at, b.length) for b in self.blocks))


def find_chains(codes: CodePoints, seed_length: int, min_matched: int, max_gap: int) -> list[Chain]:
    """
    The chains of at least ``min_matched`` equal characters, the longest first.

    Copies that begin less than ``min_matched`` characters apart are a rhythm, no repeat.

    >>> text = "abcdefghij" + "XY" + "abcdeZfghij"
    >>> [c] = find_chains(np.frombuffer(text.encode("utf-32-le"), "<u4"), 4, 9, 3)
    >>> c.start, c.end, c.twin_start, c.twin_end, c.matched
    (12, 23, 0, 10, 10)
    """
    blocks = _blocks(codes, seed_length, min_matched)
    chains = [c for c in _chain(blocks, max_gap) if c.matched >= min_matched]
    return sorted(chains, key=lambda c: (-c.matched, c.start, c.twin_start))


def _blocks(codes: CodePoints, seed_length: int, min_distance: int) -> list[Block]:
    """All maximal exact matches of at least a seed's length, ordered by place."""
    hashes = ngram_hashes(codes, seed_length)
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    later, earlier = [], []
    for step in range(1, min(MAX_SEEDS, len(ordered) - 1) + 1):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not len(same):
            break
        later.append(order[same + step])
        earlier.append(order[same])
    if not later:
        return []
    at, twin = np.concatenate(later), np.concatenate(earlier)
    far = at - twin >= min_distance
    return _runs(at[far], at[far] - twin[far], seed_length)


def _runs(at: NDArray[np.int64], diagonal: NDArray[np.int64], seed_length: int) -> list[Block]:
    """Join seeds that follow one another on a diagonal."""
    if not len(at):
        return []
    order = np.lexsort((at, diagonal))
    at, diagonal = at[order], diagonal[order]
    breaks = np.flatnonzero((np.diff(at) != 1) | (np.diff(diagonal) != 0)) + 1
    first = np.concatenate(([0], breaks))
    last = np.concatenate((breaks, [len(at)])) - 1
    starts, lengths, diagonals = at[first], at[last] - at[first] + seed_length, diagonal[first]
    order = np.lexsort((diagonals, starts))
    rows = zip(starts[order].tolist(), diagonals[order].tolist(), lengths[order].tolist(), strict=True)
    return [Block(start, start - diagonal, length) for start, diagonal, length in rows]


def _chain(blocks: list[Block], max_gap: int) -> list[Chain]:
    """Append each block to the open chain it continues best, or open one."""
    done: list[list[Block]] = []
    active: list[list[Block]] = []
    for block in blocks:
        still: list[list[Block]] = []
        best: list[Block] | None = None
        for chain in active:
            if block.at - (chain[-1].at + chain[-1].length) > max_gap:
                continue
            still.append(chain)
            if _continues(chain[-1], block, max_gap) and (best is None or _distance(chain, block) < _distance(best, block)):
                best = chain
        active = still
        if best is None:
            active.append([block])
            done.append(active[-1])
        else:
            _append(best, block)
    return [Chain(tuple(chain)) for chain in done]


def _continues(last: Block, block: Block, max_gap: int) -> bool:
    return (
        abs(block.diagonal - last.diagonal) <= max_gap
        and block.twin - (last.twin + last.length) <= max_gap
        and block.at + block.length > last.at + last.length
        and block.twin + block.length > last.twin + last.length
    )


def _distance(chain: list[Block], block: Block) -> int:
    return abs(block.diagonal - chain[-1].diagonal)


def _append(chain: list[Block], block: Block) -> None:
    """Append the part of the block that lies behind the chain's end in both copies."""
    last = chain[-1]
    overlap = max(0, last.at + last.length - block.at, last.twin + last.length - block.twin)
    if overlap < block.length:
        chain.append(Block(block.at + overlap, block.twin + overlap, block.length - overlap))
