"""
What an index requires of its storage: sorted tables of bytes, written all or nothing.

It is so little that a server can replace RocksDB: five operations, and no transactions except one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol

Table = Literal["meta", "run", "document", "seen", "digest", "bucket", "text"]
"""
    meta      counters
    run       run number -> its record; ``=name`` -> run number; ``=/job`` -> run number of its open session
    document  document number -> its record
    seen      hash of id and digest -> document number: makes a replay harmless
    digest    content digest -> numbers of kept documents
    bucket    band and key -> numbers of kept documents
    text      document number -> its stored text, the evidence
"""

TABLES: tuple[Table, ...] = ("meta", "run", "document", "seen", "digest", "bucket", "text")

Changes = Mapping[Table, Mapping[bytes, bytes | None]]
"""By table and key: a value to put there, or None to delete the key."""


class Tables(Protocol):
    """The tables of one index, open in one process at a time."""

    def get(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values of some keys, in their order; fastest if they ascend."""

    def scan(self, table: Table) -> Iterator[tuple[bytes, bytes]]:
        """Yield everything in a table, keys ascending."""

    def write(self, changes: Changes, *, wait: bool = True) -> None:
        """
        Make all these changes or none, after those of earlier calls.

        With ``wait``, all are on disk when this returns; without, they survive a crash of the process but not of
        the machine.
        """

    def sizes(self) -> Mapping[Table, int]:
        """Return the approximate number of bytes on disk by table."""

    def close(self) -> None:
        """Release the storage."""
