"""
Bytes to text, with the encoding found out where nobody says it or somebody says it wrongly.

Labels lie: pages that say utf-8 and are GBK, or say gb2312 and are UTF-8, are everyday scrapes.
Bytes that are valid UTF-8 with sequences of three bytes are UTF-8 whatever the label says, for
chance does not write them; any other claim has to yield plausible text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

from dedupe.errors import DecodeError
from dedupe.model import Media, Repair
from dedupe.settings import DecodeSettings
from dedupe.stages.plausibility import has_han_beyond_hangul, plausibility

# The order breaks ties: Korean before Chinese, because Korean read as GB is all level-1 Han (and
# the spaces that Korean needs were found); windows-1252 before the others that share its letters.
_CANDIDATES = (
    "cp949",
    "euc_jp",
    "cp932",
    "gb18030",
    "big5hkscs",
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1256",
    "koi8-r",
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

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

_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\n\x0b\f\r\x1b") + b"\x7f"
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_META_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,100}?\bencoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)

# What a label means where it means more than it says, as browsers read it.
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


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the canonical name of the encoding it came in, and what was found on the way."""

    text: str
    encoding: str
    repairs: tuple[Repair, ...] = ()


def decode(payload: bytes, charset: str | None, media: Media, settings: DecodeSettings) -> Decoded:
    """
    The text of ``payload``; `DecodeError` says why it is none.

    ``charset`` is what the carrier declares; an HTML page may declare it itself. In this order:
    byte order mark, UTF-8 that chance cannot have written, the declared charset where it reads
    plausibly, UTF-16 by its NULs, the most plausible of all candidates.

    >>> settings = DecodeSettings(True, 4096, 0.6, 0.001, 0.01)
    >>> decode("中国青年报".encode("gbk"), "utf-8", "text", settings).encoding
    'gb18030'
    """
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return _by_mark(payload, encoding)
    if not settings.enabled:
        return _strict_utf8(payload)
    _refuse_magic(payload)
    declared = charset or (_meta_charset(payload) if media == "html" else None)
    sample = _sample(payload, settings.sample_bytes)
    wide = _utf16_by_nuls(payload, sample, settings) if b"\0" in sample else None
    if wide is not None:
        return wide
    _refuse_controls(sample, settings)
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(payload, declared, error, settings)
    return _utf8(payload, text, declared, settings)


def _strict_utf8(payload: bytes) -> Decoded:
    try:
        return Decoded(payload.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8, and decode.enabled is false: no other encoding was tried"
        raise DecodeError(message) from None


def _by_mark(payload: bytes, encoding: str) -> Decoded:
    """A byte order mark is believed; what it cannot decode becomes U+FFFD and is counted."""
    text = payload.decode(encoding, "replace").removesuffix("\ufffd")
    repairs = [Repair("decode", "byte order mark", encoding)]
    if broken := text.count("\ufffd"):
        repairs.append(Repair("decode", "broken bytes", f"{broken} in {encoding}"))
    return Decoded(text, encoding.removesuffix("-sig"), tuple(repairs))


def _utf8(payload: bytes, text: str, declared: str | None, settings: DecodeSettings) -> Decoded:
    """Valid UTF-8 is UTF-8, unless a 7-bit encoding hides in it or a label reads far better."""
    label = canonical(declared) if declared else None
    if payload.isascii():
        seven_bit = "iso2022_jp" if b"\x1b$" in payload else "hz" if label == "hz" and b"~{" in payload else None
        if seven_bit:
            return Decoded(payload.decode(seven_bit, "replace"), seven_bit, _found(seven_bit, declared))
        return Decoded(text, "utf-8")
    if label in (None, "utf-8"):
        return Decoded(text, "utf-8")
    # Two-byte sequences alone can be chance: four GBK characters may be valid Greek or Arabic.
    if max(text) < "\u0800" and len(text) < settings.sample_bytes:
        other = _read(payload, label or "", settings)
        if other is not None and other[0] > plausibility(text) + 0.1:
            return _whole(payload, label or "", other[0], declared)
    return Decoded(text, "utf-8", _found("utf-8", declared))


def _not_utf8(payload: bytes, declared: str | None, error: UnicodeDecodeError, settings: DecodeSettings) -> Decoded:
    if len(payload) - error.start < 4 and error.reason == "unexpected end of data":
        detail = f"{len(payload) - error.start} bytes of a cut character dropped"
        return Decoded(payload[: error.start].decode("utf-8"), "utf-8", (Repair("decode", "truncated", detail),))
    text = payload.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    if broken <= settings.max_broken * len(payload) and whole > 2 * broken:
        return Decoded(text, "utf-8", (Repair("decode", "broken bytes", f"{broken} in utf-8"),))
    encoding, score = _most_plausible(payload, declared, settings)
    return _whole(payload, encoding, score, declared)


def _most_plausible(payload: bytes, declared: str | None, settings: DecodeSettings) -> tuple[str, float]:
    """The encoding to read ``payload`` by; `DecodeError` names what was tried."""
    label = canonical(declared) if declared else None
    scores: dict[str, float] = {}
    for encoding in dict.fromkeys((label or "gb18030", "gb18030", *_CANDIDATES, "utf-8")):
        found = _read(payload, encoding, settings)
        if found is None:
            continue
        scores[encoding] = found[0]
        if encoding == label and found[0] >= max(0.8, settings.min_plausibility):
            return encoding, found[0]
        # Most pages that get here are Chinese in GB: the other candidates need not be read.
        if encoding == "gb18030" and found[0] >= 0.9 and has_han_beyond_hangul(found[1]):
            return encoding, found[0]
    order = [label, *_CANDIDATES, "utf-8"]
    best = min(scores, key=lambda name: (-round(scores[name], 2), order.index(name)))
    if scores[best] >= settings.min_plausibility:
        return best, scores[best]
    tried = ", ".join(f"{name} {score:.2f}" for name, score in sorted(scores.items(), key=lambda item: -item[1])[:5])
    raise DecodeError(
        f"no encoding reads as text: best are {tried}, wanted {settings.min_plausibility}; "
        "declare the charset, or lower decode.min_plausibility"
    )


def _read(payload: bytes, encoding: str, settings: DecodeSettings) -> tuple[float, str] | None:
    """Plausibility and text of the sample under ``encoding``; None where there is no such codec."""
    try:
        # A sample may end inside a character, so the decoder is told that more may follow.
        text = codecs.getincrementaldecoder(encoding)("replace").decode(_sample(payload, settings.sample_bytes))
    except (LookupError, UnicodeError):
        return None
    return plausibility(text, encoding), text


def _whole(payload: bytes, encoding: str, score: float, declared: str | None) -> Decoded:
    repairs = list(_found(encoding, declared, score))
    text = payload.decode(encoding, "replace")
    if text.endswith("\ufffd"):
        text = text.rstrip("\ufffd")
        repairs.append(Repair("decode", "truncated", "a cut character at the end dropped"))
    if broken := text.count("\ufffd"):
        repairs.append(Repair("decode", "broken bytes", f"{broken} in {encoding}"))
    return Decoded(text, encoding, tuple(repairs))


def _found(encoding: str, declared: str | None, score: float | None = None) -> tuple[Repair, ...]:
    detail = encoding if score is None else f"{encoding}, plausibility {score:.2f}"
    if declared is not None:
        detail += f", {declared} declared" if canonical(declared) else f", unknown charset {declared!r} declared"
    return (Repair("decode", "encoding", detail),)


@cache
def canonical(label: str) -> str | None:
    """
    The codec that a charset label means, None for no known one.

    >>> canonical("GB2312"), canonical("'utf8'"), canonical("iso-8859-1"), canonical("x-user-defined")
    ('gb18030', 'utf-8', 'cp1252', None)
    """
    name = label.strip(" \t\r\n\"';").lower()
    for pattern, encoding in _LABELS:
        if pattern.fullmatch(name):
            return encoding
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # a LookupError for codecs that are not of text, such as zlib
    except (LookupError, ValueError, UnicodeError):
        return None
    unsafe = ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem")
    return None if codec.name.replace("-", "_") in (*unsafe, "utf_7") else codec.name


def _meta_charset(payload: bytes) -> str | None:
    found = _META_CHARSET.search(payload, 0, 4096)
    return found[1].decode("ascii", "replace") if found else None


def _sample(payload: bytes, size: int) -> bytes:
    """
    What the judges read: a window from the first byte beyond ASCII, and one from the middle.

    The head of a page is 30 kB of scripts in ASCII as often as not, and says nothing.
    """
    first = _BEYOND_ASCII.search(payload)
    start = first.start() if first else 0
    if len(payload) - start <= size:
        return payload[start:] if first else payload[:size]
    half = size // 2
    # A line end is never the second byte of a character, so a window may begin behind one.
    middle = payload.find(b"\n", max(start + half, len(payload) // 2)) + 1
    if not middle:
        return payload[start : start + size]
    head = payload[start : start + half]
    return head[: head.rfind(b"\n") + 1 or half] + payload[middle : middle + half]


def _refuse_magic(payload: bytes) -> None:
    for magic, what in _MAGIC:
        if payload.startswith(magic):
            raise DecodeError(f"looks like {what}, not text")


def _refuse_controls(sample: bytes, settings: DecodeSettings) -> None:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > settings.max_controls * len(sample) and controls > 1:
        raise DecodeError(f"looks like binary data, not text: {controls} control characters in {len(sample)} bytes")


def _utf16_by_nuls(payload: bytes, sample: bytes, settings: DecodeSettings) -> Decoded | None:
    """UTF-16 without a mark shows as NULs on one side of every ASCII character's pair."""
    even, odd = payload[: len(sample) & ~1][::2].count(0), payload[1 : len(sample) & ~1][::2].count(0)
    if max(even, odd) < 20 * min(even, odd) or len(payload) % 2:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = payload.decode(encoding)
    except UnicodeDecodeError:
        return None
    score = plausibility(text[: settings.sample_bytes])
    if score < settings.min_plausibility:
        return None
    return Decoded(text, encoding, (Repair("decode", "encoding", f"{encoding} by its NUL bytes"),))
