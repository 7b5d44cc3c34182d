"""
MinHash with datasketch's arithmetic (scheme ``affine32``), many passages in one go.

``min over shingles of (a_k * fmix32(h) + b_k) mod 2^32`` with odd ``a_k``. Bit for bit what
``datasketch.MinHash(num_perm, seed, scheme="affine32")`` computes, without its 0.8 s import and
its loop per document; the tests hold the two together.
"""

from __future__ import annotations

from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import MULTIPLIER, Hashes32, Hashes64
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import Offsets

Signature = NDArray[np.uint32]
"""``num_perm`` minima of one passage or document."""

Signatures = NDArray[np.uint32]
"""One row a passage: shape ``(passages, num_perm)``."""

EMPTY = np.uint32(0xFFFFFFFF)
"""The value of an empty set in every place, as in datasketch."""

_BLOCK = 4096


@lru_cache(maxsize=8)
def permutations(num_perm: int, seed: int) -> tuple[Signature, Signature]:
    """The coefficients (a, b), as ``datasketch.MinHash(num_perm, seed).permutations`` draws them."""
    random = np.random.RandomState(seed)
    a = random.randint(0, 1 << 31, size=num_perm, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    b = random.randint(0, 1 << 32, size=num_perm, dtype=np.uint64)
    return a.astype(np.uint32), b.astype(np.uint32)


def fmix32(hashes: Hashes32) -> Hashes32:
    """MurmurHash3's 32-bit finaliser."""
    h = hashes.copy()
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


def sign(shingles: Hashes64, starts: Offsets, num_perm: int, seed: int) -> Signatures:
    """
    The signature of each passage: rows ``[starts[i], starts[i+1])`` of the shingles.

    ``starts`` ascends and begins at 0; a passage without shingles gets ``EMPTY`` throughout.
    """
    return minima(shingles, starts, *permutations(num_perm, seed))


@twinned
def minima(shingles: Hashes64, starts: Offsets, a: Signature, b: Signature) -> Signatures:
    """The signatures for these coefficients."""
    out = np.full((len(starts), len(a)), EMPTY, dtype=np.uint32)
    ends = np.append(starts[1:], len(shingles))
    filled = np.flatnonzero(ends > starts)
    starts, ends = starts[filled], ends[filled]
    k = 0
    while k < len(filled):
        # Whole passages, as many as fit a block: the table of values stays in the cache.
        last = max(k + 1, int(np.searchsorted(ends, starts[k] + _BLOCK, side="right")))
        begin, end = starts[k], ends[last - 1]
        hashes = (shingles[begin:end] >> np.uint64(32)).astype(np.uint32)
        if end - begin > _BLOCK:
            out[filled[k]] = _minima_of_many(hashes, a, b)
        else:
            out[filled[k:last]] = _minima(fmix32(hashes), starts[k:last] - begin, a, b)
        k = last
    return out


def _minima_of_many(hashes: Hashes32, a: Signature, b: Signature) -> Signature:
    """Minima of one passage longer than a block, in pieces; what stands in it twice counts once."""
    distinct = np.sort(hashes)
    distinct = fmix32(distinct[np.append(True, distinct[1:] != distinct[:-1])])
    whole = np.zeros(1, dtype=np.int64)
    pieces = (_minima(distinct[at : at + _BLOCK], whole, a, b)[0] for at in range(0, len(distinct), _BLOCK))
    return reduce(np.minimum, pieces)


def _minima(mixed: Hashes32, starts: Offsets, a: Signature, b: Signature) -> Signatures:
    """Minima per passage of one block."""
    values = a[:, None] * mixed[None, :]
    values += b[:, None]
    minima: Signatures = np.minimum.reduceat(values, starts, axis=1).T
    return minima


def band_keys(signatures: Signatures, bands: int, rows: int) -> NDArray[np.uint64]:
    """A 64-bit key for each band of each signature: shape ``(signatures, bands)``."""
    values = signatures[:, : bands * rows].astype(np.uint64).reshape(len(signatures), bands, rows)
    keys = np.zeros((len(signatures), bands), dtype=np.uint64)
    for k in range(rows):
        keys = keys * np.uint64(MULTIPLIER) + values[:, :, k] + np.uint64(1)
    keys ^= keys >> np.uint64(29)
    return keys


@twinned
def share_band(signatures: Signatures, bands: int, rows: int) -> bool:
    """Whether any two of the signatures agree in a whole band; those of empty sets are left out."""
    filled = signatures[(signatures != EMPTY).any(axis=1)]
    keys = np.sort(band_keys(filled, bands, rows), axis=0)
    return bool((keys[1:] == keys[:-1]).any())
