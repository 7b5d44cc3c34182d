"""
Share lists: names of networks, one a line, above and below a story.

A bare name proves nothing, for a story tells of the same networks. What proves it is the row: several of them one
below the other at an edge of the page, or a share prompt (`Share this:`) among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dedupe.rules.blocks import ROW, SURE, Block
from dedupe.rules.rule import FURNITURE

_ENOUGH: Final = 3  # names of networks, all different; fewer may be a story's
_COLONS: Final = (":", "：")
_STOPS: Final = (".", "。")
_SHARING: Final = frozenset(["share_prompt"])


class Run(NamedTuple):
    """
    Lines of credits between which no other stands, by their place among all lines of the page.

    ``edge`` are the lines above the first one of the body, or below its last, if the run stands there and nowhere
    else; None between the standfirst and the lead, and on a page that has no body.
    """

    places: Sequence[int]
    blocks: Sequence[Block]
    edge: Sequence[str] | None


def rows(run: Run, lines: Sequence[str]) -> frozenset[int]:
    """
    Which blocks of a run stand in a row that is believed.

    Not the first line of a page, which is its title; not what stands below a line that ends in a colon, whose list
    it is; and without a share prompt only at an edge where no sentence stands, for then the story is not over yet.
    """
    found: set[int] = set()
    first = next((i for i, line in enumerate(lines) if line), -1)
    for row in _stretches(run.blocks):
        own = [k for k in row if run.blocks[k].strength == ROW and run.places[k] != first]
        if not own or (row[0] == own[0] == 0 and _is_announced(run.places[0], lines)):
            continue
        if any(run.blocks[k].strength == SURE and run.blocks[k].classes <= _SHARING for k in row):
            found.update(own)
        elif run.edge is not None and not any(line.endswith(_STOPS) for line in run.edge):
            names = {lines[run.places[k]].casefold() for k in own if run.blocks[k].classes <= _SHARING}
            found.update(own if len(names) >= _ENOUGH else ())
    return frozenset(found)


def _stretches(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """Page furniture one below the other, of which some needs a row."""
    row: list[int] = []
    for k, block in enumerate(blocks):
        if block.strength == ROW or (block.strength == SURE and block.classes <= FURNITURE):
            row.append(k)
            continue
        if any(blocks[j].strength == ROW for j in row):
            yield row
        row = []
    if any(blocks[j].strength == ROW for j in row):
        yield row


def _is_announced(place: int, lines: Sequence[str]) -> bool:
    """Whether the next line above, blank ones aside, announces a list."""
    return next((lines[i] for i in range(place - 1, -1, -1) if lines[i]), "").endswith(_COLONS)
