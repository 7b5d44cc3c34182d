"""
What makes an alignment a copy: its size and place on the page, and that it states the same facts.

Natural text repeats itself. A quotation comes back, a law is cited twice, a lead returns in the
body. What a scrape adds looks different: the copy stands next to its twin, or it is the page's
body over again, or it is a pull quote, a line of its own that a paragraph holds word for word, or
it is longer than anything that is quoted. Everything else stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

import numpy as np

from dedupe.facts import other_digits, replaced
from dedupe.kernels.align import Chain
from dedupe.kernels.seeds import Block
from dedupe.stages.bodies import Copy, find_bodies, is_long, least_body
from dedupe.stages.page import Page

_SENTENCE = re.compile(r"[。！？!?؟।]|[^\W\d_]{2}\.(?=\s|$)|[,，、;；]\s*$", re.MULTILINE)
"""What titles and credits lack: the end of a sentence, or a line that goes on in the next."""


def find_copies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The likenesses that are second copies rather than a text that repeats itself, the largest first.

    A body said over again, in one or more chains; passages that stand next to their twins, and on a
    page whose lines are doubled the short ones too; pull quotes; what is too long to be quoted.
    """
    if sum(chain.matched for chain in chains) < least_body(page):
        chains = [chain for chain in chains if is_long(page, chain) or _is_near(page, chain)]  # the others stand alone
    if not any(is_long(page, chain) for chain in chains) and len(chains) < page.settings.min_doubled:
        return []
    whole = [_trimmed(page, chain) for chain in chains]
    cut = {trimmed for chain, trimmed in zip(chains, whole, strict=True) if trimmed != chain}
    bodies = find_bodies(page, whole)
    taken = {chain for copy in bodies for chain in copy.chains}
    others = [chain for chain in whole if chain not in taken]
    near = [chain for chain in others if _is_near(page, chain)]
    if len(near) >= page.settings.min_doubled:
        near += [part for chain in whole if chain.twin_end > chain.start for part in _touching_parts(page, chain)]
        near += _doubled_lines(page)
    else:
        # What was trimmed off may have been the facts of a template: one of them alone is no proof.
        near = [chain for chain in near if is_long(page, chain) and chain not in cut]
    long = [chain for chain in whole if is_long(page, chain)]
    quotes = [
        quote
        for chain in _singles(long)
        if chain not in taken
        for quote in (_on_line(page, chain), _on_line(page, chain.turned()).turned())
        if _is_pull_quote(page, quote) or _is_pull_quote(page, quote.turned())
    ]
    verbatim = [chain for chain in others if _is_verbatim(page, chain)]
    copies = bodies + [Copy((chain,)) for chain in dict.fromkeys(near + quotes + verbatim + _reassembled(page, others))]
    return sorted(copies, key=lambda copy: (-copy.matched, copy.start, copy.twin_start))


def _is_verbatim(page: Page, chain: Chain) -> bool:
    """Whether the two sides agree to the letter for longer than anybody quotes."""
    return len(chain.blocks) == 1 and chain.matched >= page.scaled(page.settings.max_verbatim)


def _reassembled(page: Page, chains: list[Chain]) -> list[Chain]:
    """
    Passages that come again, to the letter, after no more text than they are long themselves.

    One of them may be a lead or a quotation; a page that holds several was put together wrongly.
    """
    long = [chain for chain in chains if 4 * chain.matched >= page.scaled(page.settings.short_copy)]
    found = [
        chain
        for chain in _singles(long)
        if 2 * chain.matched >= page.scaled(page.settings.short_copy)
        and 0 <= chain.start - chain.twin_end <= 1.2 * chain.matched
    ]
    return found if len({chain.start for chain in found}) >= page.settings.min_doubled else []


def _doubled_lines(page: Page) -> list[Chain]:
    """The lines that say what the line before them says, on a page where most lines do."""
    bounds = page.lines()
    lines = [(a, b) for a, b in pairwise(bounds) if b > a]
    doubled = []
    k = 1
    while k < len(lines):
        (a, b), (c, d) = lines[k - 1], lines[k]
        if b - a == d - c and np.array_equal(page.view.codes[a:b], page.view.codes[c:d]):
            doubled.append(Chain((Block(c, a, b - a),)))
            k += 1
        k += 1
    return doubled if 4 * len(doubled) >= len(lines) else []


def _runs(page: Page, chain: Chain) -> list[Chain]:
    """The chain, cut at the gaps in which the two sides say different things."""
    breaks = {at for at, one, two in page.gaps(chain) if replaced(one, two) or other_digits(one, two)}
    ends = [k + 1 for k, block in enumerate(chain.blocks[:-1]) if block.at + block.length in breaks]
    return [Chain(chain.blocks[a:b]) for a, b in pairwise([0, *ends, len(chain.blocks)])]


def _trimmed(page: Page, chain: Chain) -> Chain:
    """The chain without a few words at its ends that agree by chance."""
    few = 3 * page.scaled(page.settings.seed_length)
    if len(chain.blocks) == 1 or min(chain.blocks[0].length, chain.blocks[-1].length) > few:
        return chain
    runs = _runs(page, chain)
    while len(runs) > 1 and min(runs[0].matched, runs[-1].matched) <= few:
        runs.pop(0 if runs[0].matched <= few else -1)
    return Chain(tuple(block for run in runs for block in run.blocks))


def _touching_parts(page: Page, chain: Chain) -> list[Chain]:
    """Of a chain that runs into its own twin (p1 p1 p2 p2), the lines that touch theirs."""
    touching = (run for run in _runs(page, chain) if abs(run.start - run.twin_end) <= page.settings.touching)
    return [run for run in touching if page.starts_line(run.start) and page.ends_line(run.end)]


def is_summary(page: Page, copy: Copy) -> bool:
    """
    Whether the earlier side is a lead at the head of the page, set off from the body by titles
    and credits. The body goes on behind the later side; behind a truncated copy nothing comes.
    """
    gap = copy.start - copy.twin_end
    goes_on = len(page.view) - copy.end >= page.scaled(page.settings.min_length)
    return gap > page.scaled(page.settings.max_distance) and _follows_head(page, copy) and goes_on


def _follows_head(page: Page, copy: Copy | Chain) -> bool:
    """
    Whether nothing but a page's head of titles and credits stands between the two sides.

    Where a sentence stands in between, it is an answer or a verse, and what comes again is a
    question or a refrain.
    """
    head = page.scaled(page.settings.max_head)
    if not 0 < copy.start - copy.twin_end <= head or copy.twin_start > head:
        return False
    offsets = page.view.offsets
    between = page.text[int(offsets[copy.twin_end]) : int(offsets[copy.start - 1]) + 2]
    return page.starts_line(copy.start) and page.starts_line(copy.twin_start) and _SENTENCE.search(between) is None


def _is_near(page: Page, chain: Chain) -> bool:
    """Whether the copy follows its twin directly, or after a page's head of titles and credits."""
    if len(chain.blocks) > 1 and _is_enumeration(page, chain):
        return False  # two items of a list, or its headings, that differ
    short = chain.matched < page.scaled(page.settings.short_copy)
    reach = page.settings.touching if short else page.scaled(page.settings.max_distance)
    return chain.start - chain.twin_end <= reach or _follows_head(page, chain)


def _is_enumeration(page: Page, chain: Chain) -> bool:
    """Whether this is short lines and no sentences."""
    lines = page.breaks(chain.start, chain.end) + 1
    return lines > 2 and chain.end - chain.start < lines * page.scaled(page.settings.min_length / 2)


def _on_line(page: Page, chain: Chain) -> Chain:
    """The chain without the few letters beyond this side's line in which both sides agree by chance."""
    if len(chain.blocks) > 1:
        return chain
    [block], few = chain.blocks, page.scaled(page.settings.seed_length)
    if not page.starts_line(chain.start) and (over := page.to_line_end(chain.start + 1, few) + 1) <= few:
        block = Block(block.at + over, block.twin + over, block.length - over)
    if not page.ends_line(chain.end) and (over := page.since_line_start(chain.end, few)) <= few:
        block = Block(block.at, block.twin, block.length - over)
    return Chain((block,))


def _singles(chains: list[Chain]) -> list[Chain]:
    """Those whose passage stands twice and no more: what comes a third time is a formula or a list."""
    sides = [side for chain in chains for side in ((chain.start, chain.end), (chain.twin_start, chain.twin_end))]
    starts, ends = sorted(start for start, _ in sides), sorted(end for _, end in sides)

    def others(chain: Chain) -> int:
        """How many sides of chains lie upon the middle of the later side, besides that one itself."""
        start, end = chain.start + chain.matched // 4, chain.end - chain.matched // 4
        return bisect_left(starts, end) - bisect_right(ends, start) - 1

    return [chain for chain in chains if not others(chain)]


def _is_pull_quote(page: Page, chain: Chain) -> bool:
    """Whether this side is one whole line that the other side holds, word for word, in a paragraph."""
    return (
        len(chain.blocks) == 1
        and chain.matched <= page.scaled(page.settings.max_quote)
        and page.starts_line(chain.start)
        and page.ends_line(chain.end)
        and page.breaks(chain.start, chain.end) == 0
        and not (page.starts_line(chain.twin_start) and page.ends_line(chain.twin_end))
    )
