"""
Gather a document's metadata from findings and hints, each role kept separate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from dedupe.edits import blanks_around
from dedupe.model import Finding, Hints, Metadata
from dedupe.patterns import pattern
from dedupe.rules.body import body_spans, is_body
from dedupe.stages.dates import filed, iso_date, url_day
from dedupe.stages.headline import TITLE_RULES, clean_title, is_parted, is_wide, site_names, title_within, words
from dedupe.stages.language import guess_language

_SELF: Final = frozenset(
    ["本报", "本報", "本刊", "本网", "本台", "本站", "本社"]
)  # "this paper": means nothing to a reader elsewhere
# Publishers and broadcasters, by the ends of their names; desks, bureaus and job titles are not outlets.
_HOUSE: Final = pattern(
    r"[\u3400-\u9fffA-Za-z0-9·•+—-]{2,}(?:(?<=[^综綜])[报報]|新闻|新聞|[网網社台刊]|客户端|用戶端|杂志|雜誌|财经|財經|频道|頻道|卫视|衛視|传媒|傳媒)"
    r"|(?:The )?[A-Z0-9À-Þ][\w.&’' +-]*"
)
_DESK: Final = pattern(
    r"(?:即[时時]|[综綜]合|[国國][际際]|社[会會]|政治|地方|生活|[娱娛][乐樂]|[体體]育|[财財][经經]|焦[点點]|要[闻聞]|今日|大[陆陸]|[两兩]岸|本地)(?:新闻|新聞|财经|財經)?"
    r"|.*\b(?:Bureau|Desk|Studio|Staff|Team|Editors?|Correspondents?|Reporters?|Writers?|Redaktion)\b.*"
)
_INITIALS: Final = pattern(r"[a-zäöü]{2,4}")
_YEAR: Final = pattern(r"(?:19|20)\d\d|:")
_HEAD: Final = 2000  # characters; more than any title line
_MOST_ABOVE: Final = 20  # lines of paths and buttons above a title
_MIN_TITLE: Final = 4
_MAX_TITLE: Final = 120
_MAX_WIDE_TITLE: Final = 60
_SENTENCE_END: Final = tuple("。；;，,：:、.")
_span_of: Final = attrgetter("span")


def gather(text: str, findings: Sequence[Finding], hints: Hints) -> Metadata:
    """
    The metadata of a document: what its credits say, completed from the hints.

    ``text`` is the text that the findings' spans refer to. A publication date in the hints wins if it
    can be parsed; the date of a line with an edition ("04版") wins over other dates in the text. Lists are without
    duplicates, in the order in which the text names them.

    >>> from dedupe.model import Capture, Finding, Span
    >>> read = (Capture("editor", "林小禾", Span(5, 8)),)
    >>> meta = gather("责任编辑：林小禾", [Finding("bylines", "r", Span(0, 8), "", read)], Hints())
    >>> meta.editors, meta.authors
    (('林小禾',), ())
    """
    ordered = sorted(findings, key=_span_of)
    said: dict[str, list[str]] = {}
    for finding in ordered:
        for capture in finding.captures:
            said.setdefault(capture.name, []).append(capture.value)
    language = hints.language or guess_language(text)
    dates = said.get("date", [])
    published = iso_date(hints.published, language) if hints.published else None
    published = published or (_published(ordered, language) if dates else None)
    dateline = _dateline_date(dates, language) if dates else None
    return Metadata(
        title=_title(text, findings, hints, said.get("source", [])),
        original_title=_first(said, "original_title"),
        authors=(_authors(text, ordered) if "author" in said else ())
        or _unique(map(str.strip, hints.authors))
        or (_desks(said["desk"]) if "desk" in said else ()),
        affiliation=_first(said, "affiliation", _SELF),
        source=_source(said, hints),
        published=published,
        edition=_first(said, "edition"),
        place=_first(said, "place"),
        agency=_first(said, "agency", _SELF),
        dateline_date=dateline,
        filed=filed(dateline, published or url_day(hints.url or "")) if dateline else None,
        editors=_all(said, "editor"),
        photographers=_all(said, "photographer"),
        photo_sources=_all(said, "photo_source"),
        translators=_all(said, "translator"),
        url=hints.url,
        language=language,
    )


def _authors(text: str, ordered: Sequence[Finding]) -> tuple[str, ...]:
    """
    The authors named by the credits, in text order.

    If a line above or below the story names authors, another such line between its paragraphs belongs to a link
    to another story, unless the line right above it is a paragraph: a link would have a title there.
    """
    naming = [f for f in ordered if any(c.name == "author" for c in f.captures)]
    whole = [f for f in naming if _fills_its_line(text, f)] if len(naming) > 1 else []
    if len(whole) > 1:
        story, body = body_spans(text)
        body = story if whole[0].span.end <= story.start else body
        inside = (f for f in whole if body.start < f.span.start and f.span.end < body.end)
        between = {f.span for f in inside if not is_body(_line_above(text, f), leading=False)}
        naming = [f for f in naming if f.span not in between] or naming
    names = _unique(c.value for f in naming for c in f.captures if c.name == "author")
    # Initials count only if nobody is named; next to a name they belong to it, or say less.
    return tuple(name for name in names if not _INITIALS.fullmatch(name)) or names


def _desks(desks: Iterable[str]) -> tuple[str, ...]:
    """The desks that sign by name; 本报评论员 ("this paper's commentator") means nothing to a reader elsewhere."""
    return _unique(desk for desk in desks if not desk.startswith(tuple(_SELF)))


def _line_above(text: str, finding: Finding) -> str:
    end = finding.span.start
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return text[text.rfind("\n", 0, end) + 1 : end]


def _source(said: Mapping[str, Sequence[str]], hints: Hints) -> str | None:
    """
    The outlet that published the story first.

    In this order: what a source line names, the hints, the outlet that the authors sign for, the holder of the
    rights. A picture agency never counts: it supplied only a picture.
    """
    signed = (house for house in said.get("affiliation", ()) if house not in _SELF)
    return (
        _first(said, "source")
        or hints.source
        or next((house for house in signed if _HOUSE.fullmatch(house) and not _DESK.fullmatch(house)), None)
        or _first(said, "holder", _SELF)
    )


def _fills_its_line(text: str, finding: Finding) -> bool:
    start, end = blanks_around(text, finding.span)
    return {text[max(0, start - 1) : start], text[end : end + 1]} <= {"", "\n"}


def _published(ordered: Iterable[Finding], language: str) -> str | None:
    """The date of a line with an edition, else the first date with a year."""
    best = other = None
    for finding in ordered:
        edition = any(c.name == "edition" for c in finding.captures)
        for capture in finding.captures:
            if capture.name == "date" and (iso := iso_date(capture.value, language)):
                best = best or (iso if edition else None)
                other = other or iso
    return best or other


def _dateline_date(dates: Iterable[str], language: str) -> str | None:
    """The first date without a year or a time, as written: the day the story was filed."""
    days = (date for date in dates if not _YEAR.search(date))
    written = next((day for day in days if iso_date(day, language) is None), None)
    return "".join(written.split()) if written and written[-1] in "日号" else written


def _title(text: str, findings: Sequence[Finding], hints: Hints, sources: Iterable[str]) -> str | None:
    """The title in the page's metadata, else the first line, without the site's name; each helps to clean the other."""
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
    The first line, if it looks like a title, is not a credit and is followed by more text.

    If it was removed as a copy of the title, the copy that stayed. Removed paths and buttons above it are skipped.
    A credit is not: the story begins below it, so there is no title line.
    """
    start = len(text) - len(text.lstrip())
    for _ in range(_MOST_ABOVE):
        line, _, rest = text[start : start + _HEAD].partition("\n")
        end = start + len(line)
        over = [f for f in findings if f.span.start < end and start < f.span.end]
        gone = [f for f in over if f.rule not in TITLE_RULES]
        if not gone:
            break
        if any(f.captures for f in gone) or not rest.strip() or not _covers(text, gone, start, end):
            return None
        start = end + 1 + len(rest) - len(rest.lstrip())
    else:
        return None
    for finding in over:
        if finding.twin is not None:
            line = " ".join(text[slice(*finding.twin)].split("\n"))
    line = line.rstrip()
    longest = _MAX_WIDE_TITLE if is_wide(line) else _MAX_TITLE
    return line if _MIN_TITLE <= len(line) <= longest and rest.strip() and not line.endswith(_SENTENCE_END) else None


def _covers(text: str, findings: Iterable[Finding], start: int, end: int) -> bool:
    """Whether the findings together cover the whole line."""
    at = start
    for finding in sorted(findings, key=_span_of):
        if text[at : finding.span.start].strip():
            return False
        at = max(at, finding.span.end)
    return not text[at:end].strip()


def _first(said: Mapping[str, Sequence[str]], name: str, besides: frozenset[str] = frozenset()) -> str | None:
    return next((value for value in said[name] if value not in besides), None) if name in said else None


def _all(said: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    return _unique(said[name]) if name in said else ()


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))
