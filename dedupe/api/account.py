"""
The account of one document: what went, why, and the original back; of a finished run, or of a
file that has not been cleaned yet.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dedupe.audit import decision_line, removal_of
from dedupe.edits import kept_spans, restore
from dedupe.errors import OutputError, SourceError
from dedupe.model import Json, Outcome, Removal
from dedupe.pipeline.batch import BatchWorker
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.store.readers import discover, items
from dedupe.store.results import decision_ids, find_decision, find_text


@dataclass(frozen=True, slots=True)
class Account:
    """A document's outcome, the text that stayed, and everything that went, with its evidence."""

    id: str
    outcome: str
    text: str
    removals: tuple[Removal, ...]
    metadata: Mapping[str, Json]
    repairs: tuple[str, ...]
    duplicate_of: str | None
    relation: str | None
    jaccard: float | None
    containment: float | None
    kept_in: Mapping[str, Json] | None
    copies: tuple[Mapping[str, Json], ...]
    error: str | None

    @property
    def original(self) -> str:
        """The normalised text as it was before anything was cut."""
        return restore(self.text, self.removals)

    def twin_of(self, removal: Removal) -> str:
        """
        The copy of a removed passage that stays, as it stays: without what went from inside it.

        As often as it went on its own heels: what stood three times goes twice, in one removal.
        """
        twin, original = removal.finding.twin, self.original
        if twin is None:
            return ""
        kept = (
            original[max(span.start, twin.start) : min(span.end, twin.end)]
            for span in kept_spans(len(original), self.removals)
            if span.start < twin.end and twin.start < span.end
        )
        stays = "".join(kept) or original[twin.start : twin.end]
        times = max(1, round(len(removal.text) / len(stays)))
        return ("\n" if "\n" in removal.text.strip() else "").join([stays.strip()] * times)


def account_of_run(out: Path, document_id: str) -> Account:
    """The account of a document of a finished run; OutputError where there is none."""
    line = find_decision(out, document_id)
    if line is None:
        near = difflib.get_close_matches(document_id, decision_ids(out), n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise OutputError(f"{out} has no document {document_id}{hint}")
    account = _account(line, "")
    if account.outcome != "kept":
        return account
    text = find_text(out, document_id)
    if text is None:
        raise OutputError(f"{out} decided to keep {document_id}, but its text is not there; was a file removed?")
    return replace(account, text=text)


def account_of_file(path: str, settings: Settings) -> Account:
    """
    What would become of a file on its own, or of the record ``file.jsonl#id``.

    Nothing is compared with other documents.
    """
    name, _, record = path.partition("#")
    file = Path(path) if Path(path).exists() or not record else Path(name)
    worker = BatchWorker(settings, load_rulebook(settings.bylines.packs, settings.bylines.rules))
    outcomes = []
    for item in items(discover([file]), settings.read):
        outcome = worker.judge([item])[0][0].outcome
        if file == Path(path) or outcome.id.partition("#")[2] == record:
            return _of_outcome(outcome)
        outcomes.append(outcome.id)
    near = difflib.get_close_matches(f"{file.name}#{record}", outcomes, n=1)
    raise SourceError(f"{file} has no record {record}" + (f"; did you mean {near[0]}?" if near else ""))


def _of_outcome(outcome: Outcome) -> Account:
    return _account(decision_line(outcome), outcome.document.text if outcome.document else "")


def _account(line: str, text: str) -> Account:
    try:
        decision = json.loads(line)
        return Account(
            decision["id"],
            decision["outcome"],
            text,
            tuple(removal_of(row) for row in decision["removed"]),
            decision["metadata"],
            tuple(f"{r['stage']}: {r['name']} ({r['detail']})" for r in decision["repairs"]),
            decision["duplicate_of"],
            decision["relation"],
            decision["jaccard"],
            decision["containment"],
            decision.get("kept_in"),
            tuple(decision.get("copies", ())),
            decision["error"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError(
            f"decisions.jsonl cannot be read back ({error!r}); was it edited, or written by another version?"
        ) from None
