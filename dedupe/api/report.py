"""A finished run as a page for people: what went, by which rule, with examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from dedupe.audit import removal_of
from dedupe.edits import restore
from dedupe.report.digest import Chosen, Digest
from dedupe.report.excerpt import Excerpt, excerpt
from dedupe.report.page import page
from dedupe.store.results import decisions, kept_texts, read_summary, reading_back

REPORT = "report.html"
"""What the report of a run is called, in its OUT."""

EXAMPLES = 5
"""Of each rule: enough to see what it does, few enough to be read."""


def report(out: Path, name: str | None = None, examples: int = EXAMPLES) -> str:
    """
    The report of a finished run as one HTML text; ``name`` is what it is called, if not as its directory.

    Equal runs have equal reports. OutputError if OUT is no finished run.
    """
    with reading_back(out):
        digest = Digest(examples)
        for line in decisions(out):
            digest.add(json.loads(line))
        excerpts = dict(_excerpts(out, digest.chosen))
        summary = json.loads(read_summary(out) or "{}")
        return page(name or out.resolve().name, summary, digest, excerpts)


def _excerpts(out: Path, chosen: Mapping[str, set[int]]) -> Iterator[tuple[Chosen, Excerpt]]:
    """The chosen removals among what stood around them."""
    accounts = {one["id"]: one for one in map(json.loads, decisions(out)) if one["id"] in chosen}
    kept = [name for name, one in accounts.items() if one["outcome"] == "kept"]
    texts = {name: text for name, text in kept_texts(out, kept) if name in chosen}
    for name, account in accounts.items():
        removals = [removal_of(row) for row in account["removed"]]
        original = restore(texts.get(name, ""), removals)
        for number in sorted(chosen[name]):
            yield Chosen(name, number), excerpt(name, original, removals, number)
