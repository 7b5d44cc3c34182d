"""
Which rules may match a line, found without running them, from the words in it and the characters at its edges.

Rules are identified by their number, in the order in which they are tried; a set of rules is an integer with one bit
per rule. Most lines of body text contain no word that a rule needs, so no rule is tried; on the others, few are.
The result is never too small: a rule that matches is always among those found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from operator import xor
from typing import Final, NamedTuple

from dedupe.kernels.lines import (
    BEFORE,
    BEHIND,
    EDGES,
    FIRST,
    IS_SENTENCE,
    LAST,
    STARTS,
    hopeful_lines,
    last_sentence,
    members,
)
from dedupe.kernels.signs import Edge, Limits, Marks, Rules, Signs
from dedupe.kernels.view import code_points
from dedupe.rules.ready import ANY, EVERYWHERE, HEAD, TAIL, Ready
from dedupe.rules.rule import SENTENCE, WINDOW, Place, Rule
from dedupe.rules.telltale import Mask, Telltale

JOINTS: Final = " \t\u3000\xa0|｜丨·•/／,，;；、-—_"
PIECES: Final[frozenset[Place]] = frozenset({"peel", "prefix", "suffix"})
REST: Final[frozenset[Place]] = frozenset({"peel", "suffix"})
CLOSERS: Final = frozenset("。！？!?…”』」")
_LIMITS: Final = Limits(short=60, unended=200, longest=SENTENCE, window=WINDOW)  # credits are shorter than text
_STOPS: Final = frozenset('。！？…，、；”’」』,;.!?"')  # no credit at a line's tail ends with one of these
_ENDS: Final = frozenset('。；”’」』."')  # and no long line of credits with one of these
_MARKS: Final = Marks(_STOPS, _ENDS, frozenset(JOINTS), CLOSERS)
_MOST_CHARACTERS: Final = 1 << 14  # remembered at a time


class Hope(NamedTuple):
    """
    What a line may hold: its reach (`dedupe.kernels.lines`), and rules by number.

    ``alone`` may match the whole line, ``heads`` and ``tails`` its ends. ``pieces`` are all rules for pieces of a line
    whose words occur in it, if the line or its last sentence may be a sequence of credits.
    """

    reach: int
    alone: Sequence[int]
    heads: Sequence[int]
    tails: Sequence[int]
    pieces: Sequence[int]

    def credits(self, zones: int) -> bool:
        """Whether the whole line may be credits of rules that apply in these zones."""
        return self.reach & zones != 0 or self.row(zones)

    def row(self, zones: int) -> bool:
        """Whether the whole line may be several such credits."""
        return self.reach >> FIRST & zones != 0 and self.reach >> LAST & zones != 0

    def close(self, zones: int) -> bool:
        """Whether the last sentence of the line may be credits."""
        return self.reach >> BEFORE & zones != 0 and self.reach >> BEHIND & zones != 0

    def edges(self, zones: int) -> bool:
        """Whether credits may stand at the ends of the line."""
        return self.reach >> EDGES & zones != 0 or self.close(zones)

    @property
    def starts(self) -> bool:
        """Whether a credit may begin inside the line."""
        return self.reach & STARTS != 0

    @property
    def is_sentence(self) -> bool:
        """Whether the line is enough of a sentence that only rules for sentences may take it."""
        return self.reach & IS_SENTENCE != 0


class Glance(NamedTuple):
    """The starts and ends of the non-blank lines of a text, and what they may hold, if anything."""

    starts: list[int]
    ends: list[int]
    hopes: dict[int, Hope]


class Clues:
    """
    The clues to all rules of a book, and to the places where a credit may begin inside a line.

    >>> from dedupe.rules.rule import Rule
    >>> from dedupe.rules.telltale import telltale
    >>> rule = Rule("x.by", "author_byline", "", "any", "line", "By [A-Z][a-z]+")
    >>> clues = Clues([Ready(rule)], telltale([rule.pattern]))
    >>> clues.glance("Standing by\\n By Jane\\nBy the bridge they sat.\\n" + "By Jane" * 50).hopes
    {1: Hope(reach=4, alone=[0], heads=[], tails=[], pieces=[])}
    """

    def __init__(self, ready: Sequence[Ready], told: Telltale) -> None:
        self._ready = tuple(ready)
        self._told = told
        self._first, self._last = _Edge(told.first), _Edge(told.last)
        self._lengths = self._by_length()
        self._zones = [_mask(one.zone & zones for one in ready) for zones in range(EVERYWHERE + 1)]
        self._placed_in = {places: self._placed(*places) for places in (PIECES, REST)}

    def _placed(self, *places: Place) -> Mask:
        return _mask(one.rule.place in places for one in self._ready)

    def _by_length(self) -> list[Mask]:
        """Return, for each length, the rules that may match that many characters."""
        turns = [0] * (SENTENCE + 2)
        for k, (one, least) in enumerate(zip(self._ready, self._told.least, strict=True)):
            turns[min(least, one.rule.max_length + 1)] ^= 1 << k
            turns[one.rule.max_length + 1] ^= 1 << k
        return [*accumulate(turns, xor)]

    @cached_property
    def _signs(self) -> Signs:
        rules = Rules(
            heads=self._placed("prefix"),
            tails=self._placed("suffix"),
            sentences=self._placed("sentence"),
            alone=_mask(one.rule.needs != "company" for one in self._ready),
            pieces=self._placed_in[PIECES],
            rest=self._placed_in[REST],
            starts=1 << len(self._ready),
            zones=(self._zones[HEAD], self._zones[TAIL], self._zones[ANY]),
            lengths=self._lengths,
            begun=self._told.begun,
        )
        first, last = Edge(self._first, self._told.first), Edge(self._last, self._told.last)
        return Signs(_LIMITS, _MARKS, rules, first, last, self._told.words)

    def glance(self, text: str) -> Glance:
        """Find the lines of a text, and what each may hold."""
        starts, ends, found, rules = hopeful_lines(code_points(text), self._signs)
        hopes = {
            i: Hope(reach, rules[a:b], rules[b:c], rules[c:d], rules[d:end]) for i, reach, a, b, c, d, end in found
        }
        return Glance(starts, ends, hopes)

    def rules(self, numbers: Iterable[int]) -> list[Rule]:
        """Return the rules with these numbers."""
        return [self._ready[k].rule for k in numbers]

    def begins(self, text: str) -> bool:
        """Whether a text begins with a credit."""
        return any(self._ready[k].head(text) for k in members(self._first[text[0]]))

    def among(self, rules: Iterable[int], zones: int, besides: int = 0) -> Iterator[Ready]:
        """
        Yield the given rules that apply in one of these zones, and in none of ``besides``.

        The zone below a standfirst, which rules cannot name, yields none.
        """
        return (one for k in rules if (one := self._ready[k]).zone & zones and not one.zone & besides)

    def pieces(self, text: str, hope: Hope, zones: int, places: frozenset[Place]) -> Iterator[Ready]:
        """Yield the rules for some places that may match a whole text, which is a piece of a line."""
        n = len(text)
        if n > WINDOW:
            return iter(())
        mask = self._placed_in[places] & self._first[text[0]] & self._last[text[-1]] & self._lengths[n]
        return self.among((k for k in hope.pieces if mask >> k & 1), zones)


class _Edge(dict[str, Mask]):
    """For each character, the rules whose matches may begin (or end) with it; computed on first use."""

    def __init__(self, turns: Mapping[int, Mask]) -> None:
        self._bounds, self._masks = list(turns), list(turns.values())

    def __missing__(self, char: str) -> Mask:
        if len(self) >= _MOST_CHARACTERS:
            self.clear()
        self[char] = mask = self._masks[bisect_right(self._bounds, ord(char)) - 1]
        return mask


def _mask(bits: Iterable[object]) -> Mask:
    return sum(1 << k for k, bit in enumerate(bits) if bit)


def closes(line: str) -> bool:
    """Whether a line may end with a credit."""
    return line[-1] not in _STOPS


def ending(text: str) -> int:
    """Return where the last sentence begins, which may be a credit after the story's full stop; 0 if it is all one."""
    return last_sentence(text, CLOSERS)
