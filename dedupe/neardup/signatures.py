"""
What stands for a document where others are compared with it: a digest of all it says, and its MinHash
signature as datasketch has it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dedupe.facts import number_list
from dedupe.kernels.minhash import Signature
from dedupe.kernels.numerals import around_digits, joined_numbers
from dedupe.kernels.view import CodePoints, View, code_points

if TYPE_CHECKING:
    from datasketch import LeanMinHash


def content_digest(text: str, view: View, codes: CodePoints | None = None) -> bytes:
    """
    16 bytes that are equal for documents that say the same: exact copies, found without LSH.

    The view drops the sign of -5, the point of 1.5 and the blank of "1 29", which tell facts
    apart, so the numbers are said a second time. A text without a letter (``……``, an emoji)
    says itself. ``codes`` are the text's code points, where the caller has them.
    """
    if not len(view):
        return hashlib.blake2b(b"\0" + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    codes = code_points(text) if codes is None else codes
    stated = joined_numbers(codes)
    if stated is None:
        stated = "|".join(number_list(around_digits(text, codes))).encode()
    return hashlib.blake2b(stated + b"\n" + view.packed(), digest_size=16).digest()


def as_datasketch(signature: Signature, seed: int) -> LeanMinHash:
    """
    The signature as a ``datasketch.LeanMinHash``, for indexes and services built on datasketch.

    >>> import numpy as np
    >>> lean = as_datasketch(np.arange(128, dtype=np.uint32), seed=1)
    >>> lean.jaccard(lean)
    1.0
    """
    from datasketch import LeanMinHash  # noqa: PLC0415  (0.8 s: only for those who ask)

    return LeanMinHash(seed=seed, hashvalues=signature, scheme="affine32")
