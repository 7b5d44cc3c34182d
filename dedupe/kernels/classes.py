"""
Character classes of code points, as Python's own string methods define them: a table for the kernels.

Filled on demand, like the table of the comparison view: classifying all 1.1 million code points up
front would add half a second to every start.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import CodePoints, strangers

Classes = NDArray[np.uint8]

SEEN: Final = 1
SPACE: Final = 2
ALNUM: Final = 4
ALPHA: Final = 8
LOWER: Final = 16
UPPER: Final = 32
DIGIT: Final = 64
"""A decimal digit of any script: what ``\\d`` matches."""
PRINTABLE: Final = 128


def class_of(code: int) -> int:
    """
    Return the classes of one code point.

    >>> class_of(ord("a")) == SEEN | ALNUM | ALPHA | LOWER | PRINTABLE
    True
    """
    char = chr(code)
    asked = (
        (SPACE, char.isspace()), (ALNUM, char.isalnum()), (ALPHA, char.isalpha()),
        (LOWER, char.islower()), (UPPER, char.isupper()), (DIGIT, char.isdecimal()),
        (PRINTABLE, char.isprintable()),
    )  # fmt: skip
    return SEEN + sum(kind for kind, is_one in asked if is_one)


def classes() -> Classes:
    """Return the table; it holds 0 for a code point that `learn` has not seen."""
    return _TABLE


def learn(codes: CodePoints) -> None:
    """Enter the classes of these code points; the table only caches a pure function."""
    for code in strangers(codes, _TABLE, np.uint8(0)):
        _TABLE[code] = class_of(code)


_TABLE: Final[Classes] = np.zeros(0x110000, dtype=np.uint8)
