r"""
Boilerplate of a site, learned from what a finished run kept: lines that an outlet prints again and again.

A line is counted per outlet, by documents and by days, never by occurrences: a sentence of breaking
news appears at a hundred outlets on one day, a site's own "scan the code" at one outlet on all days.
All digits count as equal, so that ``Page 3`` and ``Page 4`` are one line. Findings are only proposed,
never removed: each proposal is a rule to read, to correct and to keep in a file. A rule judges each
document on its own, so that what it cuts never depends on other documents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from dedupe.kernels.linekeys import countable_lines, fold_digits, line_crc
from dedupe.kernels.view import code_points
from dedupe.rules.body import is_body
from dedupe.rules.rule import WINDOW, Zone
from dedupe.rules.sites import line_keys, site_crc
from dedupe.rules.tally import Common, Floors, Tally

_DIGITS: Final = re.compile(r"\d+")
_SPECIAL: Final = re.compile(r"[\\.^$|?*+()\[\]{}]")
_SLUG: Final = re.compile(r"[^a-z0-9]+")
_ENDS: Final = frozenset("。！？!?….；;，,：:")
_MOST_EXAMPLES: Final = 3
_LONGEST_SENTENCE: Final = 60  # a longer line that ends like a sentence is never read as credits


class Kept(NamedTuple):
    """A kept document: the outlet (``house``) that published it, the day, if known, and its text."""

    house: str
    day: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    A line that an outlet repeats: real examples, its zone, how often it occurs, and another line of its pages to keep.

    ``others`` is the number of other outlets that repeat it.
    """

    house: str
    examples: tuple[str, ...]
    zone: Zone
    documents: int
    of: int
    days: int
    sentence: bool
    keep: str
    others: int = 0


@dataclass(slots=True)
class _Seen:
    documents: int = 0
    days: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    examples: dict[str, None] = field(default_factory=dict)
    keep: str = ""


def proposed(kept: Iterable[Kept], tally: Tally, common: Common, floors: Floors) -> list[Proposal]:
    """
    Return the lines to propose, outlet by outlet, the commonest first.

    ``kept`` must include the `common` documents of the tally; others among them do not matter.
    """
    documents, dated = tally.documents_of(), tally.dated()
    found = [
        _proposal(house, documents[house], folded, one)
        for (house, folded), one in _looked_at(kept, common.keys).items()
        if one.documents >= max(floors.documents, floors.share * documents[house])
        and (len(one.days) >= floors.days or house not in dated)
    ]
    return _once(one for one in found if one.keep and _possible(one))


def proposals(kept: Callable[[], Iterable[Kept]], floors: Floors) -> list[Proposal]:
    """
    Return the lines to propose, outlet by outlet, the commonest first.

    ``kept`` is called twice: lines are counted first, and only the common ones are examined again.

    >>> page = "小桥通车\\n城南的小桥今天上午通车，附近的居民一早就来到桥上，走了一个来回。\\n扫码看城南{n}频道"
    >>> pages = [Kept("城南网", f"2026-03-0{n}", page.replace("桥", "路船车"[n % 3]).format(n=n)) for n in range(1, 7)]
    >>> [(p.examples[0], p.zone, p.documents) for p in proposals(lambda: pages, Floors(5, 3, 0.02))]
    [('扫码看城南1频道', 'tail', 6)]
    """
    tally = Tally(floors)
    for document in kept():
        keys = line_keys(document.house, code_points(document.text))
        tally.add(document.house, document.day, np.array(keys, dtype=np.uint32))
    common = tally.common()
    held = frozenset(common.documents)
    again = (document for number, document in enumerate(kept()) if number in held)
    return proposed(again, tally, common, floors)


def _once(found: Iterable[Proposal]) -> list[Proposal]:
    """Keep one proposal per line, that of the outlet with most occurrences, since rules apply to all outlets."""
    lines: dict[str, list[Proposal]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (-one.documents, one.house)):
        lines[fold_digits(one.examples[0])].append(one)
    best = (replace(same[0], others=len(same) - 1) for same in lines.values())
    return sorted(best, key=lambda one: (one.house, -one.documents, one.examples))


def as_yaml(found: Iterable[Proposal]) -> str:
    r"""
    Return the proposals as a rule file that can be loaded as it is.

    >>> one = Proposal("a.example", ("Page 3 of 9",), "tail", 30, 40, 12, False, "The page of history was turned.")
    >>> print(as_yaml([one]))
    version: 1
    rules:
    - id: learned.a-example.7d29ce0d
      class: ui_chrome
      reason: 'a.example prints this line again and again: in 30 of 40 documents, over 12 days.'
      zone: tail
      as: line
      match: 'Page \d+ of \d+'
      examples:
        strip:
        - 'Page 3 of 9'
        keep:  # a line of the same pages; put one here that is like the above and must stay
        - 'The page of history was turned.'
    """
    rules = ["\n".join(_rule(one)) for one in found]
    return "version: 1\nrules:\n" + "\n\n".join(rules) if rules else "version: 1\nrules: []"


def _looked_at(kept: Iterable[Kept], common: frozenset[int]) -> dict[tuple[str, str], _Seen]:
    """Collect everything needed about the common lines."""
    seen: dict[tuple[str, str], _Seen] = defaultdict(_Seen)
    for document in kept:
        lines, begun = list(countable_lines(document.text)), site_crc(document.house)
        found = [(k, line) for k, line in enumerate(lines) if len(line) <= WINDOW]
        found = [(k, line) for k, line in found if line_crc(line, begun) in common]
        if not found:
            continue
        body = [k for k, line in enumerate(lines) if is_body(line, leading=False)]
        first, last = (body[0], body[-1]) if body else (len(lines), -1)
        counted: set[str] = set()
        for k, line in found:
            folded = fold_digits(line)
            one = seen[document.house, folded]
            one.places.add("head" if k < first else "tail" if k > last else "body")
            if len(one.examples) < _MOST_EXAMPLES:
                one.examples[line] = None
            one.keep = one.keep or min((lines[b] for b in body if fold_digits(lines[b]) != folded), key=len, default="")
            if folded not in counted:
                counted.add(folded)
                one.documents += 1
            if document.day:
                one.days.add(document.day)
    return dict(seen)


def _proposal(house: str, of: int, folded: str, one: _Seen) -> Proposal:
    zones: dict[frozenset[str], Zone] = {
        frozenset({"head"}): "head",
        frozenset({"tail"}): "tail",
        frozenset({"head", "tail"}): "edge",
    }
    zone = zones.get(frozenset(one.places), "any")
    sentence = folded[-1] in _ENDS
    return Proposal(house, tuple(one.examples), zone, one.documents, of, len(one.days), sentence, one.keep)


def _possible(one: Proposal) -> bool:
    """Whether a line can be proposed: a sentence amid others is text, and a long one would not match a rule anyway."""
    longest = max(map(len, one.examples))
    return longest <= WINDOW and not (one.sentence and (one.zone == "any" or longest > _LONGEST_SENTENCE))


def _rule(one: Proposal) -> Iterator[str]:
    folded = fold_digits(one.examples[0])
    name = _SLUG.sub("-", one.house.lower()).strip("-") or "site"
    days = f", over {one.days} days" if one.days else ", on days unknown"
    others = f", and at {one.others} other sites" if one.others else ""
    if one.sentence:
        yield "# It ends like a sentence: make sure that it is no text."
    yield f"- id: learned.{name}.{blake2b(folded.encode(), digest_size=4).hexdigest()}"
    yield "  class: ui_chrome"
    counted = f"in {one.documents:,} of {one.of:,} documents{days}{others}"
    yield f"  reason: {_quoted(f'{one.house} prints this line again and again: {counted}.')}"
    yield f"  zone: {one.zone}"
    yield "  as: line"
    longest = max(map(len, one.examples))
    if longest > 80:
        yield f"  max_length: {WINDOW}"
    yield f"  match: {_quoted(_pattern(one.examples[0]))}"
    yield "  examples:"
    yield "    strip:"
    for example in one.examples:
        yield f"    - {_quoted(example)}"
    yield "    keep:  # a line of the same pages; put one here that is like the above and must stay"
    yield f"    - {_quoted(one.keep)}"


def _pattern(line: str) -> str:
    parts = _DIGITS.split(line)
    return r"\d+".join(_SPECIAL.sub(lambda m: "\\" + m[0], part) for part in parts)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
