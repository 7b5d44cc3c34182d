"""Looking after an index: making it forget, and checking that it is consistent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

from dedupe.errors import IndexDamagedError
from dedupe.store.index.buckets import bucket_names
from dedupe.store.index.index import Index
from dedupe.store.index.records import Record, Run, number_bytes, numbers_of, seen_name, without
from dedupe.store.index.tables import Table

_STEP = 5_000
_FOUND_BY: tuple[Table, ...] = ("digest", "bucket")

_T = TypeVar("_T")


def forget(index: Index, *, document_id: str | None = None, before: date | None = None, out: Path | None = None) -> int:
    """
    Forget every text of an id, everything that arrived before a day, or what the runs into an OUT claimed.

    Returns how many documents were forgotten. With a kept document go the verdicts that rest on it: its copies
    are judged anew when they come again. If interrupted, it has forgotten some documents completely, and
    continues when called again.
    """
    runs = frozenset(number for number, run in index.runs() if out is not None and _is_into(run, out))

    def is_named(record: Record) -> bool:
        return record.id == document_id or record.run in runs or (before is not None and record.arrived < before)

    kept = frozenset(number for number, record in index.scan() if record.kept and is_named(record))
    gone = ((number, record) for number, record in index.scan() if record.twin in kept or is_named(record))
    # Copies first, so that no verdict ever rests on a missing document.
    ordered = sorted(((number, record.kept) for number, record in gone), key=lambda one: one[1])
    for step in _steps(number for number, _ in ordered):
        _forget(index, index.documents(sorted(step)))
    return len(ordered)


def _is_into(run: Run, out: Path) -> bool:
    """Whether a run wrote into this OUT; the sessions of a crawl have none."""
    return bool(run.out) and Path(run.out).absolute() == Path(os.path.normpath(out)).absolute()


def _forget(index: Index, gone: Mapping[int, Record]) -> None:
    numbers = frozenset(gone)
    changes: dict[Table, dict[bytes, bytes | None]] = {
        table: {key: without(bucket, numbers) or None for key, bucket in there.items()}
        for table, there in _buckets(index, gone.values()).items()
    }
    changes["document"] = dict.fromkeys(map(number_bytes, gone))
    changes["seen"] = dict.fromkeys(seen_name(record.id, record.digest) for record in gone.values())
    changes["text"] = dict.fromkeys(number_bytes(number) for number, record in gone.items() if record.evidence)
    kept = sum(record.kept for record in gone.values())
    index.write(
        changes,
        index.counts._replace(
            kept=index.counts.kept - kept,
            duplicates=index.counts.duplicates - (len(gone) - kept),
        ),
    )


def verify(index: Index) -> list[str]:
    """
    Read the whole index and check its consistency; return the faults in words.

    In a sound index, every document is found by its id, every kept one also by its digest and in its
    buckets, every copy points to a kept document, every stored text can be read, and there is nothing else.
    """
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for step in _steps(index.scan()):
        wrong += _verify(index, step, seen)
    for table in _FOUND_BY:
        there = sum(len(numbers_of(bucket)) for _, bucket in index.tables.scan(table))
        if there != seen[table]:
            wrong.append(f"{table}: {there} entries, {seen[table]} of them of existing documents")
    if (seen["kept"], seen["duplicate"]) != (index.counts.kept, index.counts.duplicates):
        wrong.append(
            f"counts: {index.counts.kept} kept and {index.counts.duplicates} duplicates, "
            f"but {seen['kept']} and {seen['duplicate']} were found"
        )
    return wrong


def _verify(index: Index, step: Sequence[tuple[int, Record]], seen: Counter[str]) -> Iterator[str]:
    twins = sorted({record.twin for _, record in step if record.twin is not None})
    standing = dict(zip(twins, index.tables.get("document", [*map(number_bytes, twins)]), strict=True))
    names = index.values("seen", [seen_name(record.id, record.digest) for _, record in step])
    buckets = _buckets(index, [record for _, record in step])
    held = {
        table: {key: frozenset(numbers_of(bucket)) for key, bucket in there.items()} for table, there in buckets.items()
    }
    for (number, record), name in zip(step, names, strict=True):
        seen["kept" if record.kept else "duplicate"] += 1
        if name != number_bytes(number):
            yield f"{record.id}: not found by its id"
        if record.twin is not None:
            twin = standing[record.twin]
            if twin is None or not Record.unpack(twin).kept:
                yield f"{record.id}: a copy of document {record.twin}, which is missing or not kept"
            continue
        missing = 0
        for table, keys in _places(record).items():
            found = sum(number in held[table].get(key, ()) for key in keys)
            seen[table] += found
            missing += len(keys) - found
        if missing and not record.crowded:
            yield f"{record.id}: not in {missing} of its buckets"
        yield from _unreadable(index, number, record)


def _unreadable(index: Index, number: int, record: Record) -> Iterator[str]:
    if record.evidence:
        try:
            index.text(number)
        except IndexDamagedError as error:
            yield str(error)


def _buckets(index: Index, records: Iterable[Record]) -> dict[Table, dict[bytes, bytes]]:
    """Return the content of all entries under which these kept documents can be found."""
    stood = [_places(record) for record in records if record.kept]
    return {table: index.found(table, {key for place in stood for key in place[table]}) for table in _FOUND_BY}


def _places(record: Record) -> dict[Table, list[bytes]]:
    """Return the keys under which a kept document can be found: its digest and its buckets."""
    return {"digest": [record.digest], "bucket": bucket_names(record.keys)}


def _steps(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while step := list(islice(rest, _STEP)):
        yield step
