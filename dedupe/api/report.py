"""A finished run as an HTML page: what was removed, by which rule, with examples."""

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
"""File name of a run's report in its OUT."""

EXAMPLES = 5
"""Examples per rule: enough to see what it does, few enough to be read."""


def report(out: Path, name: str | None = None, examples: int = EXAMPLES) -> str:
    """
    Return the report of a finished run as one HTML text, under ``name`` or the name of its directory.

    Equal runs give equal reports. Raises OutputError if OUT is not a finished run.
    """
    with reading_back(out):
        digest = Digest(examples)
        for line in decisions(out):
            digest.add(json.loads(line))
        excerpts = dict(_excerpts(out, digest.chosen))
        summary = json.loads(read_summary(out) or "{}")
        return page(name or out.resolve().name, summary, digest, excerpts)


def _excerpts(out: Path, chosen: Mapping[str, set[int]]) -> Iterator[tuple[Chosen, Excerpt]]:
    """Yield the chosen removals with the text around them."""
    accounts = {one["id"]: one for one in map(json.loads, decisions(out)) if one["id"] in chosen}
    kept = [name for name, one in accounts.items() if one["outcome"] == "kept"]
    texts = {name: text for name, text in kept_texts(out, kept) if name in chosen}
    for name, account in accounts.items():
        removals = [removal_of(row) for row in account["removed"]]
        original = restore(texts.get(name, ""), removals)
        for number in sorted(chosen[name]):
            yield Chosen(name, number), excerpt(name, original, removals, number)
