"""
Two texts laid side by side, sentence by sentence: where they differ, and how.

A copy that a site has edited lacks a line here and has one more there; a notice of the same template has another
number and another name in the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, groupby
from typing import Final, Literal, NamedTuple

import numpy as np

from dedupe.kernels.runs import matched
from dedupe.neardup.places import KNOWN_PLACE
from dedupe.patterns import pattern

_SENTENCE: Final = pattern(r"[^\n。！？!?.]*(?:[.](?!\s)[^\n。！？!?.]*)*(?:[。！？!?\n]+[”’」』）)]*|[.](?=\s)|$)\s*")
_LINE: Final = pattern(r"[^。！？!?.…]*(?:\n\s*|$)")
"""What nothing closes but the end of its line: a title, a heading, the day it is, who signs."""

_FIELD: Final = frozenset(":：")
"""What makes a line a statement all the same: ``Position: librarian``."""

_TITLES: Final = 2
"""Lines above a text that may be its title and what is printed below it."""

_LETTER: Final = r"[^\W\d_\u2e80-\uabff\ud7b0-\uffff]"
"""Of scripts that put blanks between words: all but Han and kana."""

_TOKEN: Final = pattern(rf"{_LETTER}+(?:['’\-]{_LETTER}+)*|\d+|{KNOWN_PLACE}|\S")
"""A word, a number, a place or a sign."""

_BEFORE: Final = 12
_AFTER: Final = 8
_LONGEST: Final = 600
"""
Tokens of differing stretches that are aligned; what differs for longer is another text, not another name. As many
sentences are aligned by a kernel, whose time grows with the product of their numbers.
"""


Where = Literal["title", "line", "text"]
"""In the title, in a line that nothing closes, or in running text."""

_OUTWARD: Final = ("title", "line", "text")


class Exchange(NamedTuple):
    """
    Where two texts differ: the words of the one and of the other, and what stands around them in the one. What only
    one of them says, and what differs for long, stands alone.
    """

    before: str
    one: list[str]
    two: list[str]
    after: str
    where: Where = "text"

    @property
    def said(self) -> tuple[str, str]:
        """The words of each side as one."""
        return "".join(self.one), "".join(self.two)


def exchanges(one: str, two: str) -> Iterator[Exchange]:
    """
    Where the texts differ, in order.

    >>> [(found.one, found.two) for found in exchanges("Rain. It fell on Monday.", "It fell again on Friday.")]
    [(['Rain', '.'], []), ([], ['again']), (['Monday'], ['Friday'])]
    """
    a, b = sentences(one), sentences(two)
    for i, j, k, m in differing(a, b):
        (mine, at), (other, there) = _words(a, i, j), _words(b, k, m)
        if not (mine and other) or max(len(mine), len(other)) > _LONGEST:
            yield from (Exchange("", words, [], "") for words in (mine, other) if words)
            continue
        for p, q, r, s in differing(mine, other):
            before, after = " ".join(mine[max(0, p - _BEFORE) : p]), "".join(mine[q : q + _AFTER])
            where = min(at[p:q] + there[r:s], key=_OUTWARD.index)
            yield from _parted(Exchange(before, mine[p:q], other[r:s], after, where))


def _words(said: Sequence[str], start: int, end: int) -> tuple[list[str], list[Where]]:
    """The words of some of a text's sentences, and where each of them stands."""
    words: list[str] = []
    places: list[Where] = []
    for at, sentence in enumerate(said[start:end], start):
        found = _TOKEN.findall(sentence)
        words += found
        where: Where = "text"
        if _LINE.fullmatch(sentence) and (at < _TITLES or _FIELD.isdisjoint(sentence)):
            where = "title" if at < _TITLES else "line"
        places += [where] * len(found)
    return words, places


def sentences(text: str) -> list[str]:
    """The text in sentences, each with what closes it; where there is none in a line, the line."""
    return [sentence for sentence in _SENTENCE.findall(text) if sentence.strip()]


def differing(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where the one has what the other has not: from where to where in the one, and in the other."""
    start, end = _shared_ends(one, two)
    mine, other = one[start : len(one) - end], two[start : len(two) - end]
    i = k = 0
    for at, twin, length in chain(_blocks(mine, other), [(len(mine), len(other), 0)]):
        if i < at or k < twin:
            yield start + i, start + at, start + k, start + twin
        i, k = at + length, twin + length


def _blocks(one: Sequence[str], two: Sequence[str]) -> Iterable[Sequence[int]]:
    """What difflib matches: where in the one, where in the other, how many."""
    if not (one and two):
        return ()
    if max(len(one), len(two)) > _LONGEST:
        return SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]
    numbers = {word: number for number, word in enumerate({*one, *two})}
    a, b = (np.fromiter(map(numbers.__getitem__, side), dtype=np.uint32, count=len(side)) for side in (one, two))
    found: list[list[int]] = matched(a, b).tolist()
    return found


def _shared_ends(one: Sequence[str], two: Sequence[str]) -> tuple[int, int]:
    """
    How many both begin and end with, where that can be left out and difflib aligns the rest as it does the whole.

    Its longest block comes first, and what it leaves on either side. Where nothing stands twice in a sequence
    no block but that at the beginning can take what both begin with, however long the others are.

    >>> _shared_ends("abcxyz", "abcdyz"), _shared_ends("abcaxz", "abcdyz")
    ((3, 2), (0, 0))
    """
    if len(set(one)) < len(one) or len(set(two)) < len(two):
        return 0, 0
    shorter = min(len(one), len(two))
    start = next((k for k in range(shorter) if one[k] != two[k]), shorter)
    end = next((k for k in range(shorter - start) if one[-1 - k] != two[-1 - k]), shorter - start)
    return start, end


def _parted(found: Exchange) -> Iterator[Exchange]:
    """The exchange, word for word where both sides have as many: ``Mark Hale 300``, ``Ruth Dorn 500``."""
    if len(found.one) != len(found.two):
        yield found
        return
    pairs = zip(found.one, found.two, strict=True)
    for _, run in groupby(pairs, key=lambda pair: (pair[0][0].isdigit(), pair[1][0].isdigit())):
        mine, other = zip(*run, strict=True)
        yield found._replace(one=list(mine), two=list(other))
