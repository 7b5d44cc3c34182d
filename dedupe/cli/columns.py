"""
Two texts laid out in two columns, in step: what is equal in one row with its match.

Widths are those of terminals: a Han character takes two columns, a combining one none. Lines break
where scripts allow it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Final, Literal, NamedTuple

from dedupe.cli.differences import Stretch

Style = Literal["equal", "restyled", "removed", "standing"]

MARKED: Final[frozenset[Style]] = frozenset(("removed", "standing"))
"""The styles that take marks where there is no colour."""

_JOINER = "\u200d"


class Run(NamedTuple):
    """Text in one style."""

    style: Style
    text: str


class Row(NamedTuple):
    """What stands side by side in one line; or, instead, a ``note`` across both columns."""

    left: list[Run]
    right: list[Run]
    note: str = ""


def display_width(text: str) -> int:
    """
    How many columns the text takes on a terminal.

    >>> display_width("ab汉，"), display_width("e\\u0301"), display_width("👍")
    (6, 1, 2)
    """
    if text.isascii():
        return len(text)
    wide, nothing = {"W", "F"}, {"Mn", "Me", "Cf"}
    return sum(0 if unicodedata.category(c) in nothing else 1 + (unicodedata.east_asian_width(c) in wide) for c in text)


def laid_out(stretches: Iterable[Stretch], width: int, *, marks: int, context: int) -> list[Row]:
    """
    The rows of two columns, what is equal in one row with its match.

    ``marks`` is the room that the marks of a difference take. With a ``context``, of an equal stretch
    about as much as this is shown on both sides of a difference.
    """
    pairs = [pair for stretch in stretches for pair in _pairs(stretch)]
    rows: list[Row] = []
    table = _Table(width, marks)
    for pair in _elided(pairs, context) if context else pairs:
        if isinstance(pair, str):
            rows += [*table.rows(), Row([], [], pair)]
            table = _Table(width, marks)
        else:
            table.add(pair)
    return rows + table.rows()


def _pairs(stretch: Stretch) -> Iterator[Stretch]:
    """The stretch character by character, where both sides have the same."""
    if stretch.likeness == "equal":
        yield from (Stretch("equal", c, c) for c in stretch.one)
    else:
        yield stretch


def _elided(pairs: list[Stretch], context: int) -> Iterator[Stretch | str]:
    """The pairs with a note in place of what is equal and far from any difference."""
    for differs, group in groupby(pairs, key=lambda pair: pair.likeness == "other"):
        run = list(group)
        widths = [display_width(pair.one) for pair in run]
        head = _clause(run, widths, context, 1)
        tail = len(run) - _clause(run[::-1], widths[::-1], context, 0)
        if differs or sum(widths[head:tail]) <= 2 * context:
            yield from run
        else:
            yield from run[:head]
            yield f"⋯ {sum(len(pair.one) for pair in run[head:tail]):,} characters alike ⋯"
            yield from run[tail:]


def _clause(run: list[Stretch], widths: list[int], limit: int, last: int) -> int:
    """
    How many pairs to show within the limit: up to the end of a clause, if one ends in its second half.

    ``last`` is 1 where the end is looked for in what is shown, 0 where in what comes behind it.
    """
    shown = soft = used = 0
    while shown < len(run) and (used := used + widths[shown]) <= limit:
        shown += 1
        at = shown - last
        if used > limit // 2 and at < len(run) and not run[at].one[-1:].isalnum():
            soft = shown
    return soft or shown


class _Table:
    """Two columns that are filled in step."""

    def __init__(self, width: int, marks: int) -> None:
        self._left, self._right = _Column(width, marks), _Column(width, marks)
        self._waiting: list[Stretch] = []

    def add(self, pair: Stretch) -> None:
        """Add what stands side by side; pairs wait until the line may break behind them."""
        if pair.likeness == "other":
            self._flush()
            self._fill(self._left, "removed", pair.one)
            self._fill(self._right, "standing", pair.two)
            self._level()
            return
        if self._waiting and _may_break(self._waiting, pair):
            self._flush()
        feeds = "\n" in pair.one, "\n" in pair.two
        flat = Stretch(pair.likeness, _flat(pair.one, feeds > feeds[::-1]), _flat(pair.two, feeds < feeds[::-1]))
        self._waiting.append(flat)
        if any(feeds):
            self._flush()
            self._left.feed()
            self._right.feed()

    def rows(self) -> list[Row]:
        """All rows so far."""
        self._flush()
        rows = zip(self._left.rows, self._right.rows, strict=True)
        return [Row(_trimmed(left), _trimmed(right)) for left, right in rows if left or right]

    def _flush(self) -> None:
        """Put what waits into one row of both columns; only what is wider than a row is broken."""
        waiting, self._waiting = self._waiting, []
        one, two = "".join(pair.one for pair in waiting), "".join(pair.two for pair in waiting)
        if not (self._left.fits(one) and self._right.fits(two)):
            self._left.feed()
            self._right.feed()
        for pair in waiting:
            for a, b in zip_longest(pair.one, pair.two, fillvalue=""):
                if not (self._left.fits(a) and self._right.fits(b)):
                    self._left.feed()
                    self._right.feed()
                self._left.put(_style(pair), a)
                self._right.put(_style(pair), b)

    def _fill(self, column: _Column, style: Style, text: str) -> None:
        """Put what stands in one text only into its column."""
        for number, line in enumerate(re.split(r"\s*\n\s*", text)):
            if number:
                column.feed()
            for word in _words(line):
                if not column.fits(word, style):
                    column.feed()
                for char in word:
                    if not column.fits(char, style):
                        column.feed()
                    column.put(style, char)

    def _level(self) -> None:
        """Let both columns go on in one row."""
        while len(self._left.rows) < len(self._right.rows):
            self._left.feed()
        while len(self._right.rows) < len(self._left.rows):
            self._right.feed()


@dataclass(slots=True)
class _Column:
    """Rows of runs, none wider than the column."""

    width: int
    marks: int
    rows: list[list[Run]] = field(default_factory=lambda: [[]])
    used: int = 0

    def fits(self, text: str, style: Style = "equal") -> bool:
        """Whether the text, but for blanks at its end, fits into the row."""
        return self.used + self._opening(style) + display_width(text.rstrip()) <= self.width

    def put(self, style: Style, text: str) -> None:
        """Add to the row; no row begins with blanks."""
        if not text or (text.isspace() and not self.rows[-1]):
            return
        row = self.rows[-1]
        self.used += self._opening(style) + display_width(text)
        if row and row[-1].style == style:
            row[-1] = Run(style, row[-1].text + text)
        else:
            row.append(Run(style, text))

    def feed(self) -> None:
        """Begin a row."""
        self.rows.append([])
        self.used = 0

    def _opening(self, style: Style) -> int:
        row = self.rows[-1]
        return self.marks if style in MARKED and not (row and row[-1].style == style) else 0


def _style(pair: Stretch) -> Style:
    return "equal" if pair.likeness == "equal" else "restyled"


def _trimmed(row: list[Run]) -> list[Run]:
    """The row without blanks at its end."""
    while row and not row[-1].text.rstrip():
        row = row[:-1]
    return [*row[:-1], Run(row[-1].style, row[-1].text.rstrip())] if row else row


def _flat(text: str, alone: bool) -> str:
    """The text on one line; a line break that stands ``alone`` on its side leaves a sign."""
    return re.sub(r"\s+", " ", re.sub(r"\s*\n\s*", "⏎" if alone else "", text))


def _words(text: str) -> list[str]:
    """
    The text in pieces between which a line may break.

    >>> _words("By sea 渡口（东）。")
    ['By ', 'sea ', '渡', '口', '（东）。']
    """
    words: list[str] = []
    for char in text:
        if words and not _breaks(words[-1][-1], char):
            words[-1] += char
        else:
            words.append(char)
    return words


def _may_break(waiting: list[Stretch], pair: Stretch) -> bool:
    """Whether a line may break between what waits and the pair, on either side."""
    return any(
        before and after and _breaks(before[-1], after[0])
        for before, after in (
            ("".join(p.one for p in waiting[-2:]), pair.one),
            ("".join(p.two for p in waiting[-2:]), pair.two),
        )
    )


def _breaks(before: str, after: str) -> bool:
    """Whether a line may break between two characters: after blanks, beside Han, not before a full stop."""
    if after.isspace() or not display_width(after) or before == _JOINER:
        return False
    if before.isspace():
        return True
    if unicodedata.category(after) in {"Pe", "Pf", "Po"} or unicodedata.category(before) in {"Ps", "Pi"}:
        return False
    return display_width(before) > 1 or display_width(after) > 1
