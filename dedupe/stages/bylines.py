"""
The credits judge: author lines, datelines, sources, editors and similar lines.

The rules decide what a credit is (`dedupe.rules`). This module decides how many of their hits to
believe on one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from dedupe.edits import Surviving, cut
from dedupe.model import Finding, Hints
from dedupe.rules.matcher import Hit, Rulebook
from dedupe.rules.page import Page, Plain
from dedupe.settings import BylineSettings

STAGE: Final = "bylines"
_SIGNS: Final = (("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("年", "月", "日"))
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PASSES: Final = 8


def find_bylines(
    text: str, rulebook: Rulebook, hints: Hints, settings: BylineSettings, plain: Plain | None = None
) -> tuple[Finding, ...]:
    """
    The credits of a text, as findings with the values captured from them.

    Once the text is cut by these findings, a second call finds nothing. Weak evidence never removes more
    than ``settings.max_share`` of the characters: above that limit only the sure hits go (lines that are
    credits from end to end wherever they appear, share lists, and notices below the text), and the rest
    stays. A text that consists only of credits is removed whole. ``plain`` caches lines known not to be
    credits, for callers that read the text again after some lines were removed.

    >>> from dedupe.rules.loader import load_rulebook
    >>> settings = BylineSettings(enabled=True, packs=("zh",), rules=(), max_share=0.4)
    >>> page = "小桥通车\\n城南晚报记者 林小禾\\n城南的小桥今天通车，附近的居民一早就来到桥上，走了一个来回。"
    >>> found = find_bylines(page, load_rulebook(("zh",)), Hints(), settings)
    >>> [(page[f.span.start : f.span.end], [(c.name, c.value) for c in f.captures]) for f in found]
    [('城南晚报记者 林小禾', [('affiliation', '城南晚报'), ('author', '林小禾')])]
    """
    known = _known(hints)
    hits, spared = _judged(text, rulebook, known, settings, plain)
    found = [_finding(hit) for hit in hits]
    if not spared:
        return tuple(found)
    for _ in range(_PASSES):  # spared lines may be judged differently once the sure lines are gone
        done = cut(text, found)
        rest = Surviving(text, done)
        more, _ = _judged(rest.text, rulebook, known, settings, plain)
        if not more:
            break
        found += [rest.lift(_finding(hit)) for hit in more]
    return tuple(sorted(found, key=lambda f: f.span))


def _judged(
    text: str, book: Rulebook, known: Mapping[str, str], settings: BylineSettings, plain: Plain | None
) -> tuple[list[Hit], bool]:
    """The hits to act on, and whether any others were spared."""
    page = Page(text, book, known, plain)
    hits = page.read()
    if not hits or not any(page.lines):
        return hits, False
    sure = sum(h.span.length for h in page.sure)
    weak = sum(h.span.length for h in hits) - sure
    return (hits, False) if weak <= settings.max_share * (len(text) - sure) else (page.sure, True)


def _known(hints: Hints) -> dict[str, str]:
    """Lines that repeat the page's metadata, except its title."""
    known = dict.fromkeys(_days(hints.published), "date") if hints.published else {}
    if hints.source:
        known[hints.source.strip()] = "source"
    known |= {name.strip(): "author" for name in hints.authors}
    return {line: name for line, name in known.items() if len(line) > 1 and line != hints.title}


def _days(published: str) -> tuple[str, ...]:
    """
    The day of publication in the forms in which a line may write it.

    >>> _days("2026-03-05T08:10")[:4]
    ('2026-03-05', '2026/03/05', '2026.03.05', '2026年03月05日')
    >>> _days("yesterday")  # page metadata use ISO 8601; anything else is not guessed at
    ()
    """
    try:
        day = date.fromisoformat(published.strip()[:10])
    except ValueError:
        return ()
    year, month, number, name = day.year, day.month, day.day, _MONTHS[day.month - 1]
    return (
        *(f"{year}{a}{month:02}{b}{number:02}{c}" for a, b, c in _SIGNS),
        *(f"{year}{a}{month}{b}{number}{c}" for a, b, c in _SIGNS),
        f"{name} {number}, {year}",
        f"{name[:3]} {number}, {year}",
        f"{number} {name} {year}",
        f"{number} {name[:3]} {year}",
    )


def _finding(hit: Hit) -> Finding:
    return Finding(STAGE, hit.rule.id, hit.span, hit.rule.reason, hit.captures)
