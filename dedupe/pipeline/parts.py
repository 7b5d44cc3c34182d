"""
Parts: the results that a worker hands back on disk.

For the documents of one batch, in order, a part holds their output lines, their decision lines (written
as if every document with text were kept), their signatures, and a small entry each that says where those
are. Only entries and signatures are ever held in memory for a whole run.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from dedupe.audit import decision_line, document_line
from dedupe.kernels.minhash import Signatures
from dedupe.model import OutcomeName
from dedupe.neardup.clusters import Entry
from dedupe.pipeline.document import Judged
from dedupe.store.parts import Part
from dedupe.summary import removed_by_stage


class PartEntry(NamedTuple):
    """
    One document of a part.

    ``document`` and ``decision`` are the offsets of its lines, ``document_bytes`` and ``decision_bytes`` their
    lengths; a document that is not kept has no output line, and its offset is -1. ``lines`` is the number of
    its line keys; ``digest`` is all zeros if the document cannot be a copy.
    """

    id: str
    place: str
    name: OutcomeName
    origin: str
    source: str
    published: str | None
    url: str | None
    digest: bytes
    length: int
    characters_in: int
    characters_out: int
    removed: Mapping[str, int]
    signed: bool
    lines: int
    document: int
    document_bytes: int
    decision: int
    decision_bytes: int


_SHARED = frozenset(["name", "origin", "source", "published"])
"""Fields whose values recur throughout a corpus and are held in memory once."""

_NUMBERS = frozenset(PartEntry._fields[PartEntry._fields.index("length") :]) - {"removed", "signed"}

_DIGEST = 16
_NOWHERE = (-1, 0)

_dump = json.JSONEncoder(ensure_ascii=False).encode


def write_part(part: Part, judged: Sequence[Judged], num_perm: int) -> None:
    """Write a batch's results; the final rename makes the part exist."""
    documents, decisions = bytearray(), bytearray()
    entries: list[PartEntry] = []
    rows: list[np.ndarray] = []
    lines = array("I")
    for one in judged:
        outcome, entry = one.outcome, one.entry
        document = _NOWHERE
        if entry is not None and outcome.document is not None:
            document = _append(documents, document_line(outcome.document))
            if entry.signature is not None:
                rows.append(entry.signature)
        lines.extend(one.lines)
        entries.append(_entry(one, document, _append(decisions, decision_line(outcome))))
    signatures = np.stack(rows) if rows else np.empty((0, num_perm), dtype=np.uint32)
    # By columns: few long lists are written and read in a third of the time of many short ones.
    columns: dict[str, Any] = {name: [entry[k] for entry in entries] for k, name in enumerate(PartEntry._fields)}
    columns["digest"] = b"".join(columns["digest"]).hex()
    stages = sorted({stage for removed in columns["removed"] for stage in removed})
    columns["removed"] = {stage: [removed.get(stage, 0) for removed in columns["removed"]] for stage in stages}
    files = {"documents": bytes(documents), "decisions": bytes(decisions)}
    part.write({**files, "signatures": signatures.tobytes(), "lines": lines.tobytes()}, _dump(columns))


class Entries:
    """
    The entries of a finished part, in input order.

    They are held as columns, number columns in arrays: as objects they would take four times as much memory.
    An entry object is built on access, which is cheapest in order.
    """

    def __init__(self, part: Part) -> None:
        columns: dict[str, Any] = json.loads(part.entries())
        for name in _SHARED:
            columns[name] = [one and sys.intern(one) for one in columns[name]]
        for name in _NUMBERS:
            columns[name] = array("q", columns[name])
        ids = columns["id"]
        columns["place"] = [name if place == name else place for name, place in zip(ids, columns["place"], strict=True)]
        columns["digest"] = _Digests(bytes.fromhex(columns["digest"]))
        columns["removed"] = _Counts({stage: array("q", counts) for stage, counts in columns["removed"].items()})
        columns["signed"] = bytes(columns["signed"])
        self.ids: Sequence[str] = ids
        self._decision: tuple[array[int], array[int]] = columns["decision"], columns["decision_bytes"]
        self._document: tuple[array[int], array[int]] = columns["document"], columns["document_bytes"]
        self._columns = tuple(columns[name] for name in PartEntry._fields)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[PartEntry]:
        return map(PartEntry._make, zip(*self._columns, strict=False))

    def __getitem__(self, at: int) -> PartEntry:
        return PartEntry._make([column[at] for column in self._columns])

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The named fields of all entries, in order; much faster than building the entries."""
        return zip(*(self._columns[PartEntry._fields.index(name)] for name in names), strict=False)

    def decision(self, at: int) -> tuple[int, int]:
        """Offset and length of the decision line on a document."""
        start, size = self._decision
        return start[at], size[at]

    def document(self, at: int) -> tuple[int, int]:
        """Offset and length of a document's output line; the document must not be failed or empty."""
        start, size = self._document
        return start[at], size[at]


class _Digests:
    """A sequence of 16-byte digests, stored end to end."""

    def __init__(self, joined: bytes) -> None:
        self._joined = joined

    def __iter__(self) -> Iterator[bytes]:
        return (self._joined[at : at + _DIGEST] for at in range(0, len(self._joined), _DIGEST))

    def __getitem__(self, at: int) -> bytes:
        return self._joined[_DIGEST * at : _DIGEST * at + _DIGEST]


class _Counts:
    """A sequence of mappings from name to count, stored as columns; zero counts are left out."""

    def __init__(self, columns: Mapping[str, Sequence[int]]) -> None:
        self._columns = columns

    def __iter__(self) -> Iterator[Mapping[str, int]]:
        if not self._columns:
            return repeat({})
        names, columns = tuple(self._columns), self._columns.values()
        return ({name: n for name, n in zip(names, row, strict=True) if n} for row in zip(*columns, strict=True))

    def __getitem__(self, at: int) -> Mapping[str, int]:
        return {name: column[at] for name, column in self._columns.items() if column[at]}


def read_signatures(part: Part, num_perm: int) -> Signatures:
    """The signatures of a finished part: one row for each entry that is ``signed``, in order."""
    return np.frombuffer(part.read("signatures"), dtype=np.uint32).reshape(-1, num_perm)


def read_lines(part: Part) -> np.ndarray:
    """The line keys of a finished part: for each entry ``lines`` of them, in order."""
    return np.frombuffer(part.read("lines"), dtype=np.uint32)


def as_entry(one: PartEntry, signature: np.ndarray | None) -> Entry:
    """The entry as the drop rule needs it, with its signature."""
    return Entry(one.id, one.digest, one.length, signature, one.published, one.source or None, one.origin, one.url)


def _entry(one: Judged, document: tuple[int, int], decision: tuple[int, int]) -> PartEntry:
    outcome, entry, clean = one.outcome, one.entry, one.outcome.document
    removals = clean.cut.removals if clean else ()
    kept = len(clean.text) if clean else 0
    return PartEntry(
        id=outcome.id,
        place=one.place,
        name=outcome.name,
        origin=outcome.origin,
        source=(clean.metadata.source if clean else None) or "",
        published=entry.published if entry else None,
        url=entry.url if entry else None,
        digest=entry.digest if entry else bytes(_DIGEST),
        length=entry.length if entry else 0,
        characters_in=kept + sum(r.span.length for r in removals),
        characters_out=kept,
        removed=removed_by_stage(removals),
        signed=entry is not None and entry.signature is not None,
        lines=len(one.lines),
        document=document[0],
        document_bytes=document[1],
        decision=decision[0],
        decision_bytes=decision[1],
    )


def _append(buffer: bytearray, line: str) -> tuple[int, int]:
    start = len(buffer)
    buffer += line.encode("utf-8", "surrogatepass")
    end = len(buffer)
    buffer += b"\n"
    return start, end - start
