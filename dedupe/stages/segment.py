"""
Text -> passages: sentences, and lines that hold no sentence.

Sentences and not lines, because line breaks are the first thing a second copy loses. A passage
carries its closing quotation marks and the white space behind it; a decimal point, an initial
and ``No. 5`` end nothing.
"""

from __future__ import annotations

from dedupe.kernels.passages import sentence_starts
from dedupe.kernels.view import CodePoints, Offsets, code_points


def passage_starts(text: str, max_passage: int, codes: CodePoints | None = None) -> Offsets:
    """
    Where each passage begins, ascending, the first at 0; the next one's start is a passage's end.

    A stretch of more than ``max_passage`` characters without an end (Thai, tables, one endless
    line) is split there, so that no passage is too long to be compared. ``codes`` are the text's
    code points, where the caller has them.

    >>> passage_starts("雨停了。“走吧！”他说。\\nNo. 5 won. It ran.", 400).tolist()
    [0, 4, 9, 13, 24]
    """
    return sentence_starts(code_points(text) if codes is None else codes, max_passage)
