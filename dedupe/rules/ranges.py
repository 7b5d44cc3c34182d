"""
Which characters an RE2 class or escape stands for, as ranges of code points; in doubt, a superset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

Ranges = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF
ALL: Final[Ranges] = ((0, _LAST),)

ATOM: Final = re.compile(
    r"\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\[0-7]{1,3}|\\."
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{\^?\w+\}|\\.|[^\]\\])*\]",
    re.DOTALL,
)
"""A class or an escape in a pattern."""

_MEMBER: Final = re.compile(
    r"\[:\^?\w+:\]|\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\[0-7]{1,3}|\\.|.", re.DOTALL
)
_SPACES: Final[Ranges] = ((9, 10), (12, 13), (32, 32))
_DIGITS: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_CLASSES: Final = {"d": _DIGITS, "s": _SPACES, "w": _WORD}
_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
# Generous ranges of scripts: a class may be taken for wider than it is.
_SCRIPTS: Final[dict[str, Ranges]] = {
    "Han": ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0x16F00, 0x16FFF), (0x20000, 0x3FFFF)),
    "Hangul": ((0x1100, 0x11FF), (0x3000, 0x32FF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFF00, 0xFFFF)),
}


def ranges_of(source: str) -> Ranges:
    r"""
    Return the characters of a class or an escape.

    >>> ranges_of("[a-c来]"), ranges_of(r"\d"), ranges_of("[^\\x{1}-\\x{10FFFF}]")
    (((97, 99), (26469, 26469)), ((48, 57),), ((0, 0),))
    """
    return _class(source) if source[0] == "[" else _escape(source)[0]


def _escape(source: str) -> tuple[Ranges, bool]:
    """Return the characters of an escape, and whether they are exact."""
    c = source[1]
    if c in "pP":
        name = source[2:].strip("{}")
        if name == "Z":
            return (_separators(), True) if c == "p" else (_others(_separators()), True)
        return (_SCRIPTS.get(name, ALL) if c == "p" else ALL), False
    if c == "x":
        code = int(source[2:].strip("{}"), 16)
        return ((code, code),), True
    if c.lower() in _CLASSES:
        ranges = _CLASSES[c.lower()]
        return (ranges if c.islower() else _others(ranges)), True
    if c.isalnum() and c not in _CONTROLS:
        return ALL, False
    code = _CONTROLS.get(c, ord(c))
    return ((code, code),), True


def _class(source: str) -> Ranges:
    """Return the characters of a class, or a superset."""
    inner = source[1:-1]
    negative = inner.startswith("^")
    members = _MEMBER.findall(inner[negative:])
    found: list[tuple[int, int]] = []
    exact, k = True, 0
    while k < len(members):
        ranges, sure = _member(members[k])
        if k + 2 < len(members) and members[k + 1] == "-" and ranges[0][0] == ranges[-1][1]:
            ranges, k = ((ranges[0][0], _member(members[k + 2])[0][-1][1]),), k + 2
        found += ranges
        exact, k = exact and sure, k + 1
    if negative:
        return _others(merged(found)) if exact else ALL
    return merged(found)


def _member(source: str) -> tuple[Ranges, bool]:
    if source.startswith("[:"):
        return ALL, False
    return _escape(source) if source[0] == "\\" and len(source) > 1 else (((ord(source), ord(source)),), True)


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """
    Return the same characters in as few ranges as possible.

    >>> merged([(5, 9), (1, 4), (20, 30)])
    ((1, 9), (20, 30))
    """
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    """Return all other characters."""
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    return tuple((a + 1, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True) if a + 1 < b)


def _separators() -> Ranges:
    return ((0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
            (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))  # fmt: skip
