"""
Where two texts that say the same differ: both texts, cut into stretches that face each other.

The comparison view (`dedupe.kernels.view`) decides what is a difference, as it does for the judges. A lost
line break, a half-width comma or the other Chinese script restyles a text without changing what it says.

What they have in common is found in `dedupe.cli.alignment`; here it becomes text again.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from dedupe.cli.alignment import Match, matches
from dedupe.kernels.view import View, comparison_view

Likeness = Literal["equal", "restyled", "other"]


class Stretch(NamedTuple):
    """A stretch of one text beside its counterpart in the other; one of them may be empty."""

    likeness: Likeness
    one: str
    two: str


_FORMS = ("line breaks", "blanks", "punctuation", "signs", "width", "case", "script")

_OPENING = "“‘「『（《【〈\"'([«¿¡"

_SPACELESS = "\u0e00-\u109f\u1780-\u17ff\u2e80-\ufaff\uff00-\uffff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*|(?:[^\W\d_{_SPACELESS}]|\d){{2,30}}")
"""A number, or a word of a script with spaces between words: if one letter differs, the whole word is marked."""


def stretches(one: str, two: str) -> list[Stretch]:
    """
    Return both texts complete and in order, cut where their likeness changes.

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
    return list(_joined(_cut(left, right, matches(left.view, right.view, left.words(), right.words()))))


def restyled(found: Iterable[Stretch]) -> list[str]:
    """
    Name the differences that are only of form.

    >>> restyled(stretches("ＡＢ，\\n漢語。", "ab,汉语。"))
    ['line breaks', 'punctuation', 'width', 'case', 'script']
    """
    forms = {form for s in found if s.likeness == "restyled" for form in _forms(s.one, s.two)}
    return [form for form in _FORMS if form in forms]


def _forms(one: str, two: str) -> Iterator[str]:
    """Name the differences between two restyled stretches: a character, or the punctuation after one."""
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
    """A text in units: each is a character of the view with the punctuation that belongs to it."""

    def __init__(self, text: str) -> None:
        view: View = comparison_view(text)
        self.text = text
        self.view = view.text()
        self.at: list[int] = view.offsets.tolist()
        self.starts = [0, *(self._start(a, b) for a, b in pairwise(self.at)), len(text)]

    def _start(self, before: int, at: int) -> int:
        """Return where the unit of the character at ``at`` begins: an opening bracket belongs to what follows."""
        between = self.text[before + 1 : at]
        return before + 1 + len(between.rstrip(_OPENING))

    def head(self, k: int) -> str:
        """Return the unit up to its character, including what opens it."""
        return self.text[self.starts[k] : self.at[k] + 1]

    def tail(self, k: int) -> str:
        """Return what follows the unit's character."""
        return self.text[self.at[k] + 1 : self.starts[k + 1]]

    def opening(self, k: int) -> str:
        """Return what opens the unit, before its character."""
        return self.text[self.starts[k] : self.at[k]]

    def run(self, start: int, end: int) -> str:
        """Return the text from the character of the first unit to that of the last."""
        return self.text[self.at[start] : self.at[end - 1] + 1]

    def words(self) -> list[int]:
        """Return, for each unit, the number of the word that contains it; 0 for none."""
        found = [0] * len(self.at)
        for number, match in enumerate(_WORD.finditer(self.text), 1):
            for k in range(bisect_left(self.at, match.start()), bisect_left(self.at, match.end())):
                found[k] = number
        return found


def _cut(left: _Units, right: _Units, common: list[Match]) -> Iterator[Stretch]:
    """Yield the smallest stretches: a unit's character, what follows it, or a difference."""
    one = two = 0
    for match in [*common, Match(len(left.at), len(right.at), 0)]:
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
    Yield what only one text has; ``tail`` follows the character before it, and ``other`` is the other text's tail.

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
    """Join neighbours of equal likeness, except restyled ones, which must keep facing their counterparts."""
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
