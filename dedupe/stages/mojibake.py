"""
Repair Chinese text that was decoded with the wrong codec.

ftfy repairs UTF-8 that was read as a single-byte encoding. It does not know GBK or Big5 read as
windows-1252 (``ÖÐ¹ú``): it takes the bytes for French and destroys them. And UTF-8 read as GBK
(``涓浗``) looks like Chinese to it. Both are undone here, line by line and before ftfy, but only if
the line re-encodes strictly and the result is clearly the better text.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from dedupe.patterns import pattern
from dedupe.stages.plausibility import plausibility

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WESTERN = 64  # U+00A1 to U+00FF: bytes of GBK or Big5, read as Latin-1
TWISTED = 128  # characters that the first two bytes of a UTF-8 ideograph give when read as GBK

_CONVINCED = 0.9  # least plausibility of the repaired line,
_DOUBTFUL = 0.62  # and greatest plausibility of the line as it is
_MIN_HAN = 2  # one pair of bytes may really be Æø; two or more in a row are not
_MIN_HAN_BIG5 = 4  # Big5 uses ASCII letters as second bytes, so a chance match is likelier: ask for more evidence

# windows-1252 assigns 27 of the 32 codes that are C1 controls in Latin-1; this maps them back.
_TO_LATIN_1 = {
    ord(char): code for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "replace")) != "\ufffd"
}
_WINDOWS_1252_ONLY = pattern("[" + "".join(map(chr, _TO_LATIN_1)) + "]")
_TWO_WESTERN = pattern("[\x80-\xff][\x80-\xff]")
_GB_RUNS = pattern(rb"[\x80-\xff]+")
_INDENT = " \t\u3000\u200b\ufeff"
_EAST_ASIAN = pattern("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")


def mark(table: NDArray[np.uint8]) -> None:
    """Flag in a table the characters of which a line needs at least one to be worth passing to `repair`."""
    table[0xA1:0x100] |= WESTERN
    table[sorted(_twisted())] |= TWISTED


def core(line: str) -> str:
    """The part of a line that `repair` judges: without the indent, which was added after any damage."""
    return line.strip(_INDENT)


def repair(line: str) -> tuple[str, str] | None:
    """
    The core of a line as it was meant, and the pair of encodings; None if nothing is proved.

    >>> repair("ÖÐ¹úÇàÄê±¨"), repair("Größe, Café, Æøå")
    (('中国青年报', 'gb18030 read as latin-1'), None)
    >>> repair("中国新闻".encode().decode("gb18030")), repair("涓涓细流")
    (('中国新闻', 'utf-8 read as gb18030'), None)
    """
    if _TWO_WESTERN.search(line):
        return _from_western(line)
    return _from_gbk(line) if line[:1] in _beginnings() else None


def _from_western(line: str) -> tuple[str, str] | None:
    try:
        raw = line.translate(_TO_LATIN_1).encode("latin-1")
    except UnicodeEncodeError:
        return None
    if _reads(raw, "utf-8") is not None or plausibility(line, "cp1252") > _DOUBTFUL:
        return None
    best, score, source = "", _CONVINCED, ""
    for encoding, least in (("gb18030", _MIN_HAN), ("big5hkscs", _MIN_HAN_BIG5)):
        text = _reads(raw, encoding)
        if text is None or len(_EAST_ASIAN.findall(text)) < least:
            continue
        if encoding == "gb18030" and any(len(run) % 2 for run in _GB_RUNS.findall(raw)):
            continue  # a pair with an ASCII letter in it is a rare part of GBK, or French
        if (found := plausibility(text, encoding)) > score:
            best, score, source = text, found, encoding
    if not source:
        return None
    return best, f"{source} read as {'windows-1252' if _WINDOWS_1252_ONLY.search(line) else 'latin-1'}"


def _from_gbk(line: str) -> tuple[str, str] | None:
    try:
        # For most lines the first two characters already prove that they are not UTF-8.
        codecs.utf_8_decode(line[:2].encode("gb18030"), "strict", False)
        text = line.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return None
    # Two-byte sequences would be Greek or Arabic, which any four Chinese characters may form by chance.
    if len(_EAST_ASIAN.findall(text)) < _MIN_HAN or re.search("[\x80-\u07ff]", text):
        return None
    if plausibility(line, "gb18030") > _DOUBTFUL or plausibility(text) < _CONVINCED:
        return None
    return text, "utf-8 read as gb18030"


def _reads(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


@cache
def _beginnings() -> frozenset[str]:
    """The characters whose GBK bytes can begin UTF-8; two lines in three begin with another and are done."""
    found = set(map(chr, range(0x80)))
    for pair in (bytes((lead, trail)) for lead in range(0xC2, 0xF5) for trail in range(0x80, 0xC0)):
        with suppress(UnicodeDecodeError):
            codecs.utf_8_decode(pair, "strict", False)
            found.add(pair.decode("gb18030"))
    return frozenset(found)


@cache
def _twisted() -> frozenset[int]:
    pairs = (bytes((lead, trail)) for lead in range(0xE3, 0xEE) for trail in range(0x80, 0xC0))
    return frozenset(ord(pair.decode("gb18030")) for pair in pairs)
