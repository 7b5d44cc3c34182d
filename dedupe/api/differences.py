"""
Where two texts that say the same differ: both, cut into stretches that stand beside each other.

What counts as a difference is what counts for the judges: `dedupe.kernels.view` decides. A lost line
break, a half-width comma or the other Chinese script restyles a text and changes nothing it says.

Linear in the text but for sorting: runs of characters that stand once in both texts are anchors, and
only the little between them is aligned character by character.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from dedupe.kernels.view import View, comparison_view

Likeness = Literal["equal", "restyled", "other"]


class Stretch(NamedTuple):
    """What stands in one text beside what stands in the other; one of them may be empty."""

    likeness: Likeness
    one: str
    two: str


class _Match(NamedTuple):
    """``length`` characters of one view from ``one`` on equal those of the other from ``two`` on."""

    one: int
    two: int
    length: int


_FORMS = ("line breaks", "blanks", "punctuation", "signs", "width", "case", "script")

_ANCHORS = (32, 8, 4)
"""Lengths of the runs that are looked for as anchors, one after the other."""

_SMALL = 40_000
"""Two stretches with a product of lengths up to this are aligned character by character."""

_MAX_DEPTH = 12
"""How often what lies between anchors is searched for further anchors."""

_OPENING = "“‘「『（《【〈\"'([«¿¡"

_SPACELESS = "\u0e00-\u109f\u1780-\u17ff\u2e80-\ufaff\uff00-\uffff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*|(?:[^\W\d_{_SPACELESS}]|\d){{2,30}}")
"""A number, or a word of a script that sets words apart: where one letter differs, all of it is marked."""


def stretches(one: str, two: str) -> list[Stretch]:
    """
    Both texts whole and in order, cut where their likeness changes.

    >>> for stretch in stretches("雨下了1夜，\\n河水涨了。", "雨下了3夜,河水漲了。"):
    ...     print(stretch)
    Stretch(likeness='equal', one='雨下了', two='雨下了')
    Stretch(likeness='other', one='1', two='3')
    Stretch(likeness='equal', one='夜', two='夜')
    Stretch(likeness='restyled', one='，\\n', two=',')
    Stretch(likeness='equal', one='河水', two='河水')
    Stretch(likeness='restyled', one='涨', two='漲')
    Stretch(likeness='equal', one='了。', two='了。')
    """
    if one == two:
        return [Stretch("equal", one, two)] if one else []
    left, right = _Units(one), _Units(two)
    if not left.view or not right.view:
        return list(_joined([_beside(one, two) if left.view == right.view else Stretch("other", one, two)]))
    return list(_joined(_cut(left, right, _matches(left, right))))


def restyled(found: Iterable[Stretch]) -> list[str]:
    """
    What differs in form alone.

    >>> restyled(stretches("ＡＢ，\\n漢語。", "ab,汉语。"))
    ['line breaks', 'punctuation', 'width', 'case', 'script']
    """
    forms = {form for s in found if s.likeness == "restyled" for form in _forms(s.one, s.two)}
    return [form for form in _FORMS if form in forms]


def _forms(one: str, two: str) -> Iterator[str]:
    """In what two stretches differ that stand for each other: a character, or what follows one."""
    if not comparison_view(one).text():
        if ("\n" in one) != ("\n" in two):
            yield "line breaks"
        bare, other = ("".join(text.split()) for text in (one, two))
        if bare == other:
            if "\n" not in one + two:
                yield "blanks"
        elif any(unicodedata.category(c)[0] != "P" for c in bare + other):
            yield "signs"
        else:
            yield "punctuation"
        return
    narrow, other = unicodedata.normalize("NFKC", one), unicodedata.normalize("NFKC", two)
    if (narrow != one) != (other != two):
        yield "width"
    if narrow != other:
        yield "case" if narrow.casefold() == other.casefold() else "script"


class _Units:
    """A text in units: a character of the view, with the punctuation that belongs to it."""

    def __init__(self, text: str) -> None:
        view: View = comparison_view(text)
        self.text = text
        self.view = view.text()
        self.at: list[int] = view.offsets.tolist()
        self.starts = [0, *(self._start(a, b) for a, b in pairwise(self.at)), len(text)]

    def _start(self, before: int, at: int) -> int:
        """Where the unit of the character at ``at`` begins: an opening bracket goes with what follows."""
        between = self.text[before + 1 : at]
        return before + 1 + len(between.rstrip(_OPENING))

    def head(self, k: int) -> str:
        """The unit's character, and what opens it."""
        return self.text[self.starts[k] : self.at[k] + 1]

    def tail(self, k: int) -> str:
        """What stands behind the unit's character."""
        return self.text[self.at[k] + 1 : self.starts[k + 1]]

    def opening(self, k: int) -> str:
        """What opens the unit, before its character."""
        return self.text[self.starts[k] : self.at[k]]

    def run(self, start: int, end: int) -> str:
        """The units from the character of the first to that of the last."""
        return self.text[self.at[start] : self.at[end - 1] + 1]

    def words(self) -> list[int]:
        """For each unit the number of the word it stands in; 0 for none."""
        found = [0] * len(self.at)
        for number, match in enumerate(_WORD.finditer(self.text), 1):
            for k in range(bisect_left(self.at, match.start()), bisect_left(self.at, match.end())):
                found[k] = number
        return found


def _cut(left: _Units, right: _Units, matches: list[_Match]) -> Iterator[Stretch]:
    """The stretches, small: a unit's character, what follows it, a difference."""
    one = two = 0
    for match in [*matches, _Match(len(left.at), len(right.at), 0)]:
        behind = left.tail(one - 1) if one else "", right.tail(two - 1) if two else ""
        if match.one > one and match.two > two:
            yield _beside(*behind)
            yield _beside(left.opening(one), right.opening(two))
            yield Stretch("other", left.run(one, match.one), right.run(two, match.two))
            yield _beside(left.tail(match.one - 1), right.tail(match.two - 1))
        elif match.one > one:
            yield from _added(behind[0] + left.text[left.starts[one] : left.starts[match.one]], *behind)
        elif match.two > two:
            added = _added(behind[1] + right.text[right.starts[two] : right.starts[match.two]], *behind[::-1])
            yield from (Stretch(likeness, b, a) for likeness, a, b in added)
        else:
            yield _beside(*behind)
        for k in range(match.length):
            yield _beside(left.head(match.one + k), right.head(match.two + k))
            if k + 1 < match.length:
                yield _beside(left.tail(match.one + k), right.tail(match.two + k))
        one, two = match.one + match.length, match.two + match.length


def _added(text: str, tail: str, other: str) -> Iterator[Stretch]:
    """
    What one text has more, with the ``tail`` of the character before it; ``other`` is the other text's tail.

    >>> list(_added("灯火通明。", "", "。"))
    [Stretch(likeness='other', one='灯火通明', two=''), Stretch(likeness='equal', one='。', two='。')]
    """
    if other != tail and other and text.endswith(other):
        yield Stretch("other", text[: len(text) - len(other)], "")
        yield _beside(other, other)
    else:
        yield _beside(tail, other)
        yield Stretch("other", text[len(tail) :], "")


def _beside(one: str, two: str) -> Stretch:
    return Stretch("equal" if one == two else "restyled", one, two)


def _joined(small: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one likeness as one; restyled ones stay single, so that each stands beside its own."""
    last: Stretch | None = None
    for stretch in small:
        if not stretch.one and not stretch.two:
            continue
        if last is not None and last.likeness == stretch.likeness != "restyled":
            last = Stretch(last.likeness, last.one + stretch.one, last.two + stretch.two)
        else:
            if last is not None:
                yield last
            last = stretch
    if last is not None:
        yield last


def _matches(left: _Units, right: _Units) -> list[_Match]:
    """What is equal in both views, in order, without accidents and without halves of words."""
    found = sorted(_aligned(left.view, right.view, 0, 0, _MAX_DEPTH))
    ends = _Match(len(left.view), len(right.view), 0)
    return _whole_words(_meaningful(_touching(found), ends), left.words(), right.words())


def _aligned(one: str, two: str, at: int, at_two: int, depth: int) -> Iterator[_Match]:
    """Matches of two stretches of the views, which begin at ``at`` and ``at_two``."""
    head = _common(one, two)
    tail = _common(one[head:][::-1], two[head:][::-1])
    if head:
        yield _Match(at, at_two, head)
    if tail:
        yield _Match(at + len(one) - tail, at_two + len(two) - tail, tail)
    one, two, at, at_two = one[head : len(one) - tail], two[head : len(two) - tail], at + head, at_two + head
    if not one or not two:
        return
    if len(one) * len(two) <= _SMALL:
        for match in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]:
            yield _Match(at + match.a, at_two + match.b, match.size)
        return
    anchors = next(filter(None, (_anchors(one, two, length) for length in _ANCHORS)), []) if depth else []
    if not anchors:
        return
    a = b = 0
    for anchor in [*anchors, _Match(len(one), len(two), 0)]:
        yield from _aligned(one[a : anchor.one], two[b : anchor.two], at + a, at_two + b, depth - 1)
        if anchor.length:
            yield _Match(at + anchor.one, at_two + anchor.two, anchor.length)
        a, b = anchor.one + anchor.length, anchor.two + anchor.length


def _common(one: str, two: str) -> int:
    """How many characters at the beginning are equal."""
    shorter = min(len(one), len(two))
    return next((k for k in range(shorter) if one[k] != two[k]), shorter)


def _anchors(one: str, two: str, length: int) -> list[_Match]:
    """Runs of this length that stand once in both, the most of them that stand in one order, joined."""
    once, once_two = _once(one, length), _once(two, length)
    pairs = [(at, once_two[run]) for run, at in once.items() if run in once_two]
    anchors: list[_Match] = []
    for at, at_two in _ascending(pairs):
        last = anchors[-1] if anchors else _Match(0, 0, 0)
        if anchors and at - at_two == last.one - last.two and at <= last.one + last.length:
            anchors[-1] = _Match(last.one, last.two, at + length - last.one)
        elif at >= last.one + last.length and at_two >= last.two + last.length:
            anchors.append(_Match(at, at_two, length))
    return anchors


def _once(text: str, length: int) -> dict[str, int]:
    """The runs that stand once in the text, by their place, in order."""
    runs = [text[at : at + length] for at in range(len(text) - length + 1)]
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """
    The longest choice of pairs, given by their first, whose seconds ascend.

    >>> _ascending([(0, 5), (1, 2), (2, 3), (4, 9)])
    [(1, 2), (2, 3), (4, 9)]
    """
    ends: list[int] = []
    of_end: list[int] = []
    before: list[int] = []
    for k, (_, second) in enumerate(pairs):
        place = bisect_left(ends, second)
        before.append(of_end[place - 1] if place else -1)
        ends[place : place + 1] = [second]
        of_end[place : place + 1] = [k]
    chosen, k = [], of_end[-1] if of_end else -1
    while k >= 0:
        chosen.append(pairs[k])
        k = before[k]
    return chosen[::-1]


def _touching(matches: list[_Match]) -> list[_Match]:
    """The matches, those that touch in both texts as one."""
    joined: list[_Match] = []
    for match in matches:
        last = joined[-1] if joined else None
        if last and match.one == last.one + last.length and match.two == last.two + last.length:
            joined[-1] = _Match(last.one, last.two, last.length + match.length)
        else:
            joined.append(match)
    return joined


def _meaningful(matches: list[_Match], ends: _Match) -> list[_Match]:
    """Without the matches that are no longer than the differences on both their sides: accidents."""
    kept = [_Match(0, 0, 0)]
    for match in [*matches, ends]:
        while len(kept) > 1 and kept[-1].length <= min(_apart(kept[-2], kept[-1]), _apart(kept[-1], match)):
            kept.pop()
        kept.append(match)
    return kept[1:-1]


def _apart(last: _Match, match: _Match) -> int:
    """The length of the difference between two matches."""
    return max(match.one - last.one - last.length, match.two - last.two - last.length)


def _whole_words(matches: list[_Match], words: list[int], words_two: list[int]) -> list[_Match]:
    """The matches without the halves of words at their ends whose other halves differ."""
    whole = []
    for match in matches:
        end, end_two = match.one + match.length, match.two + match.length
        first = max(_reach(words, match.one, 1), _reach(words_two, match.two, 1))
        last = max(_reach(words, end, -1), _reach(words_two, end_two, -1))
        if first + last < match.length:
            whole.append(_Match(match.one + first, match.two + first, match.length - first - last))
    return whole


def _reach(words: list[int], at: int, step: int) -> int:
    """
    How many units the word that a cut at ``at`` would halve reaches forward (1) or back (-1).

    >>> _reach([1, 1, 1, 2], 1, 1), _reach([1, 1, 1, 2], 1, -1), _reach([1, 1, 1, 2], 3, 1)
    (2, 1, 0)
    """
    if not 0 < at < len(words) or not words[at] or words[at] != words[at - 1]:
        return 0
    k = at if step > 0 else at - 1
    reach = 0
    while 0 <= k < len(words) and words[k] == words[at]:
        reach, k = reach + 1, k + step
    return reach
