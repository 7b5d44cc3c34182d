"""
What makes an alignment a copy: its size and place on the page, and that it states the same facts.

Natural text repeats itself. A quotation comes back, a law is cited twice, a lead returns in the
body. What a scrape adds looks different: the copy stands next to its twin, or it is the page's
body over again, or it is a pull quote, a line of its own that a paragraph holds word for word.
Everything else stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.facts import digits, numbers, replaced
from dedupe.kernels.align import Chain
from dedupe.kernels.view import Offsets, View
from dedupe.model import Span
from dedupe.settings import RepeatSettings

_OPENING = "“‘「『（《【〈\"'(["


@dataclass(frozen=True, slots=True)
class Page:
    """
    A document as this judge sees it.

    ``bounds`` are the view characters at which passages begin, and the view's end; ``factor``
    turns a length in Han characters into one of this document's script.
    """

    text: str
    view: View
    bounds: NDArray[np.int64]
    factor: float
    settings: RepeatSettings

    @classmethod
    def of(cls, text: str, view: View, starts: Offsets, settings: RepeatSettings) -> Page:
        """Measure a document."""
        dense = float(((view.codes >= 0x2E80) & (view.codes < 0xE000)).mean()) if len(view) else 0.0
        factor = 1.0 + (settings.latin_factor - 1.0) * (1.0 - dense)
        return cls(text, view, np.append(view.positions(starts), len(view)), factor, settings)

    def scaled(self, length: float) -> int:
        """A length in Han characters, in this document's script: a Latin letter says less."""
        return round(length * self.factor)

    def span(self, start: int, end: int) -> Span:
        """The text from a view character to another, with the punctuation that belongs to them."""
        offsets, text = self.view.offsets, self.text
        first, last = int(offsets[start]), int(offsets[end - 1]) + 1
        before = int(offsets[start - 1]) + 1 if start else 0
        after = int(offsets[end]) if end < len(offsets) else len(text)
        while first > before and text[first - 1] in _OPENING:
            first -= 1
        while last < after and text[last] != "\n" and text[last] not in _OPENING:
            last += 1
        return Span(first, last)

    def starts_line(self, at: int) -> bool:
        """Whether only punctuation stands between this view character and the start of its line."""
        before = int(self.view.offsets[at - 1]) + 1 if at else 0
        return at == 0 or "\n" in self.text[before : int(self.view.offsets[at])]

    def ends_line(self, end: int) -> bool:
        """Whether the line ends behind the view character before ``end``."""
        if end >= len(self.view):
            return True
        return "\n" in self.text[int(self.view.offsets[end - 1]) + 1 : int(self.view.offsets[end])]

    def breaks(self, start: int, end: int) -> int:
        """How many lines end inside."""
        return self.text.count("\n", int(self.view.offsets[start]), int(self.view.offsets[end - 1]))

    def words(self, start: int, end: int) -> str:
        """The view's characters."""
        return self.view.codes[start:end].tobytes().decode("utf-32-le")

    def gaps(self, chain: Chain) -> list[tuple[int, str, str]]:
        """What stands between the blocks: where in the victim, its words there, and the twin's."""
        return [
            (a.at + a.length, self.words(a.at + a.length, b.at), self.words(a.twin + a.length, b.twin))
            for a, b in zip(chain.blocks, chain.blocks[1:], strict=False)
            if b.at > a.at + a.length or b.twin > a.twin + a.length
        ]


@dataclass(frozen=True, slots=True)
class Copy:
    """
    Chains in one order and at about one distance: a copy of a passage, with what one side adds
    or lacks in between.
    """

    chains: tuple[Chain, ...]

    @property
    def matched(self) -> int:
        return sum(chain.matched for chain in self.chains)

    @property
    def start(self) -> int:
        return self.chains[0].start

    @property
    def end(self) -> int:
        return self.chains[-1].end

    @property
    def twin_start(self) -> int:
        return self.chains[0].twin_start

    @property
    def twin_end(self) -> int:
        return self.chains[-1].twin_end


def gather_copies(page: Page, chains: list[Chain]) -> list[Copy]:
    """Join chains that run alongside one another, the longest first."""
    groups: list[list[Chain]] = []
    for chain in chains:
        home = next((group for group in groups if _alongside(page, group, chain)), None)
        if home is None:
            groups.append([chain])
        else:
            home.append(chain)
            home.sort()
    return [Copy(tuple(group)) for group in groups]


def _alongside(page: Page, group: list[Chain], chain: Chain) -> bool:
    """Whether the chain continues the group's copy: same order, about the same distance."""
    distance = chain.start - chain.twin_start
    for other in group:
        if abs(distance - (other.start - other.twin_start)) > max(page.scaled(400), distance // 4):
            return False
        first, second = (other, chain) if other.start < chain.start else (chain, other)
        if first.end > second.start or first.twin_end > second.twin_start:
            return False
    return True


def is_copy(page: Page, copy: Copy) -> bool:
    """
    Whether the likeness is a second copy rather than a text that repeats itself.

    It stands next to its twin; or it is a good part of the page; or it is a pull quote.
    """
    length = len(page.view)
    if copy.matched >= page.settings.min_share * length:
        return True
    gap = copy.start - copy.twin_end
    near = page.scaled(page.settings.max_distance)
    if gap <= near // 4 or (gap <= near and copy.twin_start <= near):
        return True
    return any(_is_pull_quote(page, side) for chain in copy.chains for side in (chain, chain.turned()))


def _is_pull_quote(page: Page, chain: Chain) -> bool:
    """Whether this side is one whole line that the other side holds, word for word, in a paragraph."""
    return (
        len(chain.blocks) == 1
        and page.starts_line(chain.start)
        and page.ends_line(chain.end)
        and page.breaks(chain.start, chain.end) == 0
        and not (page.starts_line(chain.twin_start) and page.ends_line(chain.twin_end))
    )


def is_template(page: Page, chain: Chain) -> bool:
    """
    Whether the two sides agree in wording and differ in facts: numbers, names, items of a list.

    In a copy with slips, numbers suffer as often as words do; in a template the wording stands
    and the facts change. In a short passage one other number is enough to keep both.
    """
    gaps = [(one, two) for _, one, two in page.gaps(chain)]
    other = sum(digits(one) != digits(two) for one, two in gaps)
    exchanged = sum(max(len(one), len(two)) for one, two in gaps if replaced(one, two))
    length = chain.end - chain.start
    if length < page.scaled(page.settings.short_copy):
        return other > 0 or exchanged > 0
    stated = max(1, numbers(page.text[slice(*page.span(chain.start, chain.end))]).total())
    slips = noise(page, chain)
    # A number has about three digits, so it is hit three times as often as a character.
    expected = 3 * slips * stated
    allowed = 1 - page.settings.min_agreement
    return other > max(allowed * stated, 3 * expected + 1) or exchanged > allowed / 2 * length


def noise(page: Page, chain: Chain) -> float:
    """
    The share of characters that slipped: differing letters in the gaps, digits aside.
    """
    slipped = sum(max(len(one) - len(digits(one)), len(two) - len(digits(two))) for _, one, two in page.gaps(chain))
    return slipped / max(1, chain.end - chain.start)
