"""
A page of lines, read by a rulebook: which credits it contains, and when to believe them.

Zones are relative to the body, not to the page: *head* is everything up to the first body line and
the beginning of that line, *tail* everything from the end of the last body line. Between a standfirst
and the lead, rules for the tail or both edges apply, and those for the head beside another credit. A rule
is believed in its zone. Elsewhere a line of credits is believed only in a block: next to credits of another class;
and nowhere if the story gives it (`dedupe.rules.story`). Reading repeats until nothing more is found, since
removing one line brings the next to the edge; so a page that has been cut contains nothing more to find. The lines
that repeat a name given by a credit (`dedupe.rules.echoes`), and what they uncover, come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dedupe.model import Span
from dedupe.rules.blocks import OUTSIDE, ROW, SURE, WEAK, Block, are_of_several_classes, believed
from dedupe.rules.body import bounds
from dedupe.rules.clues import Hope, closes
from dedupe.rules.days import LONGEST, is_day, under_title
from dedupe.rules.echoes import echoes, said
from dedupe.rules.lists import Lines
from dedupe.rules.matcher import Hit, Rulebook
from dedupe.rules.ready import ANY, EVERYWHERE, HEAD, TAIL, ZONE
from dedupe.rules.rows import Run, rows
from dedupe.rules.rule import FURNITURE, NOTICES, Rule
from dedupe.rules.story import of_story, opens_title
from dedupe.rules.vouched import REPEATED, vouched

_ROUNDS: Final = 32  # each removes a layer; deeper piles than this are not credits
_BELOW: Final = ANY << 1  # between a standfirst and the lead, where a chronicle may begin


Plain = set[tuple[str, int]]
"""Lines that contain no credit, each with the zone where it stood."""


class Page:
    """
    The lines of a text, with what has been found in them so far.

    ``known`` maps lines that the page's metadata vouch for (an author's name) to their capture. Author
    lines count at both ends of a story; outlet and date only above it, since below it they sign
    what is quoted.
    """

    def __init__(
        self, text: str, book: Rulebook, known: Mapping[str, str] | None = None, plain: Plain | None = None
    ) -> None:
        self.book = book
        self.known = known or {}
        self._plain: Plain = set() if plain is None else plain
        self.hits: list[Hit] = []
        self.sure: list[Hit] = []
        self.starts, ends, self._hopes = book.glance(text)
        if not self._hopes and not self.known:
            self.starts = ends = []  # most pages hold nothing
        self.lines = [text[start:end] for start, end in zip(self.starts, ends, strict=True)]
        self._waiting: dict[int, Block] = {}
        self._perhaps: dict[int, int] = {}
        self._zones = (len(self.lines), len(self.lines), -1)
        self._fresh: list[int] = []
        self._changed: list[int] = []
        self._peeled: Plain = set()  # lines from whose ends everything has been taken

    def read(self) -> list[Hit]:
        """Return everything the book finds on this page, in text order."""
        named = {i for i, line in enumerate(self.lines) if line in self.known} if self.known else set()
        self._fresh = sorted(named.union(self._hopes))
        for _ in range(_ROUNDS if self._fresh else 0):
            more = self._round() and (self._hopes or self.known)
            if not more and not self._repeated():
                break
        return sorted(self.hits, key=lambda h: h.span)

    def _round(self) -> bool:
        found = len(self.hits)
        zones = bounds(self.lines)
        due, self._zones, self._changed = self._due(zones), zones, []
        for i in due:
            self._look(i, self._zone(i, zones))
        for i, backed in self._believed():
            block = self._waiting.pop(i)
            self._take(i, block.hits)
            self.lines[i] = ""
            self._hopes.pop(i, None)
            below = block.classes <= NOTICES and i > zones[0]  # the first line of body text
            anywhere = backed or below or all(h.rule.zone == "any" for h in block.hits)
            if block.strength == ROW or (block.strength == SURE and anywhere):
                self.sure += self.hits[-len(block.hits) :]
        for i in self._changed:
            self._waiting.pop(i, None)
        return len(self.hits) > found

    def _repeated(self) -> bool:
        """Take the lines that repeat a name given by a credit; last, so that the order of reading does not matter."""
        names = said(self.hits)
        found = echoes(self.lines, names) if names else {}
        self._changed = []
        for i, name in found.items():
            self._take(i, (vouched(self.lines[i], name, REPEATED),))
            self.lines[i] = ""
            for told in (self._waiting, self._perhaps, self._hopes):
                told.pop(i, None)
        return bool(found)

    def _due(self, zones: tuple[int, int, int]) -> list[int]:
        """Return the lines to examine: at first all, then those that changed or moved to another zone."""
        if self._fresh:
            due, self._fresh = self._fresh, []
            return due
        moved = set(self._changed)
        for old, new in zip(self._zones, zones, strict=True):
            if old != new:
                moved.update(range(max(0, min(old, new)), min(len(self.lines), max(old, new) + 1)))
        return [i for i in sorted(moved) if i in self._hopes or self.lines[i] in self.known]

    @staticmethod
    def _zone(i: int, zones: tuple[int, int, int]) -> int:
        standfirst, lead, last = zones
        head = HEAD if i <= standfirst or i == lead else TAIL | _BELOW if i < lead else 0
        return ANY | head | (TAIL if i >= last else 0)

    def _look(self, i: int, zone: int) -> None:
        line, hope = self.lines[i], self._hopes.get(i)
        self._waiting.pop(i, None)
        self._perhaps.pop(i, None)
        name = self.known.get(line)
        if (hope is None and not name) or (line, zone) in self._plain:
            return
        block = self._named(line, name, zone) if name else self._inside(line, zone, hope)
        if block:
            self._waiting[i] = block
            if block.strength == SURE:
                return
        elif hope and not name and self._may_be_credits(zone, hope) and zone & EVERYWHERE != EVERYWHERE:
            self._perhaps[i] = zone
        asked = hope and hope.edges(zone) and (not name or closes(line)) and (line, zone) not in self._peeled
        hits, rest, left = self.book.edges(line, zone, hope) if hope and asked else ((), Span(0, len(line)), hope)
        if hits and i < self._zones[0] and opens_title(hits, line[rest.start : rest.end]):
            hits = ()
        elif (
            not hits and hope and hope.starts and i < self._zones[0] and i not in self._waiting and any(self.lines[:i])
        ):
            hits, rest, left = self.book.ends(line, zone, hope)
        if hits:
            self._waiting.pop(i, None)
            self._perhaps.pop(i, None)
            self._take(i, hits)
            self.starts[i] += rest.start
            self.lines[i] = line[rest.start : rest.end]
            self._peeled.add((self.lines[i], zone))
            self._hopes.pop(i, None)
            if left is not None:
                self._hopes[i] = left
        elif i not in self._waiting and i not in self._perhaps:
            self._plain.add((line, zone))

    def _between(self, i: int) -> bool:
        """Whether a line stands between the title and the story."""
        return i < self._zones[0] and any(self.lines[:i])

    @staticmethod
    def _may_be_credits(zone: int, hope: Hope) -> bool:
        """Whether a whole line may be credits, for whatever zone; a sentence only at an edge of the page."""
        return hope.credits(EVERYWHERE) and (zone & (HEAD | TAIL) != 0 or not hope.is_sentence)

    @staticmethod
    def _named(line: str, name: str, zone: int) -> Block | None:
        """Return the block of a line that the page's metadata vouch for, if it counts in this zone."""
        if name != "author" and not zone & HEAD:
            return None
        return Block((vouched(line, name),), SURE if zone & (HEAD | TAIL) else OUTSIDE)

    def _inside(self, line: str, zone: int, hope: Hope | None) -> Block | None:
        """Return the block of a line that is credits by rules for its own zone."""
        if hope is None or not hope.credits(zone) or not self._may_be_credits(zone, hope):
            return None
        hits = self.book.whole(line, zone, hope)
        if hits and hits[0].rule.needs == "row":
            return Block(hits, ROW)
        return Block(hits, WEAK if all(h.rule.needs == "neighbour" for h in hits) else SURE) if hits else None

    def _outside(self, line: str, zone: int, hope: Hope) -> Block | None:
        """Return the block of a line that is credits by rules for other zones; weak rules must still reach its zone."""
        hits = self.book.whole(line, EVERYWHERE, hope, besides=zone)
        weak = [h for h in hits if h.rule.needs == "neighbour"]
        reach = zone | HEAD if zone & _BELOW else zone
        if not hits or hits[0].rule.needs == "row" or any(not ZONE[h.rule.zone] & reach for h in weak):
            return None
        return Block(hits, WEAK if len(weak) == len(hits) else OUTSIDE)

    def _take(self, i: int, hits: tuple[Hit, ...]) -> None:
        by = self.starts[i]
        self.hits += [hit.moved(by) for hit in hits]
        self._changed.append(i)

    def _believed(self) -> list[tuple[int, bool]]:
        """Return the waiting lines to take, and whether credits of another class stand beside each."""
        taken: list[tuple[int, bool]] = []
        for run in self._runs(sorted([*self._waiting, *self._perhaps])):
            if all(i in self._waiting for i in run):
                taken += self._vouched_for(run)
            elif self._matters(run):
                self._settle(run)
                for rest in self._runs([i for i in run if i in self._waiting]):
                    taken += self._vouched_for(rest)
        return taken

    def _runs(self, order: list[int]) -> list[list[int]]:
        """Group these lines into runs without other lines in between."""
        runs: list[list[int]] = []
        for i in order:
            if runs and not any(self.lines[runs[-1][-1] + 1 : i]):
                runs[-1].append(i)
            else:
                runs.append([i])
        return runs

    def _matters(self, run: list[int]) -> bool:
        """
        Whether any of these neighbours might be believed, so that it matters what they contain.

        Many lines stand outside their zones, and most of them alone: no rules are run on those.
        """
        unsettled = [i for i in run if i in self._perhaps]
        settled = [self._waiting[i] for i in run if i in self._waiting]
        if not unsettled or any(block.strength in (SURE, ROW) or is_day(block.hits) for block in settled):
            return True
        if len(run) == 1 and not self._hopes[run[0]].row(EVERYWHERE):
            return False
        rules = {h.rule.id: h.rule for block in settled for h in block.hits}
        for i in unsettled:
            rules |= {rule.id: rule for rule in self._possible(i)}
        classes = {rule.credit for rule in rules.values()}
        several = len(rules) > 1 and any(rule.needs == "neighbour" for rule in rules.values())
        return (several or len(classes) > 1) and not classes <= FURNITURE

    def _possible(self, i: int) -> list[Rule]:
        """Return the rules by which an unsettled line may be credits."""
        zone = self._perhaps[i]
        reach = zone | HEAD if zone & _BELOW else zone
        return self.book.possible(self.lines[i], zone, self._hopes[i], reach)

    def _settle(self, lines: Iterable[int]) -> None:
        """Find out what lines contain by rules for zones other than their own."""
        for i in lines:
            if (zone := self._perhaps.pop(i, None)) is None:
                continue
            if block := self._outside(self.lines[i], zone, self._hopes[i]):
                self._waiting[i] = block
            else:
                self._plain.add((self.lines[i], zone))

    def _vouched_for(self, run: list[int]) -> list[tuple[int, bool]]:
        """Of a run of neighbours: those to be taken."""
        blocks = [self._waiting[i] for i in run]
        backed = are_of_several_classes(blocks)
        row = rows(Run(run, blocks, self._edge(run)), self.lines) if any(b.strength == ROW for b in blocks) else ()
        trusted = believed(blocks, row)
        if not any(trusted) and under_title(run, blocks, self.lines, self._zones[0]) and self._are_the_only_day(run):
            trusted = [True] * len(run)
        good = [i for i, ok in zip(run, trusted, strict=True) if ok and not self._is_title(i)]
        if good and (kept := of_story(run, Lines(self.lines, self._waiting, self._zones, self._settle))):
            return [one for rest in self._runs([i for i in run if i not in kept]) for one in self._vouched_for(rest)]
        # Where all that would be believed is of others it goes, too: a second run, which no longer sees whom surer
        # lines named, would take it.
        return [(i, backed) for i in [i for i in good if not self._of_another(self._waiting[i])] or good]

    def _are_the_only_day(self, run: list[int]) -> bool:
        """Whether no other line of the page says a day."""
        others = [i for i in self._hopes if len(self.lines[i]) <= LONGEST and i not in run]
        return not any(is_day(self.book.whole(self.lines[i], EVERYWHERE, self._hopes[i])) for i in others)

    def _edge(self, run: list[int]) -> list[str] | None:
        """Return the lines between a run, above or below the story, and that end of the page."""
        standfirst, _, last = self._zones
        if run[-1] < standfirst and last >= 0:
            return self.lines[: run[0]]
        return self.lines[run[-1] + 1 :] if run[0] > last >= 0 else None

    def _is_title(self, i: int) -> bool:
        """Whether a bare name is the first line, which is a title, though it may read like a name."""
        block = self._waiting[i]
        return block.is_name and i == next((i for i, line in enumerate(self.lines) if line), -1)

    def _of_another(self, block: Block) -> bool:
        """Whether a bare name is none of those whom surer lines name: a tag, a linked story's author."""
        if not block.is_name:
            return False
        self._settle([i for i in self._perhaps if any("<author" in rule.pattern for rule in self._possible(i))])
        named = {c.value.casefold() for h in self.hits for c in h.captures if c.name == "author"}
        named = named.union(*(b.authors for b in self._waiting.values() if b.strength != WEAK))
        return bool(named) and not block.authors <= named
