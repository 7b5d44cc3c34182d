"""
Rules made ready to be asked: their patterns compiled, each when it is first wanted.

RE2 reads UTF-8, so a text is encoded for it, and what it found is told in characters again. It is asked without
the match objects of its module for Python, which cost as much as its answer.
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
    """Where a rule's pattern fits a text, and the stretch of each capture that was filled."""

    start: int
    end: int
    groups: list[tuple[str, int, int]]


Ask = Callable[[Any, bytes, int, int], list[tuple[int, int]]]
"""
A pattern, asked of a text from one byte to another, as it is anchored: the stretch where it fits and that of each
group, (-1, -1) for none.
"""


class Ready:
    """A rule with its patterns, each compiled when it is first wanted: of a big book a corpus asks few."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.zone = ZONE[rule.zone]

    def whole(self, text: str) -> Match | None:
        """The pattern, if it fits the text from end to end."""
        data = text.encode()
        return self._match(self._pattern(_BOTH, data, 0, len(data)), data)

    def head(self, text: str) -> Match | None:
        """The pattern at the beginning of a text."""
        data = text.encode()
        return self._match(self._pattern(_START, data, 0, len(data)), data)

    def tail(self, text: str) -> Match | None:
        """The pattern of a suffix at the end of a text: of its fits there, that which begins first."""
        data = text.encode()
        return self._match(self._pattern(_NOWHERE, data, 0, len(data)), data)

    def part(self, text: str) -> Match | None:
        """The pattern anywhere in a text."""
        data = text.encode()
        return self._match(asked(self.rule.pattern)(_NOWHERE, data, 0, len(data)), data)

    def unwanted(self, text: str) -> str | None:
        """What no credit of this rule has in it, if it is in the text."""
        if self._unless is None:
            return None
        data = text.encode()
        ((start, end), *_) = self._unless(_NOWHERE, data, 0, len(data))
        return None if start < 0 else data[start:end].decode()

    def follows(self, rest: str) -> bool:
        """Whether the rest of the line may stand behind a credit of this rule."""
        return self._after is None or not rest.strip() or _fits(self._after, _START, rest)

    def precedes(self, rest: str) -> bool:
        """Whether the rest of the line may stand before a credit of this rule."""
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
        # Bound to the end, a suffix is read from behind, and most are seen to be none at their last character.
        return lean(f"(?:{self.rule.pattern})$" if self.rule.place == "suffix" else self.rule.pattern)

    @cached_property
    def _pattern(self) -> Ask:
        return asked(self._source)

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        """The captures, and the number of the group that fills each."""
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
        """What parts the lists of each capture."""
        return {name: compiled(pattern) for name, pattern in self.rule.split.items()}


def asked(pattern: str) -> Ask:
    """A pattern, compiled, to be asked of texts in UTF-8."""
    ask: Ask = compiled(lean(pattern).encode())._regexp.Match
    return ask


def lean(pattern: str) -> str:
    r"""
    The same pattern with Han characters as ranges, in which what is not assigned leaves no holes.

    RE2 spells out a class byte by byte, so ``\p{Han}`` takes it 84 instructions and these ranges 31. A rule names
    it dozens of times, and the fewer instructions an automaton has, the sooner its states are made.

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
    """Where in a text a pattern fits, one fit behind the other."""
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
