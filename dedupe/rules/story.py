"""
Lines that look like credits but belong to the story: lists (`dedupe.rules.lists`), events, announcements, titles.

A rule sees one line or a few; the rest of the page tells to whom they belong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from dedupe.rules.blocks import SURE
from dedupe.rules.clues import closes
from dedupe.rules.lists import TIMES, Lines, is_first, listed, words_before
from dedupe.rules.matcher import Hit
from dedupe.rules.people import ROLE
from dedupe.rules.rule import FURNITURE, WINDOW

_PROMPTS: Final = FURNITURE - {"ad_label", "ui_chrome"}  # prompts, which ask for something, as a title may
_CONTACTS: Final = frozenset({"contact_line"})
_AUTHORS: Final = frozenset({"author_byline"})
_COLONS: Final = (":", "：")
_NEAR: Final = 40  # lines above an address
_ROLE_LENGTH: Final = 12
_WHERE: Final = frozenset({"place", "agency"})


def of_story(run: Sequence[int], page: Lines) -> Collection[int]:
    """Return those of some neighbouring credits that belong to the story."""
    if _is_event(run, page):
        return run
    return listed(run, page).union(i for i in run if _is_title(i, page) or _is_announced(i, page))


def _is_event(run: Sequence[int], page: Lines) -> bool:
    """
    Whether neighbours are a date followed by names that only their capitals reveal.

    An author would stand above the date, or beside another credit.
    """
    if len(run) == 1:
        return False
    vouching = [i for i in run if page.credits[i].vouches]
    days = [page.credits[i].classes <= TIMES for i in vouching]
    if all(days) or days != sorted(days, reverse=True) or not days[0]:
        return False
    return all(day or _is_mere_name(i, page) for i, day in zip(vouching, days, strict=True))


def _is_mere_name(i: int, page: Lines) -> bool:
    return page.credits[i].is_name and any(map(str.isupper, page.lines[i]))


def _is_title(i: int, page: Lines) -> bool:
    """Whether the first line above a story is a prompt (`Leserbriefe`), or a person whom the story is about."""
    block = page.credits[i]
    if i >= page.zones[0] or page.zones[2] < 0 or block.strength != SURE or not is_first(i, page.lines):
        return False
    if block.classes <= _PROMPTS:
        return True
    return block.classes <= _AUTHORS and not words_before(block, page.lines[i]) and _tells_of(block.authors, page)


def _tells_of(names: Collection[str], page: Lines) -> bool:
    """Whether the text names any of these people outside credits (`（记者林小禾）`)."""
    text = "\n".join(line for k, line in enumerate(page.lines) if k not in page.credits).casefold()
    return any(
        not re.search(rf"{ROLE}\s*$", text[: at.start()][-_ROLE_LENGTH:])
        for name in names
        for at in re.finditer(re.escape(name), text)
    )


def _is_announced(i: int, page: Lines) -> bool:
    """Whether the text itself announces an address: with a colon, or by using the same word for it."""
    if not page.credits[i].classes <= _CONTACTS:
        return False
    label, colon, _ = page.lines[i].replace("：", ":").partition(":")
    above = [page.lines[k] for k in range(max(0, i - _NEAR), i) if page.lines[k] and not _is_contact(k, page)]
    return bool(above) and (above[-1].endswith(_COLONS) or (bool(colon) and any(label.strip() in one for one in above)))


def _is_contact(i: int, page: Lines) -> bool:
    return i in page.credits and page.credits[i].classes <= _CONTACTS


def opens_title(hits: Iterable[Hit], rest: str) -> bool:
    """Whether a dateline above the story, without date or person, opens a title: `PARIS - A bridge for all`."""
    bare = all(h.rule.credit == "dateline_head" and {c.name for c in h.captures} <= _WHERE for h in hits)
    return bare and 0 < len(rest) < WINDOW and closes(rest) and rest[-1] not in ":："
