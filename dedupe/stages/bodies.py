"""
Article bodies that appear twice: chains that run side by side and together cover much of the page.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice, pairwise

from dedupe.facts import replaced
from dedupe.kernels.align import Chain
from dedupe.stages.page import Page

_MOST = 64
"""Maximum number of groups to build, around the longest chains first: a page has few bodies."""


@dataclass(frozen=True, slots=True)
class Copy:
    """
    A copy of a passage: chains in the same order and at about the same distance from their twins.

    Between the chains, either side may have text that the other lacks.
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
    """The chains of one copy, in order, while it is being assembled."""

    def __init__(self, chain: Chain) -> None:
        self.chains = [chain]
        self.nearest = self.farthest = _distance(chain)
        self._starts = [chain.start]

    def holds(self, chain: Chain, overlap: int) -> bool:
        """Whether the chain fits between the others, in the same order on both sides."""
        k = bisect_left(self._starts, chain.start)
        if k and not _in_order(self.chains[k - 1], chain, overlap):
            return False
        return k == len(self._starts) or _in_order(chain, self.chains[k], overlap)

    def add(self, chain: Chain) -> None:
        """Insert the chain in order."""
        k = bisect_left(self._starts, chain.start)
        self.chains.insert(k, chain)
        self._starts.insert(k, chain.start)
        self.nearest, self.farthest = min(self.nearest, _distance(chain)), max(self.farthest, _distance(chain))


def _in_order(one: Chain, two: Chain, overlap: int) -> bool:
    return one.end <= two.start + overlap and one.twin_end <= two.twin_start + overlap


def find_bodies(page: Page, chains: list[Chain]) -> list[Copy]:
    """
    The copies that are whole bodies.

    A copy that directly follows its twin may have more text missing or inserted between its chains
    than a copy elsewhere on the page. If a group is not a body but its largest chain alone is, that
    chain is returned.
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
    Whether the earlier side consists only of a passage that recurs within it.

    A song may end with its refrain sung twice, and that end matches any earlier pair of refrains. A song
    that is truly duplicated has verses as well.
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
    """Whether both sides of a chain lie within the copy's earlier side, judged by midpoints: ends may overrun."""
    half = chain.matched // 2
    return copy.twin_start <= chain.twin_start + half and chain.start + half < copy.twin_end


def _touch(page: Page, chains: list[Chain]) -> bool:
    """Whether some repeated stretch begins where an earlier occurrence ends."""
    reach = page.scaled(page.settings.max_distance)
    starts = sorted(chain.start for chain in chains)
    places = ((bisect_left(starts, chain.twin_end - reach), chain.twin_end + reach) for chain in chains)
    return any(k < len(starts) and starts[k] <= last for k, last in places)


def _distance(chain: Chain) -> int:
    return chain.start - chain.twin_start


def _side_by_side(page: Page, chains: list[Chain], *, loosely: bool) -> list[Copy]:
    """Group chains that run side by side; one below the minimum length may join a group but not start one."""
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
    """Minimum matched length of a body: a share of the page, and several sentences."""
    settings = page.settings
    return max(settings.min_share * len(page.view), settings.min_sentences * page.scaled(settings.min_length))


def _is_body(page: Page, copy: Copy) -> bool:
    """
    Whether the copy covers a good part of the page with little unmatched text between its chains.

    If different text alternates with the chains on both sides, this is a list of similar items.
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
