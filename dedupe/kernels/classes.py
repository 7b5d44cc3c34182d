"""
What kind of character each code point is, as Python's own methods say: a table that kernels look up.

Filled on demand, like that of the comparison view: asking for all 1.1 million code points up front
would cost every start half a second.
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
    The classes of one code point.

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
    """The table; a code point that `learn` has not been told of is 0 in it."""
    return _TABLE


def learn(codes: CodePoints) -> None:
    """Enter what these code points are: a pure function's answers, written down."""
    for code in strangers(codes, _TABLE, np.uint8(0)):
        _TABLE[code] = class_of(code)


_TABLE: Final[Classes] = np.zeros(0x110000, dtype=np.uint8)
