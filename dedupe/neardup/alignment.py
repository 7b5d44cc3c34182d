"""
Two texts aligned sentence by sentence: where they differ, and how.

A copy that a site has edited lacks a line here and has an extra one there; a notice from the same template has a
different number and a different name in the same place.
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
"""A line closed by nothing but its end: a title, a heading, a date line, a signature."""

_FIELD: Final = frozenset(":：")
"""Signs that make even such a line a statement: ``Position: librarian``."""

_TITLES: Final = 2
"""Number of lines at the top of a text that may be its title and subtitle."""

_LETTER: Final = r"[^\W\d_\u2e80-\uabff\ud7b0-\uffff]"
"""A letter of a script that puts blanks between words: any but Han and kana."""

_TOKEN: Final = pattern(rf"{_LETTER}+(?:['’\-]{_LETTER}+)*|\d+|{KNOWN_PLACE}|\S")
"""A word, a number, a place or a sign."""

_BEFORE: Final = 12
_AFTER: Final = 8
_LONGEST: Final = 600
"""
Maximum number of tokens in two differing stretches that are aligned: a longer difference is another text, not another
name. Up to as many sentences are aligned by a kernel, whose time grows with the product of their numbers.
"""


Where = Literal["title", "line", "text"]
"""In the title, in a line that nothing closes, or in running text."""

_OUTWARD: Final = ("title", "line", "text")


class Exchange(NamedTuple):
    """
    A place where two texts differ: the words of each, and their context in the first.

    Words that only one text has, and stretches too long to align, appear with an empty other side.
    """

    before: str
    one: list[str]
    two: list[str]
    after: str
    where: Where = "text"

    @property
    def said(self) -> tuple[str, str]:
        """The words of each side, joined."""
        return "".join(self.one), "".join(self.two)


def exchanges(one: str, two: str) -> Iterator[Exchange]:
    """
    Yield the places where two texts differ, in order.

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
    """Return the words of sentences ``start`` to ``end`` of a text, and where each of them stands."""
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
    """Split a text into sentences, each with its closing signs; a line without any is one sentence."""
    return [sentence for sentence in _SENTENCE.findall(text) if sentence.strip()]


def differing(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the differing ranges of two sequences, in order: start and end in ``one``, start and end in ``two``."""
    start, end = _shared_ends(one, two)
    mine, other = one[start : len(one) - end], two[start : len(two) - end]
    i = k = 0
    for at, twin, length in chain(_blocks(mine, other), [(len(mine), len(other), 0)]):
        if i < at or k < twin:
            yield start + i, start + at, start + k, start + twin
        i, k = at + length, twin + length


def _blocks(one: Sequence[str], two: Sequence[str]) -> Iterable[Sequence[int]]:
    """Return what ``difflib`` matches: (start in one, start in two, length)."""
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
    Return the lengths of the common prefix and suffix if ``difflib`` would align the rest just the same without them.

    ``difflib`` takes the longest block first, then what remains on either side. If no element occurs twice in either
    sequence, no block except the one at the beginning can take the common prefix, however long the others are.
    Otherwise returns ``(0, 0)``.

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
    """Split an exchange into numbers and words if both sides have as many: ``Mark Hale 300``, ``Ruth Dorn 500``."""
    if len(found.one) != len(found.two):
        yield found
        return
    pairs = zip(found.one, found.two, strict=True)
    for _, run in groupby(pairs, key=lambda pair: (pair[0][0].isdigit(), pair[1][0].isdigit())):
        mine, other = zip(*run, strict=True)
        yield found._replace(one=list(mine), two=list(other))
