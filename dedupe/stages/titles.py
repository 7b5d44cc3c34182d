"""
Find titles that a page prints more than once.

Pages print their title above the credits and again below them, with the site's name beside it, or
once on two lines and once on one; and a second copy of the article brings its title along. One title
is enough: the cleanest stays, or the first if they are equal. Titles are the same only if every letter
and number agrees: 第3轮 and 第4轮 are different.

Only two places are searched: the head of the page, which ends at its first line of running text, and
the lines above a removed second copy. Elsewhere a line like the title is a heading, a refrain or a link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from dedupe.factkey import fact_key
from dedupe.kernels.view import View
from dedupe.model import Finding, Hints, Span
from dedupe.settings import RepeatSettings
from dedupe.stages.headline import (
    SUFFIX_RULE,
    TITLE_RULE,
    clean_title,
    is_parted,
    is_wide,
    site_names,
    title_within,
    words,
)
from dedupe.stages.pagehead import Line, Run, is_body, lines_from, page_head, runs_of

_MAX_ABOVE: Final = 6
"""Lines above a second copy that are searched for its title."""

_LEAST: Final = 4
"""Minimum Han characters of a title; fewer are a label ("Menu")."""

_LEAST_PIECE: Final = 8
"""Minimum Han characters to recognise a title by: one that was cut short, or one repeated deeper in the head."""

_LABEL: Final = re.compile(r"\W*\w{1,3}\s*[:：]")
_ELLIPSIS: Final = ("…", "...")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's head, the first line of its body, and what is known of its site."""

    text: str
    view: View
    head: tuple[Line, ...]
    body: Line
    hint: str
    names: frozenset[str]
    settings: RepeatSettings

    def scaled(self, length: int, text: str) -> float:
        """Convert a length in Han characters to the script of a text: a Latin letter says less."""
        return length if is_wide(text) else length * self.settings.latin_factor


def find_titles(
    text: str, view: View, hints: Hints, copies: Sequence[Finding], settings: RepeatSettings
) -> tuple[Finding, ...]:
    """
    Mark superfluous copies of the title, and a site's name beside the only one.

    ``copies`` are the second copies removed from this text: a title above one of them goes too. A site's
    name is cut from the only title line if the page's metadata give the title without it; from the line
    alone, it could be a subtitle.

    >>> from dedupe.config import load_settings
    >>> from dedupe.kernels.view import comparison_view
    >>> page = "小桥通车_城南新闻网\\n小桥通车\\n小桥今天通车，附近的居民一早就来到桥上，走了一个来回。"
    >>> [found] = find_titles(page, comparison_view(page), Hints(), (), load_settings().repeats)
    >>> page[found.span.start : found.span.end], page[found.twin.start : found.twin.end]
    ('小桥通车_城南新闻网', '小桥通车')
    """
    head, body = page_head(text, settings)
    if body is None or not head:
        return ()
    if not copies and (len(head) == 1 or not _says_twice(view, head)):
        return _suffix(head[0], hints)
    names = site_names(hints)
    hint = words(clean_title(hints.title, names)) if hints.title else ""
    page = _Page(text, view, head, body, hint, names, settings)
    runs = runs_of(view, head)
    findings = _in_head(page, runs) + _above_copies(page, runs, copies)
    gone = [finding.span for finding in copies]
    findings = [f for f in findings if not _meets(f.span, gone) and f.twin is not None and not _meets(f.twin, gone)]
    return tuple(sorted(findings, key=lambda f: f.span)) if findings else _suffix(head[0], hints)


def _says_twice(view: View, head: Sequence[Line]) -> bool:
    """
    Whether two lines of the head begin alike, or the beginning of one occurs in another with a separator.

    This cheap test settles nearly every page.
    """
    at = view.positions(np.array([*(line.start for line in head), head[-1].end], dtype=np.int64)).tolist()
    said = view.codes[: at[-1]].tobytes().decode("utf-32-le")
    beginnings = [said[start : start + _LEAST] for start in at[:-1]]
    if len(set(beginnings)) < len(beginnings):
        return True
    return any(said.count(letters) > 1 for letters in beginnings) and any(is_parted(line.text) for line in head)


def _in_head(page: _Page, runs: Sequence[Sequence[Run]]) -> list[Finding]:
    """For each title in the head, its copies in the head."""
    gone: list[Span] = []
    findings: list[Finding] = []
    for k, beginning in enumerate(runs):
        for title in beginning:
            for j in range(k + len(title.lines), len(runs)):
                for other in runs[j]:
                    if gone and (_meets(title.span, gone) or _meets(other.span, gone)):
                        continue
                    worse = _worse(page, title, other)
                    if worse is not None and _belongs_together(page, k, j, title, other):
                        kept = title if worse is other else other
                        gone.append(worse.span)
                        findings.append(_finding(worse, kept))
    twins = [f.twin for f in findings if f.twin is not None]
    return [f for f in findings if not _meets(f.span, twins)]


def _worse(page: _Page, title: Run, other: Run) -> Run | None:
    """The superfluous one of two runs that are the same title, or None if they are not."""
    one, two = title.words, other.words
    if one == two:
        if len(one) < page.scaled(_LEAST, title.text) or fact_key(title.text) != fact_key(other.text):
            return None
        return title if len(other.lines) == 1 and _is_broken(title, other) else other
    longer, shorter = (title, other) if len(one) > len(two) else (other, title)
    if shorter.words not in longer.words or len(shorter.words) < page.scaled(_LEAST, shorter.text):
        return None
    if _is_start(page, shorter, longer):
        return shorter
    return longer if len(longer.lines) == 1 and _has_name_beside(page, longer, shorter) else None


def _is_start(page: _Page, cut_short: Run, whole: Run) -> bool:
    """Whether a title was cut short and is marked with an ellipsis."""
    least = page.scaled(_LEAST_PIECE, cut_short.text)
    start = cut_short.text.endswith(_ELLIPSIS) and whole.words.startswith(cut_short.words)
    return start and len(cut_short.words) >= least


def _has_name_beside(page: _Page, line: Run, title: Run) -> bool:
    """Whether a line is the title with nothing but the site's name beside it."""
    span = title_within(line.text, title.words, page.names)
    return span is not None and fact_key(line.text[slice(*span)]) == fact_key(title.text)


def _is_broken(run: Run, whole: Run) -> bool:
    """
    Whether a run's lines are one broken line, rather than a title and its subtitle.

    A line is broken within a word or a phrase: the whole has nothing between the two pieces, or the
    second begins with a lower-case letter.
    """
    for line, following in zip(run.lines, run.lines[1:], strict=False):
        letter = following.text[0]
        if line.text + following.text not in whole.text and not letter.islower():
            return False
    return len(run.lines) > 1


def _belongs_together(page: _Page, k: int, j: int, title: Run, other: Run) -> bool:
    """
    Whether only credits and subtitles of the head separate a title from its copy.

    Lines that recur further down are entries of a table of contents, or a refrain. A line that is not
    the title itself counts only if it occurs twice in a row.
    """
    between = page.head[k + len(title.lines) : j]
    if not between:
        return k < 2 or title.words == page.hint or len(title.words) >= page.scaled(_LEAST_PIECE, title.text)
    if (k > 1 and title.words != page.hint) or _LABEL.match(title.text):
        return False
    if sum(len(line.text) for line in between) > page.scaled(page.settings.max_head, title.text):
        return False
    if len(page.body.text) < page.scaled(page.settings.min_length, page.body.text):
        return False
    further = {line.text for line in lines_from(page.text, other.span.end)}
    return further.isdisjoint(line.text for line in (*between, *title.lines, *other.lines))


def _above_copies(page: _Page, runs: Sequence[Sequence[Run]], copies: Sequence[Finding]) -> list[Finding]:
    """The titles repeated above removed second copies."""
    findings: list[Finding] = []
    titles = [run for beginning in runs[:2] for run in beginning]
    for copy in copies:
        if copy.twin is None or copy.twin.start >= page.body.end:
            continue  # not a copy of the article from its beginning
        others = [run for beginning in runs_of(page.view, _above(page, copy.span.start)) for run in beginning]
        for title, other in product(titles, others):
            worse = _worse(page, title, other)
            stands = worse is other or (worse is title and other.words in title.words)
            if stands and not _meets(other.span, [f.span for f in findings]):
                findings.append(_finding(other, title))
    return findings


def _above(page: _Page, at: int) -> list[Line]:
    """The lines of a head directly above an offset, below the first line of the page's own body."""
    lines: list[Line] = []
    end = page.text.rfind("\n", 0, at)
    if page.text[end + 1 : at].strip():
        return []
    while end > page.body.end and len(lines) < _MAX_ABOVE:
        begin = page.text.rfind("\n", 0, end) + 1
        line = next(lines_from(page.text, begin), None)
        if line is not None and line.start < end:
            if is_body(line.text, page.head, page.settings):
                break
            lines.insert(0, line)
        end = begin - 1
    return lines


def _suffix(line: Line, hints: Hints) -> tuple[Finding, ...]:
    """What a site put beside the only title, if the page's metadata give the title alone."""
    if not hints.title or not is_parted(line.text):
        return ()
    span = title_within(line.text, words(hints.title), site_names(hints))
    if span is None or fact_key(line.text[slice(*span)]) != fact_key(hints.title):
        return ()
    beside = (Span(line.start, line.start + span.start), Span(line.start + span.end, line.end))
    reason = "the site's name; the page's metadata give the title without it"
    return tuple(Finding("repeats", SUFFIX_RULE, part, reason) for part in beside if part.length)


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _finding(gone: Run, kept: Run) -> Finding:
    what = "the title with the site's name" if len(gone.words) > len(kept.words) else "the title"
    return Finding(
        stage="repeats",
        rule=TITLE_RULE,
        span=gone.span,
        reason=f"{what}, which already appears {'above' if kept.span < gone.span else 'below'}",
        twin=kept.span,
        similarity=round(min(1.0, len(kept.words) / len(gone.words)), 4),
    )
