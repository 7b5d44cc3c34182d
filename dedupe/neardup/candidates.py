"""
Candidates by LSH: documents that share a bucket in at least one band.

A candidate is a guess and nothing more; `dedupe.neardup.similarity` decides. Two signatures of
Jaccard ``s`` share a band with probability ``1 - (1 - s ** rows) ** bands``.
"""

from __future__ import annotations

from dedupe.kernels.minhash import Signature, band_keys


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

    def add(self, number: int, keys: list[int]) -> None:
        """Register a kept document under its number."""
        for bucket, key in zip(self._buckets, keys, strict=True):
            bucket.setdefault(key, []).append(number)

    def candidates(self, keys: list[int]) -> list[int]:
        """The numbers that share a bucket with these keys, ascending."""
        found: set[int] = set()
        for bucket, key in zip(self._buckets, keys, strict=True):
            if key in bucket:
                found.update(bucket[key])
        return sorted(found)
