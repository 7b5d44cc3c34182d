"""
The lines of a document by which those that a site repeats are counted, each in four bytes.

Digits count as alike (``Page 3``, ``Page 4``), and what cannot be furniture is left out: lines without two
letters, and lines with characters that a rule file cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints

_DIGITS: Final = re.compile(r"\d+")
_TWO_LETTERS: Final = re.compile(r"[^\W\d_][\W\d_]*[^\W\d_]")


@twinned
def line_crcs(codes: CodePoints, start: int, longest: int) -> list[int]:
    """
    The CRC-32 of each countable line of at most ``longest`` characters, going on from ``start``; each once.

    >>> from dedupe.kernels.view import code_points
    >>> found = line_crcs(code_points("Page 3\\nPage 41\\n* * *\\nPage three"), 0, 120)
    >>> found == [crc32(b"Page 0"), crc32(b"Page three")]
    True
    """
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    return list(dict.fromkeys(line_crc(line, start) for line in countable_lines(text, longest)))


def line_crc(line: str, start: int) -> int:
    """The CRC-32 of a line, whatever numbers it has, going on from ``start``."""
    return crc32(fold_digits(line).encode("utf-8", "surrogatepass"), start)


def fold_digits(line: str) -> str:
    """
    The line with one digit for each number.

    >>> fold_digits("Page 3 of 12")
    'Page 0 of 0'
    """
    return _DIGITS.sub("0", line)


def countable_lines(text: str, longest: int | None = None) -> Iterator[str]:
    """The lines of which something can be said: with two letters, and nothing that a rule file cannot hold."""
    for line in map(str.strip, text.split("\n")):
        short = longest is None or len(line) <= longest
        if line and short and line.isprintable() and _TWO_LETTERS.search(line):
            yield line
