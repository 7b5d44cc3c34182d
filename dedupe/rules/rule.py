"""
One byline rule and its vocabulary: classes, captures, zones, places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, Final, Literal

Zone = Literal["head", "tail", "edge", "any"]
Place = Literal["line", "peel", "prefix", "suffix", "sentence"]
Needs = Literal["nothing", "neighbour", "company", "row"]

CLASSES: Final = (
    "author_byline", "source_line", "dateline_head", "dateline_tail", "page_line", "timestamp_line",
    "editor_line", "photo_credit", "original_title", "title_suffix", "kicker_line", "author_bio",
    "copyright", "disclaimer", "contact_line", "correction_note", "end_mark",
    "share_prompt", "subscribe_prompt", "read_more", "related_links", "comment_prompt",
    "app_download_prompt", "ad_label", "tag_line", "ui_chrome", "legal_footer",
)  # fmt: skip
FURNITURE: Final = frozenset(CLASSES[CLASSES.index("share_prompt") :])  # stands anywhere, so it vouches for nothing
NOTICES: Final = frozenset(
    {"copyright", "disclaimer", "contact_line", "correction_note", "legal_footer"}
)  # may be long
CAPTURES: Final = (
    "author", "source", "agency", "place", "date", "edition", "editor", "photographer", "translator",
    "original_title", "affiliation", "desk", "photo_source", "holder",
)  # fmt: skip
PEOPLE: Final = frozenset({"author", "editor", "photographer", "translator"})
WINDOW: Final = 120  # maximum length of a credit; only this much of each end of a long line is examined
SENTENCE: Final = 300  # maximum length of a credit that is a sentence
_NOT_DECIDING: Final = frozenset({"strip", "keep", "known_misses", "file", "line"})


@dataclass(frozen=True, slots=True)
class RuleSource:
    """
    A mapping as read from a file, with its place and the text of that file.

    The patterns of a bundled pack are known to be valid from the tests, and are only compiled on
    first use: compiling four hundred would take most of a second.
    """

    file: str
    line: int
    entry: Mapping[str, Any]
    bundled: bool = False
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A text to strip: what must be left of it, and what must be captured from it."""

    text: str
    rest: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One kind of credit: where it may stand, its pattern, and the examples that prove it.

    ``pattern`` is RE2 with the fragments expanded. ``credit`` is the class, ``place`` what the
    file calls ``as``.
    """

    id: str
    credit: str
    reason: str
    zone: Zone
    place: Place
    pattern: str
    max_length: int = 80
    unless: str | None = None
    preceded_by: str | None = None
    followed_by: str | None = None
    needs: Needs = "nothing"
    split: Mapping[str, str] = field(default_factory=dict)
    strip: tuple[Example, ...] = ()
    keep: tuple[str, ...] = ()
    known_misses: tuple[Example, ...] = ()
    file: str = ""
    line: int = 0


def capture_name(group: str) -> str:
    """
    Return the capture that a named group fills; trailing digits distinguish groups of one capture.

    >>> capture_name("author2")
    'author'
    """
    return group.rstrip("0123456789")


def fingerprint(rules: Iterable[Rule], starts: Iterable[str]) -> str:
    """
    Return a digest of everything in rules that affects decisions and their reasons, but not of origins and examples.

    >>> from dataclasses import replace
    >>> rule = Rule("x.end", "end_mark", "The story ends.", "tail", "line", "#+")
    >>> fingerprint([rule], []) == fingerprint([replace(rule, line=7)], []) != fingerprint([rule], ["#"])
    True
    """
    deciding = [one.name for one in fields(Rule) if one.name not in _NOT_DECIDING]
    told = [str(getattr(rule, name)) for rule in rules for name in deciding]
    return blake2b("\0".join([*told, *starts]).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
