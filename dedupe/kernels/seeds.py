"""
Seeds and blocks: the exact matches of a sequence of code points with itself.

A seed is a run of ``seed_length`` equal characters; seeds that follow one another at one distance
are a block. Sorting finds them all; a place is compared with at most ``MAX_SEEDS`` earlier ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import ngram_hashes
from dedupe.kernels.view import CodePoints

MAX_SEEDS = 8
"""Earlier occurrences a seed is compared with; more copies than that are found through each other."""

_STRIPE = 256
"""Diagonals that are counted together; wider than the gaps that a chain bridges."""


class Block(NamedTuple):
    """Characters ``[at, at + length)`` equal those at ``[twin, twin + length)``, and ``twin < at``."""

    at: int
    twin: int
    length: int

    @property
    def diagonal(self) -> int:
        """How far the copy stands behind its twin."""
        return self.at - self.twin


def find_blocks(codes: CodePoints, seed_length: int, min_distance: int, max_gap: int) -> list[Block]:
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
    return _mended(codes, _runs(at[far], at[far] - twin[far], seed_length), max_gap)


def _runs(at: NDArray[np.int64], diagonal: NDArray[np.int64], seed_length: int) -> list[Block]:
    """Join seeds that follow one another on a diagonal; ordered by diagonal, then place."""
    if not len(at):
        return []
    order = np.lexsort((at, diagonal))
    at, diagonal = at[order], diagonal[order]
    breaks = np.flatnonzero((np.diff(at) != 1) | (np.diff(diagonal) != 0)) + 1
    first = np.concatenate(([0], breaks))
    last = np.concatenate((breaks, [len(at)])) - 1
    starts, lengths, diagonals = at[first], at[last] - at[first] + seed_length, diagonal[first]
    crowd = _crowded(diagonals, lengths, 2 * seed_length)
    rows = zip(starts[crowd].tolist(), diagonals[crowd].tolist(), lengths[crowd].tolist(), strict=True)
    return [Block(start, start - diagonal, length) for start, diagonal, length in rows]


def _crowded(diagonals: NDArray[np.int64], lengths: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    """
    Which blocks have enough equal characters on the diagonals around them to be part of a chain.

    Most do not: a name or a common phrase that stands twice is one short block, alone.
    """
    stripe = (diagonals // _STRIPE).astype(np.int64)
    total = np.bincount(stripe + 1, weights=lengths, minlength=int(stripe.max()) + 3)
    return np.asarray(total[stripe] + total[stripe + 1] + total[stripe + 2] >= least)


def _mended(codes: CodePoints, blocks: list[Block], max_gap: int) -> list[Block]:
    """
    Join blocks of a diagonal between which the text is equal after all: a phrase that stands
    more than ``MAX_SEEDS`` times in between had no seed left for this copy. Ordered by place.
    """
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if last is not None and last.diagonal == block.diagonal and block.at - last.at - last.length <= 2 * max_gap:
            end = last.at + last.length
            if np.array_equal(codes[end : block.at], codes[end - last.diagonal : block.twin]):
                out[-1] = Block(last.at, last.twin, block.at + block.length - last.at)
                continue
        out.append(block)
    return sorted(out)
