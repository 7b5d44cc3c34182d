"""
Buckets: under which keys the kept documents of a batch are found, made for all of them at once.

A document has a key for each band, and most keys are its own: what is done for each of them is done by
NumPy, and only those that two documents share are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from dedupe.kernels.minhash import Signatures, band_keys
from dedupe.store.index.records import NUMBER, number_bytes, numbers_of

_KEY = 6
_MAX_BUCKET = 512
"""
Documents in a bucket. Only floods of one template come so far: each more would cost reading and
writing all of them again, and no document is verified against so many. The rest is found by its
other buckets, or stays.
"""


class Keys(NamedTuple):
    """
    Of each signature: its keys as numbers, the names of its buckets (joined, 8 bytes each: 16 bits of band,
    48 of key), and the keys as a record stores them.
    """

    numbers: list[list[int]]
    names: list[bytes]
    stored: list[bytes]


def bucket_keys(signatures: Signatures, bands: int, rows: int) -> Keys:
    """
    The keys of some signatures.

    >>> keys = bucket_keys(np.zeros((1, 4), dtype=np.uint32), 2, 2)
    >>> [key.to_bytes(8) for key in keys.numbers[0]] == [keys.names[0][:8], keys.names[0][8:]]
    True
    """
    keys = (band_keys(signatures, bands, rows) >> np.uint64(16)) | (np.arange(bands, dtype=np.uint64) << np.uint64(48))
    names = keys.astype(">u8")
    stored = names.view(np.uint8).reshape(-1, 8)[:, 2:].tobytes()
    return Keys(keys.tolist(), pieces(names.tobytes(), 8 * bands), pieces(stored, _KEY * bands))


def bucket_names(keys: bytes) -> list[bytes]:
    """
    The names of a record's buckets: band and key.

    >>> [name.hex() for name in bucket_names(bytes(6) + b"abcdef")]
    ['0000000000000000', '0001616263646566']
    """
    return [(at // _KEY).to_bytes(2) + keys[at : at + _KEY] for at in range(0, len(keys), _KEY)]


def names_of_all(keys: Sequence[bytes]) -> list[list[bytes]]:
    """
    The names of the buckets of many records at once.

    >>> names_of_all([bytes(6), b"", bytes(12)]) == [bucket_names(bytes(6)), [], bucket_names(bytes(12))]
    True
    """
    bands = np.array([len(one) // _KEY for one in keys], dtype=np.int64)
    ends = np.cumsum(bands)
    names = np.empty((int(bands.sum()), 8), dtype=np.uint8)
    names[:, :2] = (np.arange(len(names)) - np.repeat(ends - bands, bands)).astype(">u2").view(np.uint8).reshape(-1, 2)
    names[:, 2:] = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _KEY)
    every = pieces(names.tobytes(), 8)
    return [every[end - count : end] for end, count in zip(ends.tolist(), bands.tolist(), strict=True)]


def distinct(names: Sequence[bytes]) -> list[bytes]:
    """
    All the names of 8 bytes in some joined ones, ascending.

    >>> distinct([b"bucket-bbucket-a", b"bucket-b"])
    [b'bucket-a', b'bucket-b']
    """
    ascending = np.sort(np.frombuffer(b"".join(names), dtype=">u8").astype(np.uint64))
    new = np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)]
    return pieces(ascending[new].astype(">u8").tobytes(), 8)


def filled(
    names: Sequence[Sequence[bytes]], numbers: Sequence[int], old: Mapping[bytes, bytes]
) -> tuple[dict[bytes, bytes], set[int]]:
    """
    The buckets with some documents added, names ascending, and the documents for which one was full.

    ``names`` are those of each document, all of 8 bytes or all of 16; ``old`` is what stands in them. In order,
    neighbours are written next to each other, in a third of the time that chance order takes.

    >>> new, _ = filled([[b"bucket-b", b"bucket-a"], [b"bucket-b"]], [1, 2], {b"bucket-a": number_bytes(7)})
    >>> {name: numbers_of(new[name]) for name in new}
    {b'bucket-a': [7, 1], b'bucket-b': [1, 2]}
    """
    joined = b"".join(chain.from_iterable(names))
    if not joined:
        return {}, set()
    width = next(len(name) for of_one in names for name in of_one)
    columns = np.frombuffer(joined, dtype=">u8").astype(np.uint64).reshape(-1, width // 8)
    order = np.lexsort(columns.T[::-1])
    columns, owners = columns[order], np.repeat(np.array(numbers), [len(of_one) for of_one in names])[order]
    starts = np.flatnonzero(np.append(True, (columns[1:] != columns[:-1]).any(axis=1)))
    ends = np.append(starts[1:], len(columns))
    ascending = pieces(columns[starts].astype(">u8").tobytes(), width)
    first = owners[starts].astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - NUMBER :].tobytes()
    new = dict(zip(ascending, pieces(first, NUMBER), strict=True))
    added = {name: numbers_of(new[name]) for name in old.keys() & new.keys()}
    for k in np.flatnonzero(ends - starts > 1).tolist():
        added[ascending[k]] = owners[starts[k] : ends[k]].tolist()
    crowded: set[int] = set()
    for name, more in added.items():
        bucket = old.get(name, b"")
        room = max(0, _MAX_BUCKET - len(bucket) // NUMBER)
        new[name] = bucket + b"".join(map(number_bytes, more[:room]))
        crowded.update(more[room:])
    return new, crowded


def pieces(data: bytes, size: int) -> list[bytes]:
    """
    Bytes in pieces of one size.

    >>> pieces(b"abcdef", 3)
    [b'abc', b'def']
    """
    return [data[at : at + size] for at in range(0, len(data), size)]
