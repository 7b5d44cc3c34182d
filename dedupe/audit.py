"""
Turn outcomes into the account: one line of JSON for each document and each decision.

Pure: no clock, no files. Keys are in a fixed order and everything is deterministic, so that equal
input gives equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from operator import attrgetter

from dedupe.model import (
    Capture,
    CleanDocument,
    Copy,
    Earlier,
    Finding,
    Json,
    Match,
    Metadata,
    Outcome,
    Removal,
    Repair,
    Span,
)


def document_line(document: CleanDocument) -> str:
    """
    The output record of a kept document.

    >>> from dedupe.model import Cut
    >>> document_line(CleanDocument("a", "a.txt", Cut("雨。", ()), Metadata(), (), {"n": 1}))
    '{"id": "a", "text": "雨。", "metadata": {}, "n": 1}'
    """
    fields = {name: value for name, value in document.fields.items() if name not in _OWN}
    rest = f", {_dump(fields)[1:-1]}" if fields else ""
    metadata = _metadata_text(document.metadata)
    return f'{{"id": {_quote(document.id)}, "text": {_quote(document.text)}, "metadata": {metadata}{rest}}}'


def decision_line(outcome: Outcome) -> str:
    """The decision on an input document, with every removal and its evidence."""
    document = outcome.document
    metadata = _metadata_text(document.metadata) if document else "{}"
    removed = ", ".join(map(_removal_text, document.cut.removals)) if document else ""
    repairs = ", ".join(map(_repair_text, document.repairs)) if document else ""
    match = _dump(_match_json(outcome.match))[1:-1] if outcome.match else _NO_MATCH
    error = "null" if outcome.error is None else _quote(outcome.error)
    return (
        f'{{"id": {_quote(outcome.id)}, "source": {_quote(outcome.origin)}, "outcome": "{outcome.name}", {match}, '
        f'"metadata": {metadata}, "removed": [{removed}], "repairs": [{repairs}], "error": {error}}}'
    )


def duplicate_line(kept_line: str, text: str, match: Match) -> str:
    """
    The decision on a document that turned out to be a copy, made from the line written as if it were kept.

    Its surviving text is listed as removed too, stretch by stretch, so that it can be restored.
    """
    was = json.loads(kept_line)
    why = {"reason": f"{_RELATION[match.relation]} {match.kept}"}
    removed: list[Json] = list(was["removed"])
    at = taken = 0
    for stop in [*was["removed"], None]:
        gap = (stop["start"] - at) if stop else len(text) - taken
        if gap > 0:
            said = {"evidence": why, "text": text[taken : taken + gap]}
            removed.append({"start": at, "end": at + gap, "stage": "neardup", "rule": match.relation, **said})
        taken += gap
        at = stop["end"] if stop else at
    removed.sort(key=lambda r: r["start"])
    return _dump({**was, "outcome": "duplicate", **_match_json(match), "removed": removed})


def kept_line(line: str, already: Earlier | None, copies: Sequence[Copy]) -> str:
    """
    The decision on a kept document, with what the corpus pass adds: the earlier run that kept it already, if any,
    and the copies that it stands for.
    """
    said: dict[str, Json] = {"kept_in": asdict(already)} if already else {}
    if copies:
        said["copies"] = [asdict(copy) for copy in copies]
    return f"{line[:-1]}, {_dump(said)[1:]}"


def failed_line(line: str, name: str, error: str) -> str:
    """
    The decision on a document that turned out to be unusable, made from the line written as if it were kept.

    An error of its own is kept.
    """
    said = json.loads(line)
    failed = {"id": name, "outcome": "failed", "metadata": {}, "removed": [], "repairs": []}
    return _dump({**said, **failed, "error": said["error"] or error})


_RELATION = {
    "same": "says the same as",
    "contained": "is contained in",
    "superseded": "is an earlier version of",
}


def _match_json(match: Match | None) -> dict[str, Json]:
    earlier = {"kept_in": asdict(match.earlier)} if match and match.earlier else {}
    return {
        "duplicate_of": match.kept if match else None,
        "relation": match.relation if match else None,
        "jaccard": match.jaccard if match else None,
        "containment": match.containment if match else None,
        **earlier,
    }


def metadata_json(metadata: Metadata) -> dict[str, Json]:
    """
    The metadata that were found; fields without a value are left out.

    >>> metadata_json(Metadata(authors=("王小明",), place="北京"))
    {'authors': ['王小明'], 'place': '北京'}
    """
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in zip(_METADATA, _values_of(metadata), strict=True)
        if value
    }


def _metadata_text(metadata: Metadata) -> str:
    """The same as JSON text; faster than `_dump`, because all values are strings or tuples of strings."""
    said = [
        f'"{name}": {_quote(value)}' if isinstance(value, str) else f'"{name}": [{", ".join(map(_quote, value))}]'
        for name, value in zip(_METADATA, _values_of(metadata), strict=True)
        if value
    ]
    return f"{{{', '.join(said)}}}"


def removal_of(row: Mapping[str, Json]) -> Removal:
    """A removal read back from a decision line."""
    evidence = row["evidence"]
    twin = evidence.get("twin")
    span = Span(row["start"], row["end"])
    finding = Finding(
        row["stage"],
        row["rule"],
        span,
        evidence["reason"],
        tuple(Capture(c["name"], c["value"], Span(c["start"], c["end"])) for c in evidence.get("captures", ())),
        twin=Span(*twin) if twin else None,
        similarity=evidence.get("similarity"),
        differences=tuple((a, b) for a, b in evidence.get("differences", ())),
    )
    return Removal(span, row["text"], finding)


def _removal_text(removal: Removal) -> str:
    """A removal as JSON, as a decision holds it; built piece by piece for speed, since a page has about three."""
    finding = removal.finding
    evidence = f'"reason": {_quote(finding.reason)}'
    if finding.captures:
        evidence += f', "captures": [{", ".join(map(_capture_text, finding.captures))}]'
    if finding.twin is not None:
        evidence += f', "twin": [{finding.twin.start}, {finding.twin.end}]'
    if finding.similarity is not None:
        evidence += f', "similarity": {_dump(finding.similarity)}'
    if finding.differences:
        evidence += f', "differences": {_dump(finding.differences)}'
    judge = f'"stage": {_quote(finding.stage)}, "rule": {_quote(finding.rule)}'
    where = f'"start": {removal.span.start}, "end": {removal.span.end}'
    return f'{{{where}, {judge}, "evidence": {{{evidence}}}, "text": {_quote(removal.text)}}}'


def _capture_text(capture: Capture) -> str:
    name, value, (start, end) = capture
    return f'{{"name": {_quote(name)}, "value": {_quote(value)}, "start": {start}, "end": {end}}}'


def _repair_text(repair: Repair) -> str:
    return f'{{"stage": {_quote(repair.stage)}, "name": {_quote(repair.name)}, "detail": {_quote(repair.detail)}}}'


_OWN = frozenset(["id", "text", "metadata"])
_METADATA = tuple(item.name for item in fields(Metadata))
_values_of = attrgetter(*_METADATA)

# Built once, because `json.dumps` builds an encoder for each call. A single string needs no encoder at all.
_dump = json.JSONEncoder(ensure_ascii=False).encode
_quote = json.encoder.encode_basestring
_NO_MATCH = '"duplicate_of": null, "relation": null, "jaccard": null, "containment": null'
