"""
What a document says about itself, gathered from findings and hints: every role apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import code_points
from dedupe.model import Capture, Finding, Hints, Metadata

_SAMPLE: Final = 400
# Digits of other scripts: ２０２６, ٢٠٢٦, ۲۰۲۶.
_DIGITS: Final = {zero + digit: str(digit) for zero in (0xFF10, 0x0660, 0x06F0) for digit in range(10)}
_YMD: Final = re.compile(
    r"(?:(?<!\d)|(?<=:\d\d))((?:19|20)\d\d)\s*[-年년/.．]\s*(\d{1,2})\s*[-月월/.．]\s*(\d{1,2})\s*[日일]?"
)
_ERA: Final = re.compile(r"(令和|平成|昭和)\s*(元|\d{1,2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before the first of each
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_CLOCK: Final = re.compile(
    r"(?P<before>午前|午後|오전|오후)?\s*(?<!\d)(?P<hour>\d{1,2})\s*"
    r"(?:[:：]\s*(?P<minute>\d\d)(?:\s*[:：]\s*(?P<second>\d\d))?(?:\.\d+)?|[時시](?:\s*(?P<past>\d{1,2})\s*[分분])?)"
    r"\s*(?P<after>[AaPp]\.?[Mm]\.?|[صم]\b|صباح|مساء)?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_AFTERNOON: Final = ("P", "p", "午後", "오후", "م")
_MONTH_NAMES: Final = (
    ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
     "sep sept september", "oct october", "nov november", "dec december"),
    ("янв январь января", "фев февр февраль февраля", "мар март марта", "апр апрель апреля", "май мая",
     "июн июнь июня", "июл июль июля", "авг август августа", "сен сент сентябрь сентября",
     "окт октябрь октября", "ноя нояб ноябрь ноября", "дек декабрь декабря"),
    # In Egypt and the Gulf, in the Levant, in the Maghreb; hamzas are folded.
    ("يناير كانون_الثاني جانفي", "فبراير شباط فيفري", "مارس اذار", "ابريل نيسان افريل", "مايو ايار ماي",
     "يونيو حزيران جوان", "يوليو تموز جويلية يوليوز", "اغسطس اب اوت غشت", "سبتمبر ايلول شتنبر",
     "اكتوبر تشرين_الاول", "نوفمبر تشرين_الثاني نونبر", "ديسمبر كانون_الاول دجنبر"),
)  # fmt: skip
_MONTHS: Final = {
    name.replace("_", " "): number
    for language in _MONTH_NAMES
    for number, names in enumerate(language, start=1)
    for name in names.split()
}
_HAMZA: Final = str.maketrans("أإآ", "ااا")
_MONTH: Final = r"([^\W\d_]{2,10}(?:\s+ال[^\W\d_]+)?)"
_DMY: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?:\s*/\s*{_MONTH})?\.?\s*[,،]?\s+((?:19|20)\d\d)"
)
_MDY: Final = re.compile(rf"{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})\s*([-./])\s*(\d{1,2})\s*\2\s*((?:19|20)\d\d)(?!\d)")
# Letters that tell a language from others in its script, and letters it does not have.
_ALPHABETS: Final = {
    "ru": (re.compile("[ыэё]", re.IGNORECASE), re.compile("[\u0400\u0402-\u040f\u0450\u0452-\u052f]")),
    "ar": (re.compile("[ةأإىال]"), re.compile("[\u0671-\u06d3]")),
}
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
    language = hints.language or guess_language(text)
    day_first = not language.startswith(("en", "other"))
    return Metadata(
        title=hints.title or _title(text, findings),
        original_title=_first(captures, "original_title"),
        authors=authors or _unique(name.strip() for name in hints.authors),
        affiliation=_first(captures, "affiliation", _SELF),
        source=_first(captures, "source") or hints.source,
        published=iso_date(hints.published or "", day_first) or _published(findings, day_first),
        edition=_first(captures, "edition"),
        place=_first(captures, "place"),
        agency=_first(captures, "agency", _SELF),
        dateline_date=_dateline_date(captures),
        editors=_all(captures, "editor"),
        photographers=_all(captures, "photographer"),
        translators=_all(captures, "translator"),
        url=hints.url,
        language=language,
    )


def iso_date(text: str, day_first: bool = False) -> str | None:
    """
    A date with its year as ISO 8601, with the time of day where it stands beside it.

    ``5/3/2026`` is the fifth of March where the day comes first; elsewhere nobody knows.

    >>> iso_date("2026年03月05日"), iso_date("2026-03-05 10:20:30"), iso_date("Sept. 3, 2025")
    ('2026-03-05', '2026-03-05T10:20:30', '2025-09-03')
    >>> iso_date("5 марта 2026 г."), iso_date("٥ آذار/مارس ٢٠٢٦"), iso_date("令和8年3月5日 午後3時5分")
    ('2026-03-05', '2026-03-05', '2026-03-05T15:05')
    >>> iso_date("5/3/2026", day_first=True), iso_date("5.3.2026")
    ('2026-03-05', '2026-03-05')
    >>> iso_date("1月21日") is None, iso_date("2026-13-40") is None, iso_date("5/3/2026") is None
    (True, True, True)
    """
    text = text.translate(_DIGITS)
    if found := _YMD.search(text) or _COMPACT.search(text):
        year, month, day = (int(x) for x in found.groups())
    elif found := _ERA.search(text):
        year = _ERAS[found[1]] + int(found[2].replace("元", "1"))
        month, day = int(found[3]), int(found[4])
    elif found := _DMY.search(text):
        year, month, day = int(found[4]), _month(found[2]) or _month(found[3] or ""), int(found[1])
    elif found := _MDY.search(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    elif (found := _NUMERIC.search(text)) and (day_first or found[2] == "."):
        year, month, day = int(found[4]), int(found[3]), int(found[1])
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
    The language by its script: zh, ja, ko, ru, ar, en or other.

    Russian and Arabic are known by their own letters, and by having none of their neighbours'.

    >>> guess_language("今天下雨"), guess_language("今日は雨です"), guess_language("It rains today")
    ('zh', 'ja', 'en')
    >>> guess_language("Сегодня дождь, вышли зонты"), guess_language("تمطر اليوم"), guess_language("Сьогодні дощ")
    ('ru', 'ar', 'other')
    """
    sample = text[:_SAMPLE]
    counts = np.bincount(_SCRIPT[code_points(sample)], minlength=8)
    _, han, kana, hangul, latin, other, cyrillic, arabic = (int(n) for n in counts)
    letters = han + kana + hangul + latin + other + cyrillic + arabic
    if not letters:
        return "other"
    if kana * 10 > letters and kana + han > letters // 2:
        return "ja"
    if hangul * 3 > letters:
        return "ko"
    if han * 3 > letters:
        return "zh"
    if max(cyrillic, arabic) * 2 > letters:
        return _by_own_letters(sample, "ru" if cyrillic > arabic else "ar")
    words = re.findall(r"\b(?:the|and|of|to|in|is|was|for|that|said|it|on)\b", sample, re.IGNORECASE)
    return "en" if latin > 0.9 * letters and len(words) * 60 > latin else "other"


def _by_own_letters(sample: str, language: str) -> str:
    """The language, if the sample has letters that are its own and none that are its neighbours'."""
    own, foreign = _ALPHABETS[language]
    return language if own.search(sample) and not foreign.search(sample) else "other"


def _scripts() -> NDArray[np.uint8]:
    """For each code point 1 to 7: Han, kana, Hangul, basic Latin, another script, Cyrillic, Arabic; 0 for no letter."""
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
        (6, 0x400, 0x530),
        (7, 0x620, 0x660),
        (7, 0x66E, 0x6D4),
    ):
        table[low:high] = script
    return table


_SCRIPT: Final = _scripts()


def _month(name: str) -> int:
    """The number of a month by its name; 0 for another word."""
    return _MONTHS.get(" ".join(name.lower().translate(_HAMZA).split()), 0)


def _time(clock: re.Match[str]) -> str:
    hour, minute, second = int(clock["hour"]), int(clock["minute"] or clock["past"] or 0), clock["second"]
    if half := clock["before"] or clock["after"]:
        hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return ""
    return f"T{hour:02}:{minute:02}" + (f":{second}" if second else "") + (clock["zone"] or "")


def _published(findings: Iterable[Finding], day_first: bool) -> str | None:
    """The page line's date, else the first date with a year."""
    best = other = None
    for finding in sorted(findings, key=lambda f: f.span):
        edition = any(c.name == "edition" for c in finding.captures)
        for capture in finding.captures:
            if capture.name == "date" and (iso := iso_date(capture.value, day_first)):
                best = best or (iso if edition else None)
                other = other or iso
    return best or other


def _dateline_date(captures: Iterable[Capture]) -> str | None:
    """The first date without a year, as written: the day the story was filed."""
    return next(("".join(c.value.split()) if c.value[-1:] in "日号" else c.value
                 for c in captures if c.name == "date" and iso_date(c.value) is None), None)  # fmt: skip


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
