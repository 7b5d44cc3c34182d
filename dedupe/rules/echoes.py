"""
Bare lines that repeat a name given by a credit of the same page: the author above the author's note, the outlet
below the story.

A name alone proves nothing: it may be a speaker, part of a list, or a caption. So it must be named by a credit that
needs no neighbour, and stand on its own at an edge of the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from dedupe.rules.body import bounds, is_body
from dedupe.rules.matcher import Hit

Said = Literal["author", "source"]

_LONGEST: Final = 60
_SHORTEST: Final = 2
_COLONS: Final = (":", "：")


def said(hits: Iterable[Hit]) -> dict[str, Said]:
    """
    Return the names given by sure credits, without blanks and case, and whether each is a person's or an outlet's.

    A single Latin word among the authors (`By CITYWIRE`) counts as an outlet: as a person's name, it could be any word.
    """
    names: dict[str, Said] = {}
    for hit in hits:
        for capture in hit.captures if hit.rule.needs == "nothing" else ():
            if capture.name not in ("author", "source") or not _SHORTEST <= len(capture.value) <= _LONGEST:
                continue
            single = capture.value.isascii() and len(capture.value.split()) == 1
            kind: Said = "author" if capture.name == "author" and not single else "source"
            if names.get(_key(capture.value)) != "author":
                names[_key(capture.value)] = kind
    return names


def echoes(lines: Sequence[str], names: Mapping[str, Said]) -> dict[int, Said]:
    """
    Return the lines that repeat such a name, and whether it is a person's or an outlet's.

    A person's name must stand above or below the story, or right above a note that begins with it, and nowhere in the
    body, where it would name a speaker; an outlet's must stand above the story or be the last line of the page.

    >>> body = "The small bridge in the south of the town opened on Monday, the council said."
    >>> echoes(["A bridge", body, "Jane Roe"], {"janeroe": "author"})
    {2: 'author'}
    >>> echoes(["A bridge", body, "John Doe", "Jane Roe"], {"janeroe": "author"})
    {}
    """
    found = {
        i: names[key] for i, line in enumerate(lines) if 0 < len(line) <= _LONGEST and (key := _key(line)) in names
    }
    standfirst, _, last = bounds(lines) if found else (0, 0, -1)
    if last < 0:
        return {}
    filled = [i for i, line in enumerate(lines) if line]
    below = dict(pairwise(filled))
    notes = {i for i in found if i in below and _is_note(lines[i], lines[below[i]])}
    if any(standfirst < i < last and name == "author" and i not in notes for i, name in found.items()):
        return {}
    good: dict[int, Said] = {}
    for above, i in pairwise(filled):
        if i not in found or not (above in found or _ends_text(lines[above]) or above == filled[0] < i < standfirst):
            continue
        under = below.get(i)
        text_below = i < standfirst and under is not None and is_body(lines[under], leading=False)
        by_itself = under is None or text_below or (found[i] == "author" and (under in found or i in notes))
        if by_itself:
            good[i] = found[i]
    return good


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def _is_note(name: str, below: str) -> bool:
    """Whether the line below begins with this name, or with its last word."""
    end = r"(?:\b|(?<=[\u3040-\u9fff]))"  # 林小禾是, where no blank separates words
    names = (name, name.rsplit(maxsplit=1)[-1])
    return any(re.match(re.escape(begun) + end, below, re.IGNORECASE) for begun in names)


def _ends_text(line: str) -> bool:
    return is_body(line, leading=False) and not line.endswith(_COLONS)
