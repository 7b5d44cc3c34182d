"""
Split text into passages: sentences, and lines without a sentence.

Sentences rather than lines, because line breaks are the first thing a second copy loses. A passage
includes its closing quotation marks and the white space after it; a decimal point, an initial
and ``No. 5`` do not end one.
"""

from __future__ import annotations

from dedupe.kernels.passages import sentence_starts
from dedupe.kernels.view import CodePoints, Offsets, code_points


def passage_starts(text: str, max_passage: int, codes: CodePoints | None = None) -> Offsets:
    """
    The start of each passage, ascending, the first at 0; a passage ends where the next one starts.

    A stretch of more than ``max_passage`` characters without a sentence end (Thai, tables, one endless
    line) is split at that length, so that no passage is too long to compare. ``codes`` are the text's
    code points, if the caller has them.

    >>> passage_starts("雨停了。“走吧！”他说。\\nNo. 5 won. It ran.", 400).tolist()
    [0, 4, 9, 13, 24]
    """
    return sentence_starts(code_points(text) if codes is None else codes, max_passage)
