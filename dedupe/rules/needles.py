"""
What a text must hold for a pattern to match it: the characters to look for before asking.

Looking for a few characters is many times cheaper than running an automaton of dozens of rules,
and most lines of body text hold none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MOST: Final = 40  # a wider class of characters tells nothing
_COMMON: Final = frozenset(
    "0123456789年月日，。、：:（）() ,.-/abcdefghijklmnopqrstuvwxyz"
    "的一国在人了有中是和大业不为发会工经上地市要个产这出行作生家以成到民来我部对进多全建他公开们场展时理新方主企资"
    "实学报制政济用同于法高长现本定化加动合品重关机分力自外者区能设后就等体下万元社过前面也得与说之员而务利文事可"
    "通特专"
)

_ESCAPED: Final = re.compile(r"\\([^\w\s])")

Needles = frozenset[str] | None


def necessary(pattern: str) -> Needles:
    """
    Characters of which every match holds at least one; None where that cannot be told.

    Of several answers the rarest characters win. Patterns are RE2's; whatever this reader does
    not know for certain counts as unknown.

    >>> sorted(necessary(r"(?:本报)?北京\\d+月(?P<x>电|讯)") or ())
    ['北']
    >>> sorted(necessary(r"(?:编辑|来源)[:：]+x*") or ())
    ['源', '编']
    >>> necessary(r"\\p{Han}{2,4}") is None
    True
    """
    return None if "(?i" in pattern else _either(_alternatives(pattern))


def _alternatives(pattern: str) -> list[Needles]:
    """What each branch between top-level bars needs."""
    branches: list[Needles] = []
    found: list[frozenset[str]] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "|":
            branches.append(_rarest(found))
            found, at = [], at + 1
            continue
        end = _atom_end(pattern, at)
        after, optional = _quantifier(pattern, end)
        needs = None if optional else _atom(pattern[at:end])
        if needs:
            found.append(needs)
        at = after
    return [*branches, _rarest(found)]


def _atom_end(pattern: str, at: int) -> int:
    """Where the piece that begins here ends: a group, a class, an escape or one character."""
    c = pattern[at]
    if c == "\\":
        if pattern[at + 1 : at + 3] in ("p{", "P{", "x{"):
            return pattern.index("}", at) + 1
        return at + 2
    if c == "[":
        end = at + 1 + pattern.startswith("^", at + 1)
        end += pattern.startswith("]", end)
        while pattern[end] != "]":
            end = _atom_end(pattern, end) if pattern[end] == "\\" else end + 1
        return end + 1
    if c == "(":
        end = at + 1
        while pattern[end] != ")":
            end = _atom_end(pattern, end)
        return end + 1
    return at + 1


def _quantifier(pattern: str, at: int) -> tuple[int, bool]:
    """Where the repetition behind a piece ends, and whether it lets the piece be absent."""
    if at >= len(pattern) or pattern[at] not in "*+?{":
        return at, False
    if pattern[at] == "{":
        end = pattern.find("}", at)
        if end < 0 or not pattern[at + 1 : end].replace(",", "").isdigit():
            return at, False
        optional, at = pattern[at + 1] == "0", end + 1
    else:
        optional, at = pattern[at] in "*?", at + 1
    return at + pattern.startswith("?", at), optional


def _atom(atom: str) -> Needles:
    if atom[0] == "(":
        inner = atom[1:-1]
        if inner.startswith("?"):
            if not inner.startswith(("?:", "?P<", "?<")):
                return None
            inner = inner[2:] if inner.startswith("?:") else inner[inner.index(">") + 1 :]
        return _either(_alternatives(inner))
    if atom[0] == "[":
        return _class(atom[1:-1])
    if atom[0] == "\\":
        return frozenset(atom[1]) if not atom[1].isalnum() else None
    return None if atom in ".^$" else frozenset(atom)


def _class(inner: str) -> Needles:
    """The characters of a class, if it lists them one by one."""
    plain = _ESCAPED.sub(r"\1", inner)
    if inner.startswith("^") or "[:" in inner or "\\" in plain or "-" in inner[1:-1].replace("\\-", ""):
        return None
    return frozenset(plain) if len(plain) <= _MOST else None


def _either(branches: Iterable[Needles]) -> Needles:
    whole: frozenset[str] = frozenset()
    for branch in branches:
        if branch is None:
            return None
        whole |= branch
    return whole if len(whole) <= 3 * _MOST else None


def _rarest(found: list[frozenset[str]]) -> Needles:
    return min(found, key=lambda needles: sum(20 if c in _COMMON else 1 for c in needles), default=None)
