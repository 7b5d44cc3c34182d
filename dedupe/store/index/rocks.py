"""
The tables in RocksDB, one column family each.

Bucket keys are random: a B-tree reads and rewrites a page for each of them, while a log-structured
merge tree answers most look-ups from Bloom filters and writes sequentially.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path

from rocksdict import (
    AccessType,
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Options,
    Rdict,
    ReadOptions,
    WriteBatch,
    WriteOptions,
)

from dedupe.errors import DedupeError, IndexDamagedError, LockBusyError, StorageError
from dedupe.store.index.tables import TABLES, Changes, Table

_BLOOM_BITS = 10
_WRITE_BUFFER = 64 << 20
_FILE = 16 << 20
"""File size for tables of short keys: the first look-up in a file reads its whole filter, 60 kB per megabyte."""

_OPEN_FILES = 512
"""Out of the 1,024 that a process may commonly open; a hundred million documents make some 5,000 files."""

_LOG = 128 << 20
"""The log is replayed when an index is opened after a kill; its size bounds how long that takes."""

_AT_ONCE = 1024
"""Keys per request. RocksDB sorts them again, which for all keys of a batch would double the time."""

_FULL = ("No space left", "Disk quota", "File too large", "Input/output error")


class RocksTables:
    """
    Implements `dedupe.store.index.tables.Tables` in a directory.

    With ``readonly``, nothing is created or changed.
    """

    def __init__(self, path: Path, cache_bytes: int, *, readonly: bool = False) -> None:
        self._path = path
        # RocksDB's default cache has 64 shards: two filters in the same shard evict each other at every look-up.
        cache = Cache.new_hyper_clock_cache(cache_bytes, 0)
        families: dict[str, Options] = {name: _options(name, cache) for name in TABLES}
        access = AccessType.read_only() if readonly else AccessType.read_write()
        try:
            self._db = Rdict(str(path), _options("meta", cache), families, access)
            self._families = {name: self._db.get_column_family(name) for name in TABLES}
        except Exception as error:
            raise self._translated(error) from None
        self._unsynced, self._synced = WriteOptions(), WriteOptions()
        self._synced.sync = True

    def get(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values of some keys, in their order."""
        family = self._families[table]
        values: list[bytes | None] = []
        try:
            for at in range(0, len(keys), _AT_ONCE):
                values += family.get(list(keys[at : at + _AT_ONCE])) or ()
            return values
        except Exception as error:
            raise self._translated(error) from None

    def scan(self, table: Table) -> Iterator[tuple[bytes, bytes]]:
        """Yield everything in a table, keys ascending."""
        options = ReadOptions()
        options.set_readahead_size(4 << 20)
        try:
            yield from self._families[table].items(read_opt=options)
        except Exception as error:
            raise self._translated(error) from None

    def write(self, changes: Changes, *, wait: bool = True) -> None:
        """Make all these changes or none; with ``wait``, they are on disk when this returns."""
        # Not stored in an attribute: a handle would keep the database open.
        handles = {name: self._db.get_column_family_handle(name) for name in TABLES}
        batch = WriteBatch(raw_mode=True)
        for table, values in changes.items():
            gone = [key for key, value in values.items() if value is None] if None in values.values() else []
            there = {key: value for key, value in values.items() if value is not None} if gone else values
            # Every document has some twenty keys, so the loops over them run in C.
            deque(map(batch.put, there.keys(), there.values(), repeat(handles[table])), maxlen=0)
            deque(map(batch.delete, gone, repeat(handles[table])), maxlen=0)
        try:
            self._db.write(batch, self._synced if wait else self._unsynced)
        except Exception as error:
            raise self._translated(error) from None

    def sizes(self) -> Mapping[Table, int]:
        """Return the bytes on disk by table, including what is still in memory."""
        names = ("rocksdb.total-sst-files-size", "rocksdb.cur-size-all-mem-tables")
        return {
            table: sum(family.property_int_value(name) or 0 for name in names)
            for table, family in self._families.items()
        }

    def close(self) -> None:
        """Release the directory. If a full disk prevents the last writes here, their content is in the synced log."""
        for table in [*self._families.values(), self._db]:
            with contextlib.suppress(Exception):
                table.close()

    def _translated(self, error: Exception) -> DedupeError:
        """Turn an error of RocksDB into one that says what to do."""
        said = str(error)
        if any(word in said for word in _FULL):
            return StorageError(
                f"writing to {self._path} failed: {said}; what the index held is untouched: free some space and run "
                "the same command again"
            )
        if "lock hold" in said or "temporarily unavailable" in said:
            return LockBusyError(f"{self._path} is already open; close it there, then try again ({said})")
        return IndexDamagedError(
            f"{self._path} cannot be read: {said}; restore a copy of the directory, or begin a new index"
        )


def _options(table: Table, cache: Cache) -> Options:
    blocks = BlockBasedOptions()
    blocks.set_block_cache(cache)
    blocks.set_bloom_filter(_BLOOM_BITS, False)
    blocks.set_cache_index_and_filter_blocks(True)
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(True)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.create_missing_column_families(True)
    options.set_block_based_table_factory(blocks)
    # Stored texts are already compressed and bucket keys are random: only records shrink.
    packed = table in {"document", "run", "meta"}
    options.set_compression_type(DBCompressionType.lz4() if packed else DBCompressionType.none())
    options.set_write_buffer_size(_WRITE_BUFFER)
    if table in {"seen", "digest", "bucket"}:
        options.set_target_file_size_base(_FILE)
    options.set_max_open_files(_OPEN_FILES)
    # Most keys looked up are new: memtables answer from a filter as well.
    options.set_memtable_whole_key_filtering(True)
    options.set_memtable_prefix_bloom_ratio(0.05)
    options.set_max_total_wal_size(_LOG)
    options.set_max_background_jobs(2)
    options.set_keep_log_file_num(2)
    options.set_max_log_file_size(1 << 20)
    options.set_stats_dump_period_sec(0)
    return options
