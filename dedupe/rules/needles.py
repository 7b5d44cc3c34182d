r"""
What a text must hold for a pattern to match it: characters at its edges, and words to look for before asking.

Looking for words is many times cheaper than running an automaton of dozens of rules, and most lines of
body text hold none of them. A pattern is read from the inside out: classes and escapes first, then groups
without groups in them, each of which becomes one character. Equal pieces are read once; rules that share
fragments share most of their pieces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

Ranges = tuple[tuple[int, int], ...]

LONGEST_NEEDLE: Final = 4
_MOST_WORDS: Final = 160  # a longer list of words is no list
_MOST_CROSSED: Final = 48  # words of one list before those of another; more are looked for apart
_MOST_NEEDLES: Final = 2048
_LONGEST_ROW: Final = 6
_COMMONPLACE: Final = 0.1  # words as common as this tell nothing
_FEW: Final = 64  # characters; a wider class tells nothing
_NODES: Final = 0x100000  # characters from here on stand for pieces that were read
_MOST_NODES: Final = 60_000  # more there is no room for
_WIDE: Final = 0x2E80  # from here on two characters say as much as four letters
_LAST: Final = 0x10FFFF
_ALL: Final[Ranges] = ((0, _LAST),)

_ATOM: Final = re.compile(
    r"\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\."
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{\^?\w+\}|\\.|[^\]\\])*\]",
    re.DOTALL,
)
_MEMBER: Final = re.compile(
    r"\[:\^?\w+:\]|\\[pP](?:\{\^?\w+\}|\w)|\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\.|.", re.DOTALL
)
_GROUP: Final = re.compile(r"\((?:\?:|\?P?<\w+>)?([^()]*)\)")
_QUOTED: Final = re.compile(r"\\[QEC]")
_FLAGS: Final = re.compile(r"\(\?[^:P<]")
_PLAIN: Final = re.compile(r"[^\^$.*+?{\U00100000-\U0010ffff]+")
_PIECE: Final = re.compile(r"(.)((?:[*+?]|\{\d+(?:,\d*)?\})\??)?", re.DOTALL)
_SPACES: Final[Ranges] = ((9, 10), (12, 13), (32, 32))
_DIGITS: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_CLASSES: Final = {"d": _DIGITS, "s": _SPACES, "w": _WORD}
_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
# Scripts with room to spare: a class may be thought wider than it is.
_SCRIPTS: Final[dict[str, Ranges]] = {
    "Han": ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0x16F00, 0x16FFF), (0x20000, 0x3FFFF)),
    "Hangul": ((0x1100, 0x11FF), (0x3000, 0x32FF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFF00, 0xFFFF)),
}
_BOND: Final = 20  # how much oftener two wide characters stand together in a word than by chance
_COMMON: Final = frozenset(
    "的一国在人了有中是和大业不为发会工经上地市要个产这出行作生家以成到民来我部对进多全建他公开们场展时理新方主企资"
    "实学报制政济用同于法高长现本定化加动合品重关机分力自外者区能设后就等体下万元社过前面也得与说之员而务利文事可"
    "通特专"
)
_SHARES: Final = {
    " ": 0.15, "e": 0.1, "t": 0.08, "a": 0.07, "o": 0.065, "i": 0.06, "n": 0.06, "s": 0.055, "r": 0.05,
    "h": 0.05, "，": 0.05, "l": 0.035, "d": 0.035, "。": 0.025, "、": 0.025, "u": 0.025, "c": 0.025, "m": 0.02,
    ",": 0.01, ".": 0.01, "月": 0.008, "日": 0.008, "年": 0.008,
    "（": 0.008, "）": 0.008, "：": 0.008, "“": 0.008, "”": 0.008,
}  # fmt: skip


class Clue(NamedTuple):
    """
    What every match has: a first and a last character out of these ranges, and one of these needles in it.

    ``needles`` is None where no needle is known. ``row`` are sets of words of which every match has one
    each, one behind the other.
    """

    first: Ranges
    last: Ranges
    needles: frozenset[str] | None
    row: tuple[frozenset[str], ...]


class _Node(NamedTuple):
    """
    What is known of a piece: whether it may be empty, what it begins and ends with, the words that it
    is one of if these are few, the words of which it holds at least one, with how common they are, and
    all sets of words of which it holds one each, in their order.
    """

    empty: bool
    first: frozenset[str]
    last: frozenset[str]
    words: frozenset[str] | None
    needs: frozenset[str] | None
    share: float
    row: tuple[frozenset[str], ...]


_NONE: Final[frozenset[str]] = frozenset()
_UNKNOWN: Final = 9.0  # the share of what is not known; that of the commonest character is below 1
_NOTHING: Final = frozenset([""])
_MARK: Final = _Node(True, _NONE, _NONE, _NOTHING, None, _UNKNOWN, ())  # ^, $, \b: a place, and no character


class PatternReader:
    r"""
    Reads patterns, each piece once. Patterns are RE2's; what this reader does not know may be anything.

    >>> reader = PatternReader()
    >>> clue = reader.read(r"(?:本报)?北京\d+月(?P<x>电|讯)")
    >>> sorted(clue.needles), clue.last
    (['北京'], ((30005, 30005), (35759, 35759)))
    >>> sorted(reader.read(r"(?:编辑|来源)[:：]+x*").needles)
    ['来源', '编辑']
    >>> sorted(reader.read(r"\d[电讯]").needles)[:3], sorted(reader.read("Von (?:Reuters|AP) her").needles)
    (['0电', '0讯', '1电'], ['AP h', 'Reut'])
    >>> reader.read(r"\p{Han}{2,4}").needles is None, reader.read("(?i)by").first == ((0, 0x10FFFF),)
    (True, True)
    """

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._classes: dict[str, Ranges] = {}
        self._names: dict[str, str] = {}
        self._sequences: dict[str, _Node] = {}
        self._repeats: dict[tuple[str, str], _Node] = {}
        self._few: dict[frozenset[str], frozenset[str] | None] = {}
        self._shares: dict[frozenset[str], float] = {}
        self._common = _Common(_SHARES)
        self._any = self._named(".", _ALL)

    def read(self, pattern: str) -> Clue:
        """The clue to a pattern."""
        node = None
        if not _QUOTED.search(pattern) and max(pattern, default="") < chr(_NODES) and len(self._nodes) < _MOST_NODES:
            flat = _ATOM.sub(self._atom, pattern)
            count = 0 if _FLAGS.search(flat) else 1
            while count:
                flat, count = _GROUP.subn(self._group, flat)
            node = None if "(" in flat or ")" in flat else self._either(flat)
        if node is None or node.empty:
            return Clue(_ALL, _ALL, None, ())
        needles = None if node.needs is None else frozenset(map(self._needle, node.needs))
        return Clue(self._ranges(node.first), self._ranges(node.last), needles, node.row)

    def _atom(self, m: re.Match[str]) -> str:
        """The character that stands for a class or an escape from now on."""
        source = m[0]
        if name := self._names.get(source):
            return name
        if source in (r"\b", r"\B", r"\A", r"\z"):
            return "^"
        return self._named(source, _class(source) if source[0] == "[" else _escape(source)[0])

    def _named(self, source: str, ranges: Ranges) -> str:
        name = self._names[source] = chr(_NODES + len(self._nodes))
        self._classes[name] = ranges
        self._nodes.append(self._one(name, name, self._characters(frozenset(name))))
        return name

    def _one(self, first: str, last: str, words: frozenset[str] | None) -> _Node:
        share = _UNKNOWN if words is None else self._share(words) * _bond(words)
        row = () if words is None or len(words) > _MOST_CROSSED else (words,)
        return _Node(False, frozenset(first), frozenset(last), words, words, share, row)

    def _group(self, m: re.Match[str]) -> str:
        """The character that stands for a group from now on."""
        if (name := self._names.get(m[1])) is None:
            node = self._either(m[1])
            name = self._names[m[1]] = chr(_NODES + len(self._nodes))
            self._nodes.append(node)
        return name

    def _either(self, flat: str) -> _Node:
        """Pieces between bars."""
        found = [self._sequence(part) for part in flat.split("|")]
        if len(found) == 1:
            return found[0]
        words = _union((node.words for node in found), _MOST_WORDS)
        needs = _union((node.needs for node in found), _MOST_NEEDLES)
        return _Node(
            any(node.empty for node in found),
            _NONE.union(*(node.first for node in found)),
            _NONE.union(*(node.last for node in found)),
            words,
            needs,
            _UNKNOWN if needs is None else sum(node.share for node in found),
            () if needs is None else (needs,),
        )

    def _sequence(self, flat: str) -> _Node:
        """Pieces one behind the other."""
        node = self._sequences.get(flat)
        if node is None:
            node = self._sequences[flat] = (
                self._one(flat[0], flat[-1], frozenset([flat]))
                if _PLAIN.fullmatch(flat)
                else self._joined([self._piece(*piece) for piece in _PIECE.findall(flat)])
            )
        return node

    def _piece(self, char: str, times: str) -> _Node:
        node = self._repeats.get((char, times))
        if node is None:
            if char >= chr(_NODES):
                node = self._nodes[ord(char) - _NODES]
            elif char in ".^$":
                node = _MARK if char != "." else self._nodes[0]
            else:
                node = self._one(char, char, frozenset(char))
            node = self._repeats[char, times] = self._repeated(node, times) if times else node
        return node

    def _repeated(self, node: _Node, times: str) -> _Node:
        least, most = _times(times)
        if least == 0:
            words = node.words | _NOTHING if node.words is not None and most == 1 else None
            return _Node(True, node.first, node.last, words, None, _UNKNOWN, ())
        several = self._joined([node] * min(least, LONGEST_NEEDLE))
        return several if least == most and least <= LONGEST_NEEDLE else several._replace(words=None)

    def _joined(self, nodes: list[_Node]) -> _Node:
        empty, first, last = True, _NONE, _NONE
        words: frozenset[str] | None = _NOTHING
        run, needs, share = _NOTHING, None, _UNKNOWN
        row: list[frozenset[str]] = []
        runs: list[frozenset[str]] = []
        for node in nodes:
            if not (empty or node.empty) and (joint := self._joint(last, node.first, share)):
                needs, share = joint
            if empty:
                first |= node.first
            last = last | node.last if node.empty else node.last
            empty = empty and node.empty
            longer = _crossed(run, node.words)
            words = longer if words is run else _crossed(words, node.words)
            if longer is None:
                runs.append(run)
                row += (run, *(node.row if node.words is None else ()))
            run = longer or node.words or _NOTHING
            if node.share < share:
                needs, share = node.needs, node.share
        for one in (*runs, run):
            if "" not in one and (found := self._share(one) * _bond(one)) < share:
                needs, share = one, found
        told = [words for words in (*row, run) if len(words) <= _MOST_WORDS and self._share(words) < _COMMONPLACE]
        return _Node(empty, first, last, words, needs, share, tuple(told[:_LONGEST_ROW]))

    def _joint(self, last: frozenset[str], first: frozenset[str], share: float) -> tuple[frozenset[str], float] | None:
        """The two characters where one piece ends and the next begins, if they are rarer than what is known."""
        before, behind = self._characters(last), self._characters(first)
        if not before or not behind or len(before) * len(behind) > _MOST_NEEDLES:
            return None
        both = self._share(before) * self._share(behind)
        return (frozenset(a + b for a in before for b in behind), both) if both < share else None

    def _share(self, words: frozenset[str]) -> float:
        """About how often one of these words stands in a text."""
        share = self._shares.get(words)
        if share is None:
            common = self._common.__getitem__
            share = sum([math.prod(map(common, word[:LONGEST_NEEDLE])) for word in words])
            self._shares[words] = share
        return share

    def _needle(self, word: str) -> str:
        """The rarest few characters in a row of a word."""
        n = 2 if ord(max(word)) >= _WIDE else LONGEST_NEEDLE
        if len(word) <= n:
            return word
        common = self._common.__getitem__
        return min((word[k : k + n] for k in range(len(word) - n + 1)), key=lambda w: math.prod(map(common, w)))

    def _characters(self, atoms: frozenset[str]) -> frozenset[str] | None:
        """The characters that these pieces begin with or end with, if they are few."""
        if atoms not in self._few:
            ranges = self._ranges(atoms)
            few = sum(high - low + 1 for low, high in ranges) <= _FEW
            self._few[atoms] = frozenset(chr(c) for a, b in ranges for c in range(a, b + 1)) if few else None
        return self._few[atoms]

    def _ranges(self, atoms: Iterable[str]) -> Ranges:
        return _merged(pair for atom in atoms for pair in self._classes.get(atom) or ((ord(atom), ord(atom)),))


def _bond(words: frozenset[str]) -> float:
    return _BOND if max(map(len, words)) > 1 and ord(max(words)[0]) >= _WIDE else 1.0


class _Common(dict[str, float]):
    """About how often each character stands in the text of its script."""

    def __missing__(self, char: str) -> float:
        c = ord(char)
        if c < _WIDE:
            share = 0.015 if char.islower() else 0.004 if char.isalnum() else 0.001
        else:
            share = 0.006 if char in _COMMON or 0xAC00 <= c < 0xD7B0 else 0.0005
        self[char] = share
        return share


def _crossed(words: frozenset[str] | None, more: frozenset[str] | None) -> frozenset[str] | None:
    """Each word with each behind it; None if that is too many, or one of them is not known."""
    if words is None or more is None or len(words) * len(more) > _MOST_CROSSED:
        return None
    if words is _NOTHING:
        return more
    return words if more is _NOTHING else frozenset([a + b for a in words for b in more])


def _union(sets: Iterable[frozenset[str] | None], most: int) -> frozenset[str] | None:
    whole: set[str] = set()
    for one in sets:
        if one is None or len(whole) > most:
            return None
        whole |= one
    return frozenset(whole) if len(whole) <= most else None


def _times(times: str) -> tuple[int, int | None]:
    """How often a piece stands, at least and at most."""
    if times[0] != "{":
        return (1 if times[0] == "+" else 0), (1 if times[0] == "?" else None)
    low, comma, high = times.rstrip("?")[1:-1].partition(",")
    return int(low), int(high) if high else None if comma else int(low)


def _escape(source: str) -> tuple[Ranges, bool]:
    """The characters of an escape, and whether it is these exactly."""
    c = source[1]
    if c in "pP":
        name = source[2:].strip("{}")
        if name == "Z":
            return (_separators(), True) if c == "p" else (_others(_separators()), True)
        return (_SCRIPTS.get(name, _ALL) if c == "p" else _ALL), False
    if c == "x":
        code = int(source[2:].strip("{}"), 16)
        return ((code, code),), True
    if c.lower() in _CLASSES:
        ranges = _CLASSES[c.lower()]
        return (ranges if c.islower() else _others(ranges)), True
    if c.isalnum() and c not in _CONTROLS:
        return _ALL, False
    code = _CONTROLS.get(c, ord(c))
    return ((code, code),), True


def _class(source: str) -> Ranges:
    """The characters of a class, or more."""
    inner = source[1:-1]
    negative = inner.startswith("^")
    members = _MEMBER.findall(inner[negative:])
    found: list[tuple[int, int]] = []
    exact, k = True, 0
    while k < len(members):
        ranges, sure = _member(members[k])
        if k + 2 < len(members) and members[k + 1] == "-":
            ranges, k = ((ranges[0][0], _member(members[k + 2])[0][-1][1]),), k + 2
        found += ranges
        exact, k = exact and sure, k + 1
    if negative:
        return _others(_merged(found)) if exact else _ALL
    return _merged(found)


def _member(source: str) -> tuple[Ranges, bool]:
    if source.startswith("[:"):
        return _ALL, False
    return _escape(source) if source[0] == "\\" else (((ord(source), ord(source)),), True)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    """All other characters."""
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    return tuple((a + 1, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True) if a + 1 < b)


def _separators() -> Ranges:
    return ((0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
            (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))  # fmt: skip
