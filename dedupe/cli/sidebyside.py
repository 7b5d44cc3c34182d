"""
Two texts beside each other in a terminal, in step, with what differs marked.

Pure: from stretches (`dedupe.cli.differences`) by way of rows (`dedupe.cli.columns`) to lines. What
differs is red and green where there is colour, and stands in ``[-...-]`` and ``{+...+}`` where there is
none; what only differs in form is dim.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import click

from dedupe.cli.columns import MARKED, Row, Run, display_width, laid_out
from dedupe.cli.differences import Stretch

NARROW = 80
"""Below this width two columns hold too little, and the two stand one above the other."""

_MARKS = {"removed": ("[-", "-]"), "standing": ("{+", "+}")}
_COLOURS = {"removed": "red", "standing": "green"}


def shortened(text: str, width: int) -> str:
    """
    The text, or its beginning and end where it is wider.

    >>> shortened("晚上七点，纺织路上的老文化馆灯火通明。", 24)
    '晚上七点，纺织 ... 明。'
    """
    if display_width(text) <= width:
        return text
    tail = (width - 5) // 4
    return f"{_leading(text, width - 5 - tail)} ... {_leading(text[::-1], tail)[::-1]}"


def _leading(text: str, width: int) -> str:
    """As much of the beginning as the width holds."""
    end = 0
    while end < len(text) and (width := width - display_width(text[end])) >= 0:
        end += 1
    return text[:end]


def painted(runs: Iterable[Run], *, colour: bool) -> str:
    """
    The runs in one line, with colours or with marks.

    >>> painted([Run("removed", "By Jo. "), Run("equal", "Rain.")], colour=False)
    '[-By Jo.-] Rain.'
    """
    parts = []
    for style, text in runs:
        if style == "equal":
            parts.append(text)
        elif style == "restyled":
            parts.append(_styled(text, colour=colour, dim=True))
        else:
            core, (opened, closed) = text.rstrip(), ("", "") if colour else _MARKS[style]
            marked = _styled(core, colour=colour, fg=_COLOURS[style], bold=True, underline=True)
            parts += [opened, marked, closed, text[len(core) :]]
    return "".join(parts)


def _styled(text: str, *, colour: bool, fg: str | None = None, **effects: bool) -> str:
    return click.style(text, fg, **effects) if colour else text


def side_by_side(
    stretches: Sequence[Stretch], titles: tuple[str, str], width: int, *, colour: bool, full: bool
) -> list[str]:
    """
    Lines that show both texts, under their titles; long equal stretches abbreviated unless ``full``.

    In two columns; one above the other where the terminal is narrow, or where text runs from right to
    left: terminals reorder whole lines of it.

    >>> found = [Stretch("equal", "雨下了", "雨下了"), Stretch("other", "一", "两"), Stretch("equal", "夜。", "夜。")]
    >>> print(*side_by_side(found, ("goes", "stays"), 80, colour=False, full=False), sep="\\n")
      goes                                  │ stays
    - 雨下了[-一-]夜。                      │ 雨下了{+两+}夜。
    >>> print(*side_by_side(found, ("goes", "stays"), 60, colour=False, full=False), sep="\\n")
    - goes
    = stays
    <BLANKLINE>
    - 雨下了[-一-]夜。
    = 雨下了{+两+}夜。
    """
    stacked = width < NARROW or any(_right_to_left(s.one) or _right_to_left(s.two) for s in stretches)
    column = max(width - 2, 8) if stacked else (width - 5) // 2
    rows = laid_out(stretches, column, marks=0 if colour else 4, context=0 if full else column)
    if stacked:
        return [
            _styled(f"- {titles[0]}", colour=colour, bold=True),
            _styled(f"= {titles[1]}", colour=colour, bold=True),
            "",
            *(line for row in rows for line in _above(row, colour=colour)),
        ]
    pad = " " * (column - display_width(titles[0]))
    return [
        f"  {_styled(titles[0], colour=colour, bold=True)}{pad} │ {_styled(titles[1], colour=colour, bold=True)}",
        *(_beside(row, column, colour=colour) for row in rows),
    ]


def _right_to_left(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def _beside(row: Row, column: int, *, colour: bool) -> str:
    if row.note:
        return _styled(f"  {row.note}", colour=colour, dim=True)
    left = painted(row.left, colour=colour)
    pad = " " * (column - display_width(click.unstyle(left)))
    sign = _styled("-", colour=colour, fg="red") if row.left else " "
    return f"{sign} {left}{pad} │ {painted(row.right, colour=colour)}".rstrip()


def _above(row: Row, *, colour: bool) -> Iterator[str]:
    """A row where both texts are the same is shown once."""
    if row.note:
        yield _styled(f"  {row.note}", colour=colour, dim=True)
    if row.left:
        yield f"{_styled('-', colour=colour, fg='red')} {painted(row.left, colour=colour)}"
    if row.right and any(run.style in MARKED for run in [*row.left, *row.right]):
        yield f"{_styled('=', colour=colour, fg='green')} {painted(row.right, colour=colour)}"
