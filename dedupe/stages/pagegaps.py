"""
Restore what the extractor left out of the middle of an article.

It judges every element on its own, and may drop a paragraph of a story because of its links, its length
or its class name. But what lies between two paragraphs of a story, in the element that holds them, is
part of the story.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from dedupe.stages.pagelines import Line, letters

_NO_WORD: Final = re.compile(r"\W+")
_ANCHOR: Final = 30
"""Minimum letters of a line that is matched by its words alone."""
_PARAGRAPH: Final = 40
"""Minimum letters of a paragraph; shorter lines other than headings and items are labels and captions."""
_SHARE: Final = 0.1
"""Minimum share of the article in an element's own paragraphs for it to be a home of the article."""
_GRAM: Final = 8
_KNOWN: Final = 0.3
"""Share of a line's 8-grams from which on the article already has it, in another form."""
_ITEMS: Final = frozenset(("li", "dd", "dt"))
_HEADINGS: Final = frozenset(("h2", "h3", "h4", "h5", "h6"))
_CAPTIONS: Final = frozenset(("figure", "figcaption", "caption"))


class _Gap(NamedTuple):
    """The lines of the page, and those of the article, between the same two anchor lines."""

    page: Sequence[Line]
    article: Sequence[Line]


def with_gaps_filled(article: Sequence[Line], page: Sequence[Line]) -> list[Line]:
    """
    The article, completed with the paragraphs, headings and list items that the page has between its lines, in
    the elements that hold the article. Every line of the article stays, in order.
    """
    anchors = _anchors(article, page) if article else []
    homes = _homes([page[at] for at, _ in anchors])
    filled = list(article[: anchors[0][1] + 1]) if anchors else list(article)
    for (at, own), (next_at, next_own) in pairwise(anchors):
        between = article[own + 1 : next_own]
        filled += _merged(_Gap(page[at + 1 : next_at], between), homes) if at + 1 < next_at else between
        filled.append(article[next_own])
    return filled + list(article[anchors[-1][1] + 1 :]) if anchors else filled


def _anchors(article: Sequence[Line], page: Sequence[Line]) -> list[tuple[int, int]]:
    """Positions, on the page and in the article, of lines that occur once in each; ascending in both."""
    own, there = _once(article), _once(page)
    found: list[tuple[int, int]] = []
    for key, at in there.items():
        place = own.get(key)
        if place is not None and (not found or place > found[-1][1]):
            found.append((at, place))
    return found


def _once(lines: Sequence[Line]) -> dict[str, int]:
    keys = [_key(line) if line.letters >= _ANCHOR and 2 * line.linked < line.letters else "" for line in lines]
    counts = Counter(keys)
    return {key: at for at, key in enumerate(keys) if key and counts[key] == 1}


def _key(line: Line) -> str:
    return _NO_WORD.sub("", line.text)


def _homes(lines: Sequence[Line]) -> set[Any]:
    """The elements that hold a good part of the article as their paragraphs or bare lines."""
    held: Counter[Any] = Counter()
    for line in lines:
        held.update({element: line.letters for element in (line.block, line.block.getparent()) if element is not None})
    least = _SHARE * letters(lines)
    return {element for element, share in held.items() if share >= least}


def _merged(gap: _Gap, homes: set[Any]) -> Iterator[Line]:
    """The article's lines of a gap, with the page's lines that it lacks inserted in their places."""
    own = [_key(line) for line in gap.article]
    known = _grams("".join(own))
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for at, key in enumerate(own):
        places[key].append(at)
    given = 0
    for line in gap.page:
        key = _key(line)
        ahead = places.get(key, deque())
        while ahead and ahead[0] < given:
            ahead.popleft()
        if ahead:
            yield from gap.article[given : ahead[0] + 1]
            given = ahead[0] + 1
        elif _belongs(line, homes) and not _stands(key, known):
            yield line
    yield from gap.article[given:]


def _belongs(line: Line, homes: set[Any]) -> bool:
    block = line.block
    parent = block.getparent()
    if block.tag in _CAPTIONS or parent is None or parent.tag in _CAPTIONS:
        return False
    if 2 * line.linked >= line.letters:
        return False
    if block.tag in _ITEMS:
        return parent.getparent() in homes
    if block.tag in _HEADINGS:
        return parent in homes
    return line.letters >= _PARAGRAPH and (block in homes or parent in homes)


def _stands(key: str, known: set[str]) -> bool:
    grams = _grams(key)
    return bool(grams) and len(grams & known) >= _KNOWN * len(grams)


def _grams(key: str) -> set[str]:
    return {key[at : at + _GRAM] for at in range(len(key) - _GRAM + 1)}
