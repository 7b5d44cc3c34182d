"""
What is declared about a payload: charset labels and file signatures.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from dedupe.errors import DecodeError

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"RIFF", "a RIFF file (WebP image, sound or film)"),
    (b"II*\0", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"BZh9", "bzip2 data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"ID3", "sound"),
)

_META_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)

# Labels that stand for a larger charset than they name, as browsers interpret them.
_LABELS = (
    (re.compile(r"hz.*"), "hz"),
    (re.compile(r"(x-)?(gb.*|euc-?cn|cp936|ms936|windows-936|chinese)"), "gb18030"),
    (re.compile(r"(x-)?(x-|cn-)?big-?5.*|cp950"), "big5hkscs"),
    (re.compile(r"(x-)?s(hift)?[-_]?jis.*|ms932|windows-31j|cp932"), "cp932"),
    (re.compile(r"euc-?kr|ks_?c_?5601.*|korean|ms949|uhc|windows-949"), "cp949"),
    (re.compile(r"iso-?8859-?1|latin-?1|l1|(us-)?ascii|ansi.*|iso_8859-1.*"), "cp1252"),
    (re.compile(r"iso-?8859-?9|latin-?5"), "cp1254"),
    (re.compile(r"tis-?620|iso-?8859-?11"), "cp874"),
)


@cache
def canonical(label: str) -> str | None:
    """
    The codec that a charset label stands for, or None if it is unknown or unsafe.

    >>> canonical("GB2312"), canonical("'utf8'"), canonical("iso-8859-1"), canonical("x-user-defined")
    ('gb18030', 'utf-8', 'cp1252', None)
    """
    name = label.strip(" \t\r\n\"';").lower()
    for pattern, encoding in _LABELS:
        if pattern.fullmatch(name):
            return encoding
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # raises LookupError for codecs that do not encode text, such as zlib
    except (LookupError, ValueError, UnicodeError):
        return None
    unsafe = ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")
    return None if codec.name.replace("-", "_") in (*unsafe, "utf_7") else codec.name


def meta_charset(payload: bytes) -> str | None:
    """The charset declared in the first 4 KiB of a page."""
    found = _META_CHARSET.search(payload, 0, 4096)
    return found[1].decode("ascii", "replace") if found else None


def refuse_known_binaries(payload: bytes) -> None:
    """Raise `DecodeError` if the first bytes identify a PDF, an image, an archive or another binary format."""
    for magic, what in _MAGIC:
        if payload.startswith(magic):
            raise DecodeError(f"looks like {what}, not text")
