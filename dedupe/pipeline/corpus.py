"""
The corpus pass: apply the drop rule to all parts together, and produce the finished output.

It holds an entry and a signature per document in memory. Texts stay on disk, and are read again only
for candidates and for the output.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, repeat
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.audit import duplicate_line, failed_line, kept_line
from dedupe.kernels.minhash import Signature, Signatures
from dedupe.model import Copy, Earlier, Match
from dedupe.neardup.clusters import Entry, Ranked, total_order
from dedupe.neardup.groups import Groups, Matches
from dedupe.pipeline.claimer import Claimer
from dedupe.pipeline.parts import Entries, PartEntry, as_entry, read_lines, read_signatures
from dedupe.rules.sites import day_of, house_of
from dedupe.rules.suggest import Kept, Proposal, proposed
from dedupe.rules.tally import Floors, Tally
from dedupe.settings import NeardupSettings
from dedupe.store.parts import Part, PartReader
from dedupe.store.writers import DocumentWriter
from dedupe.summary import Totals

ClaimerOf = Callable[[Callable[[int], str]], Claimer]
"""Makes the object that claims a run's documents from an index, given a function that reads texts."""

S = TypeVar("S")
R = TypeVar("R")


class Spread(Protocol):
    """`map` over shares of the documents, or its equivalent in forked processes, which inherit this one's memory."""

    def __call__(self, function: Callable[[S], R], shares: Sequence[S], /) -> Iterable[R]:
        """The function's result for each share, in order."""


_SHARE = 64
"""Documents per share, unless a group is larger; small enough that a few thousand documents occupy all processes."""

_LINES = 1024
"""Decisions that are written at a time."""


class Row(NamedTuple):
    """
    A document of the run: its part, its entry there, and the row of its signature, or -1 if it has none.

    If an earlier document of the input has the same id, this one has failed, and its ``id`` is its place.
    """

    id: str
    part: int
    entry: PartEntry
    signature: int


class Verdicts(NamedTuple):
    """
    The result of comparing the documents, by their numbers.

    ``matches`` has the verified match of every copy; ``already`` the documents that an earlier run kept under the
    same id with the same text; ``capped`` counts documents that had more candidates than were verified.
    """

    matches: Mapping[int, Match]
    already: Mapping[int, Earlier]
    capped: int


class Corpus:
    """The parts of a run, in order; ``ids`` are the ids that the output uses for its documents."""

    def __init__(self, parts: Sequence[Part], settings: NeardupSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._reader = PartReader()
        self._entries: list[Entries] = []
        self._starts: list[int] = []  # the number of each part's first document
        self._signatures = array("q")
        self._comparable = bytearray()
        self.ids: list[str] = []
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def __len__(self) -> int:
        return len(self.ids)

    def columns(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The named fields of all documents' entries, in input order."""
        return chain.from_iterable(entries.columns(*names) for entries in self._entries)

    def comparable(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The same for comparable documents only: those with text, which can be kept or be copies."""
        return compress(self.columns(*names), self._comparable)

    def signed(self) -> Iterator[tuple[int, int]]:
        """For each comparable document its part, and the row of its signature there, or -1 if it has none."""
        return compress(zip(self._part_of_each(), self._signatures, strict=True), self._comparable)

    def failed(self) -> Iterator[int]:
        """The numbers of the documents that failed, including those whose id was already taken."""
        for number, (own, outcome) in enumerate(self.columns("id", "name")):
            if outcome == "failed" or own != self.ids[number]:
                yield number

    def row(self, number: int) -> Row:
        """The document with this number."""
        part, at = self._place(number)
        return Row(self.ids[number], part, self._entries[part][at], self._signatures[number])

    def duplicates(self, spread: Spread = map, claimer_of: ClaimerOf | None = None) -> Verdicts:
        """Decide which documents are copies; with an index (``claimer_of`` makes its claimer), claim one by one."""
        if not self._settings.enabled:
            return Verdicts({}, {}, 0)
        numbers = array("q", compress(range(len(self)), self._comparable))
        order = total_order(map(Ranked._make, self.comparable(*Ranked._fields)), self._settings)
        entries = _Comparable(self, numbers, [read_signatures(part, self._settings.num_perm) for part in self._parts])
        if claimer_of is not None:
            claims = claimer_of(lambda k: self.text(numbers[k]))
            taken = claims.claim_all((k, entries[k]) for k in order)
            matches = {numbers[k]: match for k, match in taken if match is not None}
            return Verdicts(matches, {numbers[k]: earlier for k, earlier in claims.before.items()}, claims.capped)
        groups = Groups(entries, self._settings)

        def judge(share: Sequence[int]) -> Matches:
            return groups.judge(share, lambda k: self.text(numbers[k]))

        judged = list(spread(judge, groups.shares(order, _SHARE)))
        found = chain.from_iterable(one.found for one in judged)
        return Verdicts({numbers[k]: match for k, match in found}, {}, sum(one.capped for one in judged))

    def furniture(self, matches: Mapping[int, Match], floors: Floors) -> list[Proposal]:
        """The lines that sites repeat in kept documents; only documents with a common line are read again for it."""
        tally, numbers = Tally(floors), array("q")
        for number, site, keys in self._line_keys(matches):
            tally.add(*_site(*site), keys)
            numbers.append(number)
        common = tally.common()
        again = (numbers[at] for at in common.documents)
        kept = (Kept(*_site(*_of_site(self.row(number).entry)), self.text(number)) for number in again)
        return proposed(kept, tally, common, floors)

    def _line_keys(self, matches: Mapping[int, Match]) -> Iterator[tuple[int, Sequence[Any], NDArray[np.uint32]]]:
        """For each kept document its number, the fields that tell its site and day, and the keys of its lines."""
        kept = enumerate(self._kept(matches))
        for part, entries in zip(self._parts, self._entries, strict=True):
            keys, at = read_lines(part), 0
            # The columns come first in the zip: when they end, nothing more is consumed from ``kept``.
            for (lines, *site), (number, is_kept) in zip(entries.columns("lines", *_SITE), kept, strict=False):
                if is_kept:
                    yield number, site, keys[at : at + lines]
                at += lines

    def text(self, number: int) -> str:
        """The surviving text of a document that is not failed or empty."""
        part, at = self._place(number)
        line = self._reader.read(self._parts[part], "documents", *self._entries[part].document(at))
        return str(json.loads(line)["text"])

    def documents(self, matches: Mapping[int, Match]) -> Iterator[bytes]:
        """The output lines of all kept documents, in input order."""
        where = zip(self._part_of_each(), self.columns("document", "document_bytes"), strict=True)
        for part, line in compress(where, self._kept(matches)):
            yield self._reader.read(self._parts[part], "documents", *line)

    def _kept(self, matches: Mapping[int, Match]) -> bytearray:
        """For each document, whether it is comparable and not a copy."""
        kept = bytearray(self._comparable)
        for number in matches:
            kept[number] = False
        return kept

    def _part_of_each(self) -> Iterator[int]:
        return chain.from_iterable(repeat(part, len(entries)) for part, entries in enumerate(self._entries))

    def decision_line(self, number: int, verdicts: Verdicts, copies: Sequence[Copy] = ()) -> bytes:
        """The final decision line on a document; ``copies`` are the documents dropped for it."""
        part, at = self._place(number)
        line = self._reader.read(self._parts[part], "decisions", *self._entries[part].decision(at))
        name, own = self.ids[number], self._entries[part].ids[at]
        if name != own:
            why = f"an earlier document has the id {own}; ids must be unique"
            return failed_line(line.decode("utf-8"), name, why).encode("utf-8")
        if match := verdicts.matches.get(number):
            return duplicate_line(line.decode("utf-8"), self.text(number), match).encode("utf-8")
        already = verdicts.already.get(number)
        return kept_line(line.decode("utf-8"), already, copies).encode("utf-8") if already or copies else line

    def _place(self, number: int) -> tuple[int, int]:
        """The part of a document, and its position there."""
        part = bisect_right(self._starts, number) - 1
        return part, number - self._starts[part]

    def _failing(self) -> set[str]:
        """The ids of which a document failed, and another one did not: that one has it, wherever they stand."""
        failed = {own for own, name, place in self.columns("id", "name", "place") if name == "failed" and own != place}
        return failed and {own for own, name in self.columns("id", "name") if name != "failed" and own in failed}

    def _read(self) -> None:
        self._entries += map(Entries, self._parts)
        seen, failing = set[str](), self._failing()
        for entries in self._entries:
            self._starts.append(len(self.ids))
            signed = 0
            columns = entries.columns("id", "place", "name", "document", "signed")
            for own, place, outcome, document, is_signed in columns:
                name = place if own in seen or (own in failing and outcome == "failed") else own
                self.ids.append(name)
                self._comparable.append(document >= 0 and name == own)
                self._signatures.append(signed if is_signed else -1)
                seen.add(name)
                signed += is_signed


_SITE = ("id", "origin", "url", "source", "published")
_of_site = attrgetter(*_SITE)


def _site(name: str, origin: str, url: str | None, source: str, published: str | None) -> tuple[str, str | None]:
    """The site and the day of publication of a document."""
    return house_of(name, origin, url, source), day_of(published)


class _Comparable:
    """
    The comparable documents of a corpus, as the drop rule sees them.

    ``numbers`` are their numbers in the corpus; ``signatures`` are those of its parts.
    """

    def __init__(self, corpus: Corpus, numbers: Sequence[int], signatures: Sequence[Signatures]) -> None:
        self._corpus, self._numbers, self._signatures = corpus, numbers, signatures

    def __getitem__(self, at: int) -> Entry:
        row = self._corpus.row(self._numbers[at])
        return as_entry(row.entry, self._signatures[row.part][row.signature] if row.signature >= 0 else None)

    def digests(self) -> Iterator[bytes]:
        return (digest for (digest,) in self._corpus.comparable("digest"))

    def signatures(self) -> Iterator[Signature | None]:
        return (self._signatures[part][row] if row >= 0 else None for part, row in self._corpus.signed())


def write_documents(corpus: Corpus, matches: Mapping[int, Match], writer: DocumentWriter) -> None:
    """Write every kept document, in input order."""
    for line in corpus.documents(matches):
        writer.write(line)


def decision_lines(corpus: Corpus, verdicts: Verdicts, spread: Spread = map) -> Iterator[bytes]:
    """The decision lines on all input documents, sorted by id."""
    order = sorted(range(len(corpus)), key=corpus.ids.__getitem__)
    copies: dict[str, list[Copy]] = defaultdict(list)
    for number in order:
        match = verdicts.matches.get(number)
        if match is not None and match.earlier is None:
            entry = corpus.row(number).entry
            copy = Copy(entry.id, entry.source or None, entry.origin, entry.url, entry.published)
            copies[match.kept].append(copy)

    def lines(share: Sequence[int]) -> list[bytes]:
        return [corpus.decision_line(k, verdicts, copies.get(corpus.ids[k], ())) for k in share]

    shares = [order[at : at + _LINES] for at in range(0, len(order), _LINES)]
    return chain.from_iterable(spread(lines, shares))


def count(corpus: Corpus, matches: Mapping[int, Match]) -> Totals:
    """Count the run: documents and characters, by outcome and source."""
    totals = Totals()
    fields = corpus.columns("id", "name", "source", "characters_in", "characters_out", "removed")
    for number, (own, outcome, source, given, left, removed) in enumerate(fields):
        if outcome == "failed" or own != corpus.ids[number]:
            totals.add("failed", source, 0, 0, {})
        elif number in matches:
            totals.add("duplicate", source, given, 0, {**removed, "neardup": left})
        else:
            totals.add(outcome, source, given, left, removed)
    return totals
