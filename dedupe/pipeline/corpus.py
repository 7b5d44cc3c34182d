"""
The corpus pass: all parts together, the drop rule, and the finished output.

Holds an entry and a signature per document in memory; texts stay on disk and are read again
only for candidates and for the output.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, Self

from dedupe.audit import Totals, duplicate_line, failed_line, kept_line
from dedupe.model import Copy, Match
from dedupe.neardup.clusters import Claims, total_order
from dedupe.pipeline.claimer import Claimer
from dedupe.pipeline.parts import PartEntry, as_entry, read_entries, read_lines, read_signatures
from dedupe.rules.suggest import Floors, Kept, Proposal, Tally, day_of, house_of
from dedupe.settings import NeardupSettings
from dedupe.store.parts import Part, PartReader
from dedupe.store.writers import DocumentWriter

ClaimerOf = Callable[[Callable[[int], str]], Claimer]
"""Given where texts are read, what claims a run's documents from an index."""


class Row(NamedTuple):
    """
    A document of the run: its part, its entry there, and the row of its signature if it has one.

    A document whose id an earlier one of the input has goes by its place, and has failed.
    """

    id: str
    part: int
    entry: PartEntry
    signature: int | None

    @property
    def comparable(self) -> bool:
        """Whether the document has text of its own to be kept or to be a copy."""
        return self.entry.document is not None and self.id == self.entry.id


class Corpus:
    """The parts of a run, in order."""

    def __init__(self, parts: Sequence[Part], settings: NeardupSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._reader = PartReader()
        self.rows = list(self._read_rows())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def duplicates(self, claimer_of: ClaimerOf | None = None) -> tuple[dict[int, Match], int]:
        """
        The verified match of every document that is a copy, by row; and how many documents had
        more candidates than were verified. With an index, ``claimer_of`` makes its claimer.
        """
        if not self._settings.enabled:
            return {}, 0
        numbers = [n for n, row in enumerate(self.rows) if row.comparable]
        signatures = [read_signatures(part, self._settings.num_perm) for part in self._parts]
        entries = []
        for n in numbers:
            row = self.rows[n]
            entries.append(as_entry(row.entry, None if row.signature is None else signatures[row.part][row.signature]))
        ordered = [(k, entries[k]) for k in total_order(entries, self._settings)]
        claims: Claims | Claimer
        if claimer_of is None:
            claims = Claims(self._settings, lambda k: self.text(numbers[k]))
            verdicts = claims.claim_whole(ordered)
        else:
            claims = claimer_of(lambda k: self.text(numbers[k]))
            verdicts = claims.claim_all(ordered)
        return {numbers[k]: match for k, match in verdicts if match is not None}, claims.capped

    def furniture(self, matches: Mapping[int, Match], floors: Floors) -> list[Proposal]:
        """The lines that a site repeats in what is kept. Only documents that hold a common line are read for it."""
        tally = Tally()
        for number, keys in self._line_keys(matches):
            tally.add(*self._from(number), keys)
        common = tally.common(floors)
        again = (number for number, keys in self._line_keys(matches) if not common.isdisjoint(keys))
        return tally.proposals((Kept(*self._from(number), self.text(number)) for number in again), floors)

    def _line_keys(self, matches: Mapping[int, Match]) -> Iterator[tuple[int, list[int]]]:
        """The kept documents, each with the keys of its lines."""
        part, at = -1, 0
        for number, row in enumerate(self.rows):
            if row.part != part:
                part, at, keys = row.part, 0, read_lines(self._parts[row.part]).tolist()
            if row.comparable and number not in matches:
                yield number, keys[at : at + row.entry.lines]
            at += row.entry.lines

    def _from(self, number: int) -> tuple[str, str | None]:
        """The site and the day of a document."""
        entry = self.rows[number].entry
        return house_of(entry.id, entry.origin, entry.url, entry.source), day_of(entry.published)

    def text(self, number: int) -> str:
        """The surviving text of a document."""
        return str(json.loads(self.document_line(number))["text"])

    def document_line(self, number: int) -> bytes:
        """The output line of a document that is not failed or empty."""
        row = self.rows[number]
        assert row.entry.document is not None
        return self._reader.read(self._parts[row.part], "documents", *row.entry.document)

    def decision_line(self, number: int, matches: Mapping[int, Match], copies: Sequence[Copy] = ()) -> bytes:
        """The final decision on a document, as it stands in the output; ``copies`` are those that it stands for."""
        row = self.rows[number]
        line = self._reader.read(self._parts[row.part], "decisions", *row.entry.decision)
        if row.id != row.entry.id:
            why = f"an earlier document has the id {row.entry.id}; ids must be unique"
            return failed_line(line.decode("utf-8"), row.id, why).encode("utf-8")
        if number in matches:
            return duplicate_line(line.decode("utf-8"), self.text(number), matches[number]).encode("utf-8")
        return kept_line(line.decode("utf-8"), copies).encode("utf-8") if copies else line

    def _read_rows(self) -> Iterator[Row]:
        seen: set[str] = set()
        for at, part in enumerate(self._parts):
            signature = 0
            for entry in read_entries(part):
                name = entry.place if entry.id in seen else entry.id
                seen.add(entry.id)
                yield Row(name, at, entry, signature if entry.signed else None)
                signature += entry.signed


def write_documents(corpus: Corpus, matches: Mapping[int, Match], writer: DocumentWriter) -> None:
    """Write every kept document, in the order of the input."""
    for number, row in enumerate(corpus.rows):
        if row.comparable and number not in matches:
            writer.write(corpus.document_line(number))


def decision_lines(corpus: Corpus, matches: Mapping[int, Match]) -> Iterator[bytes]:
    """The decision on every input document, sorted by id."""
    order = sorted(range(len(corpus.rows)), key=lambda n: corpus.rows[n].id)
    copies: dict[str, list[Copy]] = defaultdict(list)
    for number in order:
        match = matches.get(number)
        if match is not None and match.earlier is None:
            entry = corpus.rows[number].entry
            copies[match.kept].append(Copy(entry.id, entry.source or entry.origin, entry.url, entry.published))
    for number in order:
        yield corpus.decision_line(number, matches, copies.get(corpus.rows[number].id, ()))


def count(corpus: Corpus, matches: Mapping[int, Match]) -> Totals:
    """The run in numbers."""
    totals = Totals()
    add = partial(_add, totals)
    for number, row in enumerate(corpus.rows):
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
