r"""
What a text must contain for a pattern to match it: characters at its edges, and words to look for before trying.

Looking for words is many times cheaper than running an automaton of dozens of rules, and most lines of
body text contain none of them. A pattern is analysed from the inside out: classes and escapes first, then groups
without inner groups, each of which is replaced by one character. Equal pieces are analysed once; rules that share
fragments share most of their pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dedupe.kernels.needles import LONGEST_NEEDLE
from dedupe.rules.pieces import (
    MARK,
    MOST_CROSSED,
    NONE,
    NOTHING,
    UNKNOWN,
    Piece,
    crossed,
    letters,
    members,
    size,
    times_of,
    union,
)
from dedupe.rules.ranges import ALL, ATOM, Ranges, merged, ranges_of
from dedupe.rules.rarity import Rarity, bond

_MOST_WORDS: Final = 160  # a longer list of words counts as unknown
_MOST_NEEDLES: Final = 2048
_LONGEST_ROW: Final = 6
_COMMONPLACE: Final = 0.1  # words as common as this are of no use
_EVERYWHERE: Final = 0.01  # letters as common as this are not looked for in a sequence of words
_FEW: Final = 64  # characters; a wider class is of no use
_NODES: Final = 0x100000  # characters from here on stand for analysed pieces
_MOST_NODES: Final = 60_000  # there is no room for more
_GROUP: Final = re.compile(r"\((?:\?:|\?P?<\w+>)?([^()]*)\)")
_QUOTED: Final = re.compile(r"\\[QEC]")
_FLAGS: Final = re.compile(r"\(\?[^:P<]")
_PLAIN: Final = re.compile(r"[^\^$.*+?{\U00100000-\U0010ffff]+")
_PIECE: Final = re.compile(r"(.)((?:[*+?]|\{\d+(?:,\d*)?\})\??)?", re.DOTALL)


class Clue(NamedTuple):
    """
    What every match has: a first and a last character in these ranges, and at least one of these words.

    ``words`` is None if no word is known. ``row`` is a sequence of sets of words: every match contains
    one word of each, in this order. ``least`` is the minimum length of a match.
    """

    first: Ranges
    last: Ranges
    words: frozenset[str] | None
    row: tuple[frozenset[str], ...]
    least: int = 1


class PatternReader:
    r"""
    Analyses RE2 patterns, each piece once; whatever it does not understand may match anything.

    >>> reader = PatternReader()
    >>> clue = reader.read(r"(?:本报)?北京\d+月(?P<x>电|讯)")
    >>> sorted(clue.words), clue.last
    (['北京'], ((30005, 30005), (35759, 35759)))
    >>> sorted(reader.read(r"(?:编辑|来源)[:：]+x*").words)
    ['源:', '源：', '辑:', '辑：']
    >>> sorted(reader.read(r"\d[电讯]").words)[:3], sorted(reader.read("Von (?:Reuters|AP) her").words)
    (['0电', '0讯', '1电'], ['Von AP her', 'Von Reuters her'])
    >>> reader.read(r"\p{Han}{2,4}").words is None, reader.read("(?i)by").first == ((0, 0x10FFFF),)
    (True, True)
    """

    def __init__(self) -> None:
        self._nodes: list[Piece] = []
        self._classes: dict[str, Ranges] = {}
        self._names: dict[str, str] = {}
        self._sequences: dict[str, Piece] = {}
        self._repeats: dict[tuple[str, str], Piece] = {}
        self._edges: dict[frozenset[str], tuple[frozenset[str], float] | None] = {}
        self._rarity = Rarity()
        self._any = self._named(".", ALL)

    def read(self, pattern: str) -> Clue:
        """Return the clue to a pattern."""
        node = None
        if not _QUOTED.search(pattern) and max(pattern, default="") < chr(_NODES) and len(self._nodes) < _MOST_NODES:
            flat = ATOM.sub(self._atom, pattern)
            count = 0 if _FLAGS.search(flat) else 1
            while count:
                flat, count = _GROUP.subn(self._group, flat)
            node = None if "(" in flat or ")" in flat else self._either(flat)
        if node is None or node.empty:
            return Clue(ALL, ALL, None, ())
        row = tuple(one for one in node.row if self._rarity.share(letters(one)) < _EVERYWHERE)
        return Clue(self._ranges(node.first), self._ranges(node.last), node.needs, row, node.least)

    def needle(self, word: str) -> str:
        """Return the part of a word that is used to search for it."""
        return self._rarity.needle(word)

    def _atom(self, m: re.Match[str]) -> str:
        """Return the character that replaces a class or an escape."""
        source = m[0]
        if name := self._names.get(source):
            return name
        if source in (r"\b", r"\B", r"\A", r"\z"):
            return "^"
        return self._named(source, ranges_of(source))

    def _named(self, source: str, ranges: Ranges) -> str:
        name = self._names[source] = chr(_NODES + len(self._nodes))
        self._classes[name] = ranges
        few = self._edge(frozenset(name))
        self._nodes.append(self._one(name, name, few and few[0], 1))
        return name

    def _one(self, first: str, last: str, words: frozenset[str] | None, least: int) -> Piece:
        chance = UNKNOWN if words is None else self._rarity.share(words)
        share = chance * bond(words or NOTHING)
        row = (words,) if words and len(words) <= MOST_CROSSED else ()
        return Piece(False, frozenset(first), frozenset(last), words, chance, words, share, row, least)

    def _group(self, m: re.Match[str]) -> str:
        """Return the character that replaces a group."""
        if (name := self._names.get(m[1])) is None:
            node = self._either(m[1])
            name = self._names[m[1]] = chr(_NODES + len(self._nodes))
            self._nodes.append(node)
        return name

    def _either(self, flat: str) -> Piece:
        """Analyse an alternation of pieces."""
        found = [self._sequence(part) for part in flat.split("|")]
        if len(found) == 1:
            return found[0]
        words = union((node.words for node in found), _MOST_WORDS)
        needs = union((node.needs for node in found), _MOST_NEEDLES)
        return Piece(
            any(node.empty for node in found),
            NONE.union(*(node.first for node in found)),
            NONE.union(*(node.last for node in found)),
            words,
            sum([node.chance for node in found]),
            needs,
            UNKNOWN if needs is None else sum(node.share for node in found),
            self._row([node.row for node in found]) or (() if needs is None else (needs,)),
            min(node.least for node in found),
        )

    def _row(self, rows: Sequence[tuple[frozenset[str], ...]]) -> tuple[frozenset[str], ...]:
        """Merge the rows of alternatives into one that holds for all of them, if it has more than one word."""
        length = min(map(len, rows))
        sets = zip(*(self._rarest(row, length) for row in rows), strict=True) if length > 1 else ()
        return tuple(NONE.union(*each) for each in sets)

    def _rarest(self, row: Sequence[frozenset[str]], length: int) -> list[frozenset[str]]:
        """Return the ``length`` rarest sets of a row, in order."""
        if len(row) <= length:
            return list(row)
        rarest = sorted(range(len(row)), key=lambda k: self._rarity.share(row[k]))[:length]
        return [row[k] for k in sorted(rarest)]

    def _sequence(self, flat: str) -> Piece:
        """Analyse a concatenation of pieces."""
        node = self._sequences.get(flat)
        if node is None:
            node = self._sequences[flat] = (
                self._one(flat[0], flat[-1], frozenset([flat]), len(flat))
                if _PLAIN.fullmatch(flat)
                else self._joined([self._piece(*piece) for piece in _PIECE.findall(flat)])
            )
        return node

    def _piece(self, char: str, times: str) -> Piece:
        node = self._repeats.get((char, times))
        if node is None:
            if char >= chr(_NODES):
                node = self._nodes[ord(char) - _NODES]
            elif char in ".^$":
                node = MARK if char != "." else self._nodes[0]
            else:
                node = self._one(char, char, frozenset(char), 1)
            node = self._repeats[char, times] = self._repeated(node, times) if times else node
        return node

    def _repeated(self, node: Piece, times: str) -> Piece:
        least, most = times_of(times)
        if least == 0:
            words = node.words | NOTHING if node.words is not None and most == 1 else None
            return Piece(True, node.first, node.last, words, node.chance + 1, None, UNKNOWN, (), 0)
        several = self._joined([node] * min(least, LONGEST_NEEDLE))._replace(least=least * node.least)
        return several if least == most and least <= LONGEST_NEEDLE else several._replace(words=None)

    def _joined(self, nodes: list[Piece]) -> Piece:
        empty, first, last = True, NONE, NONE
        words: frozenset[str] | None = NOTHING
        run, chance, needs, share = NOTHING, 1.0, None, UNKNOWN
        row: list[frozenset[str]] = []
        runs: list[tuple[float, frozenset[str]]] = []
        joints: list[tuple[float, frozenset[str], frozenset[str]]] = []
        for node in nodes:
            if not (empty or node.empty):
                joints += self._joint(last, node.first)
            if empty:
                first |= node.first
            last = last | node.last if node.empty else node.last
            empty = empty and node.empty
            longer = crossed(run, node.words)
            words = longer if words is run else crossed(words, node.words)
            if longer is not None:
                run, chance = longer, chance * node.chance
            else:
                runs.append((chance, run))
                row += (run,) if chance < _COMMONPLACE else ()
                row += node.row if node.words is None else ()
                run, chance = (NOTHING, 1.0) if node.words is None else (node.words, node.chance)
            if node.share < share:
                needs, share = node.needs, node.share
        runs.append((chance, run))
        row += (run,) if chance < _COMMONPLACE else ()
        for common, one in runs:
            if common < share and "" not in one and common * bond(one) < share:
                needs, share = one, common * bond(one)
        if joints and (joint := min(joints, key=lambda joint: joint[0]))[0] < share:
            needs, share = frozenset([a + b for a in joint[1] for b in joint[2]]), joint[0]
        told = self._rarest([one for one in row if len(one) <= _MOST_WORDS], _LONGEST_ROW)
        least = sum(node.least for node in nodes)
        return Piece(empty, first, last, words, chance if words is run else UNKNOWN, needs, share, tuple(told), least)

    def _joint(
        self, last: frozenset[str], first: frozenset[str]
    ) -> tuple[()] | tuple[tuple[float, frozenset[str], frozenset[str]]]:
        """Return the characters on both sides of a joint of two pieces, and how common the pairs are, if few."""
        before, behind = self._edge(last), self._edge(first)
        if before is None or behind is None or len(before[0]) * len(behind[0]) > _MOST_NEEDLES:
            return ()
        return ((before[1] * behind[1], before[0], behind[0]),)

    def _edge(self, atoms: frozenset[str]) -> tuple[frozenset[str], float] | None:
        """Return the characters that these atoms stand for, and how common they are; None if there are many."""
        if atoms not in self._edges:
            self._edges[atoms] = None
            classes = [self._classes[atom] for atom in atoms if atom in self._classes]
            if len(atoms) - len(classes) <= _FEW and all(size(ranges) <= _FEW for ranges in classes):
                few = atoms.difference(self._classes).union(*(members(ranges) for ranges in classes))
                if len(few) <= _FEW:
                    self._edges[atoms] = few, self._rarity.share(few)
        return self._edges[atoms]

    def _ranges(self, atoms: Iterable[str]) -> Ranges:
        return merged(pair for atom in atoms for pair in self._classes.get(atom) or ((ord(atom), ord(atom)),))
