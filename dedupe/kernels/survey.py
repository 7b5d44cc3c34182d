"""A quick survey of a text: which kinds of characters it contains, and whether its lines are tidy."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, looked_up

UNTIDY: Final = 256
"""Blanks at either end of a line or of the text, or more than one empty line in a row."""

SPACES: Final = tuple(code for code in range(0x3001) if chr(code).isspace())
"""All white space there is: U+3000 is the last."""

_LINE_END: Final = ord("\n")
_IS_SPACE = np.zeros(0x110000, dtype=bool)
_IS_SPACE[list(SPACES)] = True


@twinned
def count_between(codes: CodePoints, low: int, high: int) -> int:
    """
    Count the code points in ``[low, high)``.

    >>> from dedupe.kernels.view import code_points
    >>> count_between(code_points("abcabc"), ord("b"), ord("c"))
    2
    """
    return int(np.count_nonzero(codes - np.uint32(low) < high - low))  # codes below wrap around to large numbers


@twinned
def marked(codes: CodePoints, table: NDArray[np.uint8], flags: int) -> NDArray[np.int64]:
    """
    Return the offsets of the characters for which the table has any of these flags.

    >>> from dedupe.kernels.view import code_points
    >>> table = np.zeros(0x110000, dtype=np.uint8)
    >>> table[[ord("b"), ord("c")]] = 1, 2
    >>> marked(code_points("abcb"), table, 1).tolist()
    [1, 3]
    """
    [places] = (looked_up(table, codes) & np.uint8(flags)).nonzero()
    return places


@twinned
def survey(codes: CodePoints, table: NDArray[np.uint8]) -> int:
    """
    Return the union of the table's flags for the characters of a text, with `UNTIDY` if its lines are untidy.

    >>> from dedupe.kernels.view import code_points
    >>> survey(code_points("a\\nb "), np.ones(0x110000, dtype=np.uint8)) == 1 | UNTIDY
    True
    """
    if not len(codes):
        return 0
    white, breaks = looked_up(_IS_SPACE, codes), codes == _LINE_END
    bare = white & ~breaks
    untidy = (
        white[0]
        or white[-1]
        or (bare[1:] & breaks[:-1]).any()
        or (bare[:-1] & breaks[1:]).any()
        or (breaks[2:] & breaks[1:-1] & breaks[:-2]).any()
    )
    return int(np.bitwise_or.reduce(looked_up(table, codes))) | (UNTIDY if untidy else 0)
