"""
Which rules may fit a line, told without asking them: by the words in it and the characters at its edges.

Rules are known by their number, in the order in which they are asked; a set of them is one number with a bit
for each. Most lines of body text hold no word that a rule needs, so that none is asked; of the others, a few are.
What is told is never too little: a rule that fits is always among those told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    read_line,
)
from dedupe.kernels.needles import MOST_LETTERS
from dedupe.kernels.signs import Edge, Limits, Marks, Rules, Signs, Told
from dedupe.kernels.view import code_points
from dedupe.rules.needles import PatternReader
from dedupe.rules.ranges import Ranges
from dedupe.rules.ready import ANY, EVERYWHERE, HEAD, TAIL, Ready
from dedupe.rules.rule import SENTENCE, WINDOW, Place, Rule

JOINTS: Final = " \t\u3000\xa0|｜丨·•/／,，;；、-—_"
PIECES: Final[frozenset[Place]] = frozenset({"peel", "prefix", "suffix"})
REST: Final[frozenset[Place]] = frozenset({"peel", "suffix"})
CLOSERS: Final = frozenset("。！？!?…”』」")
_LIMITS: Final = Limits(short=60, unended=200, longest=SENTENCE, window=WINDOW)  # credits are shorter than text
_STOPS: Final = frozenset('。！？…，、；”’」』,;.!?"')  # no credit at a line's tail ends so
_ENDS: Final = frozenset('。；”’」』."')  # and no long line of credits so
_MARKS: Final = Marks(_STOPS, _ENDS, frozenset(JOINTS), CLOSERS)
_MOST_CHARACTERS: Final = 1 << 14  # that are remembered at a time

Mask = int
"""A set of rules: bit k is the rule that is asked k-th."""

Needed = tuple[Mask, frozenset[str] | None, tuple[frozenset[str], ...]]
"""A rule, the words of which it needs one, None if that is not known, and those of which it needs one each in a row."""


class Hope(NamedTuple):
    """
    What a line may hold: its reach (`dedupe.kernels.lines`), and rules by their number.

    ``alone`` may fit it from end to end, ``heads`` and ``tails`` its ends; ``pieces`` are all those for a piece of a
    line whose words are in it, if it, or its last sentence, may be credits one behind the other. ``words`` are all
    whose words are in it, if it was looked at whole and credits may stand at its ends.
    """

    reach: int
    alone: Sequence[int]
    heads: Sequence[int]
    tails: Sequence[int]
    pieces: Sequence[int]
    words: Sequence[int]

    def credits(self, zones: int) -> bool:
        """Whether all of the line may be credits of rules that hold in these zones."""
        return self.reach & zones != 0 or self.row(zones)

    def row(self, zones: int) -> bool:
        """Whether it may be several of them."""
        return self.reach >> FIRST & zones != 0 and self.reach >> LAST & zones != 0

    def close(self, zones: int) -> bool:
        """Whether its last sentence may be credits."""
        return self.reach >> BEFORE & zones != 0 and self.reach >> BEHIND & zones != 0

    def edges(self, zones: int) -> bool:
        """Whether credits may stand at its ends."""
        return self.reach >> EDGES & zones != 0 or self.close(zones)

    @property
    def starts(self) -> bool:
        """Whether a credit may begin inside it."""
        return self.reach & STARTS != 0

    @property
    def is_sentence(self) -> bool:
        """Whether it is so much of a sentence that only rules for sentences may take it."""
        return self.reach & IS_SENTENCE != 0


class Glance(NamedTuple):
    """Where the lines of a text start and end, those that are blank left out, and what they may hold, if anything."""

    starts: list[int]
    ends: list[int]
    hopes: dict[int, Hope]


class Clues:
    """
    The clues to all rules of a book, and to where in a line a credit may begin.

    >>> from dedupe.rules.rule import Rule
    >>> rule = Rule("x.by", "author_byline", "", "any", "line", "By [A-Z][a-z]+")
    >>> clues = Clues([Ready(rule)], [])
    >>> clues.glance("Standing by\\n By Jane\\nBy the bridge they sat.\\n" + "By Jane" * 50).hopes
    {1: Hope(reach=4, alone=[0], heads=[], tails=[], pieces=[], words=[])}
    """

    def __init__(self, ready: Sequence[Ready], starts: Iterable[str], reader: PatternReader | None = None) -> None:
        reader = reader or PatternReader()
        clues = [reader.read(one.rule.pattern) for one in ready]
        self._ready = tuple(ready)
        self._first = _Edge([clue.first for clue in clues])
        self._last = _Edge([clue.last for clue in clues])
        self._lengths = self._by_length()
        self._zones = [_mask(one.zone & zones for one in ready) for zones in range(EVERYWHERE + 1)]
        self._placed_in = {places: self._placed(*places) for places in (PIECES, REST)}
        self._starts = 1 << len(ready)
        self._needed: list[Needed] = [(1 << k, clue.words, clue.row) for k, clue in enumerate(clues)]
        self._needed += [(self._starts, reader.read(start).words, ()) for start in starts]
        self._needle = reader.needle

    def _placed(self, *places: Place) -> Mask:
        return _mask(one.rule.place in places for one in self._ready)

    def _by_length(self) -> list[Mask]:
        """The rules that may fit so many characters."""
        limits = sorted({one.rule.max_length for one in self._ready})
        fitting = [_mask(one.rule.max_length >= limit for one in self._ready) for limit in limits]
        return [*map([*fitting, 0].__getitem__, (bisect_left(limits, n) for n in range(SENTENCE + 1)))]

    @cached_property
    def _signs(self) -> Signs:
        begun, told = _told(self._needed, self._needle)
        rules = Rules(
            heads=self._placed("prefix"),
            tails=self._placed("suffix"),
            sentences=self._placed("sentence"),
            alone=_mask(one.rule.needs != "company" for one in self._ready),
            pieces=self._placed_in[PIECES],
            rest=self._placed_in[REST],
            starts=self._starts,
            zones=(self._zones[HEAD], self._zones[TAIL], self._zones[ANY]),
            lengths=self._lengths,
            begun=begun,
        )
        first, last = Edge(self._first, self._first.turns), Edge(self._last, self._last.turns)
        return Signs(_LIMITS, _MARKS, rules, first, last, told)

    def glance(self, text: str) -> Glance:
        """Where a text's lines stand, and what each may hold."""
        starts, ends, found, rules = hopeful_lines(code_points(text), self._signs)
        hopes = {
            i: Hope(reach, rules[a:b], rules[b:c], rules[c:d], rules[d:e], rules[e:end])
            for i, reach, a, b, c, d, e, end in found
        }
        return Glance(starts, ends, hopes)

    def rest(self, line: str, hope: Hope) -> Hope | None:
        """What may be left in a part of a line, whose hope was this: at most what the words of all of it tell of."""
        if not hope.words:
            return self.glance(line).hopes.get(0)
        words = sum([1 << k for k in hope.words])
        reach, *sets = read_line(line, words, words if closes(line) else 0, self._signs)
        alone, heads, tails, pieces = (list(members(one)) for one in sets)
        return Hope(reach, alone, heads, tails, pieces, hope.words) if any(sets) else None

    def rules(self, numbers: Iterable[int]) -> list[Rule]:
        """The rules of these numbers."""
        return [self._ready[k].rule for k in numbers]

    def begins(self, text: str) -> bool:
        """Whether a credit stands at the beginning of a text."""
        return any(self._ready[k].head(text) for k in members(self._first[text[0]]))

    def among(self, rules: Iterable[int], zones: int, besides: int = 0) -> Iterator[Ready]:
        """
        Those of some rules that hold in one of these zones, and in none besides.

        A zone that is none of the rules' own, below a standfirst, asks nobody.
        """
        return (one for k in rules if (one := self._ready[k]).zone & zones and not one.zone & besides)

    def pieces(self, text: str, hope: Hope, zones: int, places: frozenset[Place]) -> Iterator[Ready]:
        """The rules for some places that may fit a text, a piece of a line, from end to end."""
        n = len(text)
        if n > WINDOW:
            return iter(())
        mask = self._placed_in[places] & self._first[text[0]] & self._last[text[-1]] & self._lengths[n]
        return self.among((k for k in hope.pieces if mask >> k & 1), zones)


def _told(needed: Sequence[Needed], needle: Callable[[str], str]) -> tuple[list[Mask], dict[str, Told]]:
    """The rules that begin at each stage; and the words to look for, by needle, with what each of them tells of."""
    stages = max((len(row) for _, _, row in needed), default=0)
    begun: list[Mask] = [0] * (stages + 3)
    tells: defaultdict[str, defaultdict[int, Mask]] = defaultdict(lambda: defaultdict(int))
    letters: set[str] = set()

    def look_for(words: frozenset[str] | None, stage: int, rule: Mask) -> bool:
        letters.update(*words or ())
        if words is None or len(letters) > MOST_LETTERS or any("\0" in word for word in words):
            return False
        for word in words:
            tells[word][stage] |= rule
        return True

    for rule, words, row in needed:
        at = stages
        for one in reversed(row):
            at -= look_for(one, at, rule)
        begun[at] |= rule
        begun[-2] |= rule
        begun[-1] |= 0 if look_for(words, stages + 2, rule) else rule
    told: defaultdict[str, list[tuple[str, int, list[tuple[int, Mask]]]]] = defaultdict(list)
    for word, found in tells.items():
        if "\n" not in word:  # which stands in no line
            part = needle(word)
            told[part].append((word, word.index(part) + len(part) - 1, sorted(found.items(), reverse=True)))
    return begun, dict(told)


class _Edge(dict[str, Mask]):
    """For each character, the rules whose matches may begin with it, or end; worked out when it is first met."""

    def __init__(self, allowed: Sequence[Ranges]) -> None:
        together: defaultdict[Ranges, Mask] = defaultdict(int)
        for k, ranges in enumerate(allowed):
            together[ranges] |= 1 << k
        turns: defaultdict[int, Mask] = defaultdict(int, {0: 0})
        for ranges, mask in together.items():
            for low, high in ranges:
                turns[low] ^= mask
                turns[high + 1] ^= mask
        self._bounds = sorted(turns)
        self._masks: list[Mask] = list(accumulate((turns[bound] for bound in self._bounds), xor))

    @property
    def turns(self) -> dict[int, Mask]:
        """The code points from which on there are other rules, and these."""
        return dict(zip(self._bounds, self._masks, strict=True))

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
    """Where the last sentence begins, which may be a credit behind the story's last full stop; 0 if all is one."""
    return last_sentence(text, CLOSERS)
