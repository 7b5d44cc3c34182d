"""Lines that the sites of a finished run repeat, proposed as rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dedupe.rules.sites import day_of, house_of
from dedupe.rules.suggest import Kept, Proposal, proposals
from dedupe.rules.tally import Floors
from dedupe.settings import SuggestSettings
from dedupe.store.results import decisions, kept_texts, reading_back


def suggest(out: Path, settings: SuggestSettings) -> list[Proposal]:
    """Return the lines that a site of this run repeats, as proposals; OutputError if OUT is not a finished run."""
    return proposals(lambda: _kept(out), floors(settings))


def floors(settings: SuggestSettings) -> Floors:
    """Return the thresholds from which a line is proposed."""
    return Floors(settings.min_documents, settings.min_days, settings.min_share)


def _kept(out: Path) -> Iterator[Kept]:
    with reading_back(out):
        kept = {d["id"]: _from(d) for d in map(json.loads, decisions(out)) if d["outcome"] == "kept"}
        for name, text in kept_texts(out, kept):
            house, day = kept[name]
            yield Kept(house, day, text)


def _from(decision: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the site and the day of a document."""
    known = decision["metadata"]
    return house_of(decision["id"], decision["source"], known.get("url"), known.get("source")), day_of(
        known.get("published")
    )
