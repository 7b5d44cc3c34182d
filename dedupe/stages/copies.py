"""
Which alignments are copies: decided by their size, their place on the page, and whether they state the same facts.

Natural text repeats itself. A quotation comes back, a law is cited twice, a lead returns in the
body. Copies made by scraping look different: the copy is next to its twin; or it is the page's
whole body again; or it is a pull quote, a line of its own that a paragraph contains word for word;
or it is longer than anything people quote. Everything else stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

import numpy as np

from dedupe.facts import other_digits, replaced, restated
from dedupe.kernels.align import Chain
from dedupe.kernels.seeds import Block
from dedupe.patterns import pattern
from dedupe.stages.bodies import Copy, find_bodies, least_body
from dedupe.stages.page import Page

_SENTENCE = pattern(r"[。！？!?؟।]|[^\W\d_]{2}\.(?=\s|$)|[,，、;；]\s*$", re.MULTILINE)
"""The end of a sentence, or a line that continues on the next: neither occurs in titles and credits."""


def find_copies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The alignments that are second copies rather than natural repetition, largest first.

    These are: a repeated body, in one or more chains; passages next to their twins, including short ones
    if the page doubles its lines; pull quotes; and stretches too long to be quotations.
    """
    chains = _worth_a_look(page, chains)
    if not chains:
        return []
    few = page.scaled(page.settings.max_chance)
    whole = [_trimmed(page, chain, few) for chain in chains]
    # The trimmed part may have held a template's facts, so a trimmed chain alone is not proof of a copy.
    cut = {trimmed for chain, trimmed in zip(chains, whole, strict=True) if trimmed is not chain}
    bodies = find_bodies(page, whole)
    taken = {chain for copy in bodies for chain in copy.chains}
    others = [chain for chain in whole if chain not in taken] if taken else whole
    least = page.scaled(page.settings.min_length)
    quotes = _pull_quotes(page, [chain for chain in whole if chain.matched >= least])
    found = [
        *_beside_twins(page, whole, others, cut),
        *(quote for chain, quote in quotes if chain not in taken),
        *_verbatim(page, others),
        *_reassembled(page, others),
    ]
    copies = bodies + [Copy((chain,)) for chain in dict.fromkeys(found)]
    return sorted(copies, key=lambda copy: (-copy.matched, copy.start, copy.twin_start))


def _worth_a_look(page: Page, chains: list[Chain]) -> list[Chain]:
    """The alignments among which a copy may be; none if all are short and there are too few of them."""
    least, several = page.scaled(page.settings.min_length), page.settings.min_doubled
    long = sum([chain.matched >= least for chain in chains])  # chains are sorted: these come first
    if not long and len(chains) < several:
        return []
    if sum([chain.matched for chain in chains]) < least_body(page):
        chains = chains[:long] + _near(page, chains[long:])  # no body here: isolated short chains do not count
        if not long and len(chains) < several:
            return []
    return chains


def _beside_twins(page: Page, whole: list[Chain], others: list[Chain], cut: set[Chain]) -> list[Chain]:
    """The alignments next to their twins; on a page that doubles its lines, also short ones, parts and lines."""
    near = _near(page, others)
    if len(near) < page.settings.min_doubled:
        least = page.scaled(page.settings.min_length)
        return [chain for chain in near if chain.matched >= least and chain not in cut]
    touching = [part for chain in whole if chain.twin_end > chain.start for part in _touching_parts(page, chain)]
    return near + touching + _doubled_lines(page)


def _verbatim(page: Page, chains: list[Chain]) -> list[Chain]:
    """The verbatim alignments too long for a quotation."""
    most = page.scaled(page.settings.max_verbatim)
    return [chain for chain in chains if chain.matched >= most and len(chain.blocks) == 1]


def _reassembled(page: Page, chains: list[Chain]) -> list[Chain]:
    """
    Passages that recur verbatim after an amount of text comparable to their own length.

    A single one may be a lead or a quotation; a page with several was assembled wrongly.
    """
    least = page.scaled(page.settings.min_return)
    found = [
        chain
        for chain in chains
        if chain.matched >= least and 0 <= chain.start - chain.twin_end <= page.settings.max_return * chain.matched
    ]
    if len(found) < page.settings.min_doubled:
        return []
    found = _singles(found, [chain for chain in chains if 2 * chain.matched >= least])
    return found if len({chain.start for chain in found}) >= page.settings.min_doubled else []


def _doubled_lines(page: Page) -> list[Chain]:
    """The lines that repeat the line before them, on a page where a large share of lines do."""
    bounds, codes = page.lines(), page.view.codes
    lengths = np.diff(bounds)
    doubled: list[Chain] = []
    for k in np.flatnonzero(lengths[1:] == lengths[:-1]).tolist():
        a, b, c = bounds[k : k + 3].tolist()
        taken = doubled[-1].end if doubled else 0
        if a >= taken and np.array_equal(codes[a:b], codes[b:c]):
            doubled.append(Chain.of((Block(b, a, b - a),)))
    return doubled if len(doubled) >= page.settings.min_doubled_lines * len(lengths) else []


def _runs(page: Page, chain: Chain) -> list[Chain]:
    """Split the chain at the gaps in which the two sides differ."""
    ends = [k for k in range(1, len(chain.blocks)) if _differ(page, chain, k)]
    return [Chain.of(chain.blocks[a:b]) for a, b in pairwise([0, *ends, len(chain.blocks)])]


def _differ(page: Page, chain: Chain, k: int) -> bool:
    """Whether the two sides say different things in the gap before the chain's block ``k``."""
    last, block = chain.blocks[k - 1], chain.blocks[k]
    at, twin = last.at + last.length, last.twin + last.length
    if at >= block.at or twin >= block.twin:
        return False  # one side is empty there
    one, two = page.words(at, block.at), page.words(twin, block.twin)
    return not restated(one, two) and (replaced(one, two) or other_digits(one, two))


def _trimmed(page: Page, chain: Chain, few: int) -> Chain:
    """The chain without the few words at its ends that match by chance."""
    if len(chain.blocks) == 1:
        return chain
    first = _behind_chance(page, chain, range(1, len(chain.blocks)), few)
    last = _behind_chance(page, chain, range(len(chain.blocks) - 1, first, -1), few)
    return Chain.of(chain.blocks[first : last or len(chain.blocks)]) if first or last else chain


def _behind_chance(page: Page, chain: Chain, borders: range, few: int) -> int:
    """The last border whose cut drops only chance matches, each run of them at most ``few`` long; 0 for none."""
    found = matched = 0
    for k in borders:
        matched += chain.blocks[k - (borders.step > 0)].length
        if matched > few:
            break
        if _differ(page, chain, k):
            found, matched = k, 0
    return found


def _touching_parts(page: Page, chain: Chain) -> list[Chain]:
    """From a chain that overlaps its own twin (p1 p1 p2 p2), the lines that directly touch their twins."""
    touching = (run for run in _runs(page, chain) if abs(run.start - run.twin_end) <= page.settings.touching)
    return [run for run in touching if page.starts_line(run.start) and page.ends_line(run.end)]


def is_summary(page: Page, copy: Copy) -> bool:
    """
    Whether the earlier side is a lead at the head of the page, separated from the body by titles
    and credits. Text must follow the later side: after a truncated second copy nothing follows.
    """
    gap = copy.start - copy.twin_end
    goes_on = len(page.view) - copy.end >= page.scaled(page.settings.min_length)
    return gap > page.scaled(page.settings.max_distance) and _follows_head(page, copy) and goes_on


def _follows_head(page: Page, copy: Copy | Chain) -> bool:
    """
    Whether only the page's head of titles and credits lies between the two sides.

    A sentence in between is an answer or a verse, so the repeated text is a question or a refrain. After a question
    mark, a few words are an answer too.
    """
    head = page.scaled(page.settings.max_head)
    if not 0 < copy.start - copy.twin_end <= head or copy.twin_start > head:
        return False
    offsets = page.view.offsets
    between = page.text[int(offsets[copy.twin_end]) : int(offsets[copy.start - 1]) + 2]
    if page.asks(copy.twin_end) and copy.start - copy.twin_end <= page.scaled(page.settings.max_distance):
        return False
    return page.starts_line(copy.start) and page.starts_line(copy.twin_start) and _SENTENCE.search(between) is None


def _near(page: Page, chains: list[Chain]) -> list[Chain]:
    """The chains that follow their twins directly, or after the page's head of titles and credits."""
    settings = page.settings
    farthest = max(settings.touching, page.scaled(max(settings.max_distance, settings.max_head)))
    return [chain for chain in chains if chain.start - chain.twin_end <= farthest and _is_near(page, chain)]


def _is_near(page: Page, chain: Chain) -> bool:
    short = chain.matched < page.scaled(page.settings.short_copy)
    reach = page.settings.touching if short else page.scaled(page.settings.max_distance)
    if short and chain.start > chain.twin_end and page.starts_line(chain.start) and page.ends_line(chain.twin_end):
        reach = 0  # a whole line is between them: the answer to a question, or the name of an item
    if chain.start - chain.twin_end > reach and not _follows_head(page, chain):
        return False
    # Differing items or headings of a list are not copies of each other.
    return len(chain.blocks) == 1 or not _is_enumeration(page, chain)


def _is_enumeration(page: Page, chain: Chain) -> bool:
    """Whether this consists of short lines rather than sentences."""
    lines = page.breaks(chain.start, chain.end) + 1
    return lines > 2 and chain.end - chain.start < lines * page.scaled(page.settings.min_line)


def _pull_quotes(page: Page, chains: list[Chain]) -> list[tuple[Chain, Chain]]:
    """The pull quotes among these chains, each paired with the side that is a whole line."""
    few = page.scaled(page.settings.seed_length)
    most = page.scaled(page.settings.max_quote)
    short = [chain for chain in chains if chain.matched <= most + 2 * few and len(chain.blocks) == 1]
    quotes = []
    for chain in _singles(short, chains):
        [block] = chain.blocks
        turned = _turned(block)
        if not (_is_framed(page, block, few) or _is_framed(page, turned, few)):
            continue
        sides = (_on_line(page, block, few), _turned(_on_line(page, turned, few)))
        quotes += [
            (chain, Chain.of((side,)))
            for side in sides
            if side.length <= most and (_is_pull_quote(page, side) or _is_pull_quote(page, _turned(side)))
        ]
    return quotes


def _turned(block: Block) -> Block:
    return Block(block.twin, block.at, block.length)


def _is_framed(page: Page, block: Block, few: int) -> bool:
    """Whether a line begins within the first ``few`` characters of this side, and one ends within the last ``few``."""
    start, end = block.at, block.at + block.length
    return page.breaks_between(start, start + few) and page.breaks_between(end - few, end)


def _on_line(page: Page, block: Block, few: int) -> Block:
    """The block without the few characters beyond this side's line that match by chance."""
    at, twin, length = block
    if not page.starts_line(at) and (over := page.to_line_end(at + 1, few) + 1) <= few:
        at, twin, length = at + over, twin + over, length - over
    if not page.ends_line(at + length) and (over := page.since_line_start(at + length, few)) <= few:
        length -= over
    return Block(at, twin, length)


def _singles(chains: list[Chain], among: list[Chain]) -> list[Chain]:
    """The chains whose passage occurs exactly twice: a third occurrence means a formula or a list."""
    if not chains:
        return []
    starts = sorted([chain.start for chain in among] + [chain.twin_start for chain in among])
    ends = sorted([chain.end for chain in among] + [chain.twin_end for chain in among])

    def others(chain: Chain) -> int:
        """How many other chain sides overlap the middle of the later side."""
        start, end = chain.start + chain.matched // 4, chain.end - chain.matched // 4
        return bisect_left(starts, end) - bisect_right(ends, start) - 1

    return [chain for chain in chains if not others(chain)]


def _is_pull_quote(page: Page, block: Block) -> bool:
    """
    Whether this side is one whole line that the other side, a paragraph, contains word for word as most of a sentence.

    A line that is only one clause of a long sentence is a standfirst. Several sentences that an earlier paragraph
    quotes are not a pull quote either: this is the full statement that the paragraph quotes from.
    """
    at, twin, length = block
    end = at + length
    if at > twin and page.passages(at, end) > 1 and page.quoted(twin, twin + length) and not page.quoted(at, end):
        return False
    return (
        page.starts_line(at)
        and page.ends_line(end)
        and page.breaks(at, end) == 0
        and not (page.starts_line(twin) and page.ends_line(twin + length))
        and 2 * length >= page.passages_around(twin, twin + length)
    )
