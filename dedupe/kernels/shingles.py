"""
Shingles: hashes of every run of n characters of a comparison view.

The hash is a polynomial in an odd 64-bit multiplier over (code point + 1), mixed by MurmurHash3's
64-bit finaliser. It is fixed because stored signatures outlive a process, and Python's own ``hash``
differs from process to process.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints

H = TypeVar("H", np.uint32, np.uint64)

Hashes64 = NDArray[np.uint64]
Hashes32 = NDArray[np.uint32]

MULTIPLIER = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF
_PIECE = 1 << 15


@twinned
def shingle_hashes(codes: CodePoints, n: int) -> Hashes64:
    """
    Return mixed 64-bit hashes of every run of n characters: shape ``(len(codes) - n + 1,)``.

    The high half is the input of MinHash.

    >>> h = shingle_hashes(np.frombuffer("abcabc".encode("utf-32-le"), "<u4"), 3)
    >>> len(h), bool(h[0] == h[3])
    (4, True)
    """
    out = np.empty(max(0, len(codes) - n + 1), dtype=np.uint64)
    # In pieces that fit in the cache, so that for a long document only the result takes memory.
    for at in range(0, len(out), _PIECE):
        out[at : at + _PIECE] = mix64(_polynomials(codes[at : at + _PIECE + n - 1], n))
    return out


def _polynomials(codes: CodePoints, n: int) -> Hashes64:
    """Return the unmixed hashes of one piece; the length doubles with every bit of n, so few terms are summed."""
    terms = codes.astype(np.uint64)
    terms += np.uint64(1)
    total, length = terms, 1
    for bit in f"{n:b}"[1:]:
        total = total[:-length] * np.uint64(pow(MULTIPLIER, length, 1 << 64)) + total[length:]
        length *= 2
        if bit == "1":
            total = total[:-1] * np.uint64(MULTIPLIER) + terms[length:]
            length += 1
    return total


def mix64(hashes: Hashes64) -> Hashes64:
    """Apply MurmurHash3's ``fmix64``: every input bit affects every output bit."""
    h = hashes.copy()
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h


@twinned
def widened(hashes: Hashes64, length: int, n: int) -> Hashes64:
    """
    Return hashes of every run of n characters, derived from those of every run of ``length`` <= n.

    A long run is identified by the shorter ones that cover it, which may overlap: half a dozen operations
    where hashing anew takes a dozen or more.

    >>> text = np.frombuffer("abcdefg_abcdefg".encode("utf-32-le"), "<u4")
    >>> h = widened(shingle_hashes(text, 3), 3, 7)
    >>> len(h), bool(h[0] == h[8]), bool(h[0] == h[1])
    (9, True, False)
    """
    out = np.empty(max(0, len(hashes) + length - n), dtype=np.uint64)
    for at in range(0, len(out), _PIECE):
        out[at : at + _PIECE] = _doubled(hashes[at : at + _PIECE + n - length], length, n)
    return out


def _doubled(hashes: Hashes64, length: int, n: int) -> Hashes64:
    """Combine adjacent or overlapping runs of one piece in pairs until they are long enough."""
    while length < n:
        step = min(length, n - length)
        wider = hashes[:-step] * np.uint64(pow(MULTIPLIER, step, 1 << 64))
        wider += hashes[step:]
        hashes, length = wider, length + step
    return hashes


def distinct(hashes: NDArray[H]) -> NDArray[H]:
    """
    Return the distinct hashes, ascending: like `np.unique`, which uses a table at four times the cost or more.

    >>> distinct(np.array([3, 1, 3], dtype=np.uint64)).tolist()
    [1, 3]
    """
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


@twinned
def shared(one: Hashes64, two: Hashes64) -> int:
    """
    Count the hashes that occur in both arrays; each must be ascending and without duplicates.

    >>> shared(np.array([1, 3, 5], dtype=np.uint64), np.array([3, 4, 5], dtype=np.uint64))
    2
    """
    return len(np.intersect1d(one, two, assume_unique=True))


def reference_hash(shingle: str) -> int:
    """
    Return the 32-bit hash of one shingle in plain Python: a test oracle, and a ``hashfunc`` for datasketch.

    >>> reference_hash("新闻报道稿") < 2**32
    True
    """
    h = 0
    for char in shingle:
        h = (h * MULTIPLIER + ord(char) + 1) & _MASK
    h ^= h >> 33
    h = h * 0xFF51AFD7ED558CCD & _MASK
    h ^= h >> 33
    h = h * 0xC4CEB9FE1A85EC53 & _MASK
    h ^= h >> 33
    return h >> 32
