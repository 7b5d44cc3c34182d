"""
Verification: exact Jaccard and containment on real shingles, and the template guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dedupe.facts import Facts, facts, other_facts
from dedupe.kernels.shingles import Hashes64, distinct, shared, shingle_hashes
from dedupe.kernels.view import comparison_view, plain_script
from dedupe.model import Relation
from dedupe.neardup.exchanges import Exchanged, exchanged
from dedupe.settings import NeardupSettings


class Shingled:
    """A text with its set of shingles and its facts, each made once and when first asked for."""

    def __init__(self, text: str, shingle: int) -> None:
        self.text = text
        self._shingle = shingle

    @cached_property
    def shingles(self) -> Hashes64:
        """The distinct shingle hashes, ascending."""
        return distinct(shingle_hashes(comparison_view(self.text).codes, self._shingle))

    @cached_property
    def plain(self) -> str:
        """The text in one script: names and numbers are no others for standing there in traditional Chinese."""
        return plain_script(self.text)

    @cached_property
    def facts(self) -> Facts:
        """The numbers and dates that the text states."""
        return facts(self.plain)


@dataclass(frozen=True, slots=True)
class Likeness:
    """
    How alike two documents are, exactly.

    ``containment`` is the share of the first document's shingles that the second one holds.
    """

    jaccard: float
    containment: float
    relation: Relation | None


def compare(one: Shingled, kept: Shingled, settings: NeardupSettings) -> Likeness:
    """
    Measure a document against a kept one, and say how it stands to it: a copy (``same``), a part
    of it (``contained``), or neither (None), because too little agrees or the facts differ.

    >>> from dedupe.config import load_settings
    >>> near = load_settings().neardup
    >>> text = "连日来，各地冬修水利现场机器轰鸣，数万名民工奋战在堤坝上，确保明年春灌不误农时。"
    >>> compare(Shingled(text, 5), Shingled(text, 5), near)
    Likeness(jaccard=1.0, containment=1.0, relation='same')
    """
    a, b = one.shingles, kept.shingles
    if not len(a) or not len(b):
        return Likeness(0.0, 0.0, None)
    both = shared(a, b)
    jaccard, containment = both / (len(a) + len(b) - both), both / len(a)
    relation: Relation | None = None
    if jaccard >= settings.jaccard:
        relation = "same"
    elif containment >= settings.containment and len(b) <= settings.max_length_ratio * len(a):
        relation = "contained"
    if relation and jaccard < 1 and _other_facts(one, kept, settings):
        relation = None
    return Likeness(jaccard, containment, relation)


def _other_facts(one: Shingled, kept: Shingled, settings: NeardupSettings) -> bool:
    """
    Whether the two are one template with other facts, and no copies.

    What stands in whose place may be seen in one direction alone: of 文化街至人民路 and 河滨路至东门桥, one
    alignment finds two streets exchanged, the other takes the one 路 for the other.
    """
    found = exchanged(one.plain, kept.plain)
    if _says_otherwise(found, one, kept, settings):
        return True
    return found.rewritten > 0 and _says_otherwise(exchanged(kept.plain, one.plain), one, kept, settings)


def _says_otherwise(found: Exchanged, one: Shingled, kept: Shingled, settings: NeardupSettings) -> bool:
    """
    Whether what one text has in the place of the other's makes it another piece of news.

    A few numbers that one has more than the other are a caption, a date line, an addition; they are
    other facts where they stand in each other's place. So they are counted only where some do.
    """
    if found.names or found.numbers > settings.max_exchanged:
        return True
    if not found.figures:
        return False
    share = other_facts(one.facts, kept.facts)[1]
    if found.spelled:
        # Words are no numbers of the count: what is exchanged stands beside the numbers that agree.
        agreed = (one.facts.numbers & kept.facts.numbers).total() + len(one.facts.dates & kept.facts.dates)
        share = max(share, found.numbers / (found.numbers + agreed))
    return share > settings.max_other_facts
