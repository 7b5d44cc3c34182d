"""
Where the story is on a page: between its head, with title and credits, and its tail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dedupe.model import Span

_CJK_STOPS: Final = frozenset("。！？；……”」』")
_LATIN_STOPS: Final = frozenset(".!?\"”'")
_QUOTES: Final = "\"”'’»』」"
_FULL_STOPS: Final = frozenset("。！？；…")
_LONGEST_TITLE: Final = 160  # reached in Romance languages
_LONGEST_STANDFIRST: Final = 300
_MOST_STANDFIRSTS: Final = 2  # some outlets print two
_MOST_BELOW: Final = 20  # lines of credits and buttons between a standfirst and the lead


def body_spans(text: str) -> tuple[Span, Span]:
    """
    Return the span of the story in a text with its standfirst, and without it, up to the end of its last line.

    >>> page = "A bridge\\nThe small bridge in the south of the town opened on Monday, the council said.\\nMore"
    >>> body_spans(page)
    (Span(start=9, end=86), Span(start=9, end=86))
    """
    lines = text.split("\n")
    standfirst, lead, last = bounds([line.strip() for line in lines])
    if last < 0:
        return Span(0, 0), Span(0, 0)
    end = sum(len(line) + 1 for line in lines[: last + 1]) - 1
    return Span(sum(len(line) + 1 for line in lines[:standfirst]), end), Span(
        sum(len(line) + 1 for line in lines[:lead]), end
    )


def bounds(lines: Sequence[str]) -> tuple[int, int, int]:
    """
    Return the indices of the standfirst, the first and the last line of body text.

    Without a standfirst, the first line is returned twice. Without body text, every line counts as both head and
    tail. Empty lines are ignored.
    """
    n = len(lines)
    first, leading = 0, True
    while first < n and not (lines[first] and is_body(lines[first], leading=leading)):
        leading = leading and not lines[first]
        first += 1
    if first == n:
        return n, n, -1
    last = n - 1
    while last > first and not (lines[last] and is_body(lines[last], leading=False)):
        last -= 1
    return first, first if leading else _lead(lines, first, last), last


def _lead(lines: Sequence[str], first: int, last: int) -> int:
    """Return the line after the title with which the story begins: the first of the body, or one below a standfirst."""
    standing = below = 0
    for i in range(first, last + 1):
        line = lines[i]
        if line and not is_body(line, leading=False):
            below += 1
        elif line and below:
            return i
        elif line:
            standing += 1
        if standing > _MOST_STANDFIRSTS or below > _MOST_BELOW or (not below and len(line) > _LONGEST_STANDFIRST):
            break
    return first


def is_body(line: str, *, leading: bool) -> bool:
    """Whether a line is running text: long, or a complete sentence. A title may end like one, or in a quotation."""
    n = len(line)
    if n < 20 or (leading and n < (30 if line[-1] == "。" else 60)):
        return False
    if leading and n < _LONGEST_TITLE and line[-1] not in _FULL_STOPS:
        return line.rstrip(_QUOTES)[-1:] in (".", "。", "！", "？")
    return n >= 120 or line[-1] in _CJK_STOPS or (n >= 60 and line[-1] in _LATIN_STOPS)
