"""
Buckets: the keys under which kept documents are found, computed for a whole batch at once.

A document has one key per band, and most keys are unique to it: NumPy does the work for every key, and
only keys that two documents share are handled one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.minhash import Signatures, band_keys
from dedupe.kernels.shingles import distinct
from dedupe.store.index.records import NUMBER, number_bytes, numbers_of

_KEY = 6
_MAX_BUCKET = 512
"""
Maximum number of documents in a bucket. Only floods of one template reach it: each further document would
cost reading and writing all of them again, and no document is verified against so many. The others are found
through their other buckets, or their copies are kept.
"""

Names = NDArray[np.uint64]
"""Bucket names as numbers: 16 bits of band, 48 bits of key."""


class Keys(NamedTuple):
    """The bucket names of some signatures, one row each, and their keys in the form that a record stores."""

    names: Names
    stored: list[bytes]


def bucket_keys(signatures: Signatures, bands: int, rows: int) -> Keys:
    """
    Compute the keys of some signatures.

    >>> keys = bucket_keys(np.zeros((1, 4), dtype=np.uint32), 2, 2)
    >>> [name.to_bytes(8) for name in keys.names[0].tolist()] == bucket_names(keys.stored[0])
    True
    """
    keys = (band_keys(signatures, bands, rows) >> np.uint64(16)) | (np.arange(bands, dtype=np.uint64) << np.uint64(48))
    stored = keys.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - _KEY :].tobytes()
    return Keys(keys, pieces(stored, _KEY * bands))


def bucket_names(keys: bytes) -> list[bytes]:
    """
    Return the names of a record's buckets: band and key.

    >>> [name.hex() for name in bucket_names(bytes(6) + b"abcdef")]
    ['0000000000000000', '0001616263646566']
    """
    return [(at // _KEY).to_bytes(2) + keys[at : at + _KEY] for at in range(0, len(keys), _KEY)]


def names_of_all(keys: Sequence[bytes]) -> tuple[Names, list[int]]:
    """
    Return the bucket names of many records at once, and the number of names per record.

    >>> names, counts = names_of_all([bytes(6), b"", bytes(12)])
    >>> counts, [f"{name:x}" for name in names.tolist()]
    ([1, 0, 2], ['0', '0', '1000000000000'])
    """
    counts = np.array([len(one) // _KEY for one in keys], dtype=np.int64)
    names = _widened(b"".join(keys), _KEY)
    bands = np.arange(len(names)) - np.repeat(np.cumsum(counts) - counts, counts)
    return names | (bands.astype(np.uint64) << np.uint64(48)), counts.tolist()


def distinct_names(names: Names) -> list[bytes]:
    """
    Return the distinct names as bytes, ascending.

    >>> distinct_names(np.array([[2, 1], [2, 3]], dtype=np.uint64)) == [n.to_bytes(8) for n in (1, 2, 3)]
    True
    """
    return pieces(distinct(names.ravel()).astype(">u8").tobytes(), 8)


def sharing(names: Names, taken: Iterable[bytes]) -> list[int]:
    """
    Return the rows of ``names`` that share a name with another row or with the existing buckets ``taken``.

    >>> sharing(np.array([[1, 2], [3, 4], [1, 5], [6, 7]], dtype=np.uint64), [(7).to_bytes(8)])
    [0, 2, 3]
    """
    ascending = np.sort(names, axis=None)
    twice = ascending[1:][ascending[1:] == ascending[:-1]]
    shared = distinct(np.append(twice, np.frombuffer(b"".join(taken), dtype=">u8").astype(np.uint64)))
    if not len(shared):
        return []
    nearest = shared[np.minimum(np.searchsorted(shared, names), len(shared) - 1)]
    rows: list[int] = np.flatnonzero((nearest == names).any(axis=1)).tolist()
    return rows


def filled(
    columns: Names, owners: NDArray[np.int64], old: Mapping[bytes, bytes]
) -> tuple[dict[bytes, bytes], set[int]]:
    """
    Add documents to buckets; return the changed buckets by ascending name, and the documents that found one full.

    Each row of ``columns`` is a name of 8 or 16 bytes, and ``owners`` gives the document to add to it;
    ``old`` holds the buckets' present content. In ascending order, neighbouring keys are written together, which
    takes a third of the time of random order.

    >>> names = np.array([[2], [1], [2]], dtype=np.uint64)
    >>> new, _ = filled(names, np.array([1, 1, 2]), {(1).to_bytes(8): number_bytes(7)})
    >>> {int.from_bytes(name): numbers_of(bucket) for name, bucket in new.items()}
    {1: [7, 1], 2: [1, 2]}
    """
    if not len(columns):
        return {}, set()
    order = np.lexsort(columns.T[::-1])
    columns, owners = columns[order], owners[order]
    starts = np.flatnonzero(np.append(True, (columns[1:] != columns[:-1]).any(axis=1)))
    ends = np.append(starts[1:], len(columns))
    ascending = pieces(columns[starts].astype(">u8").tobytes(), 8 * columns.shape[1])
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


def members(buckets: Iterable[bytes]) -> list[int]:
    """
    Return the numbers of the documents in any of these buckets, ascending.

    >>> members([number_bytes(3) + number_bytes(70_000), number_bytes(3)])
    [3, 70000]
    """
    numbers: list[int] = distinct(_widened(b"".join(buckets), NUMBER)).tolist()
    return numbers


def pieces(data: bytes, size: int) -> list[bytes]:
    """
    Cut bytes into pieces of equal size.

    >>> pieces(b"abcdef", 3)
    [b'abc', b'def']
    """
    cut: list[bytes] = np.frombuffer(data, dtype=f"V{size}").tolist()
    return cut


def _widened(data: bytes, size: int) -> Names:
    """Decode concatenated big-endian numbers of ``size`` bytes each."""
    wide = np.zeros((len(data) // size, 8), dtype=np.uint8)
    wide[:, 8 - size :] = np.frombuffer(data, dtype=np.uint8).reshape(-1, size)
    return wide.reshape(-1).view(">u8").astype(np.uint64)
