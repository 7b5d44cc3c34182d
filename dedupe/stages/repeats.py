"""
Passages that a document says twice.

Passage signatures propose: a document none of whose passages resembles another is done. Where
some do, alignment on the comparison view decides, character by character, where a copy begins
and ends, and what stands only in one of the copies. Marked are whole passages that the other
copy holds; a sentence that only the dropped copy has stays where it is.

What counts as a copy is said in `dedupe.stages.copies`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.facts import digits, replaced
from dedupe.kernels.align import Chain, find_chains
from dedupe.kernels.minhash import EMPTY, Signatures, share_band
from dedupe.kernels.seeds import Block
from dedupe.kernels.view import Offsets, View
from dedupe.model import Finding
from dedupe.settings import RepeatSettings
from dedupe.stages.copies import NOISY, Copy, find_copies, is_summary, is_template, noise
from dedupe.stages.page import Page

Mask = NDArray[np.bool_]

_EQUAL, _SLIPPED = 2, 1
"""How a character of the victim stands in its twin: itself, or as a slip; 0 is not at all."""

_BANDS, _ROWS = 32, 4
_MAX_DIFFERENCES = 20
_MIN_EQUAL = 0.5
"""Share of a passage that must stand in the twin to the letter."""

_SLIP = 4
"""Letters more than the twin has that are a slip or a particle, and no statement."""


def find_repeats(
    text: str, view: View, starts: Offsets, signatures: Signatures, settings: RepeatSettings
) -> tuple[Finding, ...]:
    """
    Mark the worse copy of every passage that stands twice.

    ``starts`` are the passages' starts in the text, ``signatures`` a row for each; or one row for
    all, and the passages are compared without being asked.
    """
    if len(signatures) == len(starts) and not resembling(signatures):
        return ()
    page = Page.of(text, view, starts, settings)
    seed = page.scaled(settings.seed_length)
    chains = find_chains(
        view.codes, seed, min(2 * seed, page.scaled(settings.min_length)), page.scaled(settings.max_gap)
    )
    gone = np.zeros(len(view), dtype=bool)
    findings: list[Finding] = []
    for copy in find_copies(page, chains):
        findings += _judge(page, copy, gone)
    return tuple(sorted(findings, key=lambda f: f.span))


def resembling(signatures: Signatures) -> bool:
    """
    Whether any two passages share a band: 32 bands of 4 rows propose 98 % of the pairs at
    Jaccard 0.6 and 5 % at 0.2, and one pair of a copy's many sentences is enough.
    """
    if signatures.shape[1] < _BANDS * _ROWS:
        return int((signatures != EMPTY).any(axis=1).sum()) >= 2
    return share_band(signatures, _BANDS, _ROWS)


def _judge(page: Page, copy: Copy, gone: Mask) -> list[Finding]:
    """The findings that one copy gives, and in ``gone`` the characters they take."""
    later = is_summary(page, copy) or _later_is_better(page, copy)
    findings: list[Finding] = []
    for chain in [_apart(page, chain) for chain in copy.chains]:
        flat = chain
        if chain.twin_end > chain.start:
            if any(block.diagonal != chain.blocks[0].diagonal for block in chain.blocks):
                continue  # a list whose items resemble each other
            flat = _unrolled(chain)
        if is_template(page, flat):
            continue
        if flat is not chain:
            findings += _mark(page, flat, gone)
            continue
        first, second = (chain.turned(), chain) if later else (chain, chain.turned())
        findings += _mark(page, first, gone) or _mark(page, second, gone)
    return findings


def _later_is_better(page: Page, copy: Copy) -> bool:
    """
    Whether the later copy should stay: the earlier one lost its line breaks, or stands alone as
    a summary or pull quote of what the later one says in context.
    """
    earlier = page.breaks(copy.twin_start, copy.twin_end)
    later = page.breaks(copy.start, copy.end)
    if later >= 2 and earlier < later / 2:
        return True
    alone_early = page.starts_line(copy.twin_start) and page.ends_line(copy.twin_end)
    alone_late = page.starts_line(copy.start) and page.ends_line(copy.end)
    return alone_early and not alone_late


def _apart(page: Page, chain: Chain) -> Chain:
    """
    The chain without a few characters that belong to both copies.

    Where copies touch, the likeness reaches beyond the border between them, if what stands before
    the first ends as the copies do, or what stands behind the second begins as they do.
    """
    overlap, first, last = chain.twin_end - chain.start, chain.blocks[0], chain.blocks[-1]
    if not 0 < overlap < first.diagonal // 4:
        return chain
    if first.at in page.bounds and overlap < last.length:
        return Chain((*chain.blocks[:-1], Block(last.at, last.twin, last.length - overlap)))
    if overlap < first.length:
        return Chain((Block(first.at + overlap, first.twin + overlap, first.length - overlap), *chain.blocks[1:]))
    return chain


def _unrolled(chain: Chain) -> Chain:
    """
    A passage repeated on its own heels, with every twin moved into its first occurrence.

    The diagonal is the period: what stands at distance k * period from the start is a copy.
    """
    period, root = chain.blocks[0].diagonal, chain.twin_start
    blocks: list[Block] = []
    for block in chain.blocks:
        at, end = block.at, block.at + block.length
        while at < end:
            into = (at - root) % period
            length = min(end - at, period - into)
            blocks.append(Block(at, root + into, length))
            at += length
    return Chain(tuple(blocks))


def _mark(page: Page, chain: Chain, gone: Mask) -> list[Finding]:
    """Findings for the runs of whole passages of the victim that the twin holds."""
    first = int(np.searchsorted(page.bounds, chain.start, side="right")) - 1
    last = int(np.searchsorted(page.bounds, chain.end, side="left"))
    bounds = page.bounds[first : last + 1]
    held = _held(page, chain, gone, int(bounds[0]), int(bounds[-1]))
    findings = []
    for start, end in _whole_passages(held, bounds):
        if gone[start:end].all():
            continue
        gone[start:end] = True
        findings.append(_finding(page, chain, start, end))
    return findings


def _held(page: Page, chain: Chain, gone: Mask, base: int, end: int) -> NDArray[np.uint8]:
    """How the victim's characters in [base, end) stand in the twin."""
    held = np.zeros(end - base, dtype=np.uint8)
    slack = page.scaled(page.settings.seed_length)
    for block in chain.blocks:
        held[block.at - base : block.at - base + block.length] = np.where(
            gone[block.twin : block.twin + block.length], 0, _EQUAL
        )
    facts = noise(page, chain) < NOISY
    for at, one, two in page.gaps(chain):
        if facts and _other_number(page, at, one, two):
            held[max(0, at - base - 1) : at - base + len(one) + 1] = 0
        elif _is_slip(page, one, two):
            held[at - base : at - base + len(one)] = _SLIPPED
    # A slip near the border leaves less than a seed unmatched on both sides.
    head, tail = chain.start - base, end - chain.end
    if 0 < head <= slack and _slipped(page, base, chain.start, chain.twin_start - head, chain.twin_start):
        held[:head] = _SLIPPED
    if 0 < tail <= slack and _slipped(page, chain.end, end, chain.twin_end, chain.twin_end + tail):
        held[len(held) - tail :] = _SLIPPED
    return held


def _other_number(page: Page, at: int, one: str, two: str) -> bool:
    """Whether the gap changes a number: it exchanges digits, or the twin adds some to the victim's."""
    if one:
        return digits(one) != digits(two)
    touching = page.words(max(0, at - 1), at + 1)
    return bool(two) and (
        (two[0].isdigit() and touching[:1].isdigit()) or (two[-1].isdigit() and touching[-1:].isdigit())
    )


def _is_slip(page: Page, one: str, two: str) -> bool:
    """Whether the victim's stretch says no more than the twin's: a few letters more or other ones."""
    more = len(one) - len(two)
    return more <= page.scaled(_SLIP) and (not one or len(one) <= page.scaled(_SLIP) or not replaced(one, two))


def _slipped(page: Page, start: int, end: int, twin_start: int, twin_end: int) -> bool:
    """Whether the stretches at a border are the same but for slips, with no number between them."""
    one, two = page.words(start, end), page.words(max(0, twin_start), twin_end)
    return digits(one) == digits(two) and not replaced(one, two)


def _whole_passages(held: NDArray[np.uint8], bounds: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of passages whose every character stands in the twin, most of them as they are."""
    starts = bounds[:-1][bounds[1:] > bounds[:-1]]
    if not len(starts):
        return []
    ends = np.append(starts[1:], bounds[-1])
    within = starts - bounds[0]
    equal = np.add.reduceat(held == _EQUAL, within, dtype=np.int64)
    whole = (np.minimum.reduceat(held, within) > 0) & (equal >= _MIN_EQUAL * (ends - starts))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole.view(np.int8), [0]))))
    return list(zip(starts[edges[::2]].tolist(), ends[edges[1::2] - 1].tolist(), strict=True))


def _finding(page: Page, chain: Chain, start: int, end: int) -> Finding:
    inside = [b for b in chain.blocks if b.at < end and b.at + b.length > start]
    twin_start = inside[0].twin + max(0, start - inside[0].at)
    twin_end = inside[-1].twin + min(inside[-1].length, end - inside[-1].at)
    equal = sum(min(b.at + b.length, end) - max(b.at, start) for b in inside)
    later = chain.blocks[0].at > chain.blocks[0].twin
    return Finding(
        stage="repeats",
        rule="second-copy" if later else "earlier-copy",
        span=page.span(start, end),
        reason=f"stands {'above' if later else 'below'} already",
        twin=page.span(twin_start, max(twin_end, twin_start + 1)),
        similarity=round(equal / (end - start), 4),
        differences=tuple((one, two) for _, one, two in page.gaps(Chain(tuple(inside))))[:_MAX_DIFFERENCES],
    )
