"""
The numbers stated in a text, for its digest: two shortcuts to the result of `dedupe.facts.number_list`.
"""

from __future__ import annotations

import numpy as np

from dedupe.kernels import classes, twins
from dedupe.kernels.view import CodePoints, looked_up

_BEFORE = 2
"""Number of characters before a number that decide whether it is negative."""


def joined_numbers(codes: CodePoints) -> bytes | None:
    """
    Return the numbers of a text joined by ``|``, or None if the caller must use `dedupe.facts.number_list`.

    It is None without compiled kernels, and if the text contains digits of other scripts.
    """
    compiled = twins.face.twins(len(codes))
    found: bytes | None = None if compiled is None else compiled.joined_numbers(codes)
    return found


def around_digits(text: str, codes: CodePoints) -> str:
    """
    Return only as much of a text as states its numbers: the digits and the characters just before them.

    >>> from dedupe.kernels.view import code_points
    >>> text = "雨下了一夜，水涨了1.5米。居民清早来看，气温-3度。"
    >>> around_digits(text, code_points(text))
    '涨了1.5 温-3'
    """
    kinds = looked_up(classes.classes(), codes)
    if not kinds.all():
        classes.learn(codes)
        kinds = looked_up(classes.classes(), codes)
    [digits] = (kinds & classes.DIGIT).nonzero()
    if not len(digits):
        return ""
    [apart] = (digits[1:] - digits[:-1] > _BEFORE + 1).nonzero()
    starts = np.maximum(digits[np.concatenate(([0], apart + 1))] - _BEFORE, 0)
    ends = digits[np.concatenate((apart, [-1]))] + 1
    return " ".join([text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
