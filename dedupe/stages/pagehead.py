"""
The head of a page: its lines above the first line of running text, and runs of them read as one title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from dedupe.kernels.view import View
from dedupe.model import Span
from dedupe.patterns import pattern
from dedupe.settings import RepeatSettings
from dedupe.stages.headline import is_wide

_MAX_LINES: Final = 12
_MAX_PIECES: Final = 3
"""Lines over which one title is broken."""

_STOP: Final = pattern(r"[。؟।]|[^\W\d_]{2}\.[\"'”’»)]?(?=\s+[^\W\d_a-z]|\s*$)")


class Line(NamedTuple):
    """A non-empty line, without surrounding blanks."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """One line, or several consecutive lines, read as one title; ``words`` is its comparison key."""

    lines: tuple[Line, ...]
    words: str

    @property
    def span(self) -> Span:
        """From the start of the first line to the end of the last."""
        return Span(self.lines[0].start, self.lines[-1].end)

    @property
    def text(self) -> str:
        """The lines joined into one."""
        return " ".join(line.text for line in self.lines)


def page_head(text: str, settings: RepeatSettings) -> tuple[tuple[Line, ...], Line | None]:
    """The lines before the first line of running text, and that line; None if there is none, so this is no article."""
    head: list[Line] = []
    for line in lines_from(text, 0):
        if is_body(line.text, head, settings):
            return tuple(head), line
        if len(head) == _MAX_LINES:
            break
        head.append(line)
    return tuple(head), None


def lines_from(text: str, at: int) -> Iterator[Line]:
    """The non-empty lines from an offset on."""
    length = len(text)
    while at < length:
        end = text.find("\n", at)
        if end < 0:
            end = length
        line = text[at:end].lstrip()
        start = end - len(line)
        if line := line.rstrip():
            yield Line(start, start + len(line), line)
        at = end + 1


def is_body(line: str, head: Sequence[Line], settings: RepeatSettings) -> bool:
    """Whether a line is running text: long, or with a complete sentence, which must end the line if it is the first."""
    longest = 2 * settings.min_length
    if len(line) > longest and (len(line) > longest * settings.latin_factor or is_wide(line)):
        return True
    if not head:
        return line[-1] in "。." and _STOP.search(line[-3:]) is not None
    return _STOP.search(line) is not None and all(line != other.text for other in head)


def runs_of(view: View, lines: Sequence[Line]) -> list[list[Run]]:
    """For each line, the runs that begin there, longest first."""
    bounds = np.array([(line.start, line.end) for line in lines], dtype=np.int64).reshape(-1)
    at = view.positions(bounds).tolist()
    said = [view.codes[a:b].tobytes().decode("utf-32-le") for a, b in zip(at[::2], at[1::2], strict=True)]
    return [
        [
            Run(tuple(lines[k : k + size]), "".join(said[k : k + size]))
            for size in range(min(_MAX_PIECES, len(lines) - k), 0, -1)
        ]
        for k in range(len(lines))
    ]
