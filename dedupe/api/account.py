"""
The account of one document: what was removed, why, and its original text; from a finished run, or
for a file that has not been cleaned yet.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dedupe.audit import decision_line, removal_of
from dedupe.edits import kept_spans, restore
from dedupe.errors import DocumentError, OutputError, SourceError
from dedupe.model import Json, Outcome, Removal
from dedupe.pipeline.batch import BatchWorker
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode_line
from dedupe.store.readers import Item, discover, items, load
from dedupe.store.results import decision_ids, find_decision, find_text, reading_back


@dataclass(frozen=True, slots=True)
class Account:
    """A document's outcome, the text that was kept, and everything that was removed, with its evidence."""

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
        """The normalised text before anything was cut."""
        return restore(self.text, self.removals)

    def twin_of(self, removal: Removal) -> str:
        """
        Return the kept copy of a removed passage, without what was cut from inside it.

        The copy is repeated as often as the removal contains it: of a passage printed three times in a row,
        two copies go in a single removal.
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
    """Return the account of a document in a finished run; raises OutputError if there is none."""
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
        raise OutputError(f"{out} decided to keep {document_id}, but its text is missing; was a file removed?")
    return replace(account, text=text)


def account_of_file(path: str, settings: Settings) -> Account:
    """
    Return what would become of a file, or of one of its records: ``file.jsonl#id`` or ``file.jsonl:line``.

    It is not compared with other documents.
    """
    file, record = _named(path)
    found = items(discover([file]), settings.read)
    item = _named_so(found, record, settings) if record else next(found, None)
    if item is None:
        lacks = f"has no record {record.lstrip('#:')}{_near(file, record, settings)}" if record else "holds no document"
        raise SourceError(f"{file} {lacks}")
    if not record and next(found, None) is not None:
        name = next(_names(item, settings))
        raise SourceError(f"{file} holds several documents; name one, for instance dedupe explain '{file}{name}'")
    worker = BatchWorker(settings, load_rulebook(settings.bylines.packs, settings.bylines.rules, examples=False))
    return _of_outcome(worker.judge([item])[0][0].outcome)


def _named(path: str) -> tuple[Path, str]:
    """Split a path into the file it names and the record in it: ``#id``, ``:line`` or nothing."""
    file, sign, line = path.rpartition(":")
    if not sign or not line.isdecimal() or not Path(file).exists():
        file, sign, line = path.partition("#")
    return (Path(path), "") if Path(path).exists() else (Path(file), sign + line)


def _named_so(found: Iterable[Item], record: str, settings: Settings) -> Item | None:
    """The first document of this name that can be read, else the first one."""
    first = None
    for one in found:
        if record in _names(one, settings):
            if _read(one, settings)[1]:
                return one
            first = first or one
    return first


def _names(item: Item, settings: Settings) -> Iterator[str]:
    """Yield the names of a document within its file: its id as decisions give it, and its line."""
    if own := _read(item, settings)[0]:
        yield own.removeprefix(item.origin)
    yield item.id.removeprefix(item.origin)


def _read(item: Item, settings: Settings) -> tuple[str | None, bool]:
    """The id of a document as far as it is known, and whether it can be read."""
    try:
        return load(item, settings.read, partial(decode_line, settings=settings.decode)).id, True
    except DocumentError as error:
        return error.id, False


def _near(file: Path, record: str, settings: Settings) -> str:
    """Return a hint at the record with the closest name, or nothing."""
    names = [next(_names(one, settings)) for one in items(discover([file]), settings.read)]
    near = difflib.get_close_matches(record, names, n=1)
    return f"; did you mean {file.name}{near[0]}?" if near else ""


def _of_outcome(outcome: Outcome) -> Account:
    return _account(decision_line(outcome), outcome.document.text if outcome.document else "")


def _account(line: str, text: str) -> Account:
    with reading_back("decisions.jsonl"):
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
