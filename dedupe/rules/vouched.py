"""
Lines that no rule matches, but that the page's metadata or another credit prove to be credits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dedupe.model import Capture, Span
from dedupe.rules.matcher import Hit
from dedupe.rules.rule import Rule


def _vouching(rule: str, reason: str) -> dict[str, Rule]:
    classes = (("author", "author_byline"), ("source", "source_line"), ("date", "timestamp_line"))
    return {name: Rule(rule, credit, reason, "any", "line", "") for name, credit in classes}


VOUCHED: Final = _vouching("page.metadata", "The line repeats what the page's metadata says.")
REPEATED: Final = _vouching("page.credits", "The line repeats a name that a credit of the page gives.")


def vouched(line: str, name: str, rules: Mapping[str, Rule] = VOUCHED) -> Hit:
    """Return the hit of a whole line that is one author, source or date."""
    span = Span(0, len(line))
    return Hit(rules[name], span, (Capture(name, line, span),))
