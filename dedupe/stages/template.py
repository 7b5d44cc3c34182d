"""
Distinguish a copy from a template inside a page: a list of items with the same wording but different facts.
"""

from __future__ import annotations

from dedupe.facts import digits, numbers, other_digits, replaced, restated
from dedupe.kernels.align import Chain
from dedupe.stages.page import Page


def is_template(page: Page, chain: Chain) -> bool:
    """
    Whether the two sides agree in wording but differ in facts: numbers, names, items of a list.

    In a copy with slips, numbers are damaged as often as words; in a template the wording stays and
    the facts change. In a short passage, one different word is enough to keep both.
    """
    gaps = [(at, one, two) for at, one, two in page.gaps(chain) if not restated(one, two)]
    other = sum(other_digits(one, two) for _, one, two in gaps)
    exchanged = sum(max(len(one), len(two)) for _, one, two in gaps if replaced(one, two))
    length = chain.end - chain.start
    allowed, slips = 1 - page.settings.min_agreement, noise(chain, gaps)
    if length < page.scaled(page.settings.short_copy) and slips < page.settings.slip_rate:
        adds, lacks = any(one for _, one, _ in gaps), any(two for _, _, two in gaps)
        return adds and lacks
    if slips > allowed or exchanged > page.settings.max_exchanged * length:
        return True
    if other <= 1:
        return False
    stated = max(1, numbers(page.text[slice(*page.span(chain.start, chain.end))]).total())
    # A number has about three digits, so it is hit by slips three times as often as a character.
    expected = 3 * slips * stated
    return other > max(allowed * stated, 3 * expected + 1)


def noise(chain: Chain, gaps: list[tuple[int, str, str]]) -> float:
    """
    The share of characters that are slips: single letters (not digits) that are wrong, missing or added
    in the gaps between the chain's blocks. One or two prove nothing and count as 0.
    """
    slips = [one + two for _, one, two in gaps if max(len(one), len(two)) == 1]
    slipped = sum(not digits(slip) for slip in slips)
    return slipped / (chain.end - chain.start) if slipped > 2 else 0.0
