"""
Explain how a book reads one line: which rules find what in it, and which nearly do.

For authors of rules who wonder why a rule does not fire, or why something was removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from dedupe.model import Capture
from dedupe.rules.matcher import Hit, Rulebook
from dedupe.rules.page import Page
from dedupe.rules.ready import ANY, HEAD, TAIL, Match, Ready
from dedupe.rules.rule import Rule
from dedupe.rules.selftest import placed

Where = Literal["head", "body", "tail"]
WHERE: Final[tuple[Where, ...]] = ("head", "body", "tail")
_BESIDE: Final = {
    "neighbour": "another credit on this line or the next",
    "company": "another credit on the same line",
    "row": "a share prompt beside it, or names of networks above and below, three in all",
}
_ZONES: Final = {"head": HEAD | ANY, "body": ANY, "tail": TAIL | ANY}


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that took a stretch of the line, and what it captured there."""

    rule: Rule
    text: str
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule whose pattern matches a stretch of the line, and why it still did not take it."""

    rule: Rule
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Around:
    """
    Where a line stands on a page, and what else is known about the page.

    ``title`` stands above a line at the head; ``authors`` are those named in the metadata.
    """

    where: Where
    title: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a line is read in one part of a page: what stays of it, what took the rest, and what nearly did."""

    where: Where
    rest: str
    found: tuple[Found, ...]
    refused: tuple[Refused, ...]


def read_aloud(book: Rulebook, text: str, around: Around, close: Iterable[str] = ()) -> Reading:
    """
    Explain how a book reads a line at the head of a page, between body lines, or at the tail.

    Rules named in ``close`` are also reported if they match only a part of the line.

    >>> from dedupe.rules.loader import load_rulebook
    >>> book = load_rulebook(("zh",))
    >>> [found.rule.id for found in read_aloud(book, "城南晚报记者 林小禾", Around("head")).found]
    ['zh.author.staff']
    >>> near = read_aloud(book, "城南晚报记者 林小禾", Around("body")).refused[0]
    >>> near.rule.id, near.why
    ('zh.author.staff', 'it is for the edge of a page, and the line stands in the body')
    """
    page = placed(text, around.where)
    above = f"{around.title}\n" if around.title and around.where == "head" else ""
    start = page.index(text) + len(above)
    end = start + len(text)
    read = Page(above + page, book, dict.fromkeys(around.authors, "author")).read()
    hits = [hit for hit in read if start <= hit.span.start < end]
    page = above + page
    taken = tuple(dict.fromkeys(hit.rule.id for hit in hits))
    close = frozenset(close)
    refused: list[Refused] = []
    for one in (Ready(rule) for rule in book.rules if rule.id not in taken):
        for line in map(str.strip, text.split("\n")):
            near = _near(one, line, around.where, taken)
            if near is None and one.rule.id in close:
                near = _part(one, line)
            refused += [near] if near else []
    found = tuple(Found(hit.rule, page[hit.span.start : hit.span.end], hit.captures) for hit in hits)
    return Reading(around.where, _left(page, hits, start, end), found, tuple(refused))


def _left(page: str, hits: list[Hit], start: int, end: int) -> str:
    kept, at = [], start
    for hit in hits:
        kept.append(page[at : hit.span.start])
        at = hit.span.end
    return "".join([*kept, page[at:end]]).strip()


def _near(one: Ready, line: str, where: Where, taken: tuple[str, ...]) -> Refused | None:
    """Explain why a rule whose pattern matches did not take the line; None if it does not match."""
    span = _read(one, line)
    if span is None:
        return None
    return Refused(one.rule, line[span.start : span.end], next(_reasons(one, line, span, where, taken)))


def _part(one: Ready, line: str) -> Refused | None:
    part = one.part(line)
    if part is None:
        return None
    wanted = {"prefix": "the head of a line", "suffix": "the tail of a line"}.get(one.rule.place, "the whole line")
    text = line[part.start : part.end]
    return Refused(one.rule, text, f"that is only a part, and 'as: {one.rule.place}' requires {wanted}")


def _read(one: Ready, line: str) -> Match | None:
    """Match the bare pattern at the place that its rule requires."""
    if one.rule.place == "prefix":
        return one.head(line)
    return one.tail(line) if one.rule.place == "suffix" else one.whole(line)


def _reasons(one: Ready, line: str, span: Match, where: Where, taken: tuple[str, ...]) -> Iterator[str]:
    """Yield the reasons why the rule did not take the line, the plainest first."""
    rule, text, before, behind = one.rule, line[span.start : span.end], line[: span.start], line[span.end :]
    if not one.zone & _ZONES[where]:
        yield f"it is for the {rule.zone} of a page, and the line stands in the {where}"
    if len(text) > rule.max_length:
        yield f"this has {len(text)} characters, and 'max_length' is {rule.max_length}"
    if (found := one.unwanted(text)) is not None:
        yield f"it contains “{found}”, which 'not' forbids"
    if not one.follows(behind):
        yield f"the rest begins with “{behind[:12]}”, which 'followed_by' does not allow"
    if not one.precedes(before):
        yield f"the rest ends with “{before[-12:]}”, which 'preceded_by' does not allow"
    if taken:
        yield f"another rule came first: {', '.join(taken)}"
    if rule.needs != "nothing":
        yield f"it needs {_BESIDE[rule.needs]} ('needs: {rule.needs}')"
    yield "the line is too long, or ends too much like a sentence, to be credits"
