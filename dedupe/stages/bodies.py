"""
Bodies that stand twice: chains that run side by side, and together are a good part of the page.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

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


@dataclass(slots=True)
class _Group:
    """Chains of one copy, in order, while it is put together."""

    chains: list[Chain]
    nearest: int = field(init=False)
    farthest: int = field(init=False)

    def __post_init__(self) -> None:
        self.nearest = self.farthest = _distance(self.chains[0])

    def fits(self, chain: Chain, drift: int, overlap: int) -> bool:
        """Whether the chain continues the copy: same order, about the same distance."""
        distance = _distance(chain)
        if distance - self.nearest > drift or self.farthest - distance > drift:
            return False
        k = bisect_left(self.chains, chain)
        beside = (*self.chains[max(0, k - 1) : k], chain, *self.chains[k : k + 1])
        return all(a.end <= b.start + overlap and a.twin_end <= b.twin_start + overlap for a, b in pairwise(beside))

    def add(self, chain: Chain) -> None:
        """Take the chain in, in its place."""
        self.chains.insert(bisect_left(self.chains, chain), chain)
        self.nearest, self.farthest = min(self.nearest, _distance(chain)), max(self.farthest, _distance(chain))


def find_bodies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The copies that are bodies. Between the parts of one that follows its twin directly more may be
    missing or inserted than between those of one that stands elsewhere; where they are a body only
    without the others, the largest part is one.
    """
    bodies: list[Copy] = []
    if sum(chain.matched for chain in chains) < _least(page):
        return bodies
    for following in (True, False):
        taken = {chain for copy in bodies for chain in copy.chains}
        free = [chain for chain in chains if chain not in taken]
        for copy in _side_by_side(page, free, loosely=following):
            if following and abs(copy.start - copy.twin_end) > page.scaled(page.settings.max_distance):
                continue
            largest = Copy((max(copy.chains, key=lambda chain: chain.matched),))
            bodies += [body for body in (copy, largest) if _is_body(page, body)][:1]
    return bodies


def is_long(page: Page, chain: Chain) -> bool:
    """Whether the likeness is a sentence at the least."""
    return chain.matched >= page.scaled(page.settings.min_length)


def _distance(chain: Chain) -> int:
    return chain.start - chain.twin_start


def _side_by_side(page: Page, chains: list[Chain], *, loosely: bool) -> list[Copy]:
    """Chains joined where they run side by side; one below the minimum length only beside others."""
    settings = page.settings
    overlap = page.scaled(settings.min_length if loosely else settings.seed_length)
    groups: list[_Group] = []
    for chain in sorted(chains, key=lambda c: (-c.matched, c)):
        drift = max(page.scaled(settings.max_insertion), _distance(chain) // (2 if loosely else 4))
        home = next((group for group in groups if group.fits(chain, drift, overlap)), None)
        if home is not None:
            home.add(chain)
        elif is_long(page, chain) and len(groups) < _MOST:
            groups.append(_Group([chain]))
    return [Copy(tuple(group.chains)) for group in groups]


def _least(page: Page) -> float:
    """What a body has at the least: a share of the page, and some sentences."""
    settings = page.settings
    return max(settings.min_share * len(page.view), settings.min_sentences * page.scaled(settings.min_length))


def _is_body(page: Page, copy: Copy) -> bool:
    """
    Whether the copy is a good part of the page, and little else stands in between its parts.

    Where its parts alternate with different text on both sides, it is a list of like items.
    """
    long = [chain for chain in copy.chains if is_long(page, chain)]
    shorter = min(copy.end - copy.start, copy.twin_end - copy.twin_start)
    apart = max(chain.twin_end for chain in long) <= min(chain.start for chain in long) + page.settings.touching
    if not apart or copy.matched < max(_least(page), page.settings.min_density * shorter):
        return False
    between = [(page.words(a.end, b.start), page.words(a.twin_end, b.twin_start)) for a, b in pairwise(copy.chains)]
    exchanged = sum(min(len(one), len(two)) for one, two in between if replaced(one, two))
    return exchanged <= (1 - page.settings.min_agreement) * shorter
