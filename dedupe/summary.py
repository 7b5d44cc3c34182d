"""
The run in numbers: what was read, kept and removed, by source and stage, with warnings.

Pure: no clock, no files, so that equal runs write equal summaries.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dedupe.model import Json, Removal
from dedupe.rules.suggest import Proposal
from dedupe.settings import ReportSettings, Settings


@dataclass(slots=True)
class SourceTotals:
    """What one source lost: a rate that jumps points to a faulty rule or a changed site."""

    documents: int = 0
    duplicates: int = 0
    characters_in: int = 0
    characters_out: int = 0

    @property
    def removal_rate(self) -> float:
        """The share of its characters that was removed."""
        return 1 - self.characters_out / self.characters_in if self.characters_in else 0.0


@dataclass(slots=True)
class Totals:
    """The run in numbers. Characters are code points of the normalised text."""

    outcomes: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    sources: dict[str, SourceTotals] = field(default_factory=dict)
    characters_in: int = 0
    characters_out: int = 0

    def add(self, name: str, source: str, characters_in: int, characters_out: int, removed: Mapping[str, int]) -> None:
        """Count one document; ``removed`` maps stages to characters."""
        self.outcomes[name] += 1
        self.characters_in += characters_in
        self.characters_out += characters_out
        self.removed.update(removed)
        totals = self.sources.setdefault(source, SourceTotals())
        totals.documents += 1
        totals.duplicates += name == "duplicate"
        totals.characters_in += characters_in
        totals.characters_out += characters_out


def totals_of(summary: str) -> Totals:
    """
    The run in numbers from its summary again, but for its sources: of those a summary holds rates.

    >>> told = {"documents": {"read": 3, "kept": 2, "failed": 1}, "characters": {"read": 9, "kept": 7, "removed": {}}}
    >>> totals_of(json.dumps(told)).outcomes.total()
    3
    """
    said = json.loads(summary)
    characters = said["characters"]
    outcomes = {name: count for name, count in said["documents"].items() if name != "read"}  # which is their sum
    read, kept = characters["read"], characters["kept"]
    return Totals(Counter(outcomes), Counter(characters["removed"]), characters_in=read, characters_out=kept)


def removed_by_stage(removals: Iterable[Removal]) -> dict[str, int]:
    """Characters removed, by the responsible stage."""
    counts: dict[str, int] = {}
    for removal in removals:
        stage, (start, end) = removal.finding.stage, removal.span
        counts[stage] = counts.get(stage, 0) + end - start
    return counts


def alarms(totals: Totals, settings: ReportSettings) -> list[str]:
    """
    Warnings for the reader of the summary: nothing was read, nothing was kept, most documents failed, or a source
    lost most of its text.

    >>> from dedupe.config import load_settings
    >>> alarms(Totals(), load_settings().report)
    ['nothing was read: no file of a known format contains a document']
    """
    read, kept = totals.outcomes.total(), totals.outcomes["kept"]
    if not read:
        return ["nothing was read: no file of a known format contains a document"]
    found = [] if kept else [f"nothing was kept of {read:,} document{'' if read == 1 else 's'}"]
    if (failed := totals.outcomes["failed"]) > read - failed:
        found.append(f"{failed:,} of {read:,} documents failed")
    for name, source in sorted(totals.sources.items()):
        if source.documents >= settings.min_documents and source.removal_rate > settings.max_removal_rate:
            found.append(
                f"{name or 'documents without a source'}: {source.removal_rate:.0%} of the characters of "
                f"{source.documents:,} documents were removed ({source.duplicates:,} duplicates)"
            )
    return found


def _furniture_json(found: Sequence[Proposal], most: int) -> dict[str, Json]:
    """The number of lines that sites repeat, and the most common ones."""
    ordered = sorted(found, key=lambda one: (-one.documents, one.house, one.examples))
    commonest = [
        {"site": p.house, "line": p.examples[0], "documents": p.documents, "of": p.of, "days": p.days}
        for p in ordered[:most]
    ]
    return {"lines": len(found), "sites": len({one.house for one in found}), "commonest": commonest}


@dataclass(frozen=True, slots=True)
class Across:
    """
    What the comparison of all documents found.

    ``capped`` counts documents that had more candidates than were verified. ``earlier``, with an index, counts
    duplicates of documents that earlier runs kept, and documents that earlier runs had kept already.
    ``furniture`` is the lines that sites repeat.
    """

    capped: int = 0
    earlier: tuple[int, int] | None = None
    furniture: Sequence[Proposal] = ()


_EARLIER = ("duplicates_of_earlier_runs", "kept_by_earlier_runs")


def summary_json(
    totals: Totals, across: Across, skipped: Mapping[str, int], versions: Mapping[str, str], settings: Settings
) -> str:
    """The summary of a run. It contains no times and no paths, so equal runs write equal summaries."""
    return json.dumps(
        {
            "documents": {
                "read": totals.outcomes.total(),
                **{name: totals.outcomes[name] for name in ("kept", "duplicate", "empty", "failed")},
            },
            "characters": {
                "read": totals.characters_in,
                "kept": totals.characters_out,
                "removed": dict(sorted(totals.removed.items())),
            },
            "sources": {
                name: {
                    "documents": s.documents,
                    "duplicates": s.duplicates,
                    "removal_rate": round(s.removal_rate, 4),
                }
                for name, s in sorted(totals.sources.items())
            },
            "skipped_files": dict(sorted(skipped.items())),
            "capped_candidates": across.capped,
            **({} if across.earlier is None else dict(zip(_EARLIER, across.earlier, strict=True))),
            "furniture": _furniture_json(across.furniture, settings.report.max_furniture),
            "warnings": alarms(totals, settings.report),
            "settings": settings.fingerprint(),
            "versions": dict(sorted(versions.items())),
        },
        ensure_ascii=False,
        indent=2,
    )
