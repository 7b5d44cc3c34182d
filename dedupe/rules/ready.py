"""
Rules made ready to be asked: their patterns compiled, each when it is first wanted.

RE2 reads UTF-8, so a text is encoded for it once, and what it found is told in characters again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from dedupe.rules.parsing import compiled
from dedupe.rules.rule import Rule, Zone, capture_name

HEAD: Final = 1
TAIL: Final = 2
ANY: Final = 4
EVERYWHERE: Final = HEAD | TAIL | ANY
ZONE: Final[Mapping[Zone, int]] = {"head": HEAD, "tail": TAIL, "edge": HEAD | TAIL, "any": ANY}


class Match(NamedTuple):
    """Where a rule's pattern fits a text, and the stretch of each capture that was filled."""

    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...]


class Ready:
    """A rule with its patterns, each compiled when it is first wanted: of a big book a corpus asks few."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.zone = ZONE[rule.zone]

    def whole(self, text: str) -> Match | None:
        """The pattern, if it fits the text from end to end."""
        data = text.encode()
        return self._match(self._pattern.fullmatch(data), data)

    def head(self, text: str) -> Match | None:
        """The pattern at the beginning of a text."""
        data = text.encode()
        return self._match(self._pattern.match(data), data)

    def tail(self, text: str) -> Match | None:
        """The pattern at the end of a text: the first of its fits that reaches there."""
        data = text.encode()
        m = self._pattern.search(data)
        while m is not None and m.end() < len(data):
            m = self._pattern.search(data, m.start() + len(data[m.start() :].decode()[0].encode()))
        return self._match(m, data)

    def part(self, text: str) -> Match | None:
        """The pattern anywhere in a text."""
        data = text.encode()
        return self._match(self._pattern.search(data), data)

    def unwanted(self, text: str) -> str | None:
        """What no credit of this rule has in it, if it is in the text."""
        m = None if self._unless is None else self._unless.search(text.encode())
        return None if m is None else str(m[0], "utf-8")

    def follows(self, rest: str) -> bool:
        """Whether the rest of the line may stand behind a credit of this rule."""
        return self._after is None or not rest.strip() or self._after.match(rest.encode()) is not None

    def precedes(self, rest: str) -> bool:
        """Whether the rest of the line may stand before a credit of this rule."""
        return self._before is None or not rest.strip() or self._before.search(rest.encode()) is not None

    def _match(self, m: Any, data: bytes) -> Match | None:
        if m is None:
            return None
        start, end = m.span()
        ascii_only = data.isascii()
        found = []
        for name, k in self._groups:
            a, b = m.span(k)
            if a >= 0:
                found.append((name, a, b) if ascii_only else (name, _characters(data, a), _characters(data, b)))
        if ascii_only:
            return Match(start, end, tuple(found))
        return Match(_characters(data, start), _characters(data, end), tuple(found))

    @cached_property
    def _pattern(self) -> Any:
        return compiled(self.rule.pattern.encode())

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        """The captures, and the number of the group that fills each."""
        return tuple((capture_name(group.decode()), k) for group, k in self._pattern.groupindex.items())

    @cached_property
    def _unless(self) -> Any:
        return None if self.rule.unless is None else compiled(self.rule.unless.encode())

    @cached_property
    def _before(self) -> Any:
        return None if self.rule.preceded_by is None else compiled(f"(?:{self.rule.preceded_by})$".encode())

    @cached_property
    def _after(self) -> Any:
        return None if self.rule.followed_by is None else compiled(self.rule.followed_by.encode())

    @cached_property
    def split(self) -> Mapping[str, Any]:
        """What parts the lists of each capture."""
        return {name: compiled(pattern) for name, pattern in self.rule.split.items()}


def _characters(data: bytes, at: int) -> int:
    return len(data[:at].decode())
