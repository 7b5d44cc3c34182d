"""
The numbers that a whole text states, for its digest: two short ways to what `dedupe.facts.number_list` says.
"""

from __future__ import annotations

import numpy as np

from dedupe.kernels import classes, twins
from dedupe.kernels.view import CodePoints, looked_up

_BEFORE = 2
"""Characters before a number that say whether it is negative."""


def joined_numbers(codes: CodePoints) -> bytes | None:
    """
    The numbers of a text, joined by ``|``; None where it takes the reference, `dedupe.facts.number_list`.

    That is so without compiled kernels, and where digits of another script stand in the text.
    """
    compiled = twins.face.twins(len(codes))
    found: bytes | None = None if compiled is None else compiled.joined_numbers(codes)
    return found


def around_digits(text: str, codes: CodePoints) -> str:
    """
    Of a text with these code points no more than states its numbers: the digits, and what stands around them.

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
