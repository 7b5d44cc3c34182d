"""
Document signatures: the element-wise minimum of the passages' signatures.

The signature of a union of sets is the minimum of theirs, so nothing is hashed twice.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from dedupe.facts import number_list
from dedupe.kernels.minhash import Signature, Signatures
from dedupe.kernels.numerals import joined_numbers
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


def content_digest(text: str, view: View, codes: CodePoints | None = None) -> bytes:
    """
    16 bytes that are equal for documents that say the same: exact copies, found without LSH.

    The view drops the sign of -5, the point of 1.5 and the blank of "1 29", which tell facts
    apart, so the numbers are said a second time. A text without a letter (``……``, an emoji)
    says itself. ``codes`` are the text's code points, where the caller has them.
    """
    if not len(view):
        return hashlib.blake2b(b"\0" + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    digest = hashlib.blake2b(view.codes.tobytes(), digest_size=16)
    stated = joined_numbers(code_points(text) if codes is None else codes)
    digest.update("|".join(number_list(text)).encode() if stated is None else stated)
    return digest.digest()


def as_datasketch(signature: Signature, seed: int) -> LeanMinHash:
    """
    The signature as a ``datasketch.LeanMinHash``, for indexes and services built on datasketch.

    >>> lean = as_datasketch(np.arange(128, dtype=np.uint32), seed=1)
    >>> lean.jaccard(lean)
    1.0
    """
    from datasketch import LeanMinHash  # noqa: PLC0415  (0.8 s: only for those who ask)

    return LeanMinHash(seed=seed, hashvalues=signature, scheme="affine32")
