"""
Candidates by LSH: documents that share a bucket in at least one band.

A candidate is a guess and nothing more; `dedupe.neardup.similarity` decides. Two signatures of
Jaccard ``s`` share a band with probability ``1 - (1 - s ** rows) ** bands``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.minhash import Signature, band_keys
from dedupe.kernels.shingles import distinct

_BLOCK = 4096


def detection_probability(jaccard: float, bands: int, rows: int) -> float:
    """
    Return the probability that a pair with this Jaccard becomes a candidate; more bands find more pairs.

    >>> round(detection_probability(0.8, 21, 6), 3), round(detection_probability(0.8, 9, 13), 2)
    (0.998, 0.4)
    """
    return float(1 - (1 - jaccard**rows) ** bands)


class BandIndex:
    """
    Finds the kept documents that share a bucket with a new one.

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
        """Return the signature's key in each band."""
        keys: list[int] = band_keys(signature[None, :], self._bands, self._rows)[0].tolist()
        return keys

    def add(self, number: int, keys: Sequence[int | None]) -> None:
        """Register a kept document under its number; None stands for a key that will never be looked up."""
        for bucket, key in zip(self._buckets, keys, strict=True):
            if key is not None:
                bucket.setdefault(key, []).append(number)

    def candidates(self, keys: Sequence[int | None]) -> list[int]:
        """Return the numbers of the documents that share a bucket with these keys, ascending."""
        found: set[int] = set()
        for bucket, key in zip(self._buckets, keys, strict=True):
            if key in bucket:
                found.update(bucket[key])
        return sorted(found)


class SharedKeys:
    """
    The band keys that at least two signatures of a corpus share.

    Most documents are alone in all their buckets and need no key. Sorting each band reveals that with 168 bytes per
    signature, held briefly, where buckets for all documents would take 4,000. ``signatures`` is iterated once; a
    document without a signature has no keys.

    >>> one, two = np.array([1, 2, 3, 4], dtype=np.uint32), np.array([1, 2, 9, 9], dtype=np.uint32)
    >>> shared = SharedKeys([one, None, two, two[::-1]], 2, 2)
    >>> [[key is not None for key in shared.of(number)] for number in range(4)]
    [[True, False], [], [True, False], []]
    """

    def __init__(self, signatures: Iterable[Signature | None], bands: int, rows: int) -> None:
        numbers = array("q")
        blocks = [np.empty((0, bands), dtype=np.uint64)]

        def of_all(band: int) -> NDArray[np.uint64]:
            return np.concatenate([block[:, band] for block in blocks])

        signed = ((number, one) for number, one in enumerate(signatures) if one is not None)
        while block := list(islice(signed, _BLOCK)):
            numbers.extend(number for number, _ in block)
            blocks.append(band_keys(np.stack([one for _, one in block]), bands, rows))
        shared = np.stack([are_shared(of_all(band)) for band in range(bands)], axis=1)
        crowded = np.flatnonzero(np.logical_or.reduce(shared, axis=1))
        self._shared = shared[crowded]
        self._keys = np.stack([of_all(band)[crowded] for band in range(bands)], axis=1)
        self._numbers = np.frombuffer(numbers, dtype=np.int64)[crowded]
        self._row = {number: row for row, number in enumerate(self._numbers.tolist())}

    def of(self, number: int) -> Sequence[int | None]:
        """Return a document's keys, with None in place of each that no other has; nothing if it shares none."""
        row = self._row.get(number)
        if row is None:
            return ()
        both = zip(self._keys[row].tolist(), self._shared[row].tolist(), strict=True)
        return [key if is_shared else None for key, is_shared in both]

    def links(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
        """Yield, for each band, the documents that share their key with another, and those keys."""
        for band in range(self._keys.shape[1]):
            rows = np.flatnonzero(self._shared[:, band])
            yield self._numbers[rows], self._keys[rows, band]


def are_shared(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """
    Tell which keys occur more than once.

    >>> are_shared(np.array([3, 5, 3, 4], dtype=np.uint64)).tolist()
    [True, False, True, False]
    """
    ordered = np.sort(keys)
    again = distinct(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(again):
        return np.zeros(len(keys), dtype=bool)
    found: NDArray[np.bool_] = again[np.minimum(np.searchsorted(again, keys), len(again) - 1)] == keys
    return found
