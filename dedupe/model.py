"""
The words of the house as types: what a document is on its way from file to output.

Everything here is frozen. Offsets are code points in the normalised text, half-open, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Json = Any  # a decoded JSON value

Media = Literal["text", "html"]
OutcomeName = Literal["kept", "duplicate", "empty", "failed"]
Relation = Literal["same", "contained", "superseded"]


class Span(NamedTuple):
    """
    A half-open range of code points.

    >>> Span(2, 5).length
    3
    """

    start: int
    end: int

    @property
    def length(self) -> int:
        """Code points inside."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Hints:
    """What page metadata or record fields say, before any line of the text is read."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """
    A document as a reader hands it over: bytes (or text that was decoded already), and what
    the carrier says about it.
    """

    id: str
    origin: str
    payload: bytes | str
    media: Media = "text"
    charset: str | None = None
    fields: Mapping[str, Json] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)


class Repair(NamedTuple):
    """
    One thing that decoding or normalising changed.

    ``stage`` is ``decode`` or ``normalise``, ``name`` the step, ``detail`` what it found.
    """

    stage: str
    name: str
    detail: str


class Capture(NamedTuple):
    """A fact that a finding read from the text: ``author`` = ``贾骥业`` at a span."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A span that should go, who says so and why. Judges make findings; only `dedupe.edits` cuts.

    ``twin`` is the span of the copy that stays, ``similarity`` the share of the removed
    passage that stands there, ``differences`` the first pairs (removed, standing) of text in
    which the two differ.
    """

    stage: str
    rule: str
    span: Span
    reason: str
    captures: tuple[Capture, ...] = ()
    twin: Span | None = None
    similarity: float | None = None
    differences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A stretch of the normalised text that the cutter took out, with the finding behind it."""

    span: Span
    text: str
    finding: Finding


class Cut(NamedTuple):
    """
    The normalised text in two heaps: what stays and what went.

    ``text`` and ``removals``, put back by offset, are the normalised text (`dedupe.edits.restore`).
    """

    text: str
    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    What the document says about itself, every role apart: an editor is not an author.

    ``dateline_date`` is the day in the dateline as written, ``filed`` the same day as ISO 8601, to
    the day, where something else on the page tells the year. ``photo_sources`` gave pictures, and need not
    have anything to do with the text.
    """

    title: str | None = None
    original_title: str | None = None
    authors: tuple[str, ...] = ()
    affiliation: str | None = None
    source: str | None = None
    published: str | None = None
    edition: str | None = None
    place: str | None = None
    agency: str | None = None
    dateline_date: str | None = None
    filed: str | None = None
    editors: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    photo_sources: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    repaired_encoding: str | None = None


class CleanDocument(NamedTuple):
    """A document after its own judges have spoken, before it is compared with others."""

    id: str
    origin: str
    cut: Cut
    metadata: Metadata
    repairs: tuple[Repair, ...]
    fields: Mapping[str, Json]

    @property
    def text(self) -> str:
        """The text that stays."""
        return self.cut.text


@dataclass(frozen=True, slots=True)
class Earlier:
    """A document that an earlier run kept: which run, when, who published it, and the file that it was read from."""

    run: str
    date: str
    source: str | None
    origin: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that went as a copy of one that stays: who else carried the story, and the file it was read from."""

    id: str
    source: str | None
    origin: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """
    A verified likeness of a document to one that is kept.

    ``jaccard`` is that of the two sets of shingles, ``containment`` the share of the
    removed document's shingles that the kept one holds. ``earlier`` is there only if it was an
    earlier run that kept it.
    """

    kept: str
    relation: Relation
    jaccard: float
    containment: float
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of an input document, with everything needed to account for it.

    ``document`` is None only for a failed one, which has an ``error``; ``match`` is there only
    for a duplicate.
    """

    id: str
    origin: str
    name: OutcomeName
    document: CleanDocument | None = None
    match: Match | None = None
    error: str | None = None
