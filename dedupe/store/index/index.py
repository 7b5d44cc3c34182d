"""
The index itself: documents by number, found by id, digest and bucket.

It looks up and registers documents. The one drop rule (`dedupe.neardup.clusters`) decides which are copies;
`dedupe.pipeline.claimer` applies it between look-up and registration.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress, repeat
from operator import is_not
from pathlib import Path
from typing import Self

import numpy as np
import zstandard

from dedupe.errors import ConfigError, IndexDamagedError, IndexForkedError
from dedupe.settings import IndexSettings, NeardupSettings
from dedupe.store.index.buckets import Names, distinct_names, filled, members, names_of_all
from dedupe.store.index.header import Header, check_header, header_of, read_header, write_header
from dedupe.store.index.place import header_at
from dedupe.store.index.records import Counts, Record, Run, glance, number_bytes, seen_name
from dedupe.store.index.rocks import RocksTables
from dedupe.store.index.tables import Changes, Table, Tables
from dedupe.store.index.turns import take_turn
from dedupe.store.staging import storage_errors

_COUNTS = b"counts"
_LEVEL = 6
"""Zstandard level: stored texts are written once; level 6 is a tenth smaller than 3, at 30 MB/s."""


@dataclass(frozen=True, slots=True)
class Looked:
    """
    What an index knows about the documents of a batch: their own records, if they were claimed
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


class Index:
    """
    An index, opened by this process exclusively.

    It is created if it does not exist, unless opened ``readonly``. Raises a `LockBusyError` if the lock is not
    free within ``lock_timeout`` seconds, and an `IndexMismatchError` if the index was made with other settings
    than ``near`` (None accepts whatever its header says).
    """

    def __init__(
        self, where: Path, near: NeardupSettings | None, settings: IndexSettings, *,
        lock_timeout: float | None = None, readonly: bool = False,
    ) -> None:  # fmt: skip
        self.where = where
        self.settings = settings
        header = header_at(where)
        if header is None and (readonly or near is None):
            raise ConfigError(f"{where} is not an index; dedupe clean --index makes one")
        timeout = settings.lock_timeout if lock_timeout is None else lock_timeout
        self._turn = take_turn(where, timeout)
        try:
            with storage_errors(where):
                header = self._checked_header(near)
                cache = settings.cache_mb << 20
                self.tables: Tables = RocksTables(where / "db", cache, readonly=readonly)
                self.counts = self._read_counts()
                # Last, so that wherever there is a header, there is an index.
                self.header = header or self._new_header(near)
        except BaseException:
            self._turn.end()
            raise
        self._owner = os.getpid()
        self._waits = True
        self._pack = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress
        self._unpack = zstandard.ZstdDecompressor().decompress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and release its lock."""
        self.tables.close()
        self._turn.end()

    # ------------------------------------------------------------ claims

    def begin(self, run: Run) -> int:
        """Return the number of a run; a run begun earlier under the same name is continued."""
        if (begun := self.begun(run.name)) is not None:
            return begun
        taken = self.counts.runs.to_bytes(4)
        counts = self.counts._replace(runs=self.counts.runs + 1)
        self.write({"run": {taken: run.pack(), b"=" + run.name.encode(): taken}}, counts)
        return int.from_bytes(taken)

    def begun(self, name: str) -> int | None:
        """Return the number of the run begun under a name, or None."""
        [number] = self.tables.get("run", [b"=" + name.encode()])
        return None if number is None else int.from_bytes(number)

    def session(self, job: str, today: date) -> Run:
        """
        Return the run under which a job claims during its session; an open session of a killed process is continued.

        Only the end of a session waits for the disk. After a power failure, the last pages are unknown to the
        session that continues, as if they had never been stored, and can be claimed again.
        """
        [number] = self.tables.get("run", [_open(job)])
        if number is not None:
            run = replace(self.run(int.from_bytes(number)), date=today)
        else:
            run = Run(f"{job}-{self.counts.runs}", today, "")
            self.write({"run": {_open(job): self.begin(run).to_bytes(4)}}, self.counts)
        self._waits = False
        return run

    def end_session(self, job: str) -> None:
        """End the job's session: what it kept is on disk when this returns, and the job's next session is a new one."""
        self._waits = True
        self.write({"run": {_open(job): None}}, self.counts)

    def run(self, number: int) -> Run:
        """Return a run by its number."""
        [data] = self.tables.get("run", [number.to_bytes(4)])
        if data is None:
            raise self._damaged(f"run {number} is missing")
        return Run.unpack(data)

    def look_up(self, texts: Sequence[tuple[str, bytes]], names: Names, own: Container[int] = ()) -> Looked:
        """
        Return what is known about documents, given by id and digest, and about the kept documents in the buckets
        ``names`` that can be verified: those with a stored text, and the caller's ``own``, whose texts it has.
        """
        self._check_owner()
        places = self.values("seen", [seen_name(*text) for text in texts])
        numbers = [None if place is None else int.from_bytes(place) for place in places]
        known = self.documents([number for number in numbers if number is not None])
        digests = {digest for _, digest in texts}
        found: dict[Table, dict[bytes, bytes]] = {"digest": self.found("digest", digests)}
        found["bucket"] = self._there("bucket", distinct_names(names))
        earlier = {}
        for number, data in self._packed(members(bucket for there in found.values() for bucket in there.values())):
            digest, evidence = glance(data)
            # A flood of one template fills buckets with documents that are never needed: most are left packed.
            if evidence or digest in digests or number in own or number in known:
                earlier[number] = Record.unpack(data)
        return Looked([None if number is None else (number, known[number]) for number in numbers], earlier, found)

    def register(self, looked: Looked, records: Sequence[Record], texts: Sequence[str | None]) -> None:
        """
        Add documents, numbered from ``counts.next`` on, with the texts of those that store one as evidence.

        Adds all or none. They are on disk when this returns; in a session, when the session ends. ``looked`` must be
        the result of looking them up.
        """
        self._check_owner()
        numbers = range(self.counts.next, self.counts.next + len(records))
        kept = [(number, record) for number, record in zip(numbers, records, strict=True) if record.kept]
        owners = np.array([number for number, _ in kept], dtype=np.int64)
        digests = np.frombuffer(b"".join(record.digest for _, record in kept), dtype=">u8").astype(np.uint64)
        names, counts = names_of_all([record.keys for _, record in kept])
        new: dict[Table, dict[bytes, bytes]] = {}
        new["digest"], crowded = filled(digests.reshape(-1, 2), owners, looked.buckets["digest"])
        new["bucket"], more = filled(names.reshape(-1, 1), np.repeat(owners, counts), looked.buckets["bucket"])
        crowded |= more
        document: dict[bytes, bytes] = {}
        seen: dict[bytes, bytes] = {}
        packed: dict[bytes, bytes] = {}
        for number, record, text in zip(numbers, records, texts, strict=True):
            name = number_bytes(number)
            document[name] = (record._replace(crowded=True) if number in crowded else record).pack()
            seen[seen_name(record.id, record.digest)] = name
            if text is not None:
                packed[name] = self._pack(text.encode("utf-8", "surrogatepass"))
        self.write(
            {"document": document, "seen": seen, "text": packed, **new},
            self.counts._replace(
                next=numbers.stop,
                kept=self.counts.kept + len(kept),
                duplicates=self.counts.duplicates + len(records) - len(kept),
            ),
        )

    def documents(self, numbers: Sequence[int]) -> dict[int, Record]:
        """Return records by number."""
        return {number: Record.unpack(data) for number, data in self._packed(numbers)}

    def _packed(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for number, data in zip(numbers, self.tables.get("document", [*map(number_bytes, numbers)]), strict=True):
            if data is None:
                raise self._damaged(f"document {number} is missing")
            yield number, data

    def text(self, number: int) -> str:
        """Return the stored text of a kept document that has one."""
        [data] = self.tables.get("text", [number_bytes(number)])
        if data is None:
            raise self._damaged(f"the text of document {number} is missing")
        try:
            return self._unpack(data).decode("utf-8", "surrogatepass")
        except zstandard.ZstdError as error:
            raise self._damaged(f"the text of document {number} cannot be read ({error})") from None

    # ------------------------------------------------------------ care

    def scan(self) -> Iterator[tuple[int, Record]]:
        """Yield every document, in order of arrival."""
        for name, data in self.tables.scan("document"):
            yield int.from_bytes(name), Record.unpack(data)

    def info(self) -> Info:
        """Return the index in numbers."""
        return Info(self.header, self.counts, tuple(run for _, run in self.runs()), self.tables.sizes())

    def runs(self) -> Iterator[tuple[int, Run]]:
        """Yield every run with its number."""
        for name, data in self.tables.scan("run"):
            if not name.startswith(b"="):
                yield int.from_bytes(name), Run.unpack(data)

    # ------------------------------------------------------------ storage

    def values(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values in the order of the keys, None for keys that do not exist."""
        found = self.found(table, set(keys))
        return [found.get(key) for key in keys]

    def found(self, table: Table, keys: set[bytes]) -> dict[bytes, bytes]:
        """Return the entries that exist for these keys."""
        return self._there(table, sorted(keys))

    def _there(self, table: Table, order: Sequence[bytes]) -> dict[bytes, bytes]:
        values = self.tables.get(table, order)
        there: Iterator[tuple[bytes, bytes | None]] = zip(order, values, strict=True)
        # Hardly any key of a new document exists, so the loop over them runs in C.
        return {key: value for key, value in compress(there, map(is_not, values, repeat(None))) if value is not None}

    def write(self, changes: Changes, counts: Counts) -> None:
        """Write changes together with the resulting counts."""
        self.tables.write({**changes, "meta": {_COUNTS: counts.pack()}}, wait=self._waits)
        self.counts = counts

    def _read_counts(self) -> Counts:
        [data] = self.tables.get("meta", [_COUNTS])
        return Counts() if data is None else Counts.unpack(data)

    def _checked_header(self, near: NeardupSettings | None) -> Header | None:
        header = read_header(self.where / "header.json")
        if header is not None and near is not None:
            check_header(header, header_of(near), self.where)
        return header

    def _new_header(self, near: NeardupSettings | None) -> Header:
        assert near is not None
        if self.counts.next > 1:
            raise self._damaged("it holds documents, but header.json, which says how they were signed, is missing")
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
            f"the index {self.where} is damaged: {what}; dedupe index verify {self.where} shows how far; "
            "restore a copy of the directory, or begin a new one"
        )


def _open(job: str) -> bytes:
    return b"=/" + job.encode("utf-8", "surrogatepass")
