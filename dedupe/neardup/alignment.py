"""
Two texts aligned sentence by sentence: where they differ, and how.

A copy that a site has edited lacks a line here and has an extra one there; a notice from the same template has a
different number and a different name in the same place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, groupby
from typing import Final, Literal, NamedTuple

import numpy as np

from dedupe.kernels.runs import matched
from dedupe.neardup.places import KNOWN_PLACE
from dedupe.patterns import pattern

_SENTENCE: Final = pattern(
    r"[^\n。！？!?.।؟۔]*(?:[.](?!\s)[^\n。！？!?.।؟۔]*)*(?:[。！？!?।؟۔\n]+[”’」』）)]*|[.](?=\s)|$)\s*"
)
_LINE: Final = pattern(r"[^。！？!?.…।؟۔]{0,200}(?:\n\s*|$)")
"""A line closed by nothing but its end: a title, a heading, a date line, a signature. Thai closes no sentence."""

_FIELD: Final = frozenset(":：")
"""Signs that make even such a line a statement: ``Position: librarian``."""

_TITLES: Final = 2
"""Number of lines at the top of a text that may be its title and subtitle."""

_MARKS: Final = "".join(chr(code) for code in range(0x300, 0x1100) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
MARKS: Final = pattern(f"[{_MARKS}]+")
"""Signs of vowels and tones, and accents."""

LETTER: Final = rf"(?:[^\W\d_\u2e80-\uabff\ud7b0-\uffff][{_MARKS}\u200c\u200d]*)"
"""A letter of a script that puts blanks between words, with its marks: any but Han and kana."""

_TOKEN: Final = pattern(rf"{LETTER}+(?:['’\-]{LETTER}+)*|\d+|{KNOWN_PLACE}|\S")
"""A word, a number, a place or a sign."""

_NAMES: Final = 6
"""Maximum number of words in each of two names that stand in each other's place."""

_SWAPPED: Final = 24
"""Maximum number of words in such a stretch, with what stands between the names."""

_JOIN_WORDS: Final = "and or und oder et ou y o e и или 和 与 及 跟 同 或 と や 및 과 와 và"
_JOINS: Final = frozenset(_JOIN_WORDS.split())
"""Words between the members of a list."""

_THAI: Final = pattern(rf"(?:[\u0e00-\u0eff][{_MARKS}]*)+")
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

Place = tuple[int, int, int, int]
"""Start and end of a stretch in one sequence, and in the other."""


class Exchange(NamedTuple):
    """
    A place where two texts differ: the words of each, and their context in the first.

    Words that only one text has, and stretches too long to align, appear with an empty other side. ``before`` begins
    with the line. ``swapped`` tells that the words of either side stand in the other's place: A beat B, and B beat A.
    """

    before: str
    one: list[str]
    two: list[str]
    after: str
    where: Where = "text"
    swapped: bool = False

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
        mine, other = _words(a, i, j), _words(b, k, m)
        if not (mine.said and other.said) or max(len(mine.said), len(other.said)) > _LONGEST:
            yield from (Exchange("", words, [], "") for words in (mine.said, other.said) if words)
            continue
        places = list(differing(mine.said, other.said))
        for here, there in zip(places, [*places[1:], None], strict=False):
            yield from _parted(_exchange(mine, other, here))
            if there and (swapped := _swapped(mine, other, here, there)):
                yield swapped


class _Words(NamedTuple):
    """The words of some sentences; for each, the kind of place where it stands, and where its line begins."""

    said: list[str]
    places: list[Where]
    lines: list[int]


def _words(said: Sequence[str], start: int, end: int) -> _Words:
    """Return the words of sentences ``start`` to ``end`` of a text."""
    words, places, lines, line = list[str](), list[Where](), list[int](), 0
    for at, sentence in enumerate(said[start:end], start):
        found = _TOKEN.findall(sentence)
        words += found
        where: Where = "text"
        if _LINE.fullmatch(sentence) and (at < _TITLES or _FIELD.isdisjoint(sentence)):
            where = "title" if at < _TITLES else "line"
        places += [where] * len(found)
        lines += [line] * len(found)
        if "\n" in sentence:
            line = len(words)
    return _Words(words, places, lines)


def _exchange(mine: _Words, other: _Words, place: Place) -> Exchange:
    """Return what differs at a place, in its context."""
    p, q, r, s = place
    line = mine.lines[p] if p < len(mine.lines) else mine.lines[-1]
    before, after = " ".join(mine.said[max(line, p - _BEFORE) : p]), "".join(mine.said[q : q + _AFTER])
    where = min(mine.places[p:q] + other.places[r:s], key=_OUTWARD.index)
    return Exchange(before, mine.said[p:q], other.said[r:s], after, where)


def _swapped(mine: _Words, other: _Words, here: Place, there: Place) -> Exchange | None:
    """Return what two neighbouring places have in each other's place, or None."""
    whole = here[0], there[1], here[2], there[3]
    length = whole[1] - whole[0]
    if length != whole[3] - whole[2] or length > _SWAPPED:
        return None
    one, two = mine.said[whole[0] : whole[1]], other.said[whole[2] : whole[3]]
    if sorted(one) != sorted(two):
        return None
    for first in range(1, min(_NAMES, len(one) - 2) + 1):
        for last in range(1, min(_NAMES, len(one) - first - 1) + 1):
            a, between, b = one[:first], one[first:-last], one[-last:]
            if a != b and [*b, *between, *a] == two and _part(a, between, b):
                return _exchange(mine, other, whole)._replace(one=a, two=b, swapped=True)
    return None


def _part(one: Sequence[str], between: Sequence[str], two: Sequence[str]) -> bool:
    """Whether it matters which of two names comes first: in a list, it does not."""
    if all(side[0].isdecimal() for side in (one[0], two[0])):
        if one[0][0] == "0" or two[0][0] == "0":
            return False  # 05-12 and 12-05: one day, as two countries write it
        return all(not word[0].isalnum() for word in between) and not {"/", ".", ","} & {*between}
    told = [word for word in between if word[0].isalnum() and word.casefold() not in _JOINS]
    return bool(told) and all(any(word[0].isalpha() for word in side) for side in (one, two))


def sentences(text: str) -> list[str]:
    """Split a text into sentences, each with its closing signs; a line without any is one sentence."""
    return [sentence for sentence in _SENTENCE.findall(text) if sentence.strip()]


def differing(one: Sequence[str], two: Sequence[str]) -> Iterator[Place]:
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
    if found.one and all(map(_THAI.fullmatch, found.one + found.two)):
        yield from (_trimmed(found, *pair) for pair in zip(found.one, found.two, strict=True))
        return
    pairs = zip(found.one, found.two, strict=True)
    for _, run in groupby(pairs, key=lambda pair: (pair[0][0].isdigit(), pair[1][0].isdigit())):
        mine, other = zip(*run, strict=True)
        yield found._replace(one=list(mine), two=list(other))


def _trimmed(found: Exchange, one: str, two: str) -> Exchange:
    """Reduce two Thai phrases, which have no blanks between their words, to what differs."""
    start = common_prefix(one, two)
    end = common_prefix(one[start:][::-1], two[start:][::-1])
    mine, other = (side[start : len(side) - end] for side in (one, two))
    return found._replace(
        before=f"{found.before} {one[:start]}",
        one=[mine] if mine else [],
        two=[other] if other else [],
        after=one[len(one) - end :] + found.after,
    )


def common_prefix(one: str, two: str) -> int:
    """Return the length of the common prefix."""
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
