"""
Run the rules' own examples: what must be stripped is stripped, what must be kept is kept.

Each example is placed on a small page of invented body text, in the zone of its rule; a line to
keep is placed at the head, in the middle and at the tail, and must survive all rules of the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dedupe.rules.matcher import Hit, Rulebook
from dedupe.rules.page import Page
from dedupe.rules.rule import Example, Rule

_TITLE: Final = "城南"
_BODY: Final = "这里是一段用来撑起页面的普通正文，讲的是城南新修的一座小桥，清早有人在桥上跑步，傍晚有人在桥边下棋。"
_ENGLISH: Final = "This is a plain sentence of body text about a small new bridge in the south of the town, and so on."


@dataclass(frozen=True, slots=True)
class Failure:
    """An example whose result differs from what the rule's author wrote."""

    rule: str
    file: str
    line: int
    example: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Report:
    """
    The result of running the examples.

    ``misses`` are known misses, which are not failures; ``surprises`` are known misses that are now found
    and belong among the examples to strip.
    """

    rules: int
    examples: int
    failures: tuple[Failure, ...]
    misses: tuple[Failure, ...]
    surprises: tuple[Failure, ...]


def placed(text: str, zone: Literal["head", "body", "tail"]) -> str:
    """Return a small page of body text with a text in one of its zones; at the head, below a title."""
    body = _ENGLISH if text.isascii() else _BODY
    around = {"head": (_TITLE, text, body, body), "body": (body, text, body), "tail": (body, body, text)}
    return "\n".join(around[zone])


def check(rulebook: Rulebook) -> list[Failure]:
    """
    Return the examples that fail; an empty list means a sound book.

    >>> from dedupe.rules.loader import load_rulebook
    >>> check(load_rulebook(("zh",)))
    []
    """
    return list(report(rulebook).failures)


def report(rulebook: Rulebook) -> Report:
    """Run every example of every rule."""
    failures: list[Failure] = []
    misses: list[Failure] = []
    surprises: list[Failure] = []
    count = 0
    for rule in rulebook.rules:
        count += len(rule.strip) + len(rule.keep) + len(rule.known_misses)
        failures += [f for example in rule.strip if (f := _strip(rulebook, rule, example))]
        if not any(h.rule.id == rule.id for example in rule.strip for h in _page(rulebook, rule, example)[1]):
            failures.append(
                _failure(rule, rule.strip[0].text, "this rule to find one of its examples", "it finds none")
            )
        failures += [f for text in rule.keep if (f := _keep(rulebook, rule, text))]
        for example in rule.known_misses:
            if missed := _strip(rulebook, rule, example):
                misses.append(missed)
            else:
                surprises.append(_failure(rule, example.text, "to be missed, as 'known_misses' says", "it is found"))
    return Report(len(rulebook), count, tuple(failures), tuple(misses), tuple(surprises))


def _strip(book: Rulebook, rule: Rule, example: Example) -> Failure | None:
    page, hits = _page(book, rule, example)
    start = page.index(example.text)
    rest = _after(page, hits, start, start + len(example.text))
    if rest != example.rest:
        return _failure(rule, example.text, _stays(example.rest), f"{_stays(rest)}{_by(hits)}")
    got = _fields(hits)
    for name, values in example.fields.items():
        if got.get(name, ()) != values:
            return _failure(rule, example.text, f"{name} = {_list(values)}", f"{name} = {_list(got.get(name, ()))}")
    return None


def _page(book: Rulebook, rule: Rule, example: Example) -> tuple[str, list[Hit]]:
    """Return a page with the example in the zone of its rule, and what the book finds there."""
    page = placed(example.text, "tail" if rule.zone == "tail" else "head")
    return page, Page(page, book).read()


def _keep(book: Rulebook, rule: Rule, text: str) -> Failure | None:
    for zone, page in (
        ("head", f"{text}\n{_BODY}\n{_BODY}"),
        ("middle", f"{_BODY}\n{text}\n{_BODY}"),
        ("tail", f"{_BODY}\n{_BODY}\n{text}"),
    ):
        hits = Page(page, book).read()
        if hits:
            gone = "、".join(page[h.span.start : h.span.end] for h in hits)
            return _failure(rule, text, f"kept at the {zone}", f"lost {gone!r}{_by(hits)}")
    return None


def _after(page: str, hits: list[Hit], start: int, end: int) -> str:
    """Return a stretch of the page without the hits, and without the lines that became empty."""
    marked = list(page)
    for hit in hits:
        for k in range(hit.span.start, hit.span.end):
            marked[k] = "" if page[k] != "\n" else "\n"
    return "\n".join(line.strip() for line in "".join(marked[start:end]).split("\n") if line.strip())


def _fields(hits: list[Hit]) -> Mapping[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for hit in hits:
        for capture in hit.captures:
            fields[capture.name] = (*fields.get(capture.name, ()), capture.value)
    return fields


def _stays(rest: str) -> str:
    """Say in words what is left of an example."""
    return f"“{rest}” stays" if rest else "nothing stays"


def _by(hits: list[Hit]) -> str:
    names = ", ".join(dict.fromkeys(h.rule.id for h in hits))
    return f" (by {names})" if names else ""


def _list(values: tuple[str, ...]) -> str:
    return "、".join(values) or "nothing"


def _failure(rule: Rule, example: str, expected: str, got: str) -> Failure:
    return Failure(rule.id, rule.file, rule.line, example, expected, got)
