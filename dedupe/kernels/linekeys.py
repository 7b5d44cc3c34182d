"""
Four-byte keys of a document's lines, by which the lines that a site repeats are counted.

All digits count as equal (``Page 3``, ``Page 4``). Lines that cannot be boilerplate are left out: those with
fewer than two letters, and those with characters that a rule file cannot hold.
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
    Return the distinct CRC-32s of the countable lines of at most ``longest`` characters, seeded with ``start``.

    >>> from dedupe.kernels.view import code_points
    >>> found = line_crcs(code_points("Page 3\\nPage 41\\n* * *\\nPage three"), 0, 120)
    >>> found == [crc32(b"Page 0"), crc32(b"Page three")]
    True
    """
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    return list(dict.fromkeys(line_crc(line, start) for line in countable_lines(text, longest)))


def line_crc(line: str, start: int) -> int:
    """Return the CRC-32 of a line, regardless of its numbers, seeded with ``start``."""
    return crc32(fold_digits(line).encode("utf-8", "surrogatepass"), start)


def fold_digits(line: str) -> str:
    """
    Return the line with each number replaced by ``0``.

    >>> fold_digits("Page 3 of 12")
    'Page 0 of 0'
    """
    return _DIGITS.sub("0", line)


def countable_lines(text: str, longest: int | None = None) -> Iterator[str]:
    """Yield the lines worth counting: those with two letters and nothing that a rule file cannot hold."""
    for line in map(str.strip, text.split("\n")):
        short = longest is None or len(line) <= longest
        if line and short and line.isprintable() and _TWO_LETTERS.search(line):
            yield line
