"""Which site a document is from and on which day, and the keys under which the lines of a site are counted."""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

from dedupe.kernels.linekeys import line_crcs
from dedupe.kernels.view import CodePoints
from dedupe.rules.rule import WINDOW

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_HOST: Final = re.compile(r"[a-z]+://(?:www\.)?([^/:?#]+)", re.I)


def house_of(document_id: str, origin: str, url: str | None, source: str | None) -> str:
    """
    The site that a document is from: the host of its address, its folder, its source, or its file.

    >>> house_of("lanchuan/2026/a.txt", "lanchuan/2026/a.txt", None, None)
    'lanchuan'
    >>> house_of("a.jsonl#7", "a.jsonl", "https://www.harbour.example/7", None)
    'harbour.example'
    """
    host = _HOST.match(url or "")
    folder, slash, _ = origin.partition("/")
    if host:
        return host[1].lower()
    if slash and document_id == origin:
        return folder
    return source or origin


def day_of(published: str | None) -> str | None:
    """The day of a date, if it begins with one."""
    found = _DAY.match(published or "")
    return found[0] if found else None


def line_keys(house: str, codes: CodePoints) -> list[int]:
    """What the lines of a text with these code points are counted by; lines too long to be furniture have none."""
    return line_crcs(codes, site_crc(house), WINDOW)


def site_crc(house: str) -> int:
    """The CRC-32 of a house, from which those of its lines go on."""
    return crc32(f"{house}\n".encode("utf-8", "surrogatepass"))
