"""
What represents a document in comparisons: a digest of its content, and its MinHash signature in
datasketch's form.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dedupe.factkey import CURRENCIES, DRAWN, WIDE_CURRENCIES
from dedupe.facts import number_list
from dedupe.kernels.minhash import Signature
from dedupe.kernels.numerals import around_digits, joined_numbers
from dedupe.kernels.view import CodePoints, View, code_points, looked_up

if TYPE_CHECKING:
    from datasketch import LeanMinHash


def content_digest(text: str, view: View, codes: CodePoints | None = None) -> bytes:
    """
    Return a 16-byte digest that is equal for documents that say the same: it finds exact copies without LSH.

    The view drops the sign of -5, the point of 1.5 and the blank of "1 29", which distinguish facts, so the numbers are
    added to the digest, and currencies, arrows, ticks and the signs of ratings. Papers that only write these otherwise
    have other digests and are compared. A text without letters or digits (``……``, an emoji) is digested as it is.
    ``codes`` are the text's code points, if the caller already has them.
    """
    if not len(view):
        return hashlib.blake2b(b"\0" + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    codes = code_points(text) if codes is None else codes
    stated = joined_numbers(codes)
    if stated is None:
        stated = "|".join(number_list(around_digits(text, codes))).encode()
    return hashlib.blake2b(stated + stated_signs(codes) + b"\n" + view.packed(), digest_size=16).digest()


def stated_signs(codes: CodePoints) -> bytes:
    """
    The signs other than those of numbers that state facts, in order: of currencies and ratings, arrows and ticks.

    >>> stated_signs(code_points("€45 ↑, BB-, COVID-19, C++")).decode()
    '€↑-++'
    """
    [at] = looked_up(_SIGNS, codes).nonzero()
    signs = codes[at]
    hyphens = signs == ord("-")
    if hyphens.any():
        before, after = codes[at - 1], codes[np.minimum(at + 1, len(codes) - 1)]
        of_ratings = (before >= ord("A")) & (before <= ord("Z")) & ((after < ord("0")) | (after == ord("级")))
        signs = signs[~hyphens | of_ratings]
    return signs.tobytes().decode("utf-32-le").encode()


def _table(signs: str) -> NDArray[np.bool_]:
    table = np.zeros(0x10000, dtype=np.bool_)
    table[[ord(sign) for sign in signs]] = True
    return table


_SIGNS: Final = _table("-" + CURRENCIES + WIDE_CURRENCIES + DRAWN)


def as_datasketch(signature: Signature, seed: int) -> LeanMinHash:
    """
    Return the signature as a ``datasketch.LeanMinHash``, for indexes and services built on datasketch.

    >>> import numpy as np
    >>> lean = as_datasketch(np.arange(128, dtype=np.uint32), seed=1)
    >>> lean.jaccard(lean)
    1.0
    """
    from datasketch import LeanMinHash  # noqa: PLC0415  (takes 0.8 s: only on demand)

    return LeanMinHash(seed=seed, hashvalues=signature, scheme="affine32")
