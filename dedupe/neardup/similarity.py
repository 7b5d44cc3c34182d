"""
Verification: exact Jaccard and containment of the shingle sets, and the template guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dedupe.facts import Facts, facts, other_facts
from dedupe.kernels.shingles import Hashes64, distinct, shared, shingle_hashes
from dedupe.kernels.view import comparison_view, plain_script
from dedupe.model import Relation
from dedupe.neardup.exchanges import Exchanged, exchanged
from dedupe.neardup.signs import Signs, contradict, signs
from dedupe.settings import NeardupSettings


class Shingled:
    """A text with its set of shingles and its facts, each computed once, on first use."""

    def __init__(self, text: str, shingle: int) -> None:
        self.text = text
        self._shingle = shingle

    @cached_property
    def shingles(self) -> Hashes64:
        """The distinct shingle hashes, ascending."""
        return distinct(shingle_hashes(comparison_view(self.text).codes, self._shingle))

    @cached_property
    def plain(self) -> str:
        """The text in one script, so that names and numbers do not differ only by being in traditional Chinese."""
        return plain_script(self.text)

    @cached_property
    def signs(self) -> Signs:
        """The signs, currencies and points of its numbers, which the shingles lack."""
        return signs(self.text)

    @cached_property
    def facts(self) -> Facts:
        """The numbers and dates that the text states."""
        return facts(self.plain)


@dataclass(frozen=True, slots=True)
class Likeness:
    """
    The exact similarity of two documents.

    ``containment`` is the share of the first document's shingles that the second one holds.
    """

    jaccard: float
    containment: float
    relation: Relation | None


def compare(one: Shingled, kept: Shingled, settings: NeardupSettings) -> Likeness:
    """
    Compare a document with a kept one.

    The relation is ``same`` for a copy, ``contained`` for a part of the kept document, and None if too
    little agrees or the facts differ.

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
    if relation and (contradict(one.signs, kept.signs) if jaccard == 1 else _other_facts(one, kept, settings)):
        relation = None
    return Likeness(jaccard, containment, relation)


def _other_facts(one: Shingled, kept: Shingled, settings: NeardupSettings) -> bool:
    """
    Whether the two share a template but state different facts, and so are not copies.

    Both directions are aligned, since an exchange may show in only one of them: for 文化街至人民路 and 河滨路至东门桥,
    one alignment finds two streets exchanged, the other matches the two 路 with each other.
    """
    found = exchanged(one.plain, kept.plain)
    if _says_otherwise(found, one, kept, settings):
        return True
    return found.rewritten > 0 and _says_otherwise(exchanged(kept.plain, one.plain), one, kept, settings)


def _says_otherwise(found: Exchanged, one: Shingled, kept: Shingled, settings: NeardupSettings) -> bool:
    """
    Whether the exchanges between two texts make them different pieces of news.

    A few numbers that only one text has are a caption, a date line or an addition; they are different facts
    only if they replace each other. So they are counted only if at least one exchange involves a number.
    """
    if found.names or found.numbers > settings.max_exchanged:
        return True
    if found.signs and contradict(one.signs, kept.signs):
        return True
    if not found.figures:
        return False
    share = other_facts(one.facts, kept.facts)[1]
    if found.spelled:
        # Facts do not count numbers in words, so the exchanged numbers are set against those that agree.
        agreed = (one.facts.numbers & kept.facts.numbers).total() + len(one.facts.dates & kept.facts.dates)
        share = max(share, found.numbers / (found.numbers + agreed))
    return share > settings.max_other_facts
