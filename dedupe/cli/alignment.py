"""
Align two comparison views: what they have in common, in order.

Runs of characters that occur exactly once in each view serve as anchors, and only the short stretches between
them are aligned character by character, so the cost is linear in their length apart from sorting.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_ANCHORS = (32, 8, 4)
"""Lengths of the runs tried as anchors, in this order."""

_SMALL = 40_000
"""Two stretches are aligned character by character if the product of their lengths is at most this."""

_MAX_DEPTH = 12
"""How many times the stretches between anchors are searched for further anchors."""


class Match(NamedTuple):
    """``length`` characters of one view from ``one`` on equal those of the other from ``two`` on."""

    one: int
    two: int
    length: int


def matches(one: str, two: str, words: Sequence[int], words_two: Sequence[int]) -> list[Match]:
    """
    Return what is equal in both views, in order, without chance matches and halves of words.

    ``words`` gives, for each character of a view, the number of the word that contains it; 0 is none.

    >>> matches("雨下了1夜", "雨下了3夜", [0, 0, 0, 1, 0], [0, 0, 0, 1, 0])
    [Match(one=0, two=0, length=3), Match(one=4, two=4, length=1)]
    """
    found = sorted(_aligned(one, two, 0, 0, _MAX_DEPTH))
    ends = Match(len(one), len(two), 0)
    return _whole_words(_meaningful(_touching(found), ends), words, words_two)


def _aligned(one: str, two: str, at: int, at_two: int, depth: int) -> Iterator[Match]:
    """Yield the matches of two stretches, which begin at ``at`` and ``at_two`` in their views."""
    head = _common_prefix(one, two)
    tail = _common_prefix(one[head:][::-1], two[head:][::-1])
    if head:
        yield Match(at, at_two, head)
    if tail:
        yield Match(at + len(one) - tail, at_two + len(two) - tail, tail)
    one, two, at, at_two = one[head : len(one) - tail], two[head : len(two) - tail], at + head, at_two + head
    if not one or not two:
        return
    if len(one) * len(two) <= _SMALL:
        for match in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]:
            yield Match(at + match.a, at_two + match.b, match.size)
        return
    anchors = next(filter(None, (_anchors(one, two, length) for length in _ANCHORS)), []) if depth else []
    if not anchors:
        return
    a = b = 0
    for anchor in [*anchors, Match(len(one), len(two), 0)]:
        yield from _aligned(one[a : anchor.one], two[b : anchor.two], at + a, at_two + b, depth - 1)
        if anchor.length:
            yield Match(at + anchor.one, at_two + anchor.two, anchor.length)
        a, b = anchor.one + anchor.length, anchor.two + anchor.length


def _common_prefix(one: str, two: str) -> int:
    """Return the length of the common prefix."""
    shorter = min(len(one), len(two))
    return next((k for k in range(shorter) if one[k] != two[k]), shorter)


def _anchors(one: str, two: str, length: int) -> list[Match]:
    """Return runs of this length that occur once in each text: as many as keep their order, joined where they meet."""
    once, once_two = _once(one, length), _once(two, length)
    pairs = [(at, once_two[run]) for run, at in once.items() if run in once_two]
    anchors: list[Match] = []
    for at, at_two in _ascending(pairs):
        last = anchors[-1] if anchors else Match(0, 0, 0)
        if anchors and at - at_two == last.one - last.two and at <= last.one + last.length:
            anchors[-1] = Match(last.one, last.two, at + length - last.one)
        elif at >= last.one + last.length and at_two >= last.two + last.length:
            anchors.append(Match(at, at_two, length))
    return anchors


def _once(text: str, length: int) -> dict[str, int]:
    """Return the runs that occur once in the text with their offsets, in order."""
    runs = [text[at : at + length] for at in range(len(text) - length + 1)]
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """
    Return the longest subsequence of pairs whose second elements ascend; the first elements already do.

    >>> _ascending([(0, 5), (1, 2), (2, 3), (4, 9)])
    [(1, 2), (2, 3), (4, 9)]
    """
    ends: list[int] = []
    of_end: list[int] = []
    before: list[int] = []
    for k, (_, second) in enumerate(pairs):
        place = bisect_left(ends, second)
        before.append(of_end[place - 1] if place else -1)
        ends[place : place + 1] = [second]
        of_end[place : place + 1] = [k]
    chosen, k = [], of_end[-1] if of_end else -1
    while k >= 0:
        chosen.append(pairs[k])
        k = before[k]
    return chosen[::-1]


def _touching(matches: list[Match]) -> list[Match]:
    """Join matches that touch in both texts."""
    joined: list[Match] = []
    for match in matches:
        last = joined[-1] if joined else None
        if last and match.one == last.one + last.length and match.two == last.two + last.length:
            joined[-1] = Match(last.one, last.two, last.length + match.length)
        else:
            joined.append(match)
    return joined


def _meaningful(matches: list[Match], ends: Match) -> list[Match]:
    """Drop chance matches: those no longer than the differences on both sides of them."""
    kept = [Match(0, 0, 0)]
    for match in [*matches, ends]:
        while len(kept) > 1 and kept[-1].length <= min(_apart(kept[-2], kept[-1]), _apart(kept[-1], match)):
            kept.pop()
        kept.append(match)
    return kept[1:-1]


def _apart(last: Match, match: Match) -> int:
    """Return the length of the difference between two matches."""
    return max(match.one - last.one - last.length, match.two - last.two - last.length)


def _whole_words(matches: list[Match], words: Sequence[int], words_two: Sequence[int]) -> list[Match]:
    """Trim from the ends of each match the parts of words whose other parts differ."""
    whole = []
    for match in matches:
        end, end_two = match.one + match.length, match.two + match.length
        first = max(_reach(words, match.one, 1), _reach(words_two, match.two, 1))
        last = max(_reach(words, end, -1), _reach(words_two, end_two, -1))
        if first + last < match.length:
            whole.append(Match(match.one + first, match.two + first, match.length - first - last))
    return whole


def _reach(words: Sequence[int], at: int, step: int) -> int:
    """
    Return how far a word that a cut at ``at`` would split extends forward (1) or back (-1), in characters.

    >>> _reach([1, 1, 1, 2], 1, 1), _reach([1, 1, 1, 2], 1, -1), _reach([1, 1, 1, 2], 3, 1)
    (2, 1, 0)
    """
    if not 0 < at < len(words) or not words[at] or words[at] != words[at - 1]:
        return 0
    k = at if step > 0 else at - 1
    reach = 0
    while 0 <= k < len(words) and words[k] == words[at]:
        reach, k = reach + 1, k + step
    return reach
