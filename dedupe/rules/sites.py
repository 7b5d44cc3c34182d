"""The site and the day of a document, and the keys under which the lines of a site are counted."""

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
    Return the site of a document: the host of its address, its folder, its source, or its file.

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
    """Return the day with which a date begins, or None."""
    found = _DAY.match(published or "")
    return found[0] if found else None


def line_keys(house: str, codes: CodePoints) -> list[int]:
    """Return the keys by which the lines of a text are counted; lines too long to be boilerplate have none."""
    return line_crcs(codes, site_crc(house), WINDOW)


def site_crc(house: str) -> int:
    """Return the CRC-32 of a house, which seeds those of its lines."""
    return crc32(f"{house}\n".encode("utf-8", "surrogatepass"))
