"""
Which rules may fit a line, told without asking them: by the words in it and the characters at its edges.

A set of rules is one number, with a bit for each in the order in which they are asked. Most lines of body
text hold no word that a rule needs, so that none is asked; of the others, a few are. What is told is
never too little: a rule that fits is always among those told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import xor
from typing import Final, NamedTuple

from dedupe.kernels.lines import Signs, promising_lines, signs
from dedupe.kernels.needles import MOST_LETTERS
from dedupe.kernels.view import code_points
from dedupe.rules.needles import PatternReader
from dedupe.rules.ranges import Ranges
from dedupe.rules.ready import EVERYWHERE, Ready
from dedupe.rules.rule import SENTENCE, WINDOW, Place

LONGEST_LINE: Final = 200  # a line of credits alone is shorter than this
LONGEST_SENTENCE: Final = 60  # and than this, if it ends like a sentence
JOINTS: Final = " \t\u3000\xa0|｜丨·•/／,，;；、-—_"
PIECES: Final[frozenset[Place]] = frozenset({"peel", "prefix", "suffix"})
REST: Final[frozenset[Place]] = frozenset({"peel", "suffix"})
_STOPS: Final = frozenset('。！？…，、；”’」』,;.!?"')  # no credit at a line's tail ends so
_ENDS: Final = frozenset('。；”’」』."')  # and no long line of credits so
_LAST_STOP: Final = re.compile(r".*[。！？!?…”』」]", re.DOTALL)
_MOST_CHARACTERS: Final = 1 << 14  # that are remembered at a time

Mask = int
"""A set of rules: bit k is the rule that is asked k-th."""

UNREAD: Final[Mask] = -1


class Hope(NamedTuple):
    """
    What a line may hold, as sets of rules.

    ``line`` are all whose words are in it, if it may be several credits one behind the other, and ``alone``
    those that may fit it from end to end; ``head`` and ``tail`` those that may fit its ends. ``close`` are all
    whose words are in its last `WINDOW` characters, if its last sentence may be credits. ``words`` are all whose
    words are in it; `UNREAD` if only its ends were looked at.
    """

    line: Mask
    alone: Mask
    head: Mask
    close: Mask
    tail: Mask
    words: Mask


class Glance(NamedTuple):
    """Where the lines of a text stand, those that are blank left out, and what they may hold, if anything."""

    spans: list[list[int]]
    hopes: dict[int, Hope]


class Clues:
    """
    The clues to all rules of a book, and to where in a line a credit may begin.

    >>> from dedupe.rules.rule import Rule
    >>> rule = Rule("x.by", "author_byline", "", "any", "line", "By [A-Z][a-z]+")
    >>> clues = Clues([Ready(rule)], [])
    >>> clues.glance("Standing by\\n By Jane\\nBy the bridge they sat.\\n" + "By Jane" * 50).hopes
    {1: Hope(line=0, alone=1, head=0, close=0, tail=0, words=1)}
    """

    def __init__(self, ready: Sequence[Ready], starts: Iterable[str]) -> None:
        reader = PatternReader()
        clues = [reader.read(one.rule.pattern) for one in ready]
        self._ready = tuple(ready)
        self._rows = [_Row(clue.row) for clue in clues]
        self._first = _Edge([clue.first for clue in clues])
        self._last = _Edge([clue.last for clue in clues])
        self._lengths = [_mask(one.rule.max_length >= n for one in ready) for n in range(SENTENCE + 1)]
        self._zones = [_mask(one.zone & zones for one in ready) for zones in range(EVERYWHERE + 1)]
        self._alone = _mask(one.rule.needs != "company" for one in ready)
        self._heads = self._placed("prefix")
        self._tails = self._placed("suffix")
        self._sentences = self._placed("sentence")
        self._placed_in = {places: self._placed(*places) for places in (PIECES, REST)}
        self._starts = 1 << len(ready)
        self._sought([clue.needles for clue in clues], [reader.read(start).needles for start in starts])

    def _placed(self, *places: Place) -> Mask:
        return _mask(one.rule.place in places for one in self._ready)

    def _sought(self, needed: Sequence[frozenset[str] | None], begun: Sequence[frozenset[str] | None]) -> None:
        """The words to look for, and of which rules each tells."""
        told: defaultdict[str, Mask] = defaultdict(int)
        letters: set[str] = set()
        self._always: Mask = 0
        sought = [(words, 1 << k) for k, words in enumerate(needed)] + [(words, self._starts) for words in begun]
        for words, bit in sought:
            if words is not None:
                letters.update(*words)
            if words is None or len(letters) > MOST_LETTERS or any("\0" in needle for needle in words):
                self._always |= bit
                continue
            for needle in words:
                if "\n" not in needle:  # which stands in no line
                    told[needle] |= bit
        self._told = dict(told)

    @cached_property
    def _signs(self) -> Signs:
        return signs(
            (LONGEST_SENTENCE, LONGEST_LINE, SENTENCE, WINDOW),
            (_STOPS, _ENDS),
            (self._always, self._heads, self._tails | self._placed_in[REST], self._sentences),
            self._first,
            self._first.turns,
            self._told,
        )

    def glance(self, text: str) -> Glance:
        """Where a text's lines stand, and what each may hold."""
        spans, promising = promising_lines(code_points(text), self._signs)
        hopes: dict[int, Hope] = {}
        for i, start, end, mask, at_tail in promising:
            if hope := self._hope(text[start:end], mask, at_tail):
                hopes[i] = hope
        return Glance(spans, hopes)

    def rest(self, line: str, hope: Hope) -> Hope | None:
        """What a line may hold that is left of another one, whose hope was this."""
        return self.glance(line).hopes.get(0) if hope.words == UNREAD else self._hope(line, hope.words, hope.words)

    def _hope(self, line: str, mask: Mask, at_tail: Mask) -> Hope | None:
        """Of a line that is too long to be credits, only the ends are looked at; of a sentence, all for its rules."""
        n = len(line)
        if n <= LONGEST_SENTENCE or (n <= LONGEST_LINE and line[-1] not in _ENDS):
            return self._short(line, mask)
        words = mask if is_sentence(line) else UNREAD
        alone = mask & self._sentences if words != UNREAD else 0
        alone = alone and alone & self._fitting(line)
        head = mask & self._heads
        head = head and self._standing(head & self._first[line[0]], line[:WINDOW])
        close, tail = self._at_tail(line, at_tail) if closes(line) else (0, 0)
        return Hope(0, alone, head, close, tail, words) if alone or head or close or tail else None

    def _short(self, line: str, mask: Mask) -> Hope | None:
        """The hope for a line that is no longer than credits are."""
        first = mask & self._first[line[0]]
        row = alone = 0
        if first:  # a line of credits begins with one
            row = mask if mask & self._starts and self._may_chain(line, mask & self._placed_in[PIECES]) else 0
            alone = first & self._fitting(line) if len(line) <= WINDOW else 0
        head = first & self._heads
        head = head and self._standing(head, line[:WINDOW])
        close, tail = self._at_tail(line, mask) if closes(line) else (0, 0)
        return Hope(row, alone, head, close, tail, mask) if row or alone or head or close or tail else None

    def _fitting(self, line: str) -> Mask:
        """The rules that may fit a whole line alone, by its length and by its edges."""
        return self._alone & self._lengths[len(line)] & self._first[line[0]] & self._last[line[-1]]

    def _standing(self, mask: Mask, text: str) -> Mask:
        """Those rules of a set whose words stand in a text in their order."""
        return sum(1 << k for k in _bits(mask) if self._rows[k].stands_in(text))

    def _at_tail(self, line: str, mask: Mask) -> tuple[Mask, Mask]:
        tail = mask & self._tails
        rest = mask & self._placed_in[REST]
        close = 0
        if rest:
            window = line[-WINDOW:]
            at = last_sentence(window)
            close = mask if at and self._may_chain(window[at:], rest) else 0
        return close, tail and tail & self._last[line[-1]]

    def _may_chain(self, text: str, mask: Mask) -> bool:
        """Whether a text may begin with a credit of one of these rules and end with another's."""
        inner = text.strip(JOINTS)
        return inner != "" and mask & self._first[inner[0]] != 0 and mask & self._last[inner[-1]] != 0

    def chains(self, text: str, mask: Mask, places: frozenset[Place]) -> bool:
        """The same, their words looked for in their order."""
        inner, mask = text.strip(JOINTS), mask & self._placed_in[places]
        ends = mask & self._first[inner[0]], mask & self._last[inner[-1]]
        return all(next(self.among(end, EVERYWHERE, inner), None) for end in ends)

    def may_begin_inside(self, mask: Mask) -> bool:
        """Whether a credit may begin somewhere in a text whose mask this is."""
        return mask & self._starts != 0

    def begins(self, text: str) -> bool:
        """Whether a credit stands at the beginning of a text."""
        return any(one.head(text) for one in self.among(self._first[text[0]], EVERYWHERE, text))

    def among(self, mask: Mask, zones: int, text: str) -> Iterator[Ready]:
        """
        The rules of a set that hold in one of these zones, and whose words stand in a text in their order.

        They come in the order of the book. A zone that is none of the rules' own, below a standfirst, asks nobody.
        """
        for k in _bits(mask & self._zones[zones & EVERYWHERE]):
            if self._rows[k].stands_in(text):
                yield self._ready[k]

    def pieces(self, text: str, mask: Mask, zones: int, places: frozenset[Place]) -> Iterator[Ready]:
        """The rules for some places that may fit a text, a piece of a line, from end to end."""
        n = len(text)
        if n > WINDOW:
            return iter(())
        mask &= self._placed_in[places] & self._first[text[0]] & self._last[text[-1]] & self._lengths[n]
        return self.among(mask, zones, text)


class _Row:
    """Words of which a text must have one each, one behind the other."""

    def __init__(self, row: tuple[frozenset[str], ...]) -> None:
        self._row = row

    def stands_in(self, text: str) -> bool:
        """Whether a text has them."""
        at = 0
        for words in self._patterns:
            found = words.search(text, at)
            if found is None:
                return False
            at = found.start() + 1
        return True

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile("|".join(map(re.escape, sorted(words)))) for words in self._row)


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


def _bits(mask: Mask) -> Iterator[int]:
    """The rules of a set by their number, in the order in which they are asked."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def is_sentence(line: str) -> bool:
    """Whether a line is so much of a sentence that only rules for sentences may take it."""
    return LONGEST_SENTENCE < len(line) <= SENTENCE and line[-1] in _ENDS


def closes(line: str) -> bool:
    """Whether a line may end with a credit."""
    return line[-1] not in _STOPS


def last_sentence(text: str) -> int:
    """Where the last sentence begins, which may be a credit behind the story's last full stop; 0 if all is one."""
    found = _LAST_STOP.match(text, 0, len(text) - 1)
    at = found.end() if found else 0
    while at < len(text) and text[at].isspace():
        at += 1
    return at
