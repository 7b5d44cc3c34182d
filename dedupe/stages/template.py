"""
Distinguish a copy from a template inside a page: a list of items with the same wording but different facts.
"""

from __future__ import annotations

from dedupe.facts import numbers, other_digits, replaced, restated
from dedupe.kernels.align import Chain
from dedupe.stages.page import Page
from dedupe.stages.slips import Edits, edges, edits, is_fact, other_signs, recurrent


def is_template(page: Page, chain: Chain) -> bool:
    """
    Whether the two sides agree in wording but differ in facts: numbers, names, items of a list.

    In a copy with slips, numbers are damaged as often as words; in a template the wording stays and
    the facts change. In a short passage, one different word is enough to keep both.
    """
    found = edits(page, chain)
    gaps, slips = found.gaps, found.noise
    other = sum(other_digits(gap.one, gap.two) for gap in gaps)
    exchanged = sum(max(len(gap.one), len(gap.two)) for gap in gaps if replaced(gap.one, gap.two))
    length = chain.end - chain.start
    allowed = 1 - page.settings.min_agreement
    if slips < page.settings.slip_rate:
        if length < page.scaled(page.settings.short_copy):
            return _differs(page, chain, found)
        if recurrent(page, gaps):
            return True
    if slips > allowed or exchanged > page.settings.max_exchanged * length:
        return True
    if other <= 1:
        return False
    stated = max(1, numbers(page.text[slice(*page.span(chain.start, chain.end))]).total())
    # A number has about three digits, so it is hit by slips three times as often as a character.
    expected = 3 * slips * stated
    return other > max(allowed * stated, 3 * expected + 1)


def _differs(page: Page, chain: Chain, found: Edits) -> bool:
    """
    Whether each side of a short copy without slips has something that the other lacks.

    In fewer sentences than a body has, a sign, a negation or an exchange at the edge is enough; in a body, the
    passage that has it stays.
    """
    gaps = found.gaps
    if any(gap.one for gap in gaps) and any(gap.two for gap in gaps):
        return True
    if chain.matched >= page.settings.min_sentences * page.scaled(page.settings.min_length):
        return False
    beside = [gap for gap in edges(page, chain) if not restated(gap.one, gap.two)]
    if any(gap.one and gap.two for gap in beside) or any(other_signs(page, block, 0).any() for block in chain.blocks):
        return True
    return any(is_fact(page, gap, ragged=False) for gap in (*gaps, *beside))
