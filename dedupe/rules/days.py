"""
The day of a page, where it stands by itself between the title and the story.

A bare day proves nothing: a chronicle's entries begin so, and a letter ends so. Between the title and the lead, with
hardly anything beside it, and where no other line of the page is a day, it is when the page was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dedupe.rules.blocks import WEAK, Block
from dedupe.rules.matcher import Hit

LONGEST: Final = 44
"""Characters of a line that is looked at for another day."""

_MOST_ABOVE: Final = 2  # the title, and what section or person stands over it
_MOST_BELOW: Final = 3  # a line of buttons, or of a name that nobody vouches for
_OPEN: Final = "（([【〔"
_COLONS: Final = (":", "：")
_MOST_DAYS: Final = 2  # some pages say it in two ways; more are a list


def is_day(hits: Sequence[Hit]) -> bool:
    """Whether what was found in a line is the day when something was published, and nothing else."""
    dated = any(capture.name == "date" for h in hits for capture in h.captures)
    return dated and all(h.rule.credit == "timestamp_line" for h in hits)


def under_title(run: Sequence[int], blocks: Sequence[Block], lines: Sequence[str], first: int) -> bool:
    """
    Whether neighbours are bare days below a title and close above the story, whose ``first`` line it is.

    A day in brackets is the day of a notice that is given word for word; and beside a line with a colon (`Place: the
    town hall`) a day is when something takes place.

    >>> from dedupe.model import Capture, Span
    >>> from dedupe.rules.rule import Rule
    >>> read = Capture("date", "2026-03-05", Span(0, 10))
    >>> day = Hit(Rule("x.day", "timestamp_line", "", "head", "line", ""), Span(0, 10), (read,))
    >>> under_title([1], [Block((day,), WEAK)], ["A bridge", "2026-03-05", "The bridge opened."], 2)
    True
    >>> under_title([0], [Block((day,), WEAK)], ["2026-03-05", "The bridge opened."], 1)
    False
    """
    if len(run) > _MOST_DAYS or not run[-1] < first < len(lines) or any(lines[i][0] in _OPEN for i in run):
        return False
    above = sum(map(bool, lines[: run[0]]))
    below = sum(map(bool, lines[run[-1] + 1 : first]))
    announced = any(colon in line for line in lines[run[0] : first] for colon in _COLONS)
    close = 0 < above <= _MOST_ABOVE and below <= _MOST_BELOW and not announced
    return close and all(block.strength == WEAK and is_day(block.hits) for block in blocks)
