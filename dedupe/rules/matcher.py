"""
A book of rules, prepared to read one line: which parts of it are credits, and what they say.

A line is read in two ways. `Rulebook.whole` tests whether the line consists of credits only: it
is cut where a new credit may begin (``starts`` in the rule files), and a rule must match each piece
from end to end. `Rulebook.edges` takes credits off the head and the tail of a line whose rest
stays. First, `dedupe.rules.clues` glances at all lines of a page together, so that most lines need no
rule to be run, and the others only a few.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final, NamedTuple

from dedupe.model import Capture, Span
from dedupe.rules.captures import captures
from dedupe.rules.clues import JOINTS, PIECES, REST, Clues, Glance, Hope, ending
from dedupe.rules.kept import kept
from dedupe.rules.memory import Memory
from dedupe.rules.ready import EVERYWHERE, ZONE, Ask, Ready, asked, found_at
from dedupe.rules.rule import WINDOW, Place, Rule

_MOST_PIECES: Final = 12
_COLONS: Final = (":", "：")
_INTERNS: Final = ("实习生", "實習生")
_NEVER_ASKED: Final = object()


class Hit(NamedTuple):
    """A rule that matched a credit: its span, and what was captured there."""

    rule: Rule
    span: Span
    captures: tuple[Capture, ...]

    def moved(self, by: int) -> Hit:
        """Return the same hit, shifted by so many characters."""
        if not by:
            return self
        captures = tuple([Capture(name, value, Span(a + by, b + by)) for name, value, (a, b) in self.captures])
        return Hit(self.rule, Span(self.span[0] + by, self.span[1] + by), captures)


class Rulebook:
    """
    Rules in the order of their files, ready to read lines.

    ``starts`` are patterns for the words with which a credit may begin inside a line.
    """

    def __init__(self, rules: Iterable[Rule], starts: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        self.starts = tuple(starts)
        self._memory = Memory()

    def __reduce__(self) -> tuple[type[Rulebook], tuple[object, ...]]:
        return Rulebook, (self.rules, self.starts)

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def _clues(self) -> Clues:
        # Self-sufficient rules first, lest a weak one hide what a sure one would say; names in rows come last.
        ordered = sorted(self.rules, key=lambda rule: (rule.needs != "nothing", rule.needs == "row"))
        return Clues([Ready(rule) for rule in ordered], kept([rule.pattern for rule in ordered], self.starts))

    @cached_property
    def _starts(self) -> Ask | None:
        return asked("|".join(f"(?:{s})" for s in self.starts)) if self.starts else None

    def glance(self, text: str) -> Glance:
        """Find the lines of a text, and the rules to try on those that may hold something."""
        return self._clues.glance(text)

    def possible(self, line: str, besides: int, hope: Hope, reach: int) -> list[Rule]:
        """
        Return the rules whose credits a line may be.

        Of rules for the whole line, those in the zones ``besides`` are excluded, since they do not match it; of weak
        rules, those that do not apply within ``reach``; and all rules that need a row, which counts only in their
        own zone.
        """
        known = self._memory.of(line)
        found: list[Rule] | None = known.get(("possible", besides, reach))
        if found is None:
            rules = [rule for rule in self._clues.rules(hope.alone) if not ZONE[rule.zone] & besides]
            rules += self._clues.rules(hope.pieces) if hope.row(EVERYWHERE) else ()
            rules = [rule for rule in rules if rule.needs != "neighbour" or ZONE[rule.zone] & reach]
            found = [rule for rule in rules if rule.needs != "row"]
            known["possible", besides, reach] = found
        return found

    def whole(self, line: str, zones: int, hope: Hope, besides: int = 0) -> tuple[Hit, ...]:
        """
        Return the credits that together make up this whole line, or nothing if any part of it is something else.

        ``besides`` are zones whose rules have been tried already without matching all of it.
        """
        known = self._memory.of(line)
        found: tuple[Hit, ...] | None = known.get(("whole", zones, besides))
        if found is None:
            found = known["whole", zones, besides] = self._whole(line, zones, hope, besides)
        return found

    def _whole(self, line: str, zones: int, hope: Hope, besides: int) -> tuple[Hit, ...]:
        found = self._chain(line, hope, zones, PIECES) if hope.row(zones) else ()
        for one in () if found else self._clues.among(hope.alone, zones, besides):
            if hit := self._full(one, line):
                found = (hit,)
                break
        return () if found and line[0] in JOINTS and not self._clues.begins(line[:WINDOW]) else found

    def _cuts(self, line: str) -> list[int]:
        """Return the offsets inside a line at which a credit may begin."""
        if self._starts is None:
            return []
        data = line.encode()
        found = {*found_at(self._starts, data)} - {0}
        return sorted(found if len(data) == len(line) else {len(data[:at].decode()) for at in found})

    def ends(self, line: str, zones: int, hope: Hope) -> tuple[tuple[Hit, ...], Span, Hope | None]:
        """
        Return the credits with which a line begins and ends if other text stands between them, as `edges` does.

        A line above the story may contain anything besides date and source: a button, a section, a stranger. Two
        credits of different classes that need no neighbour prove that it is such a line.
        """
        known = self._memory.of(line)
        found: tuple[tuple[Hit, ...], Span, Hope | None] | None = known.get(("ends", zones))
        if found is None:
            cuts = self._cuts(line) if hope.starts else []
            marks = [0, *(at for at in cuts if line[at] not in _COLONS), len(line)]  # what follows a colon is labelled
            hits, rest = self._outer(line, marks, hope, zones) if cuts else ((), Span(0, len(line)))
            left = self.glance(line[rest.start : rest.end]).hopes.get(0) if hits else hope
            found = known["ends", zones] = hits, rest, left
        return found

    def _outer(self, line: str, marks: list[int], hope: Hope, zones: int) -> tuple[tuple[Hit, ...], Span]:
        """Return the credits between marks that reach farthest into a line from its head, and from its tail."""
        within = (zones, PIECES)
        ahead: dict[int, tuple[Hit, ...]] = {0: ()}
        for start in marks if len(marks) <= _MOST_PIECES else ():
            for end in (e for e in marks if start in ahead and e > start and e not in ahead):
                if hit := self._piece(line, Span(start, end), hope, within):
                    ahead[end] = (*ahead[start], hit)
        head = max(ahead)
        back: dict[int, tuple[Hit, ...]] = {len(line): ()}
        for end in reversed(marks):
            for start in (b for b in marks if end in back and head <= b < end and b not in back):
                if hit := self._piece(line, Span(start, end), hope, within):
                    back[start] = (hit, *back[end])
        tail = min(back)
        hits = (*ahead[head], *back[tail])
        several = len({h.rule.credit for h in hits if h.rule.needs == "nothing"}) > 1
        return (hits, Span(head, tail)) if several else ((), Span(0, len(line)))

    def edges(self, line: str, zones: int, hope: Hope) -> tuple[tuple[Hit, ...], Span, Hope | None]:
        """Return the credits at the ends of a line, outermost first; the span that stays, and the hope for it."""
        known = self._memory.of(line)
        found: tuple[tuple[Hit, ...], Span, Hope | None] | None = known.get(("edges", zones))
        if found is None:
            found = known["edges", zones] = self._edges(line, zones, hope)
        return found

    def _edges(self, line: str, zones: int, hope: Hope) -> tuple[tuple[Hit, ...], Span, Hope | None]:
        hits: list[Hit] = []
        start, end = 0, len(line)
        left: Hope | None = hope
        while left is not None and left.edges(zones):
            if hit := self._head(line, Span(start, end), zones, left):
                start = _skip(line, hit.span.end, end)
                hits.append(hit)
            elif found := self._tail(line, Span(start, end), zones, left):
                hits += found
                end = min(h.span.start for h in found)
                while end > start and line[end - 1].isspace():
                    end -= 1
            else:
                break
            left = self.glance(_ends(line, start, end)).hopes.get(0)
        return tuple(hits), Span(start, end), left

    def _head(self, line: str, span: Span, zones: int, hope: Hope) -> Hit | None:
        start, end = span
        window = line[start : min(end, start + WINDOW)]
        for one in self._clues.among(hope.heads, zones):
            m = one.head(window)
            if m is None or m.end > one.rule.max_length or one.unwanted(window[: m.end]) is not None:
                continue
            if one.follows(line[start + m.end : min(end, start + m.end + WINDOW)]):
                return Hit(one.rule, Span(start, start + m.end), captures(one, m, window, start))
        return None

    def _tail(self, line: str, span: Span, zones: int, hope: Hope) -> tuple[Hit, ...]:
        start, end = span
        origin = max(start, end - WINDOW)
        window = line[origin:end]
        if hope.close(zones):
            at = ending(window)
            if found := self._chain(window[at:], hope, zones, REST):
                return tuple(hit.moved(origin + at) for hit in found)
        for one in self._clues.among(hope.tails, zones):
            if hit := _last(one, window, origin):
                return (hit,)
        return ()

    def _chain(self, line: str, hope: Hope, zones: int, places: frozenset[Place]) -> tuple[Hit, ...]:
        """Return the credits into which a line can be cut, or nothing if any piece of it is something else."""
        known = self._memory.of(line)
        found: tuple[Hit, ...] | None = known.get(("chain", zones, places))
        if found is None:
            if "cuts" not in known:
                known["cuts"] = self._cuts(line) if hope.starts else []
            cuts: list[int] = known["cuts"]
            # A whole line of one piece is not a chain; rules for whole lines are tried on it anyway.
            found = self._cut(line, cuts, hope, (zones, places)) if cuts or places == REST else ()
            known["chain", zones, places] = found
        return found

    def _cut(self, line: str, cuts: list[int], hope: Hope, within: tuple[int, frozenset[Place]]) -> tuple[Hit, ...]:
        if len(cuts) > _MOST_PIECES:
            return ()
        ends = [*cuts, len(line)]
        dead: set[int] = set()

        def walk(at: int) -> tuple[Hit, ...] | None:
            if at == len(line):
                return ()
            for end in ends if at not in dead else ():
                if end > at and (hit := self._piece(line, Span(at, end), hope, within)):
                    later = walk(end)
                    if later is not None:
                        return (hit, *later)
            dead.add(at)
            return None

        found = walk(0) or ()
        return () if all(h.rule.needs == "company" for h in found) else _interns_told(found, line)

    def _piece(self, line: str, span: Span, hope: Hope, within: tuple[int, frozenset[Place]]) -> Hit | None:
        """Return the hit of the first rule that matches this piece of a line, without the joints around it."""
        a, b = span
        while a < b and line[a] in JOINTS:
            a += 1
        while a < b and line[b - 1] in JOINTS:
            b -= 1
        for one in self._clues.pieces(line[a:b], hope, *within) if a < b else ():
            if hit := self._full(one, line[a:b]):
                return Hit(hit.rule, span, hit.moved(a).captures)
        return None

    def _full(self, one: Ready, text: str) -> Hit | None:
        """Return the hit of a rule that matches a whole text, or None."""
        known = self._memory.of(text)
        found: Hit | None = known.get(one, _NEVER_ASKED)
        if found is _NEVER_ASKED:
            m = one.whole(text)
            fits = m is not None and one.unwanted(text) is None
            found = known[one] = Hit(one.rule, Span(0, len(text)), captures(one, m, text, 0)) if m and fits else None
        return found


def _interns_told(hits: tuple[Hit, ...], line: str) -> tuple[Hit, ...]:
    """Return the credits with an intern between two editors counted as an editor: 编辑 林小禾 实习生 李明 校对 王宁."""
    told = list(hits)
    for k in range(1, len(hits) - 1):
        rule, span, captures = hits[k]
        editors = hits[k - 1].rule.credit == hits[k + 1].rule.credit == "editor_line"
        if editors and line[slice(*span)].lstrip().startswith(_INTERNS):
            told[k] = Hit(rule, span, tuple([c._replace(name="editor") if c.name == "author" else c for c in captures]))
    return tuple(told)


def _last(one: Ready, window: str, origin: int) -> Hit | None:
    """Return the hit of a suffix rule at the end of the window, or None."""
    m = one.tail(window)
    if m is None or m.end - m.start > one.rule.max_length or one.unwanted(window[m.start :]) is not None:
        return None
    before = window[: m.start]
    if (one.rule.needs == "company" and not before.strip()) or not one.precedes(before):
        return None
    return Hit(one.rule, Span(origin + m.start, origin + m.end), captures(one, m, window, origin))


def _ends(line: str, start: int, end: int) -> str:
    """Return the rest of a line; of a long one, only as much of its ends as will be examined."""
    if end - start <= 4 * WINDOW:
        return line[start:end]
    return line[start : start + 2 * WINDOW] + line[end - 2 * WINDOW : end]


def _skip(line: str, at: int, end: int) -> int:
    while at < end and line[at].isspace():
        at += 1
    return at
