"""
Lines of a list that the story gives: a cast, a programme, prizes, a roster, books and who wrote them.

`摄影：林小禾` reads alike below a story and among the crew of a film that it reviews. What tells them apart are the
lines beside it. A list in which most lines have a label that no rule knows (导演, 主演; Cast), or which such a line
opens, is the story's, and all of it stays. So do lines that name somebody else each time the same words come, with
other lines between: names below works, each by another hand. And so does a label by itself between two paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Final, NamedTuple

from dedupe.patterns import pattern
from dedupe.rules.blocks import WEAK, Block
from dedupe.rules.body import is_body
from dedupe.rules.people import ROLE
from dedupe.rules.rule import PEOPLE

_LONGEST: Final = 120
_MOST: Final = 40  # lines that are looked at, above a line and below it
_ROLES: Final = frozenset({"author_byline", "editor_line", "photo_credit"})
_PICTURES: Final = frozenset({"photo_credit"})
TIMES: Final = frozenset({"timestamp_line"})
_STOPS: Final = frozenset("。！？!?；;…")
_WIDE: Final = r"\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_BARS: Final = ":：﹕|｜丨∣︱│"
# A label has a letter in it and is no sentence; what follows it is nobody's speech: 导演：, Réalisation :
_FORMS: Final = (
    pattern(
        rf"(?=[^{_BARS}]*[^\W\d_])(?:[{_WIDE}][^{_BARS}。，！？“”》】）]{{0,11}}|[^{_BARS}。，,.!?“”\"«»\[({_WIDE}]{{2,30}})"
        rf"\s*[{_BARS}]\s*[^\s/“„\"「『«]"
    ),
    pattern(rf"[{_WIDE}]{{1,6}}\s*[/／╱]\s*[{_WIDE}A-Z]"),
    pattern(rf"[{_WIDE}]{{2,5}}[ \u3000]+[{_WIDE}]{{2,4}}$"),
    pattern(r"[^\W\d_]+(?: [^\W\d_]+){0,2} (?:by|von|par|por|da|door|av|af) [A-ZÀ-Þ]"),
)
_BY: Final = 3  # the last of these forms
_ADDRESS: Final = pattern(r"://|www\.|@|\w\.\w{2,}/")
_LABELLED: Final = pattern(rf"[^{_BARS}/／╱]+[{_BARS}/／╱]|(?:\w+ ){{1,3}}(?:by|von|par|por|da) ")
_COUNT: Final = pattern(
    r"[\d一二两兩三四五六七八九十]+\s*(?:[名人位个個명]|posts?)|\d+|若干[名人位个個]?"
)  # are wanted
_COUNTED: Final = pattern(rf"[{_BARS}]\s*\d")  # 浏览量：1200 opens no list
_STAFF: Final = pattern(f"{ROLE}$")


class Lines(NamedTuple):
    """
    The lines of a page; those that are credits by themselves; and its standfirst, its first and last line of body.

    ``settle`` finds out of some lines whether they are credits, too.
    """

    lines: Sequence[str]
    credits: Mapping[int, Block]
    zones: tuple[int, int, int]
    settle: Callable[[Sequence[int]], None]


def listed(run: Sequence[int], page: Lines) -> set[int]:
    """Of credits side by side: those of a list that the story gives, and an author or editor alone in its midst."""
    found: set[int] = set()
    solid = [] if any(page.credits[i].strength == WEAK for i in run) else run  # what is weak may be a title
    for kind, lines in groupby(run, lambda i: _kind(i, page)):
        stretch = [*lines]
        if kind is not None:
            found.update(_in_list(stretch, kind, page))
            found.update(stretch if len(run) == 1 and _is_misplaced(run[0], page) else ())
        found.update(i for i in stretch if i not in found and _names_others(i, solid or [i], page))
    return found


def _kind(i: int, page: Lines) -> int | None:
    """The form of a line that says who did what, or what counts only beside others; None if it is no such line."""
    block = page.credits[i]
    return form(page.lines[i]) if block.strength == WEAK or block.classes <= _ROLES else None


def _names_others(i: int, solid: Sequence[int], page: Lines) -> bool:
    """Whether a line counts people instead of naming them, or names one of many by the same words."""
    block, line = page.credits[i], page.lines[i]
    words = words_before(block, line)
    return bool(words) and (any(map(_COUNT.fullmatch, _names(block, line))) or _recurs(i, words, solid, page))


def _is_misplaced(i: int, page: Lines) -> bool:
    """Whether one credit stands in the body, neither below a picture nor above the line that says who its author is."""
    _, lead, last = page.zones
    block = page.credits[i]
    if not lead < i < last or len(block.hits) > 1 or block.classes <= _PICTURES:
        return False
    return bool(words_before(block, page.lines[i])) and any(page.lines[k] for k in range(i + 1, last))


def form(line: str) -> int | None:
    """
    How a line sets a label before what it names; None if it does not.

    >>> form("导演：何可"), form("Directed by Anna Fell"), form("摄影 李明")
    (0, 3, 2)
    >>> form("By Anna Fell"), form("14:00"), form("他说：“小桥通车了。”")
    (None, None, None)
    """
    if not line or len(line) > _LONGEST or line[-1] in _STOPS or _ADDRESS.search(line) or is_body(line, leading=False):
        return None
    for k, one in enumerate(_FORMS):
        if one.match(line):
            return k
    return None


def _in_list(stretch: Sequence[int], kind: int, page: Lines) -> Iterator[int]:
    """
    Of credits with labels, one below the other: those beside which no rule knows most lines with labels, or the first.

    Half of them may be a page's 关键词：; but what `by` joins, no page adds to its credits. A bare 时间： is that of
    whatever else the list tells of. Several credits on a line are to be outnumbered.
    """
    above, below = [*_beside(stretch[0], -1, page.lines, kind)], [*_beside(stretch[-1], 1, page.lines, kind)]
    page.settle([*above, *below])
    unread = [k for k in (*above, *below) if k not in page.credits]
    most = 2 * len(unread) + (kind == _BY) > len(above) + len(stretch) + len(below)
    opened = bool(above) and above[-1] in unread and not _COUNTED.search(page.lines[above[-1]])
    for i in stretch if unread else ():
        block = page.credits[i]
        enough = len(unread) >= len(block.hits) if opened else most
        if enough or block.classes <= TIMES:
            yield i


def _beside(i: int, step: int, lines: Sequence[str], kind: int) -> Iterator[int]:
    """The lines next to one, on one side, that set a label as it does; never the first of a page, its title."""
    k, found = i + step, 0
    while 0 <= k < len(lines) and found < _MOST:
        if lines[k]:
            if form(lines[k]) != kind or (step < 0 and is_first(k, lines)):
                return
            found += 1
            yield k
        k += step


def is_first(i: int, lines: Sequence[str]) -> bool:
    """Whether only blank lines stand above one."""
    return not any(lines[k] for k in range(i))


def _recurs(i: int, words: str, solid: Sequence[int], page: Lines) -> bool:
    """Whether the words by which one of solid credits names somebody name somebody else not far from them."""
    lines, standfirst = page.lines, page.zones[0]
    near = chain(range(max(0, i - _MOST), solid[0]), range(solid[-1] + 1, min(len(lines), i + _MOST + 1)))
    like = [k for k in near if lines[k].startswith(words) and lines[k] != lines[i]]
    like = [k for k in like if (k < standfirst) == (i < standfirst)]
    page.settle(like)
    names = _names(page.credits[i], lines[i])
    return any(
        words_before(page.credits[k], lines[k]) == words
        and names.isdisjoint(_names(page.credits[k], lines[k]))
        and any(lines[j] and _is_text(j, page) for j in range(min(i, k) + 1, max(i, k)))
        for k in like
        if k in page.credits
    )


def _is_text(i: int, page: Lines) -> bool:
    return i not in page.credits or page.credits[i].strength == WEAK


def words_before(block: Block, line: str) -> str:
    """The words before the people whom a line names; none if it names anything else as well, or they are reporters."""
    if not block.classes <= _ROLES:
        return ""
    captures = [capture for hit in block.hits for capture in hit.captures]
    if not all(capture.name in PEOPLE for capture in captures):
        return ""
    if not captures:
        label = _LABELLED.match(line)
        return label[0] if label else ""
    words = line[: captures[0].span.start].strip()
    return "" if _STAFF.search(words) else words


def _names(block: Block, line: str) -> frozenset[str]:
    named = [capture.value for hit in block.hits for capture in hit.captures]
    return frozenset(named or [line[len(words_before(block, line)) :].strip()])
