"""
Lines of a list that the story gives: a cast, a programme, prizes, a roster, books and who wrote them.

`摄影：林小禾` reads alike below a story and among the crew of a film that it reviews. What tells them apart are the
lines beside it. A list in which most lines have a label that no rule knows (导演, 主演; Cast), or which such a line
opens, is the story's, and all of it stays. So do lines that name somebody else each time the same words come, with
other lines between: names below works, each by another hand. And so does a label by itself between two paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dedupe.patterns import pattern
from dedupe.rules.blocks import WEAK, Block
from dedupe.rules.body import is_body
from dedupe.rules.people import ROLE
from dedupe.rules.rule import PEOPLE

_LONGEST: Final = 120
_MOST: Final = 40  # lines of a list that are looked at, above a line and below it
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


def is_listed(i: int, page: Lines, *, alone: bool) -> bool:
    """Whether a line of credits is one of a list that the story gives; ``alone`` if none stands beside it."""
    block, line = page.credits[i], page.lines[i]
    words = words_before(block, line)
    if words and any(map(_COUNT.fullmatch, _names(block, line))):
        return True
    if _is_role(block, line) and ((alone and words and _is_misplaced(i, page)) or _in_list(i, page)):
        return True
    return bool(words) and _recurs(i, words, page)


def _is_misplaced(i: int, page: Lines) -> bool:
    """Whether one credit stands in the body, neither below a picture nor above the line that says who its author is."""
    _, lead, last = page.zones
    block = page.credits[i]
    within = lead < i < last and any(page.lines[i + 1 : last])
    return within and len(block.hits) == 1 and not block.classes <= _PICTURES


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
    return next((k for k, one in enumerate(_FORMS) if one.match(line)), None)


def _is_role(block: Block, line: str) -> bool:
    """Whether a line says by a label alone who did what, which the story may say of others."""
    doubted = block.strength == WEAK or block.classes <= _ROLES
    return doubted and form(line) is not None


def _in_list(i: int, page: Lines) -> bool:
    """
    Whether lines with labels stand beside one with a label, and no rule knows most of them, or the first.

    Half of them may be a page's 关键词：; but what `by` joins, no page adds to its credits. A bare 时间： is that of
    whatever else the list tells of. Several credits on a line are to be outnumbered.
    """
    block, kind = page.credits[i], form(page.lines[i])
    above, below = [*_beside(i, -1, page.lines, kind)], [*_beside(i, 1, page.lines, kind)]
    page.settle([*above, *below])
    unread = [k for k in (*above, *below) if k not in page.credits]
    if block.classes <= TIMES:
        return bool(unread)
    if above and above[-1] in unread:
        return len(unread) >= len(block.hits)
    return 2 * len(unread) + (kind == _BY) > len(above) + len(below) + 1


def _beside(i: int, step: int, lines: Sequence[str], kind: int | None) -> Iterator[int]:
    """The lines next to one, on one side, that set a label as it does; never the first of a page, its title."""
    first = next((k for k, line in enumerate(lines) if line), 0)
    k, found = i + step, 0
    while first < k < len(lines) and found < _MOST:
        if lines[k]:
            if form(lines[k]) != kind:
                return
            found += 1
            yield k
        k += step


def _recurs(i: int, words: str, page: Lines) -> bool:
    """Whether the words by which a line names somebody name somebody else further on, with other lines between."""
    standfirst = page.zones[0]
    in_head = i < standfirst
    like = [k for k, line in enumerate(page.lines) if line.startswith(words) and k != i and (k < standfirst) == in_head]
    page.settle(like)
    names = _names(page.credits[i], page.lines[i])
    return any(
        words_before(page.credits[k], page.lines[k]) == words
        and names.isdisjoint(_names(page.credits[k], page.lines[k]))
        and any(page.lines[j] and _is_text(j, page) for j in range(min(i, k) + 1, max(i, k)))
        for k in like
        if k in page.credits
    )


def _is_text(i: int, page: Lines) -> bool:
    return i not in page.credits or page.credits[i].strength == WEAK


def words_before(block: Block, line: str) -> str:
    """The words before the people whom a line names; none if it names anything else as well, or they are reporters."""
    captures = [capture for hit in block.hits for capture in hit.captures]
    if not {capture.name for capture in captures} <= PEOPLE or not block.classes <= _ROLES:
        return ""
    if not captures:
        label = _LABELLED.match(line)
        return label[0] if label else ""
    words = line[: captures[0].span.start].strip()
    return "" if _STAFF.search(words) else words


def _names(block: Block, line: str) -> frozenset[str]:
    named = [capture.value for hit in block.hits for capture in hit.captures]
    return frozenset(named or [line[len(words_before(block, line)) :].strip()])
