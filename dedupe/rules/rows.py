"""
Share lists: names of social networks, one per line, above and below a story.

A bare name proves nothing, since stories mention the same networks. The proof is the row: several of them on
consecutive lines at an edge of the page, or a share prompt (`Share this:`) among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dedupe.rules.blocks import ROW, SURE, Block
from dedupe.rules.rule import FURNITURE

_ENOUGH: Final = 3  # different names of networks; fewer may belong to a story
_COLONS: Final = (":", "：")
_STOPS: Final = (".", "。")
_SHARING: Final = frozenset(["share_prompt"])


class Run(NamedTuple):
    """
    Consecutive lines of credits, by their indices among all lines of the page.

    ``edge`` are the lines between the run and the end of the page, if the whole run stands above or below the body;
    None between the standfirst and the lead, and on a page without body.
    """

    places: Sequence[int]
    blocks: Sequence[Block]
    edge: Sequence[str] | None


def rows(run: Run, lines: Sequence[str]) -> frozenset[int]:
    """
    Return the blocks of a run that belong to a row to be believed.

    The first line of a page is excluded, since it is the title, and so is a list announced by a line that ends in a
    colon. Without a share prompt, a row is believed only at an edge without sentences, since otherwise the story is
    not over yet.
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
    """Yield stretches of consecutive page furniture in which some block needs a row."""
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
    """Whether the nearest non-blank line above announces a list."""
    return next((lines[i] for i in range(place - 1, -1, -1) if lines[i]), "").endswith(_COLONS)
