"""
Which rules may fit a line, told without asking them: by the words in it and the characters at its edges.

A set of rules is one number, with a bit for each in the order in which they are asked. Most lines of body
text hold no word that a rule needs, so that none is asked; of the others, a few are. What is told is
never too little: a rule that fits is always among those told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import xor
from typing import Final, NamedTuple

from dedupe.kernels.needles import MOST_LETTERS, find_needles, needle_table
from dedupe.kernels.view import code_points
from dedupe.rules.needles import PatternReader, Ranges
from dedupe.rules.ready import EVERYWHERE, Ready
from dedupe.rules.rule import WINDOW, Place

LONGEST_LINE: Final = 200  # a line of credits alone is shorter than this
LONGEST_SENTENCE: Final = 60  # and than this, if it ends like a sentence
JOINTS: Final = " \t\u3000\xa0|｜丨·•/／,，;；、-—_"
PIECES: Final[frozenset[Place]] = frozenset({"peel", "prefix", "suffix"})
REST: Final[frozenset[Place]] = frozenset({"peel", "suffix"})
_STOPS: Final = frozenset('。！？…，、；：”’」』,;.!?"')  # no credit at a line's tail ends so
_ENDS: Final = frozenset('。；”’」』."')  # and no long line of credits so
_SENTENCE_ENDS: Final = "。！？!?…”』」"
_BATCH: Final = 1024  # lines that are looked at together; of a long document, nothing but the answers takes memory

Mask = int
"""A set of rules: bit k is the rule that is asked k-th."""


class Hope(NamedTuple):
    """
    What a line may hold: credits from end to end (``whole``), and the rules that may fit there, at its
    head and at its tail.
    """

    whole: Mask
    head: Mask
    tail: Mask


class Clues:
    """
    The clues to all rules of a book, and to where in a line a credit may begin.

    >>> from dedupe.rules.rule import Rule
    >>> rule = Rule("x.by", "author_byline", "", "any", "line", "By [A-Z][a-z]+")
    >>> clues = Clues([Ready(rule)], [])
    >>> clues.glance(["By Jane", "By the bridge they sat.", "Standing by", "By Jane" * 50])
    [Hope(whole=1, head=0, tail=0), None, None, None]
    """

    def __init__(self, ready: Sequence[Ready], starts: Iterable[str]) -> None:
        reader = PatternReader()
        clues = [reader.read(one.rule.pattern) for one in ready]
        self._ready = tuple(ready)
        self._first = _Edge([clue.first for clue in clues])
        self._last = _Edge([clue.last for clue in clues])
        self._lengths = [_mask(one.rule.max_length >= n for one in ready) for n in range(WINDOW + 1)]
        self._zones = [_mask(one.zone & zones for one in ready) for zones in range(EVERYWHERE + 1)]
        self._alone = _mask(one.rule.needs != "company" for one in ready)
        self._heads = self._placed("prefix")
        self._tails = self._placed("suffix")
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
        sets = [(needles, 1 << k) for k, needles in enumerate(needed)] + [(s, self._starts) for s in begun]
        for needles, bit in sets:
            if needles is not None:
                letters.update(*needles)
            if needles is None or len(letters) > MOST_LETTERS or any("\0" in needle for needle in needles):
                self._always |= bit
                continue
            for needle in needles:
                told[needle] |= bit
        self._masks = list(told.values())
        self._table = needle_table(list(told))

    def masks(self, texts: Sequence[str]) -> list[Mask]:
        """For each text, a line or part of one, the rules whose words are in it."""
        found = [self._always] * len(texts)
        lines, words = find_needles(code_points("\n".join(texts)), *self._table)
        masks = self._masks
        for line, word in zip(lines.tolist(), words.tolist(), strict=True):
            found[line] |= masks[word]
        return found

    def glance(self, lines: Sequence[str]) -> list[Hope | None]:
        """For each line what it may hold; None where it can hold nothing. No line is blank at its ends, nor empty."""
        found: list[Hope | None] = []
        for k in range(0, len(lines), _BATCH):
            found += self._glance(lines[k : k + _BATCH])
        return found

    def _glance(self, lines: Sequence[str]) -> Iterator[Hope | None]:
        """Of a line that is too long to be credits, only the ends are looked at."""
        texts: list[str] = []
        for line in lines:
            if may_be_credits(line):
                texts.append(line)
            else:
                texts.append(line[:WINDOW])
                if closes(line):
                    texts.append(line[-WINDOW:])
        masks = iter(self.masks(texts))
        for line in lines:
            mask = next(masks)
            first = mask & self._first(line[0])
            whole = tail = 0
            if may_be_credits(line):
                whole = mask if self._may_fill(line, mask, first) else 0
            elif closes(line):
                mask = next(masks)
            if closes(line):
                tail = mask if self._may_close(line[-WINDOW:], mask) else 0
            head = first & self._heads
            yield Hope(whole, head, tail) if whole or head or tail else None

    def _may_fill(self, line: str, mask: Mask, first: Mask) -> bool:
        """Whether a line may be one credit, or begin with one of several."""
        n = len(line)
        if not first:
            return False
        if n <= WINDOW and first & self._last(line[-1]) & self._lengths[n] & self._alone:
            return True
        inner = line.strip(JOINTS) if mask & self._starts else ""
        return bool(inner and mask & self._placed_in[PIECES] & self._first(inner[0]))

    def _may_close(self, window: str, mask: Mask) -> bool:
        """Whether a line may end with a credit."""
        if mask & self._tails & self._last(window[-1]):
            return True
        rest = mask & self._placed_in[REST]
        at = last_sentence(window) if rest else 0
        inner = window[at:].strip(JOINTS) if at else ""
        return bool(inner and rest & self._first(inner[0]) and rest & self._last(inner[-1]))

    def ends(self, text: str) -> tuple[Mask, Mask]:
        """The rules that may fit the head and the tail of what is left of a line."""
        if len(text) <= WINDOW:
            (mask,) = self.masks([text])
            return mask, mask
        head, tail = self.masks([text[:WINDOW], text[-WINDOW:]])
        return head, tail

    def may_begin_inside(self, mask: Mask) -> bool:
        """Whether a credit may begin somewhere in a text whose mask this is."""
        return mask & self._starts != 0

    def alone(self, text: str, mask: Mask, zones: int) -> Iterator[Ready]:
        """The rules that may fit a text from end to end, and need no company on its line."""
        return self._fitting(text, mask & self._alone & self._zones[zones])

    def pieces(self, text: str, mask: Mask, zones: int, places: frozenset[Place]) -> Iterator[Ready]:
        """The rules of some places that may fit a text from end to end."""
        return self._fitting(text, mask & self._placed_in[places] & self._zones[zones])

    def _fitting(self, text: str, mask: Mask) -> Iterator[Ready]:
        n = len(text)
        if not mask or n > WINDOW:
            return iter(())
        return self._rules(mask & self._first(text[0]) & self._last(text[-1]) & self._lengths[n])

    def beginning(self, text: str, mask: Mask) -> Iterator[Ready]:
        """The rules that may fit the beginning of a text."""
        return self._rules(mask & self._first(text[0]) & ~self._starts)

    def heads(self, text: str, mask: Mask, zones: int) -> Iterator[Ready]:
        """The rules for the head of a line that may fit the beginning of a text."""
        return self._rules(mask & self._heads & self._zones[zones] & self._first(text[0]))

    def tails(self, text: str, mask: Mask, zones: int) -> Iterator[Ready]:
        """The rules for the tail of a line that may fit the end of a text."""
        return self._rules(mask & self._tails & self._zones[zones] & self._last(text[-1]))

    def _rules(self, mask: Mask) -> Iterator[Ready]:
        while mask:
            low = mask & -mask
            yield self._ready[low.bit_length() - 1]
            mask ^= low


class _Edge:
    """For a character, the rules whose matches may begin with it, or end."""

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
        self._masks = list(accumulate((turns[bound] for bound in self._bounds), xor))

    def __call__(self, char: str) -> Mask:
        return self._masks[bisect_right(self._bounds, ord(char)) - 1]


def _mask(bits: Iterable[object]) -> Mask:
    return sum(1 << k for k, bit in enumerate(bits) if bit)


def may_be_credits(line: str) -> bool:
    """Whether a line may be credits from end to end."""
    n = len(line)
    return n <= LONGEST_SENTENCE or (n <= LONGEST_LINE and line[-1] not in _ENDS)


def closes(line: str) -> bool:
    """Whether a line may end with a credit."""
    return line[-1] not in _STOPS


def last_sentence(text: str) -> int:
    """Where the last sentence begins, which may be a credit behind the story's last full stop; 0 if all is one."""
    at = max(text.rfind(c, 0, -1) for c in _SENTENCE_ENDS) + 1
    while at < len(text) and text[at].isspace():
        at += 1
    return at
