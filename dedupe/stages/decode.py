"""
Decode bytes to text, detecting the encoding if it is undeclared or declared wrongly.

Labels lie: pages that are labelled utf-8 but are GBK, or labelled gb2312 but are UTF-8, are common in scrapes.
Valid UTF-8 with three-byte sequences is UTF-8 whatever the label says, because such sequences do not
occur by chance; any other label has to yield plausible text.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedupe.errors import DecodeError
from dedupe.model import Media, Repair
from dedupe.patterns import pattern
from dedupe.stages.charset import canonical, meta_charset, refuse_known_binaries
from dedupe.stages.plausibility import has_han_beyond_hangul, plausibility

if TYPE_CHECKING:
    from dedupe.settings import DecodeSettings

# The order breaks ties. Korean comes before Chinese, because Korean read as GB is all level-1 Han (and a tie means
# that the spaces expected in Korean were there); windows-1252 before the others that share its letters; KOI8-R
# before Arabic, because all its lower-case letters are letters in windows-1256 too.
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
    "koi8-r",
    "cp1256",
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CONTROLS = bytes(b for b in range(0x20) if b not in b"\t\n\x0b\f\r\x1b") + b"\x7f"
_ASCII = bytes(range(0x80))
_BEYOND_ASCII = pattern(rb"[\x80-\xff]")
_THREE_BYTES = pattern("[\u0800-\ufffc]")
_CHANCE = 8
"""Up to this many three-byte sequences may be another encoding's by chance; up to this many bytes may be damage."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the canonical name of its original encoding, and what was noted while decoding."""

    text: str
    encoding: str
    repairs: tuple[Repair, ...] = ()


def decode(payload: bytes, charset: str | None, media: Media, settings: DecodeSettings) -> Decoded:
    """
    Decode ``payload``; raise `DecodeError` if it is not text.

    ``charset`` is what the transport declares; an HTML page may declare one itself. Tried in this order:
    byte order mark, UTF-8 that cannot have arisen by chance, the declared charset if the result is
    plausible, the most plausible of all candidates. UTF-16 without a mark is recognised by its NULs.

    >>> from dedupe.settings import DecodeSettings
    >>> settings = DecodeSettings(True, 8192, 0.7, 0.001, 0.005, 0.005)
    >>> decode("中国青年报".encode("gbk"), "utf-8", "text", settings).encoding
    'gb18030'
    """
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return _by_mark(payload, encoding)
    if not settings.enabled:
        return _strict_utf8(payload)
    refuse_known_binaries(payload)
    declared = charset or (meta_charset(payload) if media == "html" else None)
    if b"\0" in payload[: settings.sample_bytes] or _has_controls(payload[:1024], settings):
        wide = _utf16_without_mark(payload, settings)
        if wide is not None:
            return wide
        if _has_controls(payload[: settings.sample_bytes], settings):
            raise DecodeError("looks like binary data, not text: too many control characters")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(payload, declared, error, settings)
    return _utf8(payload, text, declared, settings)


def decode_line(line: bytes, settings: DecodeSettings) -> str:
    """Decode one line of a file whose encoding is not declared."""
    return decode(line, None, "text", settings).text


def _strict_utf8(payload: bytes) -> Decoded:
    try:
        return Decoded(payload.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8, and decode.enabled is false: no other encoding was tried"
        raise DecodeError(message) from None


def _by_mark(payload: bytes, encoding: str) -> Decoded:
    """Trust a byte order mark; bytes that do not decode become U+FFFD and are counted."""
    text = payload.decode(encoding, "replace").removesuffix("\ufffd")
    repairs = [Repair("decode", "byte order mark", encoding)]
    if broken := text.count("\ufffd"):
        repairs.append(Repair("decode", "broken bytes", f"{broken} in {encoding}"))
    return Decoded(text, encoding.removesuffix("-sig"), tuple(repairs))


def _utf8(payload: bytes, text: str, declared: str | None, settings: DecodeSettings) -> Decoded:
    """Accept valid UTF-8, unless it contains a 7-bit encoding or the label gives far more plausible text."""
    label = canonical(declared) if declared else None
    if payload.isascii():
        seven_bit = "iso2022_jp" if b"\x1b$" in payload else "hz" if label == "hz" and b"~{" in payload else None
        if seven_bit:
            return Decoded(payload.decode(seven_bit, "replace"), seven_bit, _found(seven_bit, declared))
        return Decoded(text, "utf-8")
    if label in (None, "utf-8"):
        return Decoded(text, "utf-8")
    # Two-byte sequences alone can occur by chance: four GBK characters may be valid Greek or Arabic.
    if max(text) < "\u0800" and len(text) < settings.sample_bytes:
        other = _read(payload, label or "", settings)
        if other is not None and other[0] > plausibility(text) + 0.1:
            return _whole(payload, label or "", other[0], declared)
    return Decoded(text, "utf-8", _found("utf-8", declared))


def _not_utf8(payload: bytes, declared: str | None, error: UnicodeDecodeError, settings: DecodeSettings) -> Decoded:
    if len(payload) - error.start < 4 and error.reason == "unexpected end of data":
        detail = f"{len(payload) - error.start} bytes of a truncated character dropped"
        return Decoded(payload[: error.start].decode("utf-8"), "utf-8", (Repair("decode", "truncated", detail),))
    text = payload.decode("utf-8", "replace")
    if len(_THREE_BYTES.findall(text)) > _CHANCE and (mixed := _mixed(payload, declared, settings)):
        return mixed
    broken = text.count("\ufffd")
    if broken <= settings.max_broken * len(payload) and _is_damaged(text):
        return Decoded(text, "utf-8", (Repair("decode", "broken bytes", f"{broken} in utf-8"),))
    encoding, score = _most_plausible(payload, declared, settings)
    return _whole(payload, encoding, score, declared)


def _is_damaged(text: str) -> bool:
    """Whether this is UTF-8 with some broken bytes, rather than another encoding read as UTF-8."""
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - broken > 2 * broken


def _mixed(payload: bytes, declared: str | None, settings: DecodeSettings) -> Decoded | None:
    """
    Decode UTF-8 that has lines in another encoding among or below its own, as templates and joined files produce.

    None if no line is in another encoding, or if no encoding gives text for those lines.
    """
    lines = payload.split(b"\n")
    texts = [line.decode("utf-8", "replace") for line in lines]
    foreign = [k for k, text in enumerate(texts) if "\ufffd" in text and not _is_damaged(text)]
    rest = b"\n".join([lines[k] for k in foreign])
    sure = _THREE_BYTES.findall("".join(text for text in texts if "\ufffd" not in text))
    if min(len(sure), len(rest.translate(None, _ASCII))) <= _CHANCE:
        return None
    other = None if canonical(declared or "") == "utf-8" else declared
    try:
        encoding, _ = _most_plausible(rest, other, settings)
    except DecodeError:
        return None
    if encoding == "utf-8":
        return None
    for k in foreign:
        texts[k] = lines[k].decode(encoding, "replace")
    whole = "\n".join(texts)
    repairs = [Repair("decode", "mixed encodings", f"{len(foreign)} of {len(lines)} lines in {encoding}, else utf-8")]
    if broken := whole.count("\ufffd"):
        repairs.append(Repair("decode", "broken bytes", f"{broken} in utf-8 and {encoding}"))
    return Decoded(whole, "utf-8", tuple(repairs))


def _most_plausible(payload: bytes, declared: str | None, settings: DecodeSettings) -> tuple[str, float]:
    """The best encoding for ``payload``, and its score; `DecodeError` lists what was tried."""
    label = canonical(declared) if declared else None
    scores: dict[str, float] = {}
    for encoding in dict.fromkeys((label or "gb18030", "gb18030", *_CANDIDATES, "utf-8")):
        found = _read(payload, encoding, settings)
        if found is None:
            continue
        scores[encoding] = found[0]
        if encoding == label and found[0] >= max(0.8, settings.min_plausibility):
            return encoding, found[0]
        # Most pages that get here are Chinese in GB, so the other candidates need not be tried.
        if encoding == "gb18030" and found[0] >= 0.9 and has_han_beyond_hangul(found[1]):
            return encoding, found[0]
    order = [label, *_CANDIDATES, "utf-8"]
    # A misread sign or two must not turn French into Czech: windows-1252 is the web's default.
    best = min(scores, key=lambda name: (-round(scores[name] + 0.05 * (name == "cp1252"), 2), order.index(name)))
    if scores[best] >= settings.min_plausibility:
        return best, scores[best]
    # "6½ × 8½" in an English page: too little evidence to judge, and no reason to lose the page.
    if len(payload.translate(None, _ASCII)) <= settings.sparse * len(payload):
        return "cp1252", scores["cp1252"]
    tried = ", ".join(f"{name} {score:.2f}" for name, score in sorted(scores.items(), key=lambda item: -item[1])[:5])
    raise DecodeError(
        f"no encoding gives plausible text: the best are {tried}, required is {settings.min_plausibility}; "
        "declare the charset, or lower decode.min_plausibility"
    )


def _read(payload: bytes, encoding: str, settings: DecodeSettings) -> tuple[float, str] | None:
    """Plausibility and text of the sample read as ``encoding``; None if there is no such codec."""
    try:
        # A sample may end inside a character, so use a decoder that allows for more input.
        text = codecs.getincrementaldecoder(encoding)("replace").decode(_sample(payload, settings.sample_bytes))
    except (LookupError, UnicodeError):
        return None
    return plausibility(text, encoding), text


def _whole(payload: bytes, encoding: str, score: float, declared: str | None) -> Decoded:
    repairs = list(_found(encoding, declared, score))
    text = payload.decode(encoding, "replace")
    if text.endswith("\ufffd"):
        text = text.rstrip("\ufffd")
        repairs.append(Repair("decode", "truncated", "a truncated character at the end dropped"))
    if broken := text.count("\ufffd"):
        repairs.append(Repair("decode", "broken bytes", f"{broken} in {encoding}"))
    return Decoded(text, encoding, tuple(repairs))


def _found(encoding: str, declared: str | None, score: float | None = None) -> tuple[Repair, ...]:
    detail = encoding if score is None else f"{encoding}, plausibility {score:.2f}"
    if declared is not None:
        detail += f", {declared} declared" if canonical(declared) else f", unknown charset {declared!r} declared"
    return (Repair("decode", "encoding", detail),)


def _sample(payload: bytes, size: int) -> bytes:
    """
    The bytes to judge by: a window from the first non-ASCII byte, and one from the middle.

    The head of a page is often 30 kB of scripts in ASCII, which say nothing about the encoding.
    """
    first = _BEYOND_ASCII.search(payload)
    start = first.start() if first else 0
    if len(payload) - start <= size:
        return payload[start:] if first else payload[:size]
    half = size // 2
    # A line end is never the second byte of a character, so a window may begin after one.
    middle = payload.find(b"\n", max(start + half, len(payload) // 2)) + 1
    if not middle:
        return payload[start : start + size]
    head = payload[start : start + half]
    return head[: head.rfind(b"\n") + 1 or half] + payload[middle : middle + half]


def _has_controls(sample: bytes, settings: DecodeSettings) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > max(1, settings.max_controls * len(sample))


def _utf16_without_mark(payload: bytes, settings: DecodeSettings) -> Decoded | None:
    """
    Try UTF-16 on data with NULs or many control characters, which may be halves of its code units.

    The usual test, NULs in even or odd positions only, fails for Chinese: 一 is 4E00, 开 is 5F00.
    """
    readings = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(payload[: settings.sample_bytes])
        if text and not _has_controls(text.encode("utf-8", "replace"), settings):
            readings.append((plausibility(text), encoding))
    score, encoding = max(readings, default=(0.0, ""))
    return _whole(payload, encoding, score, None) if score >= max(0.8, settings.min_plausibility) else None
