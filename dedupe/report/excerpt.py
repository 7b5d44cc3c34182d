"""
A removal as a person wants to see it: with the text around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from dedupe.edits import kept_spans
from dedupe.model import Removal, Span

Fate = Literal["stays", "goes", "also"]
"""What happens to a piece of text: it stays, the shown removal removes it, or another removal also does."""

_AROUND: Final = 80
_LONGEST: Final = 600
_ENDS: Final = 250
"""Characters shown at either end of a longer piece."""


class Piece(NamedTuple):
    """A stretch of the original: ``text``, then ``left_out`` characters that are not shown, then ``end``."""

    fate: Fate
    text: str
    left_out: int = 0
    end: str = ""


class Excerpt(NamedTuple):
    """A removal with its surroundings, the reason for it, and the values captured from it."""

    document: str
    reason: str
    pieces: tuple[Piece, ...]
    captures: tuple[tuple[str, str], ...]
    similarity: float | None
    differences: tuple[tuple[str, str], ...]


def excerpt(document: str, original: str, removals: Sequence[Removal], number: int) -> Excerpt:
    """
    One of a document's removals, with the text on either side.

    >>> from dedupe.model import Finding
    >>> by = Removal(Span(0, 6), "By Jo.", Finding("bylines", "en.by", Span(0, 6), "An author."))
    >>> excerpt("a", "By Jo. It rained.", [by], 0).pieces
    (Piece(fate='goes', text='By Jo.', left_out=0, end=''), Piece(fate='stays', text=' It rained.', left_out=0, end=''))
    """
    shown = removals[number]
    low, high = max(0, shown.span.start - _AROUND), min(len(original), shown.span.end + _AROUND)
    fates: list[tuple[Span, Fate]] = [(span, "stays") for span in kept_spans(len(original), removals)]
    fates += [(one.span, "goes" if one is shown else "also") for one in removals]
    pieces = tuple(_pieces(original, sorted(fates), Span(low, high)))
    captures = tuple((one.name, one.value) for one in shown.finding.captures)
    finding = shown.finding
    return Excerpt(document, finding.reason, pieces, captures, finding.similarity, finding.differences)


def _pieces(original: str, fates: Sequence[tuple[Span, Fate]], within: Span) -> Iterator[Piece]:
    for span, fate in fates:
        start, end = max(span.start, within.start), min(span.end, within.end)
        if start >= end:
            continue
        text = original[start:end]
        if len(text) <= _LONGEST:
            yield Piece(fate, text)
        else:
            yield Piece(fate, text[:_ENDS], len(text) - 2 * _ENDS, text[-_ENDS:])
