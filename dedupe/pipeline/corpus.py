"""
The corpus pass: all parts together, the drop rule, and the finished output.

Holds an entry and a signature per document in memory; texts stay on disk and are read again
only for candidates and for the output.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from dedupe.audit import Totals, duplicate_line, failed_line, kept_line
from dedupe.kernels.minhash import Signatures
from dedupe.model import Copy, Match
from dedupe.neardup.clusters import Claims, Entry, total_order
from dedupe.pipeline.claimer import Claimer
from dedupe.pipeline.parts import Entries, PartEntry, as_entry, read_lines, read_signatures
from dedupe.rules.suggest import Kept, Proposal, day_of, house_of, proposed
from dedupe.rules.tally import Floors, Tally
from dedupe.settings import NeardupSettings
from dedupe.store.parts import Part, PartReader
from dedupe.store.writers import DocumentWriter

ClaimerOf = Callable[[Callable[[int], str]], Claimer]
"""Given where texts are read, what claims a run's documents from an index."""


class Row(NamedTuple):
    """
    A document of the run: its part, its entry there, and the row of its signature, -1 if it has none.

    A document whose id an earlier one of the input has goes by its place, and has failed.
    """

    id: str
    part: int
    entry: PartEntry
    signature: int

    @property
    def comparable(self) -> bool:
        """Whether the document has text of its own to be kept or to be a copy."""
        return self.entry.document >= 0 and self.id == self.entry.id


class Corpus:
    """The parts of a run, in order; ``ids`` are those that its documents go by."""

    def __init__(self, parts: Sequence[Part], settings: NeardupSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._reader = PartReader()
        self._entries: list[Entries] = []
        self._starts: list[int] = []  # of the parts' documents among all
        self._signatures = array("q")
        self.ids: list[str] = []
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self) -> Iterator[Row]:
        """All documents, in the order of the input."""
        every = chain.from_iterable(
            zip(repeat(part), entries, strict=False) for part, entries in enumerate(self._entries)
        )
        for name, (part, entry), signature in zip(self.ids, every, self._signatures, strict=True):
            yield Row(name, part, entry, signature)

    def row(self, number: int) -> Row:
        """A document by its number."""
        part, at = self._place(number)
        return Row(self.ids[number], part, self._entries[part][at], self._signatures[number])

    def duplicates(self, claimer_of: ClaimerOf | None = None) -> tuple[dict[int, Match], int]:
        """
        The verified match of every document that is a copy, by number; and how many documents had
        more candidates than were verified. With an index, ``claimer_of`` makes its claimer.
        """
        if not self._settings.enabled:
            return {}, 0
        entries = _Comparable(self, [read_signatures(part, self._settings.num_perm) for part in self._parts])
        numbers, order = entries.numbers, total_order(entries, self._settings)
        claims: Claims | Claimer
        if claimer_of is None:
            claims = Claims(self._settings, lambda k: self.text(numbers[k]))
            verdicts = claims.claim_whole(entries, order)
        else:
            claims = claimer_of(lambda k: self.text(numbers[k]))
            verdicts = claims.claim_all((k, entries[k]) for k in order)
        return {numbers[k]: match for k, match in verdicts if match is not None}, claims.capped

    def furniture(self, matches: Mapping[int, Match], floors: Floors) -> list[Proposal]:
        """The lines that a site repeats in what is kept. Only documents that hold a common line are read for it."""
        tally, numbers = Tally(floors), array("q")
        for number, row, keys in self._line_keys(matches):
            tally.add(*_from(row.entry), keys)
            numbers.append(number)
        common = tally.common()
        rows = (self.row(numbers[at]) for at in common.documents)
        return proposed((Kept(*_from(row.entry), self._text(row)) for row in rows), tally, common, floors)

    def _line_keys(self, matches: Mapping[int, Match]) -> Iterator[tuple[int, Row, NDArray[np.uint32]]]:
        """The kept documents by number, each with the keys of its lines."""
        part, at = -1, 0
        for number, row in enumerate(self.rows()):
            if row.part != part:
                part, at, keys = row.part, 0, read_lines(self._parts[row.part])
            if row.comparable and number not in matches:
                yield number, row, keys[at : at + row.entry.lines]
            at += row.entry.lines

    def text(self, number: int) -> str:
        """The surviving text of a document."""
        return self._text(self.row(number))

    def documents(self, matches: Mapping[int, Match]) -> Iterator[bytes]:
        """The output lines of all kept documents, in the order of the input."""
        kept = (row for number, row in enumerate(self.rows()) if row.comparable and number not in matches)
        return map(self._document, kept)

    def _text(self, row: Row) -> str:
        return str(json.loads(self._document(row))["text"])

    def _document(self, row: Row) -> bytes:
        """The output line of a document that is not failed or empty."""
        assert row.entry.document >= 0
        where = row.entry.document, row.entry.document_bytes
        return self._reader.read(self._parts[row.part], "documents", *where)

    def decision_line(self, number: int, matches: Mapping[int, Match], copies: Sequence[Copy] = ()) -> bytes:
        """The final decision on a document, as it stands in the output; ``copies`` are those that it stands for."""
        part, at = self._place(number)
        line = self._reader.read(self._parts[part], "decisions", *self._entries[part].decision(at))
        name, own = self.ids[number], self._entries[part].ids[at]
        if name != own:
            why = f"an earlier document has the id {own}; ids must be unique"
            return failed_line(line.decode("utf-8"), name, why).encode("utf-8")
        if number in matches:
            return duplicate_line(line.decode("utf-8"), self.text(number), matches[number]).encode("utf-8")
        return kept_line(line.decode("utf-8"), copies).encode("utf-8") if copies else line

    def _place(self, number: int) -> tuple[int, int]:
        """The part of a document, and which one it is there."""
        part = bisect_right(self._starts, number) - 1
        return part, number - self._starts[part]

    def _read(self) -> None:
        seen: set[str] = set()
        for part in self._parts:
            entries = Entries(part)
            self._entries.append(entries)
            self._starts.append(len(self.ids))
            signed = 0
            for entry in entries:
                self.ids.append(entry.place if entry.id in seen else entry.id)
                seen.add(entry.id)
                self._signatures.append(signed if entry.signed else -1)
                signed += entry.signed


def _from(entry: PartEntry) -> tuple[str, str | None]:
    """The site and the day of a document."""
    return house_of(entry.id, entry.origin, entry.url, entry.source), day_of(entry.published)


class _Comparable:
    """The comparable documents of a corpus as the drop rule sees them; ``numbers`` are theirs in the corpus."""

    def __init__(self, corpus: Corpus, signatures: Sequence[Signatures]) -> None:
        self._corpus, self._signatures = corpus, signatures
        self.numbers = array("q", (number for number, row in enumerate(corpus.rows()) if row.comparable))

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(row) for row in self._corpus.rows() if row.comparable)

    def __getitem__(self, at: int) -> Entry:
        return self._entry(self._corpus.row(self.numbers[at]))

    def _entry(self, row: Row) -> Entry:
        return as_entry(row.entry, self._signatures[row.part][row.signature] if row.signature >= 0 else None)


def write_documents(corpus: Corpus, matches: Mapping[int, Match], writer: DocumentWriter) -> None:
    """Write every kept document, in the order of the input."""
    for line in corpus.documents(matches):
        writer.write(line)


def decision_lines(corpus: Corpus, matches: Mapping[int, Match]) -> Iterator[bytes]:
    """The decision on every input document, sorted by id."""
    order = sorted(range(len(corpus)), key=corpus.ids.__getitem__)
    copies: dict[str, list[Copy]] = defaultdict(list)
    for number in order:
        match = matches.get(number)
        if match is not None and match.earlier is None:
            entry = corpus.row(number).entry
            copies[match.kept].append(Copy(entry.id, entry.source or entry.origin, entry.url, entry.published))
    for number in order:
        yield corpus.decision_line(number, matches, copies.get(corpus.ids[number], ()))


def count(corpus: Corpus, matches: Mapping[int, Match]) -> Totals:
    """The run in numbers."""
    totals = Totals()
    add = partial(_add, totals)
    for number, row in enumerate(corpus.rows()):
        add(row, number in matches)
    return totals


def _add(totals: Totals, row: Row, duplicate: bool) -> None:
    entry = row.entry
    if row.id != entry.id or entry.name == "failed":
        totals.add("failed", entry.source, 0, 0, {})
    elif duplicate:
        removed = {**entry.removed, "neardup": entry.characters_out}
        totals.add("duplicate", entry.source, entry.characters_in, 0, removed)
    else:
        totals.add(entry.name, entry.source, entry.characters_in, entry.characters_out, entry.removed)
