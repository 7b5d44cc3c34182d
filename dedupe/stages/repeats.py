"""
Find passages that a document contains twice.

Seeds propose: runs of a few characters that occur twice in the comparison view. If too few of them lie
together, the document is done. Otherwise alignment decides, character by character, where a copy begins
and ends, and what only one of the copies contains. Findings mark whole passages that the other copy
contains; a sentence that only the dropped copy has stays where it is.

`dedupe.stages.copies` defines what counts as a copy, `dedupe.stages.standing` which of its passages
are covered elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from dedupe.kernels.align import Chain, find_chains
from dedupe.kernels.seeds import Block
from dedupe.kernels.shingles import Hashes64, shingle_hashes, widened
from dedupe.kernels.view import View
from dedupe.model import Finding
from dedupe.settings import RepeatSettings
from dedupe.stages.bodies import Copy
from dedupe.stages.copies import find_copies, is_summary
from dedupe.stages.page import Page
from dedupe.stages.standing import Standing
from dedupe.stages.stretch import stretched
from dedupe.stages.template import is_template
from dedupe.stages.verse import without_stanzas

_MAX_DIFFERENCES = 20


class _Removal(NamedTuple):
    """View characters to remove, and the alignment with the copy that stays."""

    start: int
    end: int
    chain: Chain


def find_repeats(text: str, view: View, shingles: Hashes64, settings: RepeatSettings) -> tuple[Finding, ...]:
    """
    Mark the worse copy of every passage that occurs twice.

    ``shingles`` are the hashes of the view's shingles, one per position; their length follows from their number.
    """
    if len(view) < 2 * settings.min_length:
        return ()
    page = Page.of(text, view, settings)
    seed = page.scaled(settings.seed_length)
    least, gap = min(2 * seed, page.scaled(settings.min_length)), page.scaled(settings.max_gap)
    seeds = _seeds(view, shingles, seed)
    del shingles  # large for a long text, and no longer needed
    chains = find_chains(view.codes, seeds, least, gap, settings.min_alike, settings.min_run)
    del seeds
    chains = without_stanzas(page, chains)
    copies = find_copies(page, chains) if chains else []
    if not copies:
        return ()
    standing = Standing(page)
    removals = [removal for copy in copies for removal in _judge(page, copy, standing)]
    return tuple(sorted((_finding(page, removal, standing) for removal in removals), key=lambda f: f.span))


def _seeds(view: View, shingles: Hashes64, length: int) -> Hashes64:
    """The hash of every run of seed length, derived from the shingles' hashes unless shingles are longer."""
    shingle = len(view) - len(shingles) + 1
    return widened(shingles, shingle, length) if shingle <= length else shingle_hashes(view.codes, length)


def _judge(page: Page, copy: Copy, standing: Standing) -> list[_Removal]:
    """The removals for one copy."""
    largest = max(copy.chains, key=lambda chain: chain.matched)
    if is_template(page, largest):
        return []  # the other chains beside a template are its formulas
    later = _later_stays(page, copy)
    removals: list[_Removal] = []
    for chain in stretched(page, [_apart(page, chain) for chain in copy.chains]):
        if chain != largest and is_template(page, chain):
            continue
        if chain.twin_end > chain.start:
            removals += _take_rolled(chain, standing)
            continue
        first, second = (chain.turned(), chain) if later else (chain, chain.turned())
        removals += _take(first, standing) or _take(second, standing)
    return removals


def _later_stays(page: Page, copy: Copy) -> bool:
    """
    Whether the later copy should stay: because that is the policy, or because the earlier one lost its
    line breaks, breaks off in mid-sentence, or is only a summary or pull quote of what the later one says
    in context.
    """
    if page.settings.keep != "better":
        return page.settings.keep == "last"
    if is_summary(page, copy):
        return True
    earlier = page.breaks(copy.twin_start, copy.twin_end)
    later = page.breaks(copy.start, copy.end)
    if later >= 2 and earlier < page.settings.min_breaks * later:
        return True
    mark = page.scaled(page.settings.seed_length)  # room for a truncation mark: ... [more]
    if page.to_line_end(copy.twin_end, mark) <= mark < page.to_passage_end(copy.end):
        return True
    alone_early = page.starts_line(copy.twin_start) and page.ends_line(copy.twin_end)
    alone_late = page.starts_line(copy.start) and page.ends_line(copy.end)
    return alone_early and not alone_late


def _apart(page: Page, chain: Chain) -> Chain:
    """
    The chain without the few characters that would belong to both copies.

    If copies touch, the match can extend beyond the border between them: the text before the first
    copy may end as the copies do, or the text after the second may begin as they do.
    """
    overlap, first, last = chain.twin_end - chain.start, chain.blocks[0], chain.blocks[-1]
    if not 0 < overlap < first.diagonal // 4:
        return chain
    if first.at in page.bounds and overlap < last.length:
        return Chain.of((*chain.blocks[:-1], Block(last.at, last.twin, last.length - overlap)))
    if overlap < first.length:
        return Chain.of((Block(first.at + overlap, first.twin + overlap, first.length - overlap), *chain.blocks[1:]))
    return chain


def _take(chain: Chain, standing: Standing) -> list[_Removal]:
    """Remove the runs of whole passages of the victim that the twin contains."""
    return [_Removal(start, end, chain) for start, end in standing.take(chain)]


def _take_rolled(chain: Chain, standing: Standing) -> list[_Removal]:
    """
    Remove all but the first occurrence of a passage that is repeated back to back.

    The diagonal is the period: a character k periods after one of the first occurrence is its copy. If
    the diagonals differ, this is a list of similar items, and it stays.
    """
    period, root = chain.blocks[0].diagonal, chain.twin_start
    if any(block.diagonal != period for block in chain.blocks):
        return []
    removals = []
    for start, end in standing.take(chain, period):
        inside = [(max(b.at, start), min(b.at + b.length, end)) for b in chain.blocks]
        blocks = tuple(Block(low, root + (low - root) % period, high - low) for low, high in inside if low < high)
        removals.append(_Removal(start, end, Chain.of(blocks)))
    return removals


def _finding(page: Page, removal: _Removal, standing: Standing) -> Finding:
    start, end, chain = removal
    low = bisect_right(chain.blocks, start, key=lambda block: block.at + block.length)
    high = bisect_left(chain.blocks, end, key=lambda block: block.at)
    blocks = chain.blocks[low:high]
    # A slip at a border is in no block: extend the twin by the same length, but not into the neighbouring block.
    first, last = blocks[0], blocks[-1]
    lowest = chain.blocks[low - 1].twin + chain.blocks[low - 1].length if low else 0
    highest = chain.blocks[high].twin if high < len(chain.blocks) else len(page.view)
    twin_start = max(first.twin + start - first.at, min(lowest, first.twin))
    twin_end = min(last.twin + end - last.at, max(highest, last.twin + last.length))
    bordered = Chain.of((Block(start, twin_start, 0), *blocks, Block(end, twin_end, 0)))
    equal = sum(min(b.at + b.length, end) - max(b.at, start) for b in blocks)
    # The twin may have been removed too: then its text survives at its own twin, perhaps at a different place per end.
    head = first.twin + max(start, first.at) - first.at
    tail = last.twin + min(end, last.at + last.length) - last.at - 1
    twin_start = max(0, twin_start + standing.home(head) - head)
    twin_end = min(len(page.view), twin_end + standing.home(tail) - tail)
    later = start > twin_start
    return Finding(
        stage="repeats",
        rule="second-copy" if later else "earlier-copy",
        span=page.span(start, end),
        reason=f"already appears {'above' if later else 'below'}",
        twin=page.span(twin_start, max(twin_end, twin_start + 1)),
        similarity=round(equal / (end - start), 4),
        differences=tuple(page.verbatim_gaps(bordered))[:_MAX_DIFFERENCES],
    )
