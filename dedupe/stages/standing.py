"""
Track which text of a page still stands, and where: a copy may go only as far as its twin stays.

A passage is removed whole or not at all, and only if the twin contains every character of it, most of
them exactly and the others as slips. A different number or name is a different statement.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.facts import figures, replaced, restated
from dedupe.kernels.align import Chain
from dedupe.stages.page import Gap, Page
from dedupe.stages.slips import edits, is_fact, other_signs

_EQUAL, _SLIPPED = 2, 1
"""How the twin contains a character of the victim: exactly, or as a slip; 0 means not at all."""


_PARTICLES = frozenset("的了着过地得之也就都而则很更还又再已便但且并故")
"""Particles and conjunctions without content, which an otherwise clean copy may have in addition to its twin."""


class Standing:
    """
    Maps each view character that was removed to the one that stands for it.

    A twin may later be removed as the copy of a third passage; its characters then stand there.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._home = np.arange(len(page.view), dtype=np.int32)

    def home(self, at: int) -> int:
        """Where this character survives."""
        return int(self._homes(np.array([at]))[0])

    def take(self, chain: Chain, period: int = 0) -> list[tuple[int, int]]:
        """
        Remove the runs of whole passages that the chain's twin contains, and return their bounds.

        With a ``period``, the twin is the first occurrence of what the chain repeats.
        """
        bounds = self._bounds(chain)
        held = self._held(chain, int(bounds[0]), int(bounds[-1]), period)
        taken = []
        for start, end in _whole_passages(held, bounds, self._page.settings.min_equal):
            self._home[start:end] = self._counterparts(chain, start, end, period)
            taken.append((start, end))
        return taken

    def _bounds(self, chain: Chain) -> NDArray[np.int64]:
        """The borders of the passages that the chain touches."""
        page = self._page
        first = int(np.searchsorted(page.bounds, chain.start, side="right")) - 1
        last = int(np.searchsorted(page.bounds, chain.end, side="left"))
        bounds = page.bounds[first : last + 1]
        label = page.label_end(chain.start)
        said = chain.end - label >= page.scaled(page.settings.min_length) and page.is_labelled(chain.start)
        if bounds[0] < label and said and label < bounds[1]:
            return np.insert(bounds, 1, label)  # the speaker's label and the statement are judged separately
        return bounds

    def _homes(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        homes = self._home[places].astype(np.int64)
        while (homes != places).any():
            places, homes = homes, self._home[homes].astype(np.int64)
        return homes

    def _counterparts(self, chain: Chain, start: int, end: int, period: int) -> NDArray[np.int64]:
        """For each of the victim's characters the twin's; for a slip, that of the character before it."""
        twins = np.full(end - start, -1, dtype=np.int64)
        for block in chain.blocks:
            low, high = max(block.at, start), min(block.at + block.length, end)
            if low < high:
                twins[low - start : high - start] = np.arange(low, high) - block.diagonal
        twins[0] = twins[np.argmax(twins >= 0)]
        return self._homes(_origins(np.maximum.accumulate(twins), chain, period))  # a chain ascends in its twin too

    def _held(self, chain: Chain, base: int, end: int, period: int) -> NDArray[np.uint8]:
        """How the twin contains each of the victim's characters in [base, end)."""
        page = self._page
        held = np.zeros(end - base, dtype=np.uint8)
        found = edits(page, chain)
        noisy = found.noise >= page.settings.slip_rate
        ragged = noisy and found.ragged
        for block in chain.blocks:
            homes = self._homes(_origins(np.arange(block.twin, block.twin + block.length), chain, period))
            lost = (homes >= base) & (homes < end)
            lost |= other_signs(page, block, page.settings.seed_length if noisy else 0)
            held[block.at - base : block.at - base + block.length] = np.where(lost, 0, _EQUAL)
        for gap in page.gaps(chain):
            at, one = gap.at - base, gap.one
            if restated(one, gap.two):
                held[at : at + len(one)] = _EQUAL
            elif (not noisy and _other_number(page, gap)) or is_fact(page, gap, ragged=ragged):
                held[max(0, at - (not one)) : at + max(1, len(one))] = 0
            elif _is_slip(page, one, gap.two, noisy=noisy):
                held[at : at + len(one)] = _SLIPPED
        self._hold_edges(chain, held, base, noisy=noisy)
        held[self._home[base:end] != np.arange(base, end)] = 0  # already removed
        return held

    def _hold_edges(self, chain: Chain, held: NDArray[np.uint8], base: int, *, noisy: bool) -> None:
        """Judge the few letters before the first block and behind the last: slips leave no seed there."""
        page, end = self._page, base + len(held)
        slack = page.scaled(page.settings.seed_length if noisy else 1)
        head, tail = chain.start - base, end - chain.end
        if page.is_labelled(chain.start):
            head = 0  # the speaker's label (领 or 合, 甲 or 乙) is not a slip
        if 0 < head <= slack:
            gap = page.gap(base, chain.start, chain.twin_start - head, chain.twin_start)
            held[:head] = _edge(page, gap, page.since_passage_start(chain.twin_start), noisy=noisy)
        if 0 < tail <= slack:
            gap = page.gap(chain.end, end, chain.twin_end, chain.twin_end + tail)
            held[len(held) - tail :] = _edge(page, gap, page.to_passage_end(chain.twin_end), noisy=noisy)


def _origins(twins: NDArray[np.int64], chain: Chain, period: int) -> NDArray[np.int64]:
    return chain.twin_start + (twins - chain.twin_start) % period if period else twins


def _other_number(page: Page, gap: Gap) -> bool:
    """Whether the gap changes a number: the figures differ, or the twin adds digits to a number of the victim's."""
    at, _, one, two = gap
    if one:
        return figures(one) != figures(two)
    touching = page.words(max(0, at - 1), at + 1)
    return bool(two) and (
        (two[0].isdigit() and touching[:1].isdigit()) or (two[-1].isdigit() and touching[-1:].isdigit())
    )


def _is_slip(page: Page, one: str, two: str, *, noisy: bool) -> bool:
    """
    Whether the victim's stretch says no more than the twin's: a few letters are added or different.

    In otherwise clean copies, a different letter may be a different name, and an added one a negation.
    """
    if noisy:
        few = page.scaled(page.settings.max_slip)
        return len(one) - len(two) <= few and (len(one) <= few or not replaced(one, two))
    return not one or one in _PARTICLES or (not two and len(one) == 1 and one < "\u0250")


def _edge(page: Page, gap: Gap, beyond: int, *, noisy: bool) -> int:
    """
    How the twin contains the letters at an edge, given how many its own passage has ``beyond`` it.

    Among slips, another letter is one more. In a clean copy it is another fact, as in a gap.
    """
    if restated(gap.one, gap.two):
        return _EQUAL
    if noisy:
        slipped = (
            figures(gap.one) == figures(gap.two)
            and not replaced(gap.one, gap.two)
            and not is_fact(page, gap, ragged=False)
        )
    else:
        slipped = not beyond and _is_slip(page, gap.one, "", noisy=False)
    return _SLIPPED if slipped else 0


def _whole_passages(held: NDArray[np.uint8], bounds: NDArray[np.int64], min_equal: float) -> list[tuple[int, int]]:
    """Runs of passages of which the twin contains every character, and a large enough share of them exactly."""
    starts = bounds[:-1][bounds[1:] > bounds[:-1]]
    if not len(starts):
        return []
    ends = np.append(starts[1:], bounds[-1])
    within = starts - bounds[0]
    equal = np.add.reduceat(held == _EQUAL, within, dtype=np.int64)
    whole = (np.minimum.reduceat(held, within) > 0) & (equal >= min_equal * (ends - starts))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole.view(np.int8), [0]))))
    return list(zip(starts[edges[::2]].tolist(), ends[edges[1::2] - 1].tolist(), strict=True))
