"""
Songs and poems: what comes again there is sung again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.align import Chain
from dedupe.stages.page import Page

_STOPS: Final = frozenset("。．.।۔")
"""What closes a sentence, and few verses."""


def without_stanzas(page: Page, chains: list[Chain]) -> list[Chain]:
    """
    The chains, the longest first, but for those between stanzas of which a song or a poem says one again.

    Where most of a page is verse (short lines that no full stop closes), a chorus comes back behind every stanza, and
    ends the song twice. Of a poem that the page holds twice little stands once; its own stanzas come again within
    the one copy.
    """
    least = page.scaled(page.settings.min_length)
    if not chains or chains[0].matched < least:
        return chains
    bounds, enough = page.lines(), page.settings.min_verse * len(page.view)
    verse = _verse_up_to(page, bounds, enough)
    if verse is None or verse[-1] < enough:
        return chains
    stanzas = {chain for chain in chains if _is_stanza(page, chain, np.interp(_sides(chain)[0], bounds, verse))}
    if stanzas and _said_once(page, chains, least) < page.settings.min_once * len(page.view):
        stanzas = {chain for chain in stanzas if _within(chain, chains[0])}
    return [chain for chain in chains if chain not in stanzas]


def _verse_up_to(page: Page, bounds: NDArray[np.int64], enough: float) -> NDArray[np.int64] | None:
    """How many characters of verse stand before each bound of a line; None where short lines are too few for it."""
    lengths = np.diff(bounds)
    short = lengths <= page.scaled(page.settings.max_verse)
    if lengths[short].sum() < enough:
        return None
    text, lasts = page.text, page.view.offsets[bounds[1:] - 1].tolist()
    ends = (text.find("\n", last) for last in lasts)
    tails = (text[last + 1 : end if end >= 0 else None] for last, end in zip(lasts, ends, strict=True))
    unclosed = np.fromiter(map(_STOPS.isdisjoint, tails), dtype=np.bool_, count=len(lasts))
    return np.append(0, np.cumsum(lengths * (short & unclosed)))


def _said_once(page: Page, chains: list[Chain], least: int) -> int:
    """How many characters stand on neither side of a chain; shorter ones are lines that begin alike."""
    once = np.ones(len(page.view), dtype=np.bool_)
    for chain in chains:
        for block in chain.blocks if chain.matched >= least else ():
            once[block.at : block.at + block.length] = once[block.twin : block.twin + block.length] = False
    return int(once.sum())


def _is_stanza(page: Page, chain: Chain, verse: NDArray[np.float64]) -> bool:
    """Whether a chain is verse, of which so much stands before its later side and up to its end; no book of it."""
    if chain.matched >= page.scaled(page.settings.max_verbatim):
        return False
    return bool(verse[1] - verse[0] >= page.settings.min_verse * (chain.end - chain.start))


def _sides(chain: Chain) -> tuple[tuple[int, int], tuple[int, int]]:
    return (chain.start, chain.end), (chain.twin_start, chain.twin_end)


def _within(chain: Chain, poem: Chain) -> bool:
    """Whether both sides of a chain lie on one side of the poem."""
    return chain is not poem and any(
        all(low <= start and end <= high for start, end in _sides(chain)) for low, high in _sides(poem)
    )
