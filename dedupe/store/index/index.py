"""
The index itself: documents by number, found again by id, digest and bucket.

It looks up and registers; what is a copy is decided by the one drop rule (`dedupe.neardup.clusters`),
which `dedupe.pipeline.claimer` lets speak between the two.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import zstandard

from dedupe.errors import ConfigError, IndexDamagedError, IndexForkedError
from dedupe.kernels.minhash import Signatures, band_keys
from dedupe.settings import IndexSettings, NeardupSettings
from dedupe.store.index.header import Header, check_header, header_of, read_header, write_header
from dedupe.store.index.records import (
    Record,
    Run,
    bucket_names,
    number_bytes,
    numbers_of,
    seen_name,
    without,
)
from dedupe.store.index.rocks import RocksTables
from dedupe.store.index.tables import Change, Table, Tables
from dedupe.store.index.turns import Turn
from dedupe.store.staging import storage_errors

_COUNTS = b"counts"
_STEP = 5_000
_LEVEL = 6
"""Of zstandard: evidence is written once; level 6 is a tenth smaller than 3, at 30 MB/s."""

_MAX_BUCKET = 512
"""
Documents in a bucket. Only floods of one template come so far: each more would cost reading and
writing all of them again, and no document is verified against so many. The rest is found by its
other buckets, or stays.
"""

_FOUND_BY: tuple[Table, ...] = ("digest", "bucket")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds; ``next`` is the number of the next document, ``runs`` that of the next run."""

    next: int = 1
    runs: int = 0
    kept: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """
    What an index knows of the documents of a batch: their own records, if they were claimed
    before, and the kept documents that share a digest or a bucket with any of them.
    """

    recorded: Sequence[tuple[int, Record] | None]
    earlier: Mapping[int, Record]
    buckets: Mapping[Table, Mapping[bytes, bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Info:
    """An index in numbers."""

    header: Header
    counts: Counts
    runs: tuple[Run, ...]
    sizes: Mapping[Table, int]


def bucket_keys(signatures: Signatures, bands: int, rows: int) -> tuple[list[list[int]], list[bytes]]:
    """
    Each signature's keys as numbers and as names of buckets: 16 bits of band, 48 of key.

    >>> keys, names = bucket_keys(np.zeros((1, 4), dtype=np.uint32), 2, 2)
    >>> [key.to_bytes(8) for key in keys[0]] == [names[0][:8], names[0][8:]]
    True
    """
    keys = (band_keys(signatures, bands, rows) >> np.uint64(16)) | (np.arange(bands, dtype=np.uint64) << np.uint64(48))
    names = keys.astype(">u8").tobytes()
    size = 8 * bands
    return keys.tolist(), [names[at : at + size] for at in range(0, len(names), size)]


def prepare_index(where: Path, near: NeardupSettings, apart: Iterable[Path] = ()) -> None:
    """
    Refuse a place that cannot be this run's index, before any work is done: one that lies in a
    source or in the output (``apart``), that holds something else, or that was made otherwise.
    """
    if ":/" in str(where):
        raise ConfigError(f"--index {where}: an index is a directory here, not an address")
    if not near.enabled:
        raise ConfigError("--index compares documents with those of earlier runs, but neardup.enabled is false")
    place = where.resolve()
    for other in apart:
        inside = other.resolve()
        if place == inside or inside in place.parents:
            raise ConfigError(f"--index {where} lies inside {other}; choose a directory outside it")
    header = _header_at(where)
    if header is not None:
        check_header(header, header_of(near), where)


def _header_at(where: Path) -> Header | None:
    """The header of the index in this place, or None where one can be made."""
    try:
        header = read_header(where / "header.json")
        if header is None and where.exists() and any(p.name not in _OURS for p in where.iterdir()):
            raise ConfigError(f"--index {where} is not an index; choose one, or a new or empty directory")
    except OSError as error:
        raise ConfigError(f"--index {where} cannot be used: {error.strerror}; choose another place") from None
    return header


_OURS = frozenset({"lock", "db", "header.new"})
"""What a process that was killed while it made an index may have left."""


class Index:
    """
    An index, open for this process alone.

    Made if it is not there, unless it is opened ``readonly``. Raises a `LockBusyError` when its turn
    does not come within ``lock_timeout`` seconds, an `IndexMismatchError` when it was made otherwise
    than ``near`` says (None: as its header says).
    """

    def __init__(
        self, where: Path, near: NeardupSettings | None, settings: IndexSettings, *,
        lock_timeout: float | None = None, readonly: bool = False,
    ) -> None:  # fmt: skip
        self.where = where
        self.settings = settings
        header = _header_at(where)
        if header is None and (readonly or near is None):
            raise ConfigError(f"{where} is not an index; dedupe clean --index makes one")
        timeout = settings.lock_timeout if lock_timeout is None else lock_timeout
        with storage_errors(where):
            try:
                where.mkdir(parents=True, exist_ok=True)
                self._turn = Turn(where / "lock", timeout)
            except (FileExistsError, NotADirectoryError, PermissionError) as error:
                raise ConfigError(f"--index {where} cannot be used: {error.strerror}; choose another place") from None
        try:
            with storage_errors(where):
                header = self._checked_header(near)
                cache = settings.cache_mb << 20
                self._tables: Tables = RocksTables(where / "db", cache, readonly=readonly)
                # Last, so that where a header is, an index is.
                self.header = header or self._new_header(near)
            self.counts = self._read_counts()
        except BaseException:
            self._turn.end()
            raise
        self._owner = os.getpid()
        self._pack = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress
        self._unpack = zstandard.ZstdDecompressor().decompress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the next process in."""
        self._tables.close()
        self._turn.end()

    # ------------------------------------------------------------ claims

    def begin(self, run: Run) -> int:
        """The number of a run; one that was begun under this name before goes on."""
        name = b"=" + run.name.encode()
        [number] = self._tables.get("run", [name])
        if number is not None:
            return int.from_bytes(number)
        taken = self.counts.runs.to_bytes(4)
        counts = replace(self.counts, runs=self.counts.runs + 1)
        self._write([("run", taken, run.pack()), ("run", name, taken)], counts)
        return int.from_bytes(taken)

    def run(self, number: int) -> Run:
        """A run by its number."""
        [data] = self._tables.get("run", [number.to_bytes(4)])
        if data is None:
            raise self._damaged(f"run {number} is missing")
        return Run.unpack(data)

    def look_up(self, texts: Sequence[tuple[str, bytes]], buckets: Sequence[bytes]) -> Looked:
        """
        What is known of some documents, each given by its id and digest, and of their neighbours in
        ``buckets`` (names of 8 bytes each, joined).
        """
        self._check_owner()
        names = [seen_name(*text) for text in texts]
        numbers = [None if at is None else int.from_bytes(at) for at in self._get("seen", names)]
        known = self.documents([number for number in numbers if number is not None])
        shared = {name[at : at + 8] for name in buckets for at in range(0, len(name), 8)}
        found: dict[Table, dict[bytes, bytes]] = {
            "digest": self._found("digest", {digest for _, digest in texts}),
            "bucket": self._found("bucket", shared),
        }
        earlier = {number for table in found.values() for bucket in table.values() for number in numbers_of(bucket)}
        recorded = [None if number is None else (number, known[number]) for number in numbers]
        return Looked(recorded, self.documents(sorted(earlier)), found)

    def register(self, looked: Looked, records: Sequence[Record], texts: Sequence[str | None]) -> None:
        """
        Take up documents, numbered from ``counts.next`` on, with the evidence of those that have one.

        All or nothing, and on disk when this returns. ``looked`` must be what the index knew of them.
        """
        self._check_owner()
        changes: list[Change] = []
        filled: dict[Table, dict[bytes, bytes]] = {"digest": {}, "bucket": {}}
        for number, (record, text) in enumerate(zip(records, texts, strict=True), self.counts.next):
            name = number_bytes(number)
            crowded = False
            for table, keys in _places(record).items() if record.kept else ():
                new, old = filled[table], looked.buckets[table]
                for key in keys:
                    bucket = new.get(key) or old.get(key)
                    if bucket is None:
                        new[key] = name
                    elif len(bucket) < _MAX_BUCKET * len(name):
                        new[key] = bucket + name
                    else:
                        crowded = True
            stored = replace(record, crowded=True) if crowded else record
            changes += [("document", name, stored.pack()), ("seen", seen_name(record.id, record.digest), name)]
            if text is not None:
                changes.append(("text", name, self._pack(text.encode("utf-8", "surrogatepass"))))
        buckets = ((table, key, new[key]) for table, new in filled.items() for key in sorted(new))
        kept = sum(record.kept for record in records)
        counts = self.counts
        self._write(
            chain(changes, buckets),
            replace(
                counts,
                next=counts.next + len(records),
                kept=counts.kept + kept,
                duplicates=counts.duplicates + len(records) - kept,
            ),
        )

    def documents(self, numbers: Sequence[int]) -> dict[int, Record]:
        """Records by number."""
        found = {}
        for number, data in zip(numbers, self._tables.get("document", [*map(number_bytes, numbers)]), strict=True):
            if data is None:
                raise self._damaged(f"document {number} is missing")
            found[number] = Record.unpack(data)
        return found

    def text(self, number: int) -> str:
        """The evidence of a kept document that has one."""
        [data] = self._tables.get("text", [number_bytes(number)])
        if data is None:
            raise self._damaged(f"the text of document {number} is missing")
        try:
            return self._unpack(data).decode("utf-8", "surrogatepass")
        except zstandard.ZstdError as error:
            raise self._damaged(f"the text of document {number} cannot be read ({error})") from None

    # ------------------------------------------------------------ care

    def scan(self) -> Iterator[tuple[int, Record]]:
        """Every document, in the order in which they came."""
        for name, data in self._tables.scan("document"):
            yield int.from_bytes(name), Record.unpack(data)

    def info(self) -> Info:
        """The index in numbers."""
        runs = tuple(Run.unpack(data) for name, data in self._tables.scan("run") if not name.startswith(b"="))
        return Info(self.header, self.counts, runs, self._tables.sizes())

    def forget(self, *, document_id: str | None = None, before: date | None = None) -> int:
        """
        Forget every text of an id, or all that arrived before a day; how many documents went.

        With a kept document go the verdicts that rest on it: its copies are judged anew when they
        come again. Interrupted, it has forgotten some whole documents, and goes on when called again.
        """
        kept = frozenset(
            number
            for number, record in self.scan()
            if record.kept and (record.id == document_id or (before is not None and record.arrived < before))
        )
        gone = (
            (number, record)
            for number, record in self.scan()
            if number in kept
            or record.twin in kept
            or record.id == document_id
            or (before is not None and record.arrived < before)
        )
        # Copies first: no verdict ever rests on a document that is gone.
        ordered = sorted(((number, record.kept) for number, record in gone), key=lambda one: one[1])
        for step in _steps(number for number, _ in ordered):
            self._forget(self.documents(sorted(step)))
        return len(ordered)

    def _forget(self, gone: Mapping[int, Record]) -> None:
        numbers = frozenset(gone)
        changes: list[Change] = []
        for number, record in gone.items():
            name = number_bytes(number)
            changes += [("document", name, None), ("seen", seen_name(record.id, record.digest), None)]
            if record.evidence:
                changes.append(("text", name, None))
        for table, there in self._buckets(gone.values()).items():
            changes += [(table, key, without(bucket, numbers) or None) for key, bucket in there.items()]
        kept = sum(record.kept for record in gone.values())
        self._write(
            changes,
            replace(
                self.counts,
                kept=self.counts.kept - kept,
                duplicates=self.counts.duplicates - (len(gone) - kept),
            ),
        )

    def verify(self) -> list[str]:
        """
        Read everything and hold it together; what does not fit, in words, or nothing.

        Every document is found by its id, every kept one by its digest and in its buckets, every copy
        points to a kept document, every evidence can be read; and nothing else is there.
        """
        wrong: list[str] = []
        seen: Counter[str] = Counter()
        for step in _steps(self.scan()):
            wrong += self._verify(step, seen)
        for table in _FOUND_BY:
            there = sum(len(numbers_of(bucket)) for _, bucket in self._tables.scan(table))
            if there != seen[table]:
                wrong.append(f"{table}: {there} entries, {seen[table]} of documents that are there")
        if (seen["kept"], seen["duplicate"]) != (self.counts.kept, self.counts.duplicates):
            wrong.append(
                f"counts: {self.counts.kept} kept and {self.counts.duplicates} duplicates, "
                f"but {seen['kept']} and {seen['duplicate']} are there"
            )
        return wrong

    def _verify(self, step: Sequence[tuple[int, Record]], seen: Counter[str]) -> Iterator[str]:
        twins = sorted({record.twin for _, record in step if record.twin is not None})
        standing = dict(zip(twins, self._tables.get("document", [*map(number_bytes, twins)]), strict=True))
        names = self._get("seen", [seen_name(record.id, record.digest) for _, record in step])
        buckets = self._buckets(record for _, record in step)
        held = {
            table: {key: frozenset(numbers_of(bucket)) for key, bucket in there.items()}
            for table, there in buckets.items()
        }
        for (number, record), name in zip(step, names, strict=True):
            seen["kept" if record.kept else "duplicate"] += 1
            if name != number_bytes(number):
                yield f"{record.id}: not found by its id"
            if record.twin is not None:
                twin = standing[record.twin]
                if twin is None or not Record.unpack(twin).kept:
                    yield f"{record.id}: a copy of document {record.twin}, which is not there or not kept"
                continue
            missing = 0
            for table, keys in _places(record).items():
                found = sum(number in held[table].get(key, ()) for key in keys)
                seen[table] += found
                missing += len(keys) - found
            if missing and not record.crowded:
                yield f"{record.id}: not in {missing} of its buckets"
            yield from self._unreadable(number, record)

    def _unreadable(self, number: int, record: Record) -> Iterator[str]:
        if record.evidence:
            try:
                self.text(number)
            except IndexDamagedError as error:
                yield str(error)

    def _buckets(self, records: Iterable[Record]) -> dict[Table, dict[bytes, bytes]]:
        """What stands in all the places where kept documents can be found."""
        places = [_places(record) for record in records if record.kept]
        return {table: self._found(table, {key for place in places for key in place[table]}) for table in _FOUND_BY}

    # ------------------------------------------------------------ storage

    def _get(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """Values in the order of the keys."""
        found = self._found(table, set(keys))
        return [found.get(key) for key in keys]

    def _found(self, table: Table, keys: set[bytes]) -> dict[bytes, bytes]:
        """What is there of some keys."""
        order = sorted(keys)
        values = zip(order, self._tables.get(table, order), strict=True)
        return {key: value for key, value in values if value is not None}

    def _write(self, changes: Iterable[Change], counts: Counts) -> None:
        said = json.dumps([counts.next, counts.runs, counts.kept, counts.duplicates]).encode()
        self._tables.write(chain(changes, [("meta", _COUNTS, said)]))
        self.counts = counts

    def _read_counts(self) -> Counts:
        [data] = self._tables.get("meta", [_COUNTS])
        return Counts() if data is None else Counts(*json.loads(data))

    def _checked_header(self, near: NeardupSettings | None) -> Header | None:
        header = read_header(self.where / "header.json")
        if header is not None and near is not None:
            check_header(header, header_of(near), self.where)
        return header

    def _new_header(self, near: NeardupSettings | None) -> Header:
        assert near is not None
        header = header_of(near)
        write_header(self.where / "header.json", header)
        return header

    def _check_owner(self) -> None:
        if os.getpid() != self._owner:
            raise IndexForkedError(
                f"the index {self.where} was opened before this process was forked; open it in the process that uses it"
            )

    def _damaged(self, what: str) -> IndexDamagedError:
        return IndexDamagedError(
            f"the index {self.where} is damaged: {what}; dedupe index verify {self.where} tells how far, "
            "put back a copy of the directory or begin a new one"
        )


def _steps(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while step := list(islice(rest, _STEP)):
        yield step


def _places(record: Record) -> dict[Table, list[bytes]]:
    """Where a kept document can be found: by its digest and in its buckets."""
    return {"digest": [record.digest], "bucket": bucket_names(record.keys)}
