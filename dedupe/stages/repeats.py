"""
Passages that a document says twice.

Passage signatures propose: a document none of whose passages resembles another is done. Where
some do, alignment on the comparison view decides, character by character, where a copy begins
and ends, and what stands only in one of the copies. Marked are whole passages that the other
copy holds; a sentence that only the dropped copy has stays where it is.

Not repeats: what is shorter than the minimum; a quotation inside another paragraph; a template
(same wording, other facts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.facts import digits, numbers, replaced
from dedupe.kernels.align import Block, Chain, find_chains
from dedupe.kernels.minhash import Signatures
from dedupe.kernels.view import Offsets, View
from dedupe.model import Finding, Span
from dedupe.settings import RepeatSettings

_BANDS, _ROWS = 32, 4
_OPENING = "“‘「『（《【〈\"'(["


def find_repeats(
    text: str, view: View, starts: Offsets, signatures: Signatures, settings: RepeatSettings
) -> tuple[Finding, ...]:
    """
    Mark the worse copy of every passage that stands twice.

    ``starts`` are the passages' starts in the text, ``signatures`` a row for each.
    """
    if not resembling(signatures):
        return ()
    page = _Page.of(text, view, starts, settings)
    chains = find_chains(view.codes, page.scaled(settings.seed_length), page.minimum, page.scaled(settings.max_gap))
    findings: list[Finding] = []
    gone = np.zeros(len(view), dtype=bool)
    for chain in chains:
        findings += _judge(page, chain, gone, settings)
    return tuple(sorted(findings, key=lambda f: f.span))


def resembling(signatures: Signatures) -> bool:
    """
    Whether any two passages share a band: 32 bands of 4 rows propose 98 % of the pairs at
    Jaccard 0.6 and all but none below 0.2, and one pair of many sentences is enough.
    """
    usable = signatures[(signatures != signatures[:, :1]).any(axis=1)]
    if len(usable) < 2 or usable.shape[1] < _BANDS * _ROWS:
        return len(usable) >= 2
    rows = usable[:, : _BANDS * _ROWS].astype(np.uint64).reshape(len(usable), _BANDS, _ROWS)
    keys = rows[:, :, 0]
    for k in range(1, _ROWS):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + rows[:, :, k]
    keys = np.sort(keys, axis=0)
    return bool((keys[1:] == keys[:-1]).any())


@dataclass(frozen=True, slots=True)
class _Page:
    """A document as this judge sees it. ``bounds``: where passages begin in the view, and its end."""

    text: str
    view: View
    bounds: NDArray[np.int64]
    factor: float
    minimum: int

    @classmethod
    def of(cls, text: str, view: View, starts: Offsets, settings: RepeatSettings) -> _Page:
        dense = float(((view.codes >= 0x2E80) & (view.codes < 0xE000)).mean()) if len(view) else 0.0
        factor = 1.0 + (settings.latin_factor - 1.0) * (1.0 - dense)
        bounds = np.append(view.positions(starts), len(view))
        return cls(text, view, bounds, factor, round(settings.min_length * factor))

    def scaled(self, length: int) -> int:
        """A length in Han characters, in this document's script: a Latin letter says less."""
        return round(length * self.factor)

    def span(self, start: int, end: int) -> Span:
        """The text from a view character to another, with the punctuation that belongs to them."""
        offsets, text = self.view.offsets, self.text
        first, last = int(offsets[start]), int(offsets[end - 1]) + 1
        before = int(offsets[start - 1]) + 1 if start else 0
        after = int(offsets[end]) if end < len(offsets) else len(text)
        while first > before and text[first - 1] in _OPENING:
            first -= 1
        while last < after and text[last] != "\n" and text[last] not in _OPENING:
            last += 1
        return Span(first, last)

    def starts_line(self, at: int) -> bool:
        """Whether only punctuation stands between this view character and the start of its line."""
        before = int(self.view.offsets[at - 1]) + 1 if at else 0
        return at == 0 or "\n" in self.text[before : int(self.view.offsets[at])]

    def ends_line(self, end: int) -> bool:
        """Whether the line ends behind the view character before ``end``."""
        if end >= len(self.view):
            return True
        return "\n" in self.text[int(self.view.offsets[end - 1]) + 1 : int(self.view.offsets[end])]

    def breaks(self, start: int, end: int) -> int:
        """How many lines end inside."""
        return self.text.count("\n", int(self.view.offsets[start]), int(self.view.offsets[end - 1]))

    def words(self, start: int, end: int) -> str:
        """The view's characters."""
        return self.view.codes[start:end].tobytes().decode("utf-32-le")


def _judge(page: _Page, chain: Chain, gone: NDArray[np.bool_], settings: RepeatSettings) -> list[Finding]:
    """The findings that one likeness gives, and in ``gone`` the characters they take."""
    if chain.twin_end > chain.start:
        return _mark(page, _unrolled(chain), gone, settings)
    if _is_template(page, chain, settings):
        return []
    first, second = (chain.turned(), chain) if _prefers_later(page, chain) else (chain, chain.turned())
    return _mark(page, first, gone, settings) or _mark(page, second, gone, settings)


def _unrolled(chain: Chain) -> Chain:
    """
    A passage repeated on its own heels, with every twin moved into its first occurrence.

    The diagonal is the period: what stands at distance k * period from the start is a copy.
    """
    period, root = chain.blocks[0].diagonal, chain.twin_start
    if any(block.diagonal != period for block in chain.blocks):
        return chain
    blocks: list[Block] = []
    for block in chain.blocks:
        at, end = block.at, block.at + block.length
        while at < end:
            into = (at - root) % period
            length = min(end - at, period - into)
            blocks.append(Block(at, root + into, length))
            at += length
    return Chain(tuple(blocks))


def _prefers_later(page: _Page, chain: Chain) -> bool:
    """
    Whether the later copy is the better one: the earlier lost its line breaks, or stands alone as
    a summary or pull quote of what the later one says in context.
    """
    earlier = page.breaks(chain.twin_start, chain.twin_end)
    later = page.breaks(chain.start, chain.end)
    if later >= 2 and earlier < later / 2:
        return True
    alone_early = page.starts_line(chain.twin_start) and page.ends_line(chain.twin_end)
    alone_late = page.starts_line(chain.start) and page.ends_line(chain.end)
    return alone_early and not alone_late


def _is_template(page: _Page, chain: Chain, settings: RepeatSettings) -> bool:
    """
    Whether the two copies agree in wording and differ in facts.

    In a copy with slips, numbers suffer as often as words; in a template the wording stands and
    the numbers or names change. In a short passage one other number is enough to keep both.
    """
    text = page.text[slice(*page.span(chain.start, chain.end))]
    stated = max(1, numbers(text).total())
    other, exchanged = 0, 0
    for one, two in _gaps(page, chain):
        other += digits(one) != digits(two)
        exchanged += max(len(one), len(two)) if replaced(one, two) else 0
    length = chain.end - chain.start
    if length < 10 * page.minimum:
        return other > 0 or exchanged > 0
    return other / stated > 1 - settings.min_agreement or exchanged / length > (1 - settings.min_agreement) / 2


def _gaps(page: _Page, chain: Chain) -> list[tuple[str, str]]:
    """What stands between the blocks in either copy: (victim's, twin's), the view's characters."""
    return [
        (page.words(a.at + a.length, b.at), page.words(a.twin + a.length, b.twin))
        for a, b in zip(chain.blocks, chain.blocks[1:], strict=False)
        if b.at > a.at + a.length or b.twin > a.twin + a.length
    ]


def _mark(page: _Page, chain: Chain, gone: NDArray[np.bool_], settings: RepeatSettings) -> list[Finding]:
    """Findings for the runs of whole passages of the victim that the twin holds."""
    first = int(np.searchsorted(page.bounds, chain.start, side="right")) - 1
    last = int(np.searchsorted(page.bounds, chain.end, side="left"))
    bounds = page.bounds[first : last + 1]
    held = np.zeros(int(bounds[-1] - bounds[0]), dtype=bool)
    _hold(page, chain, gone, held, int(bounds[0]), settings)
    findings = []
    for start, end in _whole_passages(held, bounds):
        free = np.flatnonzero(~gone[start:end])
        if len(free) < page.minimum or not _stands_alone(page, start, end):
            continue
        gone[start:end] = True
        findings.append(_finding(page, chain, start, end))
    return findings


def _hold(
    page: _Page, chain: Chain, gone: NDArray[np.bool_], held: NDArray[np.bool_], base: int, settings: RepeatSettings
) -> None:
    """Mark in ``held`` the victim's characters that stand in the twin, equal or as a small edit."""
    slack = page.scaled(settings.seed_length)
    for block in chain.blocks:
        standing = ~gone[block.twin : block.twin + block.length]
        held[block.at - base : block.at - base + block.length] = standing
    for a, b in zip(chain.blocks, chain.blocks[1:], strict=False):
        if b.at - (a.at + a.length) <= 2 * slack:
            held[a.at + a.length - base : b.at - base] = True
    # A slip near the border leaves less than a seed unmatched on both sides.
    head, tail = chain.start - base, base + len(held) - chain.end
    if head <= slack and head <= chain.twin_start:
        held[:head] = True
    if tail <= slack and chain.twin_end + tail <= len(gone):
        held[len(held) - tail :] = True


def _whole_passages(held: NDArray[np.bool_], bounds: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of passages whose every character is held, as (start, end) in the view."""
    runs: list[tuple[int, int]] = []
    base = int(bounds[0])
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if start < end and not held[start - base : end - base].all():
            continue
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        elif start < end:
            runs.append((start, end))
    return runs


def _stands_alone(page: _Page, start: int, end: int) -> bool:
    """Whether the copy is a text of its own rather than a quotation inside a paragraph."""
    return page.starts_line(start) or page.ends_line(end)


def _finding(page: _Page, chain: Chain, start: int, end: int) -> Finding:
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
        differences=tuple(_gaps(page, Chain(tuple(inside))))[:20],
    )
