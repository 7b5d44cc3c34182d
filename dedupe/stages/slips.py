"""
Tell the slips of a copy from other facts: both are short stretches in which the two sides differ.

Slips of a bad scan hit any letter, facts always the same place: in a list of like items, the letters that differ
stand between the same words each time. And some exchanges are facts wherever they occur: 男子 and 女子, 青禾镇 and
红石镇, is and is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.facts import digits, replaced, restated
from dedupe.kernels.align import Chain
from dedupe.kernels.seeds import Block
from dedupe.opposites import negates, opposed
from dedupe.stages.page import Gap, Page

_AROUND = 2
"""Letters on both sides by which a place in a list of like items is recognised, in Han characters."""

_FEW = 2
"""Slips that prove no noise."""

_RAGGED = 0.25
"""Share of missing and added letters among the slips from which a copy is one that loses letters."""

_CONTEXT = 24
"""Characters around a difference in which a word that is added or exchanged is looked for."""


@dataclass(frozen=True, slots=True)
class Edits:
    """
    What differs between the two sides of a copy.

    ``noise`` is the share of characters that are slips: single letters (not digits) that are wrong, missing or added.
    One or two prove nothing and count as 0; facts are no slips. ``ragged`` says that many of them are missing or
    added rather than wrong, so that a missing negation is one more.
    """

    gaps: tuple[Gap, ...]
    noise: float
    ragged: bool


def edits(page: Page, chain: Chain) -> Edits:
    """The gaps between the chain's blocks, unless both sides state the same number in two ways, and their noise."""
    gaps = tuple([gap for gap in page.gaps(chain) if not restated(gap.one, gap.two)])
    single = [gap for gap in gaps if max(len(gap.one), len(gap.two)) == 1 and not digits(gap.one + gap.two)]
    if len(single) <= _FEW:
        return Edits(gaps, 0.0, ragged=False)
    uneven = [not (gap.one and gap.two) for gap in single]
    ragged = sum(uneven) >= max(_FEW, _RAGGED * len(single))
    listed = recurrent(page, single)
    slipped = sum(gap not in listed and not is_fact(page, gap, ragged=ragged) for gap in single)
    return Edits(gaps, slipped / (chain.end - chain.start) if slipped > _FEW else 0.0, ragged)


def recurrent(page: Page, gaps: Sequence[Gap]) -> frozenset[Gap]:
    """
    The exchanges that recur between the same letters: the facts of a list of like items.

    One slip in the second of three copies is exchanged there and back; that alone makes no list.
    """
    around = page.scaled(_AROUND)
    places: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        if gap.one and gap.two:
            end = gap.at + len(gap.one)
            places[page.words(max(0, gap.at - around), gap.at), page.words(end, end + around)].append(gap)
    found = [those for those in places.values() if len(those) > 1 and _is_listed(those)]
    return frozenset(gap for those in found for gap in those)


def _is_listed(gaps: Sequence[Gap]) -> bool:
    pairs = {(gap.one, gap.two) for gap in gaps}
    back = len(gaps) == 2 and (gaps[0].two, gaps[0].one) == (gaps[1].one, gaps[1].two)
    return len(pairs) > 1 and not back


def is_fact(page: Page, gap: Gap, *, ragged: bool) -> bool:
    """Whether a difference is another fact even in a copy full of slips: a negation, a place, a person, a side."""
    if not gap.one or not gap.two:
        at, added = (gap.at, gap.one) if gap.one else (gap.twin, gap.two)
        end = at + len(added)
        whole = at in page.bounds and end in page.bounds
        return not (whole or ragged) and negates(*page.written(at, end, _CONTEXT))
    end = gap.at + len(gap.one)
    if opposed(gap.one, gap.two, page.words(end, end + _AROUND)):
        return True
    return min(len(gap.one), len(gap.two)) > 2 and replaced(gap.one, gap.two) and _are_names(page, gap)


def _are_names(page: Page, gap: Gap) -> bool:
    """Whether both sides begin a word with a capital letter."""
    for at, said in ((gap.at, gap.one), (gap.twin, gap.two)):
        written, before, _ = page.written(at, at + len(said), 1)
        if not written[0].isupper() or before.isalpha():
            return False
    return True


def other_signs(page: Page, block: Block, near: int) -> NDArray[np.bool_]:
    """
    Which of a block's letters have another sign beside them than their twins: €45 and $45, 1.5 and 15.

    Nothing counts within ``near`` letters of the block's ends: where a digit of a number fell out, its signs moved.
    """
    at, twin, length = block
    if page.around(at, at + length) == page.around(twin, twin + length):
        return np.zeros(length, dtype=np.bool_)  # nearly always, and reading a page's signs takes a while
    other: NDArray[np.bool_] = page.signs[at : at + length] != page.signs[twin : twin + length]
    if near:
        other[:near] = other[-near:] = False
    return other


def edges(page: Page, chain: Chain) -> list[Gap]:
    """
    What differs before the chain's first block and behind its last: a few letters of a passage, or a whole label.

    A label that only one side has is no part of what is said.
    """
    few = page.scaled(_AROUND)
    found = []
    head, twin_head = page.since_passage_start(chain.start), page.since_passage_start(chain.twin_start)
    start, twin = chain.start - head, chain.twin_start - twin_head
    if page.is_labelled(chain.start):
        if page.is_labelled(chain.twin_start) and head and twin_head:
            found.append(page.gap(start, chain.start, twin, chain.twin_start))
    elif max(head, twin_head) <= few and head + twin_head:
        found.append(page.gap(start, chain.start, twin, chain.twin_start))
    tail, twin_tail = page.to_passage_end(chain.end), page.to_passage_end(chain.twin_end)
    if max(tail, twin_tail) <= few and tail + twin_tail:
        found.append(page.gap(chain.end, chain.end + tail, chain.twin_end, chain.twin_end + twin_tail))
    return found
