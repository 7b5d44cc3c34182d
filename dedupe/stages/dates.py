"""
Parse dates as pages write them, in some twenty languages, into ISO 8601.

Ambiguous dates are not guessed: 03/04/2024 can be two different days, and is read only if the
page's language always puts the day first.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from dedupe.patterns import pattern

# Digits of other scripts: ２０２６, ٢٠٢٦, ۲۰۲۶.
_DIGITS: Final = {zero + digit: str(digit) for zero in (0xFF10, 0x0660, 0x06F0) for digit in range(10)}
_YMD: Final = pattern(
    r"(?:(?<!\d)|(?<=:\d\d))((?:19|20)\d\d)(?:\s*[-年년/.．]\s*|\s(?=\d\d/\d\d\b))(\d{1,2})\s*[-月월/.．]\s*(\d{1,2})\s*[日일]?"
)
_ERA: Final = pattern(r"(令和|平成|昭和)\s*(元|\d{1,2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before the first of each
_YEAR_SIGNS: Final = ("20", "19", "令", "平", "昭")  # every date with a year contains one of these
_COMPACT: Final = pattern(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_CLOCK: Final = pattern(
    r"(?P<before>午前|午後|오전|오후)?\s*(?<!\d)(?P<hour>\d{1,2})\s*"
    r"(?:(?:[:：hH]|\.(?=\d\d(?![\d.])))\s*(?P<minute>\d\d)(?:\s*[:：]\s*(?P<second>\d\d))?(?:\.\d+)?"
    r"|[時시](?:\s*(?P<past>\d{1,2})\s*[分분])?)"
    r"\s*(?P<after>[AaPp]\.?[Mm]\.?|[صم]\b|صباح|مساء)?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_AFTERNOON: Final = ("P", "p", "午後", "오후", "م")
_MONTH_NAMES: Final = (
    ("jan january januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia ledna ocak",
     "feb february februar février fév févr febrero febbraio fevereiro fev februari lutego února şubat",
     "mar march märz mär mars marzo março maart marts marca března mart maret",
     "apr april avril avr abril abr aprile kwietnia dubna nisan",
     "may mai mayo maggio mag maio mei maj maja května mayıs",
     "jun june juni juin junio giugno giu junho czerwca června haziran",
     "jul july juli juillet juil julio luglio lug julho lipca července temmuz",
     "aug august août aout agosto ago augustus augusti sierpnia srpna ağustos agustus",
     "sep sept september septembre septiembre setiembre settembre set setembro września září eylül",
     "oct october oktober okt octobre octubre ottobre ott outubro out października října ekim",
     "nov november novembre noviembre novembro listopada listopadu kasım",
     "dec december dezember dez décembre déc diciembre dic dicembre dezembro des desember grudnia prosince aralık"),
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
    for script in _MONTH_NAMES
    for number, names in enumerate(script, start=1)
    for name in names.split()
}
_HAMZA: Final = str.maketrans("أإآ", "ااا")
_MONTH: Final = r"([^\W\d_]{2,10}(?:\s+ال[^\W\d_]+)?)"
_DMY: Final = pattern(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|[.º°])?[\s/.-]*(?:de\s+)?{_MONTH}(?:\s*/\s*{_MONTH})?"
    r"[.,،/-]*\s*(?:del?\s+)?((?:19|20)\d\d)",
    re.IGNORECASE,
)
_MDY: Final = pattern(rf"{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_NUMERIC: Final = pattern(r"(?<!\d)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?!\d)")
_DAY_FIRST: Final = frozenset(["de", "fr", "es", "it", "pt", "ru", "ar"])
_DAY: Final = pattern(
    r"(?:(?P<month>\d{1,2})\s*月\s*)?(?P<day>\d{1,2})\s*日?$|(?P<name>[A-Za-z]{3,9})\.?\s+(?P<number>\d{1,2})$"
)
_URL_DAY: Final = pattern(r"[/_t]((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?!\d)")


def iso_date(text: str, language: str = "other") -> str | None:
    """
    Parse a date that has its year into ISO 8601, with the time of day if one stands next to it.

    03/04/2024 is ambiguous; it is read only in a ``language`` that always puts the day first.

    >>> iso_date("2026年03月05日"), iso_date("2026-03-05 10:20:30"), iso_date("Sept. 3, 2025")
    ('2026-03-05', '2026-03-05T10:20:30', '2025-09-03')
    >>> iso_date("1月21日") is None, iso_date("2026-13-40") is None
    (True, True)
    >>> iso_date("12. März 2024, 14.05 Uhr"), iso_date("03/04/2024", "fr"), iso_date("03/04/2024", "en")
    ('2024-03-12T14:05', '2024-04-03', None)
    >>> iso_date("5 sierpnia 2026"), iso_date("05.08.2026, kl. 13.05", "no"), iso_date("2026 03/05 08:10:20")
    ('2026-08-05', '2026-08-05T13:05', '2026-03-05T08:10:20')
    >>> iso_date("5 марта 2026 г."), iso_date("٥ آذار/مارس ٢٠٢٦"), iso_date("令和8年3月5日 午後3時5分")
    ('2026-03-05', '2026-03-05', '2026-03-05T15:05')
    """
    text = text.translate(_DIGITS)
    if not any(sign in text for sign in _YEAR_SIGNS):
        return None
    if found := _YMD.search(text) or _COMPACT.search(text):
        year, month, day = (int(x) for x in found.groups())
    elif found := _ERA.search(text):
        year = _ERAS[found[1]] + int(found[2].replace("元", "1"))
        month, day = int(found[3]), int(found[4])
    elif found := _DMY.search(text):
        year, month, day = int(found[4]), _month(found[2]) or _month(found[3] or ""), int(found[1])
    elif found := _MDY.search(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
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


def filed(dateline: str, published: str | None) -> str | None:
    """
    Complete a dateline's day with its year: the last such day that is not after publication.

    One day later is accepted too, because papers carry the next morning's date and time zones differ.

    >>> filed("1月21日", "2026-01-22"), filed("12月30日", "2026-01-02T08:10"), filed("May 6", "2026-05-06")
    ('2026-01-21', '2025-12-30', '2026-05-06')
    >>> filed("23日", "2026-03-02"), filed("1月21日", None), filed("2月30日", "2026-03-02")
    ('2026-02-23', None, None)
    """
    found = None if published is None else _DAY.search(unicodedata.normalize("NFKC", dateline))
    if published is None or found is None:
        return None
    last = date.fromisoformat(published[:10]) + timedelta(days=1)
    name = found["name"]
    month = _month(name) if name else int(found["month"] or 0)
    day = int(found["day"] or found["number"])
    if name and not month:
        return None
    # Walk back from the last possible month; a dateline without a month means the most recent one.
    for back in range(12):
        year, number = divmod(last.year * 12 + last.month - 1 - back, 12)
        if month not in (0, number + 1) or not 1 <= day <= monthrange(year, number + 1)[1]:
            continue
        if (found_day := date(year, number + 1, day)) <= last:
            return found_day.isoformat()
    return None


def url_day(url: str) -> str | None:
    """
    The day that a URL's path contains, or None.

    >>> url_day("https://news.example.cn/2026/01/22/a.htm"), url_day("https://example.cn/n1/2026/0122/c1-4.html")
    ('2026-01-22', '2026-01-22')
    >>> url_day("https://example.cn/t20260122_1.html"), url_day("https://example.cn/20269922/")
    ('2026-01-22', None)
    """
    found = _URL_DAY.search(url)
    return iso_date("-".join(found.groups())) if found else None


def _month(name: str) -> int:
    """The number of the month with this name; 0 for any other word."""
    return _MONTHS.get(" ".join(name.lower().translate(_HAMZA).split()), 0)


def _month_and_day(first: int, second: int, dotted: bool, language: str) -> tuple[int, int]:
    """The month and the day, in this order; (0, 0) if only the order could tell and it is unknown."""
    if second > 12 or first == second:
        return first, second
    known = first > 12 or language[:2] in _DAY_FIRST or (dotted and language[:2] != "en")
    return (second, first) if known else (0, 0)


def _time(clock: re.Match[str]) -> str:
    hour, minute, second = int(clock["hour"]), int(clock["minute"] or clock["past"] or 0), clock["second"]
    if half := clock["before"] or clock["after"]:
        hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return ""
    return f"T{hour:02}:{minute:02}" + (f":{second}" if second else "") + (clock["zone"] or "")
