"""
Render the report as one HTML file that needs nothing else: no scripts, no fonts, no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import groupby
from typing import Any, Final, NamedTuple

from dedupe.errors import MissingExtraError
from dedupe.model import Json
from dedupe.report.digest import Chosen, Digest, RuleCount
from dedupe.report.excerpt import Excerpt

_SOURCES: Final = 100
_OUTCOMES: Final = ("kept", "duplicate", "empty", "failed")


class _Part(NamedTuple):
    """A part of a whole, for a bar: its name, its amount, and its share of the whole from 0 to 1."""

    name: str
    amount: int
    share: float


class _Judge(NamedTuple):
    """What one stage removed; the rule that removed most comes first."""

    stage: str
    rules: Sequence[tuple[str, RuleCount]]
    characters: int


def page(name: str, summary: Mapping[str, Json], digest: Digest, excerpts: Mapping[Chosen, Excerpt]) -> str:
    """The report of the run ``name``: its summary, its decisions in numbers, and examples of removals."""
    documents, characters = summary["documents"], summary["characters"]
    sources = sorted(summary["sources"].items(), key=lambda one: (-one[1]["documents"], one[0]))
    html: str = _template().render(
        name=name,
        summary=summary,
        digest=digest,
        excerpts=excerpts,
        outcomes=_parts({outcome: documents[outcome] for outcome in _OUTCOMES}),
        characters=_parts({"kept": characters["kept"], **characters["removed"]}),
        judges=_judges(digest),
        sources=sources[:_SOURCES],
        more_sources=len(sources) - _SOURCES,
        found=[_Part(field, n, n / documents["kept"]) for field, n in digest.found.most_common()],
    )
    return html


def _parts(amounts: Mapping[str, int]) -> list[_Part]:
    whole = sum(amounts.values()) or 1
    return [_Part(name, amount, amount / whole) for name, amount in amounts.items() if amount]


def _judges(digest: Digest) -> list[_Judge]:
    rows = sorted(digest.rules.items(), key=lambda one: (one[0][0], -one[1].characters, one[0][1]))
    judges = []
    for stage, same in groupby(rows, key=lambda one: one[0][0]):
        rules = [(rule, count) for (_, rule), count in same]
        judges.append(_Judge(stage, rules, sum(count.characters for _, count in rules)))
    return sorted(judges, key=lambda judge: -judge.characters)


def _template() -> Any:
    try:
        jinja2 = import_module("jinja2")
    except ImportError:
        raise MissingExtraError.of("the report needs Jinja2", "report") from None
    # The content was scraped and cannot be trusted, so everything is escaped.
    loader, strict = jinja2.PackageLoader("dedupe.report", ""), jinja2.StrictUndefined
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=strict, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["percent"] = "{:.1%}".format
    return environment.get_template("page.html")
