"""
Bodies that stand twice: chains that run side by side, and together are a good part of the page.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice, pairwise

from dedupe.facts import replaced
from dedupe.kernels.align import Chain
from dedupe.stages.page import Page

_MOST = 64
"""A page has few bodies: so many groups of chains are tried, those around its longest likenesses."""


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


class _Group:
    """Chains of one copy, in order, while it is put together."""

    def __init__(self, chain: Chain) -> None:
        self.chains = [chain]
        self.nearest = self.farthest = _distance(chain)
        self._starts = [chain.start]

    def holds(self, chain: Chain, overlap: int) -> bool:
        """Whether the chain fits in between the others: the same order in both copies."""
        k = bisect_left(self._starts, chain.start)
        if k and not _in_order(self.chains[k - 1], chain, overlap):
            return False
        return k == len(self._starts) or _in_order(chain, self.chains[k], overlap)

    def add(self, chain: Chain) -> None:
        """Take the chain in, in its place."""
        k = bisect_left(self._starts, chain.start)
        self.chains.insert(k, chain)
        self._starts.insert(k, chain.start)
        self.nearest, self.farthest = min(self.nearest, _distance(chain)), max(self.farthest, _distance(chain))


def _in_order(one: Chain, two: Chain, overlap: int) -> bool:
    return one.end <= two.start + overlap and one.twin_end <= two.twin_start + overlap


def find_bodies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The copies that are bodies. Between the parts of one that follows its twin directly more may be
    missing or inserted than between those of one that stands elsewhere; where they are a body only
    without the others, the largest part is one.
    """
    bodies: list[Copy] = []
    if sum([chain.matched for chain in chains]) < least_body(page):
        return bodies
    for following in (True, False):
        if following and not _touch(page, chains):
            continue
        taken = {chain for copy in bodies for chain in copy.chains}
        free = [chain for chain in chains if chain not in taken]
        for copy in _side_by_side(page, free, loosely=following):
            if following and abs(copy.start - copy.twin_end) > page.scaled(page.settings.max_distance):
                continue
            largest = Copy((max(copy.chains, key=lambda chain: chain.matched),))
            found = (body for body in (copy, largest) if _is_body(page, body) and not _is_refrain(page, body, chains))
            bodies += islice(found, 1)
    return bodies


def _is_refrain(page: Page, copy: Copy, chains: list[Chain]) -> bool:
    """
    Whether the earlier side is nothing but a passage that comes again within it: a song ends with its refrain twice,
    which is like any two before. A song that stands twice has verses as well.
    """
    again = [chain for chain in chains if len(chain.blocks) == 1 and _within(chain, copy)]
    covered, reached = 0, copy.twin_start
    for start, end in sorted(
        side for chain in again for side in ((chain.twin_start, chain.twin_end), (chain.start, chain.end))
    ):
        reached = max(reached, start)
        covered += max(0, min(end, copy.twin_end) - reached)
        reached = max(reached, end)
    return copy.matched - covered < page.scaled(page.settings.min_length)


def _within(chain: Chain, copy: Copy) -> bool:
    """Whether both sides of a chain lie on the copy's earlier side, by their middles: at its ends more may agree."""
    half = chain.matched // 2
    return copy.twin_start <= chain.twin_start + half and chain.start + half < copy.twin_end


def _touch(page: Page, chains: list[Chain]) -> bool:
    """Whether anything that comes again begins where something said before ends."""
    reach = page.scaled(page.settings.max_distance)
    starts = sorted(chain.start for chain in chains)
    places = ((bisect_left(starts, chain.twin_end - reach), chain.twin_end + reach) for chain in chains)
    return any(k < len(starts) and starts[k] <= last for k, last in places)


def _distance(chain: Chain) -> int:
    return chain.start - chain.twin_start


def _side_by_side(page: Page, chains: list[Chain], *, loosely: bool) -> list[Copy]:
    """Chains joined where they run side by side; one below the minimum length only beside others."""
    least, insertion = page.scaled(page.settings.min_length), page.scaled(page.settings.max_insertion)
    overlap = least if loosely else page.scaled(page.settings.seed_length)
    groups: list[_Group] = []
    for chain in sorted(chains, key=lambda c: (-c.matched, c)):
        distance = chain.start - chain.twin_start
        drift = max(insertion, distance // (2 if loosely else 4))
        low, high = distance - drift, distance + drift
        for group in groups:
            if group.farthest <= high and group.nearest >= low and group.holds(chain, overlap):
                group.add(chain)
                break
        else:
            if chain.matched >= least and len(groups) < _MOST:
                groups.append(_Group(chain))
    return [Copy(tuple(group.chains)) for group in groups]


def least_body(page: Page) -> float:
    """What a body has at the least: a share of the page, and some sentences."""
    settings = page.settings
    return max(settings.min_share * len(page.view), settings.min_sentences * page.scaled(settings.min_length))


def _is_body(page: Page, copy: Copy) -> bool:
    """
    Whether the copy is a good part of the page, and little else stands in between its parts.

    Where its parts alternate with different text on both sides, it is a list of like items.
    """
    shorter = min(copy.end - copy.start, copy.twin_end - copy.twin_start)
    if copy.matched < max(least_body(page), page.settings.min_density * shorter):
        return False
    least = page.scaled(page.settings.min_length)
    long = [chain for chain in copy.chains if chain.matched >= least]
    if max(chain.twin_end for chain in long) > min(chain.start for chain in long) + page.settings.touching:
        return False
    between = [(page.words(a.end, b.start), page.words(a.twin_end, b.twin_start)) for a, b in pairwise(copy.chains)]
    exchanged = sum(min(len(one), len(two)) for one, two in between if replaced(one, two))
    return exchanged <= (1 - page.settings.min_agreement) * shorter
