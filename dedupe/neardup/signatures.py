"""
Document signatures: the element-wise minimum of the passages' signatures.

The signature of a union of sets is the minimum of theirs, so nothing is hashed twice.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.minhash import Signature, Signatures
from dedupe.kernels.view import CodePoints, View, code_points

if TYPE_CHECKING:
    from datasketch import LeanMinHash


def document_signature(passages: Signatures) -> Signature:
    """
    The signature of all passages together.

    >>> document_signature(np.array([[3, 9], [5, 2]], dtype=np.uint32)).tolist()
    [3, 2]
    """
    return np.asarray(np.minimum.reduce(passages, axis=0), dtype=np.uint32)


def content_digest(text: str, view: View) -> bytes:
    """
    16 bytes that are equal for documents that say the same: exact copies, found without LSH.

    The view drops the sign of -5 and the point of 1.5, which tell facts apart, so these count
    as well. A text without a letter (``……``, an emoji) says itself.
    """
    if not len(view):
        return hashlib.blake2b(b"\0" + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    digest = hashlib.blake2b(view.codes.tobytes(), digest_size=16)
    digest.update(_signs_and_points(text, view))
    return digest.digest()


def _signs_and_points(text: str, view: View) -> bytes:
    """Where in the view a number has a sign before it, or a point or colon inside."""
    codes = code_points(text)
    at = np.flatnonzero(_MARKS[codes[:-1]] & _is_digit(codes[1:]))
    if not len(at):
        return b""
    before = codes[np.maximum(at - 1, 0)]
    inside = _is_digit(before) & (at > 0)
    sign = _MINUS[codes[at]] & ~inside & ~((before | np.uint32(0x20)) - ord("a") < 26)
    counted = at[(inside & ~_MINUS[codes[at]]) | sign]
    return view.positions(counted).tobytes()


def _is_digit(codes: CodePoints) -> NDArray[np.bool_]:
    return (codes - np.uint32(ord("0")) < 10) | (codes - np.uint32(ord("０")) < 10)


_MARKS = np.zeros(0x110000, dtype=bool)
_MARKS[[ord(c) for c in ".:．：-－−"]] = True
_MINUS = np.zeros(0x110000, dtype=bool)
_MINUS[[ord(c) for c in "-－−"]] = True


def as_datasketch(signature: Signature, seed: int) -> LeanMinHash:
    """
    The signature as a ``datasketch.LeanMinHash``, for indexes and services built on datasketch.

    >>> lean = as_datasketch(np.arange(128, dtype=np.uint32), seed=1)
    >>> lean.jaccard(lean)
    1.0
    """
    from datasketch import LeanMinHash  # noqa: PLC0415  (0.8 s: only for those who ask)

    return LeanMinHash(seed=seed, hashvalues=signature, scheme="affine32")
