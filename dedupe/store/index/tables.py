"""
What an index asks of its storage: sorted tables of bytes, written all or nothing.

So little that a server can take RocksDB's place: five operations, no transactions but one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol

Table = Literal["meta", "run", "document", "seen", "digest", "bucket", "text"]
"""
    meta      counters
    run       run number -> its record; ``=name`` -> run number, ``=/job`` -> that of its open session
    document  document number -> its record
    seen      hash of id and digest -> document number: what makes a replay harmless
    digest    content digest -> numbers of kept documents
    bucket    band and key -> numbers of kept documents
    text      document number -> evidence
"""

TABLES: tuple[Table, ...] = ("meta", "run", "document", "seen", "digest", "bucket", "text")

Changes = Mapping[Table, Mapping[bytes, bytes | None]]
"""By table and key: a value to put there, or None to delete the key."""


class Tables(Protocol):
    """Tables of one index, open for one process at a time."""

    def get(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values of some keys, in their order; fastest if they ascend."""

    def scan(self, table: Table) -> Iterator[tuple[bytes, bytes]]:
        """Everything in a table, keys ascending."""

    def write(self, changes: Changes, *, wait: bool = True) -> None:
        """
        Make all these changes or none, after those of earlier calls.

        If it is to ``wait``, all are on disk when this returns; else they outlive the process, if not the machine.
        """

    def sizes(self) -> Mapping[Table, int]:
        """Bytes on disk by table, roughly."""

    def close(self) -> None:
        """Let go of the storage."""
