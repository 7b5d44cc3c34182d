"""
Extend a copy's alignment to its borders, across slips that leave no seed.

Seeds find longer equal runs. A first line of eight characters with a slip in it has none, nor has a
sentence with a slip in every other word; both belong to the copy next to them. They are compared in
full, passage by passage, as long as they are alike.
"""

from __future__ import annotations

import numpy as np

from dedupe.kernels.align import Chain
from dedupe.kernels.runs import equal_runs
from dedupe.kernels.seeds import Block
from dedupe.stages.page import Page

_PASSAGES = 8
"""Passages by which a copy is extended at each end at most: more than any head or foot has."""


def stretched(page: Page, chains: list[Chain]) -> list[Chain]:
    """The chains of one copy, joined where the text between them is alike, and extended at both ends."""
    joined = [chains[0]]
    for chain in chains[1:]:
        bridge = _bridge(page, joined[-1], chain)
        if bridge is None:
            joined.append(chain)
        else:
            joined[-1] = Chain.of((*joined[-1].blocks, *bridge, *chain.blocks))
    joined[0] = _backward(page, joined[0])
    joined[-1] = _forward(page, joined[-1], joined[0].start)
    return [_settled(page, chain) for chain in joined]


def _bridge(page: Page, first: Chain, second: Chain) -> list[Block] | None:
    """The equal runs between two chains, if the stretches between them are the same text with slips."""
    one, two = (first.end, second.start), (first.twin_end, second.twin_start)
    longest = page.scaled(page.settings.max_passage)
    if not (0 <= one[1] - one[0] <= longest and 0 <= two[1] - two[0] <= longest):
        return None
    return _alike(page, one, two)


def _alike(page: Page, one: tuple[int, int], two: tuple[int, int]) -> list[Block] | None:
    length = max(one[1] - one[0], two[1] - two[0])
    codes = page.view.codes
    enough = page.settings.min_alike * length
    runs = equal_runs(codes[slice(*one)].tolist(), codes[slice(*two)].tolist(), page.settings.min_run, enough)
    if sum(run.length for run in runs) < enough:
        return None
    return [Block(one[0] + run.at, two[0] + run.twin, run.length) for run in runs]


def _backward(page: Page, chain: Chain) -> Chain:
    """Extend the chain by the passages before it, as long as they are alike."""
    for _ in range(_PASSAGES):
        first = int(np.searchsorted(page.bounds, chain.start, side="left")) - 1
        start = int(page.bounds[first]) if first >= 0 else 0
        length = chain.start - start
        if not 0 < length <= page.scaled(page.settings.max_gap) or start < chain.twin_end:
            break
        runs = _alike(page, (start, chain.start), (max(0, chain.twin_start - length), chain.twin_start))
        if not runs:
            break
        chain = Chain.of((*runs, *chain.blocks))
        if runs[0].at > start:
            break
    return chain


def _forward(page: Page, chain: Chain, limit: int) -> Chain:
    """Extend the chain by the passages after it, as long as they are alike."""
    for _ in range(_PASSAGES):
        after = int(np.searchsorted(page.bounds, chain.end, side="right"))
        end = int(page.bounds[min(after, len(page.bounds) - 1)])
        length = end - chain.end
        if not 0 < length <= page.scaled(page.settings.max_gap) or chain.twin_end + length > limit:
            break
        runs = _alike(page, (chain.end, end), (chain.twin_end, chain.twin_end + length))
        if not runs:
            break
        chain = Chain.of((*chain.blocks, *runs))
        if runs[-1].at + runs[-1].length < end:
            break
    return chain


def _settled(page: Page, chain: Chain) -> Chain:
    """
    Shift insertions to a passage border if the alignment allows it.

    In "Los corzos. La alcaldesa", the inserted text may equally well be "Los corzos. " or
    "os corzos. L"; the first is a whole passage.
    """
    blocks = [chain.blocks[0]]
    for block in chain.blocks[1:]:
        last = blocks[-1]
        start, end = last.at + last.length, block.at
        if last.twin + last.length == block.twin and start < end:
            shift = _shift(page, start, end, last.length, block.length)
            blocks[-1] = Block(last.at, last.twin, last.length + shift)
            block = Block(block.at + shift, block.twin + shift, block.length - shift)  # noqa: PLW2901
        blocks.append(block)
    return Chain.of(tuple(blocks))


def _shift(page: Page, start: int, end: int, before: int, after: int) -> int:
    """The smallest shift by which [start, end) begins at a passage border, given equal characters at its ends."""
    codes = page.view.codes
    back = ahead = 0
    while back + 1 < before and codes[start - back - 1] == codes[end - back - 1]:
        back += 1
    while ahead + 1 < after and codes[start + ahead] == codes[end + ahead]:
        ahead += 1
    low, high = np.searchsorted(page.bounds, (start - back, start + ahead + 1)).tolist()
    return min((int(bound) - start for bound in page.bounds[low:high]), key=abs, default=0)
