"""
What a document says about itself, gathered from findings and hints: every role apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import code_points
from dedupe.model import Capture, Finding, Hints, Metadata
from dedupe.stages.headline import TITLE_RULES, clean_title, is_parted, is_wide, site_names, title_within, words

_SAMPLE: Final = 400
_YMD: Final = re.compile(r"(?:(?<!\d)|(?<=:\d\d))((?:19|20)\d\d)\s*[-年/.．]\s*(\d{1,2})\s*[-月/.．]\s*(\d{1,2})\s*日?")
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_CLOCK: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[:：hH]|\.(?=\d\d(?![\d.])))\s*(\d\d)(?:\s*[:：]\s*(\d\d))?(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?)?(Z|[+-]\d\d:?\d\d)?"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan january januar jänner janvier janv enero ene gennaio gen janeiro",
         "feb february februar février fév févr febrero febbraio fevereiro fev",
         "mar march märz mär mars marzo março",
         "apr april avril avr abril abr aprile",
         "may mai mayo maggio mag maio",
         "jun june juni juin junio giugno giu junho",
         "jul july juli juillet juil julio luglio lug julho",
         "aug august août aout agosto ago",
         "sep sept september septembre septiembre setiembre settembre set setembro",
         "oct october oktober okt octobre octubre ottobre ott outubro out",
         "nov november novembre noviembre novembro",
         "dec december dezember dez décembre déc diciembre dic dicembre dezembro"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DMY: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|[.º°])?[\s/.-]*(?:de\s+)?([^\W\d_]{3,10})[.,/-]*\s*(?:del?\s+)?((?:19|20)\d\d)",
    re.IGNORECASE,
)
# 12.03.2024 and 12/03/2024: the day stands first, unless an American wrote it.
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?!\d)")
_DAY_FIRST: Final = frozenset(["de", "fr", "es", "it", "pt"])
# Small words that each language has to itself among its neighbours, the northern ones included.
_SMALL_WORDS: Final = {
    word: language
    for language, words in (
        ("de", "und ist nicht mit ein eine einer einem auf im sich für wird auch wurde dass nach bei zum zur vom"),
        ("fr", "les est dans pour une pas aux avec cette été sont au ses après leur deux être ont plus"),
        ("es", "el los las y más pero fue sus muy también según desde está sobre ayer hasta"),
        ("it", "che della dei delle gli è nel alla sono anche più dal nella degli questo"),
        ("pt", "não uma em são foi ao pelo pela também num à às há até mas seu"),
    )
    for word in words.split()
}
_MDY: Final = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_SELF: Final = frozenset(
    ["本报", "本報", "本刊", "本网", "本台", "本站", "本社"]
)  # says nothing to who reads it elsewhere
_MIN_TITLE: Final = 4
_MAX_TITLE: Final = 120
_MAX_WIDE_TITLE: Final = 60
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
    return Metadata(
        title=_title(text, findings, hints, (c.value for c in captures if c.name == "source")),
        original_title=_first(captures, "original_title"),
        authors=authors or _unique(name.strip() for name in hints.authors),
        affiliation=_first(captures, "affiliation", _SELF),
        source=_first(captures, "source") or hints.source,
        published=iso_date(hints.published or "", language) or _published(findings, language),
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


def iso_date(text: str, language: str = "other") -> str | None:
    """
    A date with its year as ISO 8601, with the time of day where it stands beside it.

    03/04/2024 is two days; it is read only in a ``language`` that always puts the day first.

    >>> iso_date("2026年03月05日"), iso_date("2026-03-05 10:20:30"), iso_date("Sept. 3, 2025")
    ('2026-03-05', '2026-03-05T10:20:30', '2025-09-03')
    >>> iso_date("1月21日") is None, iso_date("2026-13-40") is None
    (True, True)
    >>> iso_date("12. März 2024, 14.05 Uhr"), iso_date("03/04/2024", "fr"), iso_date("03/04/2024", "en")
    ('2024-03-12T14:05', '2024-04-03', None)
    """
    found = _YMD.search(text) or _COMPACT.search(text)
    if found:
        year, month, day = (int(x) for x in found.groups())
    elif found := _DMY.search(text):
        year, month, day = int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1])
    elif found := _MDY.search(text):
        year, month, day = int(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2])
    elif found := _NUMERIC.search(text):
        year, (month, day) = int(found[4]), _month_and_day(int(found[1]), int(found[3]), found[2] == ".", language)
    else:
        return None
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        return None
    clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text[: found.start()])
    return iso + _time(clock) if clock else iso


def _month_and_day(first: int, second: int, dotted: bool, language: str) -> tuple[int, int]:
    """Which of two numbers is the month; nought for both where only their order could tell and it is not known."""
    if second > 12 or first == second:
        return first, second
    known = first > 12 or language[:2] in _DAY_FIRST or (dotted and language[:2] != "en")
    return (second, first) if known else (0, 0)


def guess_language(text: str) -> str:
    """
    The language by its script, and where that is Latin by its small words: other, where these do not tell.

    >>> guess_language("今天下雨"), guess_language("今日は雨です"), guess_language("It rains today")
    ('zh', 'ja', 'en')
    >>> guess_language("Die Brücke ist offen und wird nicht gesperrt"), guess_language("Broen er åben")
    ('de', 'other')
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
    if latin > 0.9 * letters and len(words) * 60 > latin:
        return "en"
    return _by_words(sample, latin) if latin > 0.8 * letters else "other"


def _by_words(sample: str, latin: int) -> str:
    """The one language whose own small words stand here, twice as often as those of any other."""
    found = [_SMALL_WORDS[word] for word in sample.lower().split() if word in _SMALL_WORDS]
    (best, most), (_, next_most) = [*Counter(found).most_common(2), ("other", 0), ("other", 0)][:2]
    return best if most > 1 and most * 60 > latin and most >= 2 * next_most else "other"


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


def _published(findings: Iterable[Finding], language: str) -> str | None:
    """The page line's date, else the first date with a year."""
    best = other = None
    for finding in sorted(findings, key=lambda f: f.span):
        edition = any(c.name == "edition" for c in finding.captures)
        for capture in finding.captures:
            if capture.name == "date" and (iso := iso_date(capture.value, language)):
                best = best or (iso if edition else None)
                other = other or iso
    return best or other


def _dateline_date(captures: Iterable[Capture]) -> str | None:
    """The first date without a year, as written: the day the story was filed."""
    return next(("".join(c.value.split()) if c.value[-1:] in "日号" else c.value
                 for c in captures if c.name == "date" and iso_date(c.value) is None), None)  # fmt: skip


def _title(text: str, findings: Sequence[Finding], hints: Hints, sources: Iterable[str]) -> str | None:
    """The page's own title, else its first line, without the site's name; each is witness for the other."""
    stated = (hints.title or "").strip()
    if stated and not is_parted(stated):
        return stated
    line = _first_line(text, findings)
    if not stated and (line is None or not is_parted(line)):
        return line
    names = site_names(hints, sources)
    if stated and line and (span := title_within(stated, words(line), names)):
        return stated[span.start : span.end]
    return clean_title(stated or line or "", names)


def _first_line(text: str, findings: Sequence[Finding]) -> str | None:
    """
    The first line, if it reads like a title, is no credit and something follows it; where it went
    as a copy of the title, the copy that stayed.
    """
    body = text.lstrip()
    start = len(text) - len(body)
    line, _, rest = body.partition("\n")
    line = line.rstrip()
    end = start + len(line)
    for finding in findings:
        if finding.span.start < end and start < finding.span.end:
            if finding.rule not in TITLE_RULES:
                return None
            if finding.twin is not None:
                line = " ".join(text[slice(*finding.twin)].split("\n"))
    longest = _MAX_WIDE_TITLE if is_wide(line) else _MAX_TITLE
    return line if _MIN_TITLE <= len(line) <= longest and rest.strip() and not line.endswith(_SENTENCE_END) else None


def _first(captures: Iterable[Capture], name: str, besides: frozenset[str] = frozenset()) -> str | None:
    return next((c.value for c in captures if c.name == name and c.value not in besides), None)


def _all(captures: Iterable[Capture], name: str) -> tuple[str, ...]:
    return _unique(c.value for c in captures if c.name == name)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))
