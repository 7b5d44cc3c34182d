"""A document as the repeats judge sees it: its text, its comparison view, its passages and its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.factkey import marks
from dedupe.kernels.align import Chain
from dedupe.kernels.shingles import distinct
from dedupe.kernels.survey import count_between
from dedupe.kernels.view import View
from dedupe.model import Span
from dedupe.patterns import pattern
from dedupe.settings import RepeatSettings
from dedupe.stages.segment import passage_starts

_DENSE, _PRIVATE = 0x2E80, 0xE000
"""The range of scripts without spaces, whose characters say more than a letter does."""

_OPENING = "“‘「『（《【〈\"'(["

_LABEL = pattern(r"[^\n.。!！?？,，;；:：\d]{1,40}[:：](?!\d)")
_MARKS = frozenset('“”„「」『』«»"')
_STOPS = "，。！？；：、“”‘’「」『』（）《》〈〉【】()[]{},.;:!?\"'·—…|"
_QUESTION = frozenset("?？؟")
_TRUNCATION = pattern(r"[,，、;；]?(?:…|⋯|\.{3})+[ \t]*[\[【（(][^\n\d\[\]【】（）()]{0,12}[\]】）)][ \t]*(?=\n|$)")
"""The mark where a teaser breaks off: ``……[全文]``, ``... (read more)``. It has no content."""


class Gap(NamedTuple):
    """What a copy and its twin have in each other's place: where it begins in either, and the view's letters."""

    at: int
    twin: int
    one: str
    two: str


@dataclass(frozen=True)
class Page:
    """
    A document as this judge sees it.

    ``factor`` converts a length in Han characters to a length in this document's script.
    """

    text: str
    view: View
    factor: float
    settings: RepeatSettings

    @classmethod
    def of(cls, text: str, view: View, settings: RepeatSettings) -> Page:
        """Build the page of a document, measuring its script."""
        return cls(text, view, _script_factor(view, settings), settings)

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """The view positions at which passages begin, and the view's end; computed only if a copy has to be judged."""
        starts = passage_starts(self.text, self.settings.max_passage)
        return np.append(self.view.positions(starts), len(self.view))

    @cached_property
    def signs(self) -> NDArray[np.int32]:
        """For each view character what the view drops there: equal numbers for equal signs, 0 for none."""
        signs = np.zeros(len(self.view), dtype=np.int32)
        found = marks(self.text)
        if found:
            ids: dict[tuple[int, str], int] = {}
            places = self.view.positions(np.array([mark.at for mark in found], dtype=np.int64)).tolist()
            for place, mark in zip(places, found, strict=True):
                signs[place] = ids.setdefault((int(signs[place]), mark.sign), len(ids) + 1)
        return signs

    @cached_property
    def _view_text(self) -> str:
        return self.view.text()

    def scaled(self, length: float) -> int:
        """Convert a length in Han characters to this document's script: a Latin letter says less."""
        return round(length * self.factor)

    def span(self, start: int, end: int) -> Span:
        """The text span of view characters ``start`` to ``end``, with the punctuation that belongs to them."""
        offsets, text = self.view.offsets, self.text
        first, last = int(offsets[start]), int(offsets[end - 1]) + 1
        before = int(offsets[start - 1]) + 1 if start else 0
        after = int(offsets[end]) if end < len(offsets) else len(text)
        while first > before and text[first - 1] in _OPENING:
            first -= 1
        if mark := _TRUNCATION.match(text, last):
            last = after = mark.end()
        line_start, line_end = text.rfind("\n", before, first), text.find("\n", last, after)
        if line_end >= 0 or after == len(text):
            last = line_end if line_end >= 0 else after
            # If a whole line is removed, so is its bullet or dash.
            return Span(line_start + 1 if line_start >= 0 or not before else first, last)
        while last < after and text[last] not in _OPENING:
            last += 1
        return Span(first, last)

    def starts_line(self, at: int) -> bool:
        """Whether only punctuation separates this view character from the start of its line."""
        before = int(self.view.offsets[at - 1]) + 1 if at else 0
        return at == 0 or "\n" in self.text[before : int(self.view.offsets[at])]

    def breaks_between(self, first: int, last: int) -> bool:
        """Whether a line begins at a view character from ``first`` to ``last``, or the text begins or ends there."""
        if first <= 0 or last >= len(self.view):
            return True
        offsets = self.view.offsets
        return self.text.find("\n", int(offsets[first - 1]) + 1, int(offsets[last])) >= 0

    def ends_line(self, end: int) -> bool:
        """Whether the view character before ``end`` is the last of its line."""
        if end >= len(self.view):
            return True
        return "\n" in self.text[int(self.view.offsets[end - 1]) + 1 : int(self.view.offsets[end])]

    def to_line_end(self, at: int, most: int) -> int:
        """Count the view characters from ``at`` to the end of the line of the one before; at most ``most`` + 1."""
        ahead = self.view.offsets[at : at + most + 1]
        last = int(ahead[-1]) if len(ahead) > most else len(self.text)
        end = self.text.find("\n", int(self.view.offsets[at - 1]), last)
        return len(ahead) if end < 0 else int((ahead < end).sum())

    def since_line_start(self, at: int, most: int) -> int:
        """Count the view characters from the line's start up to ``at``; at most ``most`` + 1."""
        behind = self.view.offsets[max(0, at - most - 1) : at]
        first = int(behind[0]) if len(behind) > most else 0
        start = self.text.rfind("\n", first, int(behind[-1]))
        return len(behind) if start < 0 else int((behind > start).sum())

    def to_passage_end(self, at: int) -> int:
        """Count the view characters from ``at`` to the end of the passage of the one before."""
        return int(self.bounds[np.searchsorted(self.bounds, at)]) - at

    def around(self, start: int, end: int) -> str:
        """The text of view characters ``start`` to ``end`` and the signs beside it, without blanks and outer stops."""
        offsets = self.view.offsets
        first = int(offsets[start - 1]) + 1 if start else 0
        last = int(offsets[end]) if end < len(offsets) else len(self.text)
        return "".join(self.text[first:last].split()).strip(_STOPS)

    def since_passage_start(self, at: int) -> int:
        """
        Count the view characters from the start of the passage of ``at`` up to it.

        An ideographic space begins a passage too: it is all that is left of a lost line break.
        """
        if at and "\u3000" in self.written(at - 1, at, 0)[0]:
            return 0
        return at - int(self.bounds[np.searchsorted(self.bounds, at, side="right") - 1])

    def label_end(self, at: int) -> int:
        """
        The end of the label (``Anna:``, ``记者问：``) in which this view character stands, or that ends before it.

        The view character itself if there is none.
        """
        start = at - self.since_passage_start(at)
        if start == at or self.follows_colon(at):
            return at
        label = _LABEL.match(self.text, int(self.view.offsets[start]))
        return max(at, int(self.view.positions(np.array([label.end()]))[0])) if label else at

    def is_labelled(self, at: int) -> bool:
        """Whether a label precedes this view character, or holds it."""
        return self.follows_colon(at) or self.label_end(at) > at

    def passages_around(self, start: int, end: int) -> int:
        """The total length of the passages that a stretch touches."""
        first = int(np.searchsorted(self.bounds, start, side="right")) - 1
        last = int(np.searchsorted(self.bounds, end, side="left"))
        return int(self.bounds[min(last, len(self.bounds) - 1)]) - int(self.bounds[first])

    def passages(self, start: int, end: int) -> int:
        """Count the passages that a stretch touches."""
        low, high = np.searchsorted(self.bounds, (start + 1, end)).tolist()
        return int(high - low) + 1

    def quoted(self, start: int, end: int) -> bool:
        """Whether quotation marks directly precede and follow a stretch."""
        offsets, text = self.view.offsets, self.text
        before = text[int(offsets[start - 1]) + 1 : int(offsets[start])] if start else text[: int(offsets[0])]
        after = text[int(offsets[end - 1]) + 1 : int(offsets[end]) if end < len(offsets) else len(text)]
        return not (_MARKS.isdisjoint(before) or _MARKS.isdisjoint(after))

    def asks(self, end: int) -> bool:
        """Whether a question mark follows the view character before ``end``."""
        return not _QUESTION.isdisjoint(self.written(end - 1, end, 0)[0])

    def follows_colon(self, at: int) -> bool:
        """Whether a colon separates this view character from the one before it."""
        return at > 0 and not {":", "："}.isdisjoint(
            self.text[int(self.view.offsets[at - 1]) + 1 : int(self.view.offsets[at])]
        )

    def lines(self) -> NDArray[np.int64]:
        """The view positions at which non-empty lines begin, and the view's end."""
        starts = np.array([0, *(found.end() for found in re.finditer("\n", self.text))])
        return distinct(np.append(self.view.positions(starts), len(self.view)))

    def breaks(self, start: int, end: int) -> int:
        """Count the line breaks inside a stretch."""
        return self.text.count("\n", int(self.view.offsets[start]), int(self.view.offsets[end - 1]))

    def words(self, start: int, end: int) -> str:
        """The view characters from ``start`` to ``end``."""
        return self._view_text[start:end]

    def gaps(self, chain: Chain) -> list[Gap]:
        """The gaps between the blocks."""
        return [self.gap(*sides) for sides in _between(chain)]

    def gap(self, start: int, end: int, twin_start: int, twin_end: int) -> Gap:
        """What stands in a stretch, and in its twin."""
        return Gap(start, twin_start, self.words(start, end), self.words(max(0, twin_start), twin_end))

    def written(self, start: int, end: int, around: int) -> tuple[str, str, str]:
        """View characters ``start`` to ``end`` as the text has them, with what is up to ``around`` before and after."""
        offsets = self.view.offsets
        first, last = (int(offsets[at]) if at < len(offsets) else len(self.text) for at in (start, end))
        return self.text[first:last], self.text[max(0, first - around) : first], self.text[last : last + around]

    def verbatim_gaps(self, chain: Chain) -> list[tuple[str, str]]:
        """The gaps between the blocks, in the victim and in the twin, as written in the text."""
        return [
            (self._verbatim(at, end), self._verbatim(twin, twin_end)) for at, end, twin, twin_end in _between(chain)
        ]

    def _verbatim(self, start: int, end: int) -> str:
        """The text of view characters ``start`` to ``end``, without the punctuation around it."""
        return self.text[int(self.view.offsets[start]) : int(self.view.offsets[end - 1]) + 1] if start < end else ""


def _script_factor(view: View, settings: RepeatSettings) -> float:
    """How many of the view's characters are worth one Han character."""
    dense = count_between(view.codes, _DENSE, _PRIVATE)
    return 1.0 + (settings.latin_factor - 1.0) * (1.0 - dense / max(1, len(view)))


def _between(chain: Chain) -> list[tuple[int, int, int, int]]:
    """The gaps between the blocks: start and end in the victim, start and end in the twin."""
    return [
        (a.at + a.length, b.at, a.twin + a.length, b.twin)
        for a, b in pairwise(chain.blocks)
        if b.at > a.at + a.length or b.twin > a.twin + a.length
    ]
