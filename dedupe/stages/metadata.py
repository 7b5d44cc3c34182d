"""
What a document says about itself, gathered from findings and hints: every role apart.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import code_points
from dedupe.model import Capture, Finding, Hints, Metadata

_SAMPLE: Final = 400
_YMD: Final = re.compile(r"(?:(?<!\d)|(?<=:\d\d))((?:19|20)\d\d)\s*[-年/.．]\s*(\d{1,2})\s*[-月/.．]\s*(\d{1,2})\s*日?")
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_CLOCK: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*[:：]\s*(\d\d)(?:\s*[:：]\s*(\d\d))?(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?)?(Z|[+-]\d\d:?\d\d)?"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DMY: Final = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+((?:19|20)\d\d)")
_MDY: Final = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_DAY: Final = re.compile(
    r"(?:(?P<month>\d{1,2})\s*月\s*)?(?P<day>\d{1,2})\s*日?$|(?P<name>[A-Za-z]{3,9})\.?\s+(?P<number>\d{1,2})$"
)
_URL_DAY: Final = re.compile(r"[/_t]((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?!\d)")
_SELF: Final = frozenset(
    ["本报", "本報", "本刊", "本网", "本台", "本站", "本社"]
)  # says nothing to who reads it elsewhere
_SENTENCE_END: Final = tuple("。；;，,：:、.")


def gather(text: str, findings: Sequence[Finding], hints: Hints) -> Metadata:
    """
    The metadata of a document: what its credits say, and the hints where they say nothing.

    ``text`` is the text the findings' spans are in. A date of publication in the hints wins if it
    is one; a page line's date wins over other dates in the text. Without duplicates, in the order
    in which the text names them.

    >>> from dedupe.model import Capture, Finding, Span
    >>> read = (Capture("editor", "林小禾", Span(5, 8)),)
    >>> meta = gather("责任编辑：林小禾", [Finding("bylines", "r", Span(0, 8), "", read)], Hints())
    >>> meta.editors, meta.authors
    (('林小禾',), ())
    """
    captures = [c for f in sorted(findings, key=lambda f: f.span) for c in f.captures]
    authors = _all(captures, "author")
    published = iso_date(hints.published or "") or _published(findings)
    dateline = _dateline_date(captures)
    return Metadata(
        title=hints.title or _title(text, findings),
        original_title=_first(captures, "original_title"),
        authors=authors or _unique(name.strip() for name in hints.authors),
        affiliation=_first(captures, "affiliation", _SELF),
        source=_first(captures, "source") or hints.source,
        published=published,
        edition=_first(captures, "edition"),
        place=_first(captures, "place"),
        agency=_first(captures, "agency", _SELF),
        dateline_date=dateline,
        filed=_filed(dateline or "", published or _url_day(hints.url or "")),
        editors=_all(captures, "editor"),
        photographers=_all(captures, "photographer"),
        translators=_all(captures, "translator"),
        url=hints.url,
        language=hints.language or guess_language(text),
    )


def iso_date(text: str) -> str | None:
    """
    A date with its year as ISO 8601, with the time of day where it stands beside it.

    >>> iso_date("2026年03月05日"), iso_date("2026-03-05 10:20:30"), iso_date("Sept. 3, 2025")
    ('2026-03-05', '2026-03-05T10:20:30', '2025-09-03')
    >>> iso_date("1月21日") is None, iso_date("2026-13-40") is None
    (True, True)
    """
    found = _YMD.search(text) or _COMPACT.search(text)
    if found:
        year, month, day = (int(x) for x in found.groups())
    elif found := _DMY.search(text):
        year, month, day = int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1])
    elif found := _MDY.search(text):
        year, month, day = int(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2])
    else:
        return None
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        return None
    clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text[: found.start()])
    return iso + _time(clock) if clock else iso


def guess_language(text: str) -> str:
    """
    The language by its script: zh, ja, ko, en or other.

    >>> guess_language("今天下雨"), guess_language("今日は雨です"), guess_language("It rains today")
    ('zh', 'ja', 'en')
    """
    sample = text[:_SAMPLE]
    counts = np.bincount(_SCRIPT[code_points(sample)], minlength=6)
    _, han, kana, hangul, latin, other = (int(n) for n in counts)
    letters = han + kana + hangul + latin + other
    if not letters:
        return "other"
    if kana * 10 > letters and kana + han > letters // 2:
        return "ja"
    if hangul * 3 > letters:
        return "ko"
    if han * 3 > letters:
        return "zh"
    words = re.findall(r"\b(?:the|and|of|to|in|is|was|for|that|said|it|on)\b", sample, re.IGNORECASE)
    return "en" if latin > 0.9 * letters and len(words) * 60 > latin else "other"


def _scripts() -> NDArray[np.uint8]:
    """For each code point 1 to 5: Han, kana, Hangul, basic Latin, another script; 0 for no letter."""
    table = np.zeros(0x110000, dtype=np.uint8)
    # Signs among them are few enough to be left out of account.
    for low, high in ((0xAA, 0x2000), (0xA000, 0xAC00), (0xFB00, 0xFFF0)):
        table[low:high] = 5
    for script, low, high in (
        (1, 0x3400, 0xA000),
        (2, 0x3040, 0x3100),
        (3, 0xAC00, 0xD7B0),
        (4, 0x41, 0x5B),
        (4, 0x61, 0x7B),
    ):
        table[low:high] = script
    return table


_SCRIPT: Final = _scripts()


def _time(clock: re.Match[str]) -> str:
    hour, minute = int(clock[1]), int(clock[2])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4][0] in "Pp" else 0)
    if hour > 23 or minute > 59 or int(clock[3] or 0) > 59:
        return ""
    return f"T{hour:02}:{minute:02}" + (f":{clock[3]}" if clock[3] else "") + (clock[5] or "")


def _published(findings: Iterable[Finding]) -> str | None:
    """The page line's date, else the first date with a year."""
    best = other = None
    for finding in sorted(findings, key=lambda f: f.span):
        edition = any(c.name == "edition" for c in finding.captures)
        for capture in finding.captures:
            if capture.name == "date" and (iso := iso_date(capture.value)):
                best = best or (iso if edition else None)
                other = other or iso
    return best or other


def _dateline_date(captures: Iterable[Capture]) -> str | None:
    """The first date without a year, as written: the day the story was filed."""
    return next(("".join(c.value.split()) if c.value[-1:] in "日号" else c.value
                 for c in captures if c.name == "date" and iso_date(c.value) is None), None)  # fmt: skip


def _filed(dateline: str, published: str | None) -> str | None:
    """
    The day of a dateline with its year: the last such day that is not after publication.

    A day more is let pass, since papers carry the date of the morning after and clocks differ.

    >>> _filed("1月21日", "2026-01-22"), _filed("12月30日", "2026-01-02T08:10"), _filed("May 6", "2026-05-06")
    ('2026-01-21', '2025-12-30', '2026-05-06')
    >>> _filed("23日", "2026-03-02"), _filed("1月21日", None), _filed("2月30日", "2026-03-02")
    ('2026-02-23', None, None)
    """
    found = _DAY.search(unicodedata.normalize("NFKC", dateline))
    if published is None or found is None:
        return None
    last = date.fromisoformat(published[:10]) + timedelta(days=1)
    name = found["name"]
    month = _MONTHS.get(name.lower()) if name else int(found["month"] or 0)
    day = int(found["day"] or found["number"])
    # Months backwards from the last that can be meant; a dateline without a month means the nearest.
    for back in range(12):
        year, number = divmod(last.year * 12 + last.month - 1 - back, 12)
        if month not in (0, number + 1) or not 1 <= day <= monthrange(year, number + 1)[1]:
            continue
        if (filed := date(year, number + 1, day)) <= last:
            return filed.isoformat()
    return None


def _url_day(url: str) -> str | None:
    """
    The day that an address is filed under.

    >>> _url_day("https://news.example.cn/2026/01/22/a.htm"), _url_day("https://example.cn/n1/2026/0122/c1-4.html")
    ('2026-01-22', '2026-01-22')
    >>> _url_day("https://example.cn/t20260122_1.html"), _url_day("https://example.cn/20269922/")
    ('2026-01-22', None)
    """
    found = _URL_DAY.search(url)
    return iso_date("-".join(found.groups())) if found else None


def _title(text: str, findings: Sequence[Finding]) -> str | None:
    """The first line, if it reads like a title, is no credit and something follows it."""
    body = text.lstrip()
    start = len(text) - len(body)
    line, _, rest = body.partition("\n")
    line = line.rstrip()
    if not 4 <= len(line) <= (120 if line.isascii() else 60) or not rest.strip() or line.endswith(_SENTENCE_END):
        return None
    end = start + len(line)
    return None if any(f.span.start < end and start < f.span.end for f in findings) else line


def _first(captures: Iterable[Capture], name: str, besides: frozenset[str] = frozenset()) -> str | None:
    return next((c.value for c in captures if c.name == name and c.value not in besides), None)


def _all(captures: Iterable[Capture], name: str) -> tuple[str, ...]:
    return _unique(c.value for c in captures if c.name == name)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))
