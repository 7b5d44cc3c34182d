"""
Lines that consist entirely of credits, and when to believe them: on their own, or because of their neighbours.

A rule is believed in its zone. Elsewhere a line of credits is believed only next to credits of another class, or
of another rule if there are names among them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

from dedupe.rules.matcher import Hit
from dedupe.rules.rule import FURNITURE

SURE: Final = 2  # in its zone, and needs no neighbour
OUTSIDE: Final = 1  # would be sure, but stands outside its zone
WEAK: Final = 0  # counts only beside another credit
ROW: Final = -1  # counts only in a column of share prompts (`dedupe.rules.rows`)

_PICTURES: Final = frozenset(["photo_credit"])


class Block:
    """A line that consists entirely of credits, and how far it is believed on its own."""

    def __init__(self, hits: tuple[Hit, ...], strength: int) -> None:
        self.hits = hits
        self.strength = strength

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of its credits."""
        return frozenset([h.rule.credit for h in self.hits])

    @cached_property
    def vouches(self) -> bool:
        """Whether it says anything about the credits beside it; page furniture supports only other furniture."""
        return not self.classes <= FURNITURE

    @cached_property
    def rules(self) -> frozenset[str]:
        """The ids of the rules that matched them."""
        return frozenset([h.rule.id for h in self.hits])

    @property
    def authors(self) -> frozenset[str]:
        """The names that it gives as authors."""
        return frozenset(c.value.casefold() for h in self.hits for c in h.captures if c.name == "author")

    @property
    def is_name(self) -> bool:
        """Whether it is a bare name; several of them, in whatever languages, are a list."""
        return self.strength == WEAK and bool(self.authors)

    def speaks_for(self, other: Block) -> bool:
        """
        Whether the other block becomes more credible beside this one.

        Page furniture supports only other furniture; a name beside a photo credit is the photo's caption.
        """
        if other.strength == ROW:
            return False
        if self.classes <= _PICTURES and other.strength == WEAK and "author_byline" in other.classes:
            return False
        return (self.vouches or not other.vouches) and self.rules != other.rules


def are_of_several_classes(blocks: Sequence[Block]) -> bool:
    """Whether these neighbours hold credits of more than one class."""
    return len(frozenset().union(*[b.classes for b in blocks])) > 1


def believed(blocks: Sequence[Block], rows: Collection[int] = ()) -> list[bool]:
    """
    Tell which of these neighbouring blocks to believe: all that touch a believed one, directly or through others.

    ``rows`` are the indices of blocks that are already believed.
    """
    if len(blocks) == 1 and blocks[0].strength == SURE:
        return [True]  # the most frequent case
    doubted = [b for b in blocks if b.strength != SURE and b.vouches]
    together = are_of_several_classes(doubted)
    rules = frozenset().union(*[b.rules for b in doubted])
    several = len(rules) > 1 and any(b.strength == WEAK for b in doubted) and not all(b.is_name for b in doubted)
    good = [b.strength == SURE or k in rows or (b.vouches and (together or several)) for k, b in enumerate(blocks)]
    voices = [k for k, block in enumerate(blocks) if block.vouches]
    for lane in (voices, range(len(blocks))):  # first without furniture: credits around a button are neighbours
        for there in (lane, lane[::-1]):
            for before, k in pairwise(there):
                good[k] = good[k] or (good[before] and blocks[before].speaks_for(blocks[k]))
    return good
