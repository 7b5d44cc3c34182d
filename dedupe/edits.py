"""
The only module that cuts text.

Judges return findings; `cut` removes what they mark and records it; `restore` brings the text back.
White space that a cut would leave over (an empty line, blanks at a line's end) is removed with the
finding that made it superfluous, so that a second run finds nothing to tidy.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from dedupe.model import Cut, Finding, Removal, Span


def cut(text: str, findings: Iterable[Finding]) -> Cut:
    """
    Remove the findings' spans from the text.

    Where two findings overlap, the removal is attributed to the one earlier in the list.

    >>> from dedupe.model import Finding, Span
    >>> done = cut("By Jane Doe\\nRain.", [Finding("bylines", "en.by", Span(0, 11), "author line")])
    >>> done.text, done.removals[0].text
    ('Rain.', 'By Jane Doe\\n')
    """
    owned = _claim(len(text), findings)
    if not owned:
        return Cut(text, ())
    kept: list[str] = []
    removals: list[Removal] = []
    at = 0
    for span, finding in _tidy(text, owned):
        start, end = span
        kept.append(text[at:start])
        removals.append(Removal(span, text[start:end], finding))
        at = end
    return Cut("".join([*kept, text[at:]]), tuple(removals))


def restore(kept: str, removals: Sequence[Removal]) -> str:
    """
    Put the removed text back in its place.

    >>> from dedupe.model import Finding, Removal, Span
    >>> restore("Rain.", [Removal(Span(0, 7), "By Jo.\\n", Finding("bylines", "r", Span(0, 6), ""))])
    'By Jo.\\nRain.'
    """
    parts: list[str] = []
    at = taken = 0
    for removal in removals:
        gap = removal.span.start - at
        parts += [kept[taken : taken + gap], removal.text]
        taken += gap
        at = removal.span.end
    return "".join([*parts, kept[taken:]])


def kept_spans(length: int, removals: Sequence[Removal]) -> list[Span]:
    """
    The spans of the normalised text that no removal covers, in order.

    >>> kept_spans(4, [])
    [Span(start=0, end=4)]
    """
    spans, at = [], 0
    for removal in removals:
        if removal.span.start > at:
            spans.append(Span(at, removal.span.start))
        at = removal.span.end
    if at < length:
        spans.append(Span(at, length))
    return spans


class Surviving:
    """
    A cut text that knows where each of its characters was in the normalised text.

    A judge that works on surviving text uses that text's offsets; `lift` converts its findings to
    offsets in the normalised text.
    """

    def __init__(self, text: str, done: Cut) -> None:
        self.text = done.text
        self._spans = kept_spans(len(text), done.removals)
        self._starts: list[int] = []
        at = 0
        for span in self._spans:
            self._starts.append(at)
            at += span.length

    def origin(self, offset: int) -> int:
        """The offset in the normalised text of the character at ``offset`` of the surviving text."""
        k = bisect_right(self._starts, offset) - 1
        return self._spans[k].start + offset - self._starts[k]

    def lift_span(self, span: Span) -> Span:
        """The span in the normalised text, from its first to its last character."""
        if span.end <= span.start:
            at = self.origin(span.start) if span.start < len(self.text) else self._spans[-1].end
            return Span(at, at)
        return Span(self.origin(span.start), self.origin(span.end - 1) + 1)

    def lift(self, finding: Finding) -> Finding:
        """The finding, with offsets in the normalised text."""
        return Finding(
            finding.stage,
            finding.rule,
            self.lift_span(finding.span),
            finding.reason,
            tuple(c._replace(span=self.lift_span(c.span)) for c in finding.captures),
            None if finding.twin is None else self.lift_span(finding.twin),
            finding.similarity,
            finding.differences,
        )


def _claim(length: int, findings: Iterable[Finding]) -> list[tuple[Span, Finding]]:
    """Disjoint spans in order, each with the first finding in the list that covers it."""
    spans: list[tuple[int, int, int, Finding]] = []
    for rank, finding in enumerate(findings):
        start, end = finding.span
        if start < 0 or end > length:
            start, end = max(0, start), min(length, end)
        if start < end:
            spans.append((start, end, rank, finding))
    spans.sort()  # by place, then by rank, which is unique
    if all(one[1] <= other[0] for one, other in pairwise(spans)):  # true of nearly every page: no overlaps
        return [(Span(start, end), finding) for start, end, _, finding in spans]
    borders = sorted({at for start, end, _, _ in spans for at in (start, end)})
    active: list[tuple[int, int, Finding]] = []
    owned: list[tuple[Span, Finding]] = []
    k = 0
    for start, end in pairwise(borders):
        while k < len(spans) and spans[k][0] <= start:
            heappush(active, (spans[k][2], spans[k][1], spans[k][3]))
            k += 1
        while active and active[0][1] <= start:
            heappop(active)
        if not active:
            continue
        finding = active[0][2]
        if owned and owned[-1][1] is finding and owned[-1][0].end == start:
            owned[-1] = (Span(owned[-1][0].start, end), finding)
        else:
            owned.append((Span(start, end), finding))
    return owned


def _tidy(text: str, owned: list[tuple[Span, Finding]]) -> list[tuple[Span, Finding]]:
    """Widen groups of touching spans over the white space that would be left over."""
    out: list[tuple[Span, Finding]] = []
    k = 0
    while k < len(owned):
        span, finding = owned[k]
        last = k
        while last + 1 < len(owned) and not text[owned[last][0][1] : owned[last + 1][0][0]].strip():
            last += 1
        if last == k:
            out.append((_widen(text, span), finding))
            k += 1
            continue
        group = owned[k : last + 1]
        group = group[: _needed_gap(text, [span for span, _ in group])]
        start, end = _widen(text, Span(span.start, group[-1][0].end))
        edges = [start, *[span.start for span, _ in group[1:]], end]
        out += [(Span(edges[i], edges[i + 1]), finding) for i, (_, finding) in enumerate(group)]
        k += len(group)
    return out


def _needed_gap(text: str, group: list[Span]) -> int:
    """
    How many spans of the group can be removed as one: all, unless the white space between two of them is
    the only thing that separates two lines or two words.
    """
    start, end = group[0].start, group[-1].end
    left, right = blanks_around(text, Span(start, end))
    if left == 0 or text[left - 1] == "\n" or right == len(text) or text[right] == "\n":
        return len(group)
    gaps = [text[a.end : b.start] for a, b in pairwise(group)]
    lines = (k for k, gap in enumerate(gaps, 1) if "\n" in gap)
    words = (k for k, gap in enumerate(gaps, 1) if gap and left == start and right == end)
    return next(lines, next(words, len(group)))


def blanks_around(text: str, span: Span) -> Span:
    """The span, extended over adjacent blanks on its lines."""
    left, right = span
    while left > 0 and text[left - 1] != "\n" and text[left - 1].isspace():
        left -= 1
    while right < len(text) and text[right] != "\n" and text[right].isspace():
        right += 1
    return Span(left, right)


def _widen(text: str, span: Span) -> Span:
    """
    The span, extended over adjacent white space that is no longer needed.

    A removed line takes its line end along; a removed beginning or end of a line takes the blanks that
    set it off; between two words one blank stays.
    """
    start, end = span
    left, right = blanks_around(text, span)
    starts_line = left == 0 or text[left - 1] == "\n"
    ends_line = right == len(text) or text[right] == "\n"
    if not starts_line and not ends_line:
        return Span(start, right if left < start else end)
    if not ends_line:
        return Span(left, right)
    if not starts_line and right < len(text):
        return Span(left, right)
    while right < len(text) and text[right].isspace():
        right += 1
    if right == len(text):
        while left > 0 and text[left - 1].isspace():
            left -= 1
    return Span(left, right)
