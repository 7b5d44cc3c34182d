"""
Rules prepared for matching: their patterns are compiled, each on first use.

RE2 reads UTF-8, so texts are encoded for it and its offsets converted back to characters. It is called without the
match objects of its Python module, which cost as much as the match itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

import re2

from dedupe.rules.parsing import compiled
from dedupe.rules.ranges import ATOM
from dedupe.rules.rule import Rule, Zone, capture_name

HEAD: Final = 1
TAIL: Final = 2
ANY: Final = 4
EVERYWHERE: Final = HEAD | TAIL | ANY
ZONE: Final[Mapping[Zone, int]] = {"head": HEAD, "tail": TAIL, "edge": HEAD | TAIL, "any": ANY}

_NOWHERE: Final = re2._Anchor.UNANCHORED
_START: Final = re2._Anchor.ANCHOR_START
_BOTH: Final = re2._Anchor.ANCHOR_BOTH

_HAN: Final = (
    r"\x{2E80}-\x{2FDF}\x{3005}\x{3007}\x{3021}-\x{3029}\x{3038}-\x{303B}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}"
    r"\x{F900}-\x{FAFF}\x{16FE2}\x{16FE3}\x{16FF0}\x{16FF1}\x{20000}-\x{3FFFF}"
)


class Match(NamedTuple):
    """Where a rule's pattern matches a text, and the range of each group that took part."""

    start: int
    end: int
    groups: list[tuple[str, int, int]]


Ask = Callable[[Any, bytes, int, int], list[tuple[int, int]]]
"""
The match function of a pattern: takes the anchoring, a text and a byte range; returns the range of the match and of
each group, (-1, -1) for none.
"""


class Ready:
    """A rule with its patterns, each compiled on first use: a corpus needs only a few rules of a big book."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.zone = ZONE[rule.zone]

    def whole(self, text: str) -> Match | None:
        """Match the pattern against the whole text."""
        data = text.encode()
        return self._match(self._pattern(_BOTH, data, 0, len(data)), data)

    def head(self, text: str) -> Match | None:
        """Match the pattern at the beginning of a text."""
        data = text.encode()
        return self._match(self._pattern(_START, data, 0, len(data)), data)

    def tail(self, text: str) -> Match | None:
        """Match the pattern of a suffix at the end of a text; of several matches, the one that begins first."""
        data = text.encode()
        return self._match(self._pattern(_NOWHERE, data, 0, len(data)), data)

    def part(self, text: str) -> Match | None:
        """Match the pattern anywhere in a text."""
        data = text.encode()
        return self._match(asked(self.rule.pattern)(_NOWHERE, data, 0, len(data)), data)

    def unwanted(self, text: str) -> str | None:
        """Return what the rule's 'not' pattern finds in the text, or None."""
        if self._unless is None:
            return None
        data = text.encode()
        ((start, end), *_) = self._unless(_NOWHERE, data, 0, len(data))
        return None if start < 0 else data[start:end].decode()

    def follows(self, rest: str) -> bool:
        """Whether the rest of the line may follow a credit of this rule."""
        return self._after is None or not rest.strip() or _fits(self._after, _START, rest)

    def precedes(self, rest: str) -> bool:
        """Whether the rest of the line may precede a credit of this rule."""
        return self._before is None or not rest.strip() or _fits(self._before, _NOWHERE, rest)

    def _match(self, spans: list[tuple[int, int]], data: bytes) -> Match | None:
        start, end = spans[0]
        if start < 0:
            return None
        found = [(name, *spans[k]) for name, k in self._groups if spans[k][0] >= 0]
        if data.isascii():
            return Match(start, end, found)
        return Match(
            _characters(data, start),
            _characters(data, end),
            [(name, _characters(data, a), _characters(data, b)) for name, a, b in found],
        )

    @cached_property
    def _source(self) -> str:
        # Anchored at the end, a suffix is matched backwards, and most lines fail at their last character.
        return lean(f"(?:{self.rule.pattern})$" if self.rule.place == "suffix" else self.rule.pattern)

    @cached_property
    def _pattern(self) -> Ask:
        return asked(self._source)

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        """The captures, each with the number of the group that fills it."""
        groups = compiled(self._source.encode()).groupindex
        return tuple((capture_name(group.decode()), k) for group, k in groups.items())

    @cached_property
    def _unless(self) -> Ask | None:
        return None if self.rule.unless is None else asked(self.rule.unless)

    @cached_property
    def _before(self) -> Ask | None:
        return None if self.rule.preceded_by is None else asked(f"(?:{self.rule.preceded_by})$")

    @cached_property
    def _after(self) -> Ask | None:
        return None if self.rule.followed_by is None else asked(self.rule.followed_by)

    @cached_property
    def split(self) -> Mapping[str, Any]:
        """The patterns that split the lists of each capture."""
        return {name: compiled(pattern) for name, pattern in self.rule.split.items()}


def asked(pattern: str) -> Ask:
    """Compile a pattern into its match function for texts in UTF-8."""
    ask: Ask = compiled(lean(pattern).encode())._regexp.Match
    return ask


def lean(pattern: str) -> str:
    r"""
    Return the same pattern with Han characters as ranges that include the unassigned code points in between.

    RE2 expands a class byte by byte: ``\p{Han}`` takes 84 instructions, these ranges 31. A rule uses the class
    dozens of times, and the fewer instructions an automaton has, the faster its states are built.

    >>> lean(r"\p{Han}+[^\p{Han}·]\\p{Han}") == rf"[{_HAN}]+[^{_HAN}·]\\p{{Han}}"
    True
    """
    if r"\p{Han}" not in pattern or r"\Q" in pattern:
        return pattern
    return ATOM.sub(lambda m: _spelt(m[0]), pattern)


def _spelt(atom: str) -> str:
    if atom.startswith("["):
        return re.sub(r"\\p\{Han\}|\\.", lambda m: _HAN if m[0] == r"\p{Han}" else m[0], atom, flags=re.DOTALL)
    return f"[{_HAN}]" if atom == r"\p{Han}" else atom


def found_at(ask: Ask, data: bytes) -> Iterator[int]:
    """Yield the offsets in a text at which a pattern matches, without overlaps."""
    at = 0
    while at < len(data):
        start, end = ask(_NOWHERE, data, at, len(data))[0]
        if start < 0:
            return
        yield start
        at = end if end > start else start + len(data[start:].decode()[:1].encode())


def _fits(ask: Ask, anchor: Any, text: str) -> bool:
    data = text.encode()
    return ask(anchor, data, 0, len(data))[0][0] >= 0


def _characters(data: bytes, at: int) -> int:
    return len(data[:at].decode())
