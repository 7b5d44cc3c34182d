"""
What the named groups of a rule capture, with lists of names and outlets split.
"""

from __future__ import annotations

from dedupe.model import Capture, Span
from dedupe.rules.people import split_people
from dedupe.rules.ready import Match, Ready
from dedupe.rules.rule import PEOPLE


def captures(one: Ready, m: Match, text: str, offset: int) -> tuple[Capture, ...]:
    """Return what the named groups captured, with lists split, in text order."""
    found: list[Capture] = []
    for name, start, end in m.groups:
        for a, b, part in _parts(one, name, text[start:end]):
            found.append(Capture(name, part, Span(offset + start + a, offset + start + b)))
    return tuple(sorted(found, key=lambda c: c.span))


def _parts(one: Ready, name: str, value: str) -> list[tuple[int, int, str]]:
    if name in PEOPLE and name not in one.split:
        return list(split_people(value))
    parts, at = [], 0
    cuts = [m.span() for m in one.split[name].finditer(value)] if name in one.split else []
    for stop, resume in [*cuts, (len(value), 0)]:
        piece = value[at:stop]
        if text := piece.strip():
            start = at + piece.index(text)
            parts.append((start, start + len(text), text))
        at = resume
    return parts
