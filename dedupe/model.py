"""
The package's vocabulary as types: the forms a document takes on its way from file to output.

Everything here is immutable. Offsets always count code points in the normalised text, half-open.
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
        """The number of code points in the span."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Hints:
    """What the page's metadata or the record's fields say; known before the text is read."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """
    A document as a reader delivers it: bytes (or text that is already decoded), and what its
    record or file says about it.
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
    """A value that a finding read from the text: ``author`` = ``贾骥业`` at a span."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A span to remove, with the judge and the reason. Judges make findings; only `dedupe.edits` cuts.

    ``twin`` is the span of the copy that stays, ``similarity`` the share of the removed passage that
    the twin contains, ``differences`` the first pairs (removed, kept) of text in which they differ.
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
    """A stretch of the normalised text that was cut, with the finding responsible."""

    span: Span
    text: str
    finding: Finding


class Cut(NamedTuple):
    """
    The normalised text, divided into what stays and what was removed.

    ``text`` and ``removals``, put back by offset, give the normalised text again (`dedupe.edits.restore`).
    """

    text: str
    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    What the document says about itself, each role kept separate: an editor is not an author.

    ``dateline_date`` is the day in the dateline as written; ``filed`` is the same day as an ISO 8601 date, if the
    page tells the year elsewhere. ``photo_sources`` supplied pictures, and may have nothing to do with the text.
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
    """A document after the per-document judges, before it is compared with others."""

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
    """A document that an earlier run kept: which run, when, who published it, and the file it was read from."""

    run: str
    date: str
    source: str | None
    origin: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A document removed as a copy of a kept one; it shows who else published the story, and the file it was in."""

    id: str
    source: str | None
    origin: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """
    A verified match between a document and a kept one.

    ``jaccard`` is the Jaccard similarity of the two shingle sets, ``containment`` the share of the removed
    document's shingles that the kept one contains. ``earlier`` is set only if an earlier run kept it.
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

    ``document`` is None only if the document failed, and then ``error`` is set; ``match`` is set only
    for a duplicate.
    """

    id: str
    origin: str
    name: OutcomeName
    document: CleanDocument | None = None
    match: Match | None = None
    error: str | None = None
