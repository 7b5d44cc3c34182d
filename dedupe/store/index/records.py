"""What an index stores: its counts, its runs, and each document in some 200 bytes."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from datetime import date
from json.encoder import encode_basestring
from typing import Final, NamedTuple

from dedupe.model import Relation

_FIXED = struct.Struct(">BIIIH16s5sHH")
"""Verdict and flags, run, day of arrival, length, size of keys, digest, twin, Jaccard, containment."""

_VERDICTS: tuple[Relation | None, ...] = (None, "same", "contained", "superseded")
_EVIDENCE, _CAPPED, _CROWDED = 0x10, 0x20, 0x40
_DIGEST = slice(struct.calcsize(">BIIIH"), struct.calcsize(">BIIIH16s"))
NUMBER: Final = 5
"""Size of a document's number in bytes."""


class Counts(NamedTuple):
    """
    What an index holds in numbers; ``next`` is the number of the next document, ``runs`` that of the next run.

    >>> Counts.unpack(Counts(next=7, kept=5).pack())
    Counts(next=7, runs=0, kept=5, duplicates=0)
    """

    next: int = 1
    runs: int = 0
    kept: int = 0
    duplicates: int = 0

    def pack(self) -> bytes:
        """Return the counts as bytes."""
        return json.dumps(self).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Counts:
        """Restore the counts from their bytes."""
        return cls(*json.loads(data))


class Record(NamedTuple):
    """
    A claimed document: what it was, and what became of it.

    ``keys`` holds 6 bytes per band, and nothing for a duplicate or a text too short to be compared.
    ``twin`` is the number of the document that took it, with ``relation``, ``jaccard`` and
    ``containment``; a kept document has none. ``capped`` means that not all of its candidates were
    verified, ``evidence`` that its text is stored, ``crowded`` that one of its buckets was full.
    """

    id: str
    origin: str
    source: str | None
    url: str | None
    published: str | None
    arrived: date
    run: int
    digest: bytes
    length: int
    keys: bytes = b""
    twin: int | None = None
    relation: Relation | None = None
    jaccard: float | None = None
    containment: float | None = None
    evidence: bool = False
    capped: bool = False
    crowded: bool = False

    @property
    def kept(self) -> bool:
        """Whether the document was kept, so that no other document took it."""
        return self.twin is None

    def pack(self) -> bytes:
        """
        Return the record as bytes.

        >>> one = Record("a#1", "a", None, None, "2026-01-22", date(2026, 1, 23), 7, bytes(16), 120)
        >>> Record.unpack(one.pack()) == one
        True
        """
        flags = _VERDICTS.index(self.relation) | _EVIDENCE * self.evidence | _CAPPED * self.capped
        flags |= _CROWDED * self.crowded
        fixed = _FIXED.pack(
            flags, self.run, self.arrived.toordinal(), self.length, len(self.keys), self.digest,
            number_bytes(self.twin or 0), round((self.jaccard or 0) * 10_000), round((self.containment or 0) * 10_000),
        )  # fmt: skip
        strings = (self.id, self.origin, self.source, self.url, self.published)
        # The same as json.dumps, which takes four times as long for a list of five.
        said = ", ".join(["null" if string is None else encode_basestring(string) for string in strings])
        return b"".join((fixed, self.keys, b"[", said.encode("utf-8", "surrogatepass"), b"]"))

    @classmethod
    def unpack(cls, data: bytes) -> Record:
        """Restore the record from its bytes."""
        flags, run, arrived, length, size, digest, twin, jaccard, containment = _FIXED.unpack_from(data)
        at = _FIXED.size + size
        id_, origin, source, url, published = json.loads(data[at:].decode("utf-8", "surrogatepass"))
        relation = _VERDICTS[flags & 0x0F]
        return cls(
            id_, origin, source, url, published, date.fromordinal(arrived), run, digest, length,
            data[_FIXED.size : at],
            int.from_bytes(twin) if relation else None,
            relation,
            jaccard / 10_000 if relation else None,
            containment / 10_000 if relation else None,
            bool(flags & _EVIDENCE),
            bool(flags & _CAPPED),
            bool(flags & _CROWDED),
        )  # fmt: skip


def glance(record: bytes) -> tuple[bytes, bool]:
    """
    Return the digest of a packed record and whether its text is stored, without unpacking it.

    >>> glance(Record("a#1", "a", None, None, None, date(2026, 1, 23), 7, b"sixteen bytes...", 120).pack())
    (b'sixteen bytes...', False)
    """
    return record[_DIGEST], bool(record[0] & _EVIDENCE)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that claimed documents: its name, its date, and where its output went."""

    name: str
    date: date
    out: str

    def pack(self) -> bytes:
        """Return the run as bytes."""
        return json.dumps([self.name, self.date.isoformat(), self.out]).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Run:
        """Restore the run from its bytes."""
        name, day, out = json.loads(data)
        return cls(name, date.fromisoformat(day), out)


def number_bytes(number: int) -> bytes:
    """Return a document's number as it is stored in keys and buckets."""
    return number.to_bytes(NUMBER)


def numbers_of(bucket: bytes) -> list[int]:
    """
    Return the document numbers in a bucket, in order of arrival.

    >>> numbers_of(number_bytes(3) + number_bytes(70_000))
    [3, 70000]
    """
    return [int.from_bytes(bucket[at : at + NUMBER]) for at in range(0, len(bucket), NUMBER)]


def without(bucket: bytes, gone: frozenset[int]) -> bytes:
    """Return the bucket without the numbers ``gone``."""
    return b"".join(number_bytes(number) for number in numbers_of(bucket) if number not in gone)


def seen_name(document_id: str, digest: bytes) -> bytes:
    """Return the name under which a text of a document is known; the same id with another text has another name."""
    said = document_id.encode("utf-8", "surrogatepass") + digest
    return hashlib.blake2b(said, digest_size=12).digest()
