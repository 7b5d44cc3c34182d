"""What comes from documents, fit for a terminal and for a log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedupe.model import Json

_HARMLESS = frozenset("\n\xa0\u3000\u200c\u200d")


def plain(text: str) -> str:
    """
    The text without control characters, so that no document can command the terminal.

    Blanks stay blanks, and what joins letters and emoji stays.

    >>> plain("晚 7点" + chr(27) + "[2J" + chr(9) + "灯亮了")
    '晚 7点�[2J 灯亮了'
    """
    return "".join(c if c in _HARMLESS or c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def on_one_line(name: str) -> str:
    r"""
    An id as `plain` text that cannot begin a line of its own.

    >>> on_one_line("a\nfailed: b")
    'a failed: b'
    """
    return plain(name).replace("\n", " ")


def counted(number: int, what: str, *, width: int = 0) -> str:
    """
    So many of something.

    >>> counted(1, "run"), counted(1200, "document")
    ('1 run', '1,200 documents')
    """
    return f"{number:{width},} {what}{'' if number == 1 else 's'}"


def harmless_json(value: Json) -> str:
    """The value as JSON on one line, without raw control characters (JSON allows some)."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
