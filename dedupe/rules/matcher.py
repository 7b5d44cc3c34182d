"""
A book of rules, made ready to read one line: what in it is credit, and what was read from it.

A line is read in two ways. `Rulebook.whole` asks whether the line is credits and nothing else: it
is cut where a new credit may begin (``starts`` in the rule files), and each piece must be matched
from end to end by a rule. `Rulebook.edges` takes credits off the head and the tail of a line whose
rest stays. All rules of a kind are asked in one pass (`re2.Set`), so that a line of body text costs
about a microsecond, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, NamedTuple

import re2

from dedupe.model import Capture, Span
from dedupe.rules.parsing import compiled
from dedupe.rules.people import split_people
from dedupe.rules.ready import Chooser, Ready, gate
from dedupe.rules.rule import PEOPLE, SENTENCE, WINDOW, Place, Rule

LONGEST_LINE: Final = 200  # a line of credits alone is shorter than this
_LONGEST_SENTENCE: Final = 60  # and than this, if it ends like a sentence
_MOST_PIECES: Final = 12
_STOPS: Final = frozenset('。！？…，、；”’」』,;.!?"')  # no credit at a line's tail ends so
_ENDS: Final = frozenset('。；”’」』."')  # and no long line of credits so
_SENTENCE_ENDS: Final = "。！？!?…”』」"
_JOINTS: Final = " \t\u3000\xa0|｜丨·•/／,，;；、-—_"
_PIECES: Final[frozenset[Place]] = frozenset({"peel", "prefix", "suffix"})
_REST: Final[frozenset[Place]] = frozenset({"peel", "suffix"})


class Hit(NamedTuple):
    """A rule that found its credit at a span, and what it read there."""

    rule: Rule
    span: Span
    captures: tuple[Capture, ...]


class Rulebook:
    """
    Rules in the order of their files, ready to read lines.

    ``starts`` are patterns of the words with which a credit may begin inside a line.
    """

    def __init__(self, rules: Iterable[Rule], starts: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        self.starts = tuple(starts)
        # Rules that stand on their own first: a weak one must not hide what a sure one would say.
        ready = [Ready(rule) for rule in sorted(self.rules, key=lambda rule: rule.needs != "nothing")]
        prefixes = [one for one in ready if one.rule.place == "prefix"]
        self._gate = gate(prefixes)
        self._lines = Chooser(ready, re2.Set.FullMatchSet, "{}")
        self._sentences = Chooser([r for r in ready if r.rule.place == "sentence"], re2.Set.FullMatchSet, "{}")
        self._opens = Chooser([one for one in ready if one.rule.place != "prefix"], re2.Set.MatchSet, "{}")
        self._heads = Chooser(prefixes, re2.Set.MatchSet, "{}")
        self._tails = Chooser([r for r in ready if r.rule.place == "suffix"], re2.Set.SearchSet, "(?:{})$")

    def __reduce__(self) -> tuple[type[Rulebook], tuple[object, ...]]:
        return Rulebook, (self.rules, self.starts)

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def _starts(self) -> Any:
        return compiled("|".join(f"(?:{s})" for s in self.starts)) if self.starts else None

    def whole(self, line: str, zones: int) -> tuple[Hit, ...]:
        """The credits that together are this whole line; nothing if any of it is something else."""
        sentence = self.is_sentence(line)
        cuts = [] if sentence else self._cuts(line)
        if cuts and (found := self._chain(line, cuts, zones, _PIECES)):
            return found
        for one in (self._sentences if sentence else self._lines).ask(line):
            if one.zone & zones and one.rule.needs != "company" and (hit := _full(one, line, 0, len(line))):
                return (hit,)
        return ()

    def _cuts(self, line: str) -> list[int]:
        """Where, inside a line, a credit may begin."""
        return [] if self._starts is None else sorted({m.start() for m in self._starts.finditer(line)} - {0})

    @staticmethod
    def is_sentence(line: str) -> bool:
        """Whether a line is so much of a sentence that only rules for sentences may take it."""
        return _LONGEST_SENTENCE < len(line) <= SENTENCE and line[-1] in _ENDS

    def opens(self, line: str) -> tuple[bool, bool]:
        """Whether a line may be credits from end to end, and whether it may begin with one that leaves the rest."""
        n = len(line)
        may = n <= LONGEST_LINE and not (n > _LONGEST_SENTENCE and line[-1] in _ENDS)
        window = line if n <= WINDOW else line[:WINDOW]
        gated = self._gate is not None and not self._gate.search(window)
        heads = not gated and bool(self._heads.ask(window))
        return may and (heads or bool(self._opens.ask(window))), heads

    def edges(self, line: str, zones: int) -> tuple[tuple[Hit, ...], Span]:
        """The credits at the head and the tail of a line, outermost first, and the span that stays."""
        hits: list[Hit] = []
        start, end = 0, len(line)
        while start < end:
            if hit := self._head(line, start, end, zones):
                start = _skip(line, hit.span.end, end)
                hits.append(hit)
            elif found := self._tail(line, start, end, zones):
                hits += found
                end = min(h.span.start for h in found)
                while end > start and line[end - 1].isspace():
                    end -= 1
            else:
                break
        return tuple(hits), Span(start, end)

    def _head(self, line: str, start: int, end: int, zones: int) -> Hit | None:
        window = line[start : min(end, start + WINDOW)]
        for one in self._heads.ask(window):
            if not one.zone & zones:
                continue
            m = one.pattern.match(window)
            if m is None or m.end() > one.rule.max_length or _unwanted(one, m[0]):
                continue
            rest = line[start + m.end() : min(end, start + m.end() + WINDOW)]
            if one.after is not None and rest.strip() and not one.after.match(rest):
                continue
            return Hit(one.rule, Span(start, start + m.end()), _captures(one, m, start))
        return None

    @staticmethod
    def closes(line: str) -> bool:
        """Whether a line may end with a credit."""
        return line[-1] not in _STOPS

    def _tail(self, line: str, start: int, end: int, zones: int) -> tuple[Hit, ...]:
        if line[end - 1] in _STOPS:
            return ()
        origin = max(start, end - WINDOW)
        window = line[origin:end]
        at = _skip(window, max(window.rfind(c, 0, -1) for c in _SENTENCE_ENDS) + 1, len(window))
        if 0 < at < len(window):
            rest = window[at:]
            if found := self._chain(rest, self._cuts(rest), zones, _REST):
                return tuple(_moved(h, origin + at) for h in found)
        for one in self._tails.ask(window):
            if one.zone & zones and (hit := _last(one, window, origin)):
                return (hit,)
        return ()

    def _chain(self, line: str, cuts: list[int], zones: int, places: frozenset[Place]) -> tuple[Hit, ...]:
        """The line cut into pieces where credits begin, each one a credit; or nothing."""
        if len(cuts) > _MOST_PIECES:
            return ()
        ends = [*cuts, len(line)]
        dead: set[int] = set()

        def walk(at: int) -> tuple[Hit, ...] | None:
            if at == len(line):
                return ()
            for end in ends if at not in dead else ():
                if end > at and (hit := self._piece(line, Span(at, end), zones, places)):
                    later = walk(end)
                    if later is not None:
                        return (hit, *later)
            dead.add(at)
            return None

        found = walk(0) or ()
        return () if all(h.rule.needs == "company" for h in found) else found

    def _piece(self, line: str, span: Span, zones: int, places: frozenset[Place]) -> Hit | None:
        """The first rule that reads this piece of a line, the joints around it left out of the reading."""
        a, b = span
        while a < b and line[a] in _JOINTS:
            a += 1
        while a < b and line[b - 1] in _JOINTS:
            b -= 1
        for one in self._lines.ask(line[a:b]) if a < b else ():
            if one.zone & zones and one.rule.place in places and (hit := _full(one, line, a, b)):
                return hit._replace(span=span)
        return None


def _full(one: Ready, line: str, start: int, end: int) -> Hit | None:
    text = line[start:end]
    if len(text) > one.rule.max_length or _unwanted(one, text):
        return None
    m = one.pattern.fullmatch(text)
    return None if m is None else Hit(one.rule, Span(start, end), _captures(one, m, start))


def _last(one: Ready, window: str, origin: int) -> Hit | None:
    """Where a suffix rule fits the end of the window."""
    m = one.pattern.search(window)
    while m is not None and m.end() < len(window):
        m = one.pattern.search(window, m.start() + 1)
    if m is None or m.end() - m.start() > one.rule.max_length or _unwanted(one, m[0]):
        return None
    before = window[: m.start()]
    if one.rule.needs == "company" and not before.strip():
        return None
    if one.before is not None and before.strip() and not one.before.search(before):
        return None
    return Hit(one.rule, Span(origin + m.start(), origin + m.end()), _captures(one, m, origin))


def _unwanted(one: Ready, text: str) -> bool:
    return one.unless is not None and one.unless.search(text) is not None


def _captures(one: Ready, m: Any, offset: int) -> tuple[Capture, ...]:
    """What the named groups read, lists taken apart, in the order of the text."""
    found: list[Capture] = []
    for name, k in one.groups:
        start, _end = m.span(k)
        if start < 0:
            continue
        value = m[k]
        for a, b, part in _parts(one, name, value):
            found.append(Capture(name, part, Span(offset + start + a, offset + start + b)))
    return tuple(sorted(found, key=lambda c: c.span))


def _parts(one: Ready, name: str, value: str) -> list[tuple[int, int, str]]:
    if name in PEOPLE and name not in one.split:
        return list(split_people(value))
    parts, at = [], 0
    cuts = [m.span() for m in one.split[name].finditer(value)] if name in one.split else []
    for stop, resume in [*cuts, (len(value), 0)]:
        piece = value[at:stop]
        if text := piece.strip():
            start = at + piece.index(text)
            parts.append((start, start + len(text), text))
        at = resume
    return parts


def _moved(hit: Hit, by: int) -> Hit:
    captures = tuple(c._replace(span=Span(c.span.start + by, c.span.end + by)) for c in hit.captures)
    return Hit(hit.rule, Span(hit.span.start + by, hit.span.end + by), captures)


def _skip(line: str, at: int, end: int) -> int:
    while at < end and line[at].isspace():
        at += 1
    return at
