"""
What makes an alignment a copy: its size and place on the page, and that it states the same facts.

Natural text repeats itself. A quotation comes back, a law is cited twice, a lead returns in the
body. What a scrape adds looks different: the copy stands next to its twin, or it is the page's
body over again, or it is a pull quote, a line of its own that a paragraph holds word for word.
Everything else stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from dedupe.facts import digits, numbers, other_digits, replaced
from dedupe.kernels.align import Chain
from dedupe.stages.page import Page

NOISY = 0.01
"""From this share of slips on, a differing digit is one of them and no fact of its own."""

_TOUCHING = 2
"""Characters between a short passage and its copy. More, and it may be the items of a list."""

_LEAST_BODY = 3
"""Sentences that a body has at the least; one that comes again on a short page is a refrain."""

_INTERLEAVED = 3
"""From this many passages on that stand next to their twins, every line of the page is doubled."""

_SENTENCE_END = re.compile(r"[。！？!?؟।]|[^\W\d_]{2}\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Copy:
    """
    Chains in one order and at about one distance: a copy of a passage, with what one side adds
    or lacks in between.
    """

    chains: tuple[Chain, ...]

    @property
    def matched(self) -> int:
        """How many characters are equal."""
        return sum(chain.matched for chain in self.chains)

    @property
    def start(self) -> int:
        """Where the later copy begins."""
        return self.chains[0].start

    @property
    def end(self) -> int:
        """Where the later copy ends."""
        return self.chains[-1].end

    @property
    def twin_start(self) -> int:
        """Where the earlier copy begins."""
        return self.chains[0].twin_start

    @property
    def twin_end(self) -> int:
        """Where the earlier copy ends."""
        return self.chains[-1].twin_end


def find_copies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The likenesses that are second copies rather than a text that repeats itself, the largest first.

    A body said over again, in one or more chains; passages that stand next to their twins; pull
    quotes. Where every line of a page is doubled, short lines count too.
    """
    whole = [_trimmed(page, chain) for chain in chains]
    cut = {trimmed for chain, trimmed in zip(chains, whole, strict=True) if trimmed != chain}
    bodies = [copy for copy in _alongside_one_another(page, whole) if _is_body(page, copy)]
    taken = {chain for copy in bodies for chain in copy.chains}
    near = [chain for chain in whole if chain not in taken and _is_near(page, chain)]
    if len(near) >= _INTERLEAVED:
        near += [part for chain in whole if chain.twin_end > chain.start for part in _touching_parts(page, chain)]
    else:
        # What was trimmed off may have been the facts of a template: one of them alone is no proof.
        near = [chain for chain in near if _is_long(page, chain) and chain not in cut]
    long = [chain for chain in whole if _is_long(page, chain)]
    quotes = [chain for chain in long if chain not in taken and _is_quote(page, chain) and _is_single(chain, long)]
    copies = bodies + [Copy((chain,)) for chain in dict.fromkeys(near + quotes)]
    return sorted(copies, key=lambda copy: (-copy.matched, copy.start, copy.twin_start))


def _alongside_one_another(page: Page, chains: list[Chain]) -> list[Copy]:
    """Chains joined where they run side by side; one below the minimum length only beside others."""
    groups: list[list[Chain]] = []
    for chain in sorted(chains, key=lambda c: (-c.matched, c)):
        home = next((group for group in groups if _alongside(page, group, chain)), None)
        if home is not None:
            home.append(chain)
            home.sort()
        elif _is_long(page, chain):
            groups.append([chain])
    return [Copy(tuple(group)) for group in groups]


def _runs(page: Page, chain: Chain) -> list[Chain]:
    """The chain, cut at the gaps in which the two sides say different things."""
    breaks = {at for at, one, two in page.gaps(chain) if replaced(one, two) or other_digits(one, two)}
    ends = [k + 1 for k, block in enumerate(chain.blocks[:-1]) if block.at + block.length in breaks]
    return [Chain(chain.blocks[a:b]) for a, b in pairwise([0, *ends, len(chain.blocks)])]


def _trimmed(page: Page, chain: Chain) -> Chain:
    """The chain without a few words at its ends that agree by chance."""
    runs = _runs(page, chain)
    few = 3 * page.scaled(page.settings.seed_length)
    while len(runs) > 1 and min(runs[0].matched, runs[-1].matched) <= few:
        runs.pop(0 if runs[0].matched <= few else -1)
    return Chain(tuple(block for run in runs for block in run.blocks))


def _touching_parts(page: Page, chain: Chain) -> list[Chain]:
    """Of a chain that runs into its own twin (p1 p1 p2 p2), the lines that touch theirs."""
    touching = (run for run in _runs(page, chain) if abs(run.start - run.twin_end) <= _TOUCHING)
    return [run for run in touching if page.starts_line(run.start) and page.ends_line(run.end)]


def _alongside(page: Page, group: list[Chain], chain: Chain) -> bool:
    """Whether the chain continues the group's copy: same order, about the same distance."""
    distance, slack = chain.start - chain.twin_start, page.scaled(page.settings.seed_length)
    for other in group:
        if abs(distance - (other.start - other.twin_start)) > max(page.scaled(400), distance // 4):
            return False
        first, second = (other, chain) if other.start < chain.start else (chain, other)
        if first.end > second.start + slack or first.twin_end > second.twin_start + slack:
            return False
    return True


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

    Where a sentence ends in between, it is an answer or a verse, and what comes again is a
    question or a refrain.
    """
    head = page.scaled(page.settings.max_head)
    if not 0 < copy.start - copy.twin_end <= head or copy.twin_start > head:
        return False
    offsets = page.view.offsets
    between = page.text[int(offsets[copy.twin_end]) : int(offsets[copy.start - 1]) + 2]
    return page.starts_line(copy.start) and page.starts_line(copy.twin_start) and _SENTENCE_END.search(between) is None


def _is_long(page: Page, chain: Chain) -> bool:
    return chain.matched >= page.scaled(page.settings.min_length)


def _is_body(page: Page, copy: Copy) -> bool:
    """
    Whether the copy is a good part of the page, and little else stands in between its parts.

    Where its parts alternate with different text on both sides, it is a list of like items.
    """
    long = [chain for chain in copy.chains if _is_long(page, chain)]
    shorter = min(copy.end - copy.start, copy.twin_end - copy.twin_start)
    apart = max(chain.twin_end for chain in long) <= min(chain.start for chain in long) + _TOUCHING
    least = max(
        page.settings.min_share * len(page.view), 0.6 * shorter, _LEAST_BODY * page.scaled(page.settings.min_length)
    )
    if not apart or copy.matched < least:
        return False
    between = [(page.words(a.end, b.start), page.words(a.twin_end, b.twin_start)) for a, b in pairwise(copy.chains)]
    exchanged = sum(min(len(one), len(two)) for one, two in between if replaced(one, two))
    return exchanged <= (1 - page.settings.min_agreement) * shorter


def _is_near(page: Page, chain: Chain) -> bool:
    """Whether the copy follows its twin directly, or after a page's head of titles and credits."""
    gap = chain.start - chain.twin_end
    short = chain.matched < page.scaled(page.settings.short_copy)
    return gap <= (_TOUCHING if short else page.scaled(page.settings.max_distance)) or _follows_head(page, chain)


def _is_quote(page: Page, chain: Chain) -> bool:
    return _is_pull_quote(page, chain) or _is_pull_quote(page, chain.turned())


def _is_single(chain: Chain, chains: list[Chain]) -> bool:
    """Whether the passage stands twice and no more: what comes a third time is a formula or a list."""
    start, end = chain.start + chain.matched // 4, chain.end - chain.matched // 4
    others = [c for c in chains if c is not chain]
    return not any((c.start < end and start < c.end) or (c.twin_start < end and start < c.twin_end) for c in others)


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


def is_template(page: Page, chain: Chain) -> bool:
    """
    Whether the two sides agree in wording and differ in facts: numbers, names, items of a list.

    In a copy with slips, numbers suffer as often as words do; in a template the wording stands
    and the facts change. In a short passage one other word is enough to keep both.
    """
    gaps = [(one, two) for _, one, two in page.gaps(chain)]
    other = sum(other_digits(one, two) for one, two in gaps)
    exchanged = sum(max(len(one), len(two)) for one, two in gaps if replaced(one, two))
    length = chain.end - chain.start
    allowed, slips = 1 - page.settings.min_agreement, noise(page, chain)
    if length < page.scaled(page.settings.short_copy) and slips < NOISY:
        adds, lacks = any(one for one, _ in gaps), any(two for _, two in gaps)
        return adds and lacks
    stated = max(1, numbers(page.text[slice(*page.span(chain.start, chain.end))]).total())
    # A number has about three digits, so it is hit three times as often as a character.
    expected = 3 * slips * stated
    return slips > allowed or other > max(allowed * stated, 3 * expected + 1) or exchanged > allowed / 8 * length


def noise(page: Page, chain: Chain) -> float:
    """
    The share of characters that slipped: one or two differing letters at a time, digits aside.
    """
    slipped = 0
    for _, one, two in page.gaps(chain):
        if max(len(one), len(two)) <= 2:
            slipped += max(len(one) - len(digits(one)), len(two) - len(digits(two)))
    return slipped / max(1, chain.end - chain.start)
