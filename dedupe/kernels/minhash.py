"""
MinHash with datasketch's arithmetic (scheme ``affine32``).

``min over shingles of (a_k * fmix32(h) + b_k) mod 2^32`` with odd ``a_k``. Bit for bit what
``datasketch.MinHash(num_perm, seed, scheme="affine32")`` computes, without its 0.8 s import and
its loop per document; tests compare the two.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import MULTIPLIER, Hashes32, Hashes64, distinct
from dedupe.kernels.twins import twinned

Signature = NDArray[np.uint32]
"""The ``num_perm`` minima of one document."""

Signatures = NDArray[np.uint32]
"""One row per document: shape ``(documents, num_perm)``."""

EMPTY = np.uint32(0xFFFFFFFF)
"""Every value of an empty set's signature, as in datasketch."""

BLOCK = 1 << 14
"""Number of shingles hashed at a time."""

_TABLE = 1 << 16
"""Number of values computed at a time: as many as fit in the cache, in rows as long as possible."""


@lru_cache(maxsize=8)
def permutations(num_perm: int, seed: int) -> tuple[Signature, Signature]:
    """Return the coefficients (a, b), as ``datasketch.MinHash(num_perm, seed).permutations`` draws them."""
    random = np.random.RandomState(seed)
    a = random.randint(0, 1 << 31, size=num_perm, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    b = random.randint(0, 1 << 32, size=num_perm, dtype=np.uint64)
    return a.astype(np.uint32), b.astype(np.uint32)


def fmix32(hashes: Hashes32) -> Hashes32:
    """Apply MurmurHash3's 32-bit finaliser."""
    h = hashes.copy()
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


def sign(shingles: Hashes64, num_perm: int, seed: int) -> Signature:
    """Return the signature of a text's shingles; without shingles, every value is ``EMPTY``."""
    return minima(shingles, *permutations(num_perm, seed))


@twinned
def minima(shingles: Hashes64, a: Signature, b: Signature) -> Signature:
    """Return the signature for these coefficients."""
    hashes = (shingles >> np.uint64(32)).astype(np.uint32)
    if len(hashes) > BLOCK:
        hashes = distinct(hashes)  # a long text repeats many shingles; each is hashed once
    out = np.full(len(a), EMPTY, dtype=np.uint32)
    for at in range(0, len(hashes), BLOCK):
        _lower(out, fmix32(hashes[at : at + BLOCK]), a[:, None], b[:, None])
    return out


def _lower(minima: Signature, mixed: Hashes32, a: Hashes32, b: Hashes32) -> None:
    """Lower the minima in place by one block of hashes, a few permutations at a time."""
    step = _TABLE // len(mixed)
    table = np.empty((min(step, len(a)), len(mixed)), dtype=np.uint32)
    for k in range(0, len(a), step):
        some = slice(k, k + step)
        values = table[: len(a[some])]
        np.multiply(a[some], mixed, out=values)
        values += b[some]
        np.minimum(minima[some], values.min(axis=1), out=minima[some])


def band_keys(signatures: Signatures, bands: int, rows: int) -> NDArray[np.uint64]:
    """Return a 64-bit key for each band of each signature: shape ``(signatures, bands)``."""
    values = signatures[:, : bands * rows].astype(np.uint64).reshape(len(signatures), bands, rows)
    keys = np.zeros((len(signatures), bands), dtype=np.uint64)
    for k in range(rows):
        keys = keys * np.uint64(MULTIPLIER) + values[:, :, k] + np.uint64(1)
    keys ^= keys >> np.uint64(29)
    return keys
