"""
Candidates by LSH: documents that share a bucket in at least one band.

A candidate is a guess and nothing more; `dedupe.neardup.similarity` decides. Two signatures of
Jaccard ``s`` share a band with probability ``1 - (1 - s ** rows) ** bands``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.minhash import Signature, band_keys
from dedupe.kernels.shingles import distinct

_BLOCK = 4096


def detection_probability(jaccard: float, bands: int, rows: int) -> float:
    """
    The chance that a pair of this Jaccard becomes a candidate. More bands find more.

    >>> round(detection_probability(0.8, 16, 8), 2), round(detection_probability(0.8, 9, 13), 2)
    (0.95, 0.4)
    """
    return float(1 - (1 - jaccard**rows) ** bands)


class BandIndex:
    """
    Kept documents by band: who shares a bucket with a new one.

    >>> import numpy as np
    >>> index = BandIndex(bands=2, rows=2)
    >>> index.add(7, index.keys(np.array([1, 2, 3, 4], dtype=np.uint32)))
    >>> index.candidates(index.keys(np.array([1, 2, 9, 9], dtype=np.uint32)))
    [7]
    """

    def __init__(self, bands: int, rows: int) -> None:
        self._bands, self._rows = bands, rows
        self._buckets: list[dict[int, list[int]]] = [{} for _ in range(bands)]

    def keys(self, signature: Signature) -> list[int]:
        """The signature's key in each band."""
        keys: list[int] = band_keys(signature[None, :], self._bands, self._rows)[0].tolist()
        return keys

    def add(self, number: int, keys: Sequence[int | None]) -> None:
        """Register a kept document under its number; without the bands of which nobody will ask the key."""
        for bucket, key in zip(self._buckets, keys, strict=True):
            if key is not None:
                bucket.setdefault(key, []).append(number)

    def candidates(self, keys: Sequence[int | None]) -> list[int]:
        """The numbers that share a bucket with these keys, ascending."""
        found: set[int] = set()
        for bucket, key in zip(self._buckets, keys, strict=True):
            if key in bucket:
                found.update(bucket[key])
        return sorted(found)


def shared_keys(signatures: Sequence[Signature], bands: int, rows: int) -> Iterator[Sequence[int | None]]:
    """
    For each signature the keys that another one has too, with None in the place of the others; nothing at
    all where every key is its own.

    Of a corpus whose documents are all there, most are alone in all their buckets and need none: a
    sort of each band tells, in 128 bytes a document, where buckets for all would take 3,000.

    >>> one, two = np.array([1, 2, 3, 4], dtype=np.uint32), np.array([1, 2, 9, 9], dtype=np.uint32)
    >>> [[key is not None for key in keys] for keys in shared_keys([one, two, two[::-1]], 2, 2)]
    [[True, False], [True, False], []]
    """
    keys = np.empty((len(signatures), bands), dtype=np.uint64)
    for at in range(0, len(signatures), _BLOCK):
        keys[at : at + _BLOCK] = band_keys(np.stack(signatures[at : at + _BLOCK]), bands, rows)
    shared = np.empty(keys.shape, dtype=bool)
    for band in range(bands):
        shared[:, band] = _is_shared(keys[:, band])
    crowded: NDArray[np.bool_] = np.logical_or.reduce(shared, axis=1)
    for row, is_shared, any_shared in zip(keys, shared, crowded, strict=True):
        if any_shared:
            yield [key if both else None for key, both in zip(row.tolist(), is_shared.tolist(), strict=True)]
        else:
            yield ()


def _is_shared(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the keys stand there more than once."""
    ordered = np.sort(keys)
    again = distinct(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(again):
        return np.zeros(len(keys), dtype=bool)
    found: NDArray[np.bool_] = again[np.minimum(np.searchsorted(again, keys), len(again) - 1)] == keys
    return found
