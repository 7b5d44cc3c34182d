"""
What two texts have in each other's place: where a template shows.

Two texts are laid side by side, sentence by sentence. A copy that a site has edited lacks a line
here and has one more there; a notice of the same template has another number and another name in
the same place: 任命王建国为局长 and 任命李秀英为局长 are two appointments. In credits names change
from site to site and mean nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import chain, groupby
from typing import Final, NamedTuple

import numpy as np

from dedupe.facts import facts, other_facts, spelled_numbers
from dedupe.kernels.runs import matched
from dedupe.neardup.places import KNOWN_PLACE, is_place
from dedupe.rules.people import SURNAMES

_SENTENCE: Final = re.compile(
    r"[^\n。！？!?.]*(?:[.](?!\s)[^\n。！？!?.]*)*(?:[。！？!?\n]+[”’」』）)]*|[.](?=\s)|$)\s*"
)
_CREDIT: Final = re.compile(
    r"记者|記者|通讯员|通訊員|编辑|編輯|作者|责编|校对|撰稿|摄影?|攝|来源|來源|[电電讯訊]$|(?i:\b(?:by|editing|reporting|writing|photo)\b)"
)
_OPEN: Final = re.compile(r"[（(【\[][^）)】\]]*$")
"""An open bracket. A person named in it has mostly written or photographed something; a street is still a street."""

_DATELINE: Final = re.compile(
    r"(?:\d{1,2}月)?(?:\d{1,2}日)?(?:[电電](?![力视信网厂商影子梯])|[讯訊]|消息)"
    r"|(?:日|晚|早|晨|青年|证券|商|都市)?报|卫视|电视台|广播|新闻|网|记者"
)
"""What stands behind a place that says where a story was filed, or the name of a paper."""

_CALLED: Final = re.compile(r"某|先生|女士|老师|大爷|大妈|阿姨|老人|同学")
_ALERTS: Final = frozenset("蓝黄橙红")
_PLAIN_WORDS: Final = (
    "表示 指出 认为 强调 介绍 透露 坦言 说道 今天 今日 昨天 昨日 目前 当前 近日 日前 我国 中国 本报 本网 "
    "他们 她们 我们 said told stated added noted announced reported"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
"""Words that an editor exchanges throughout, and that name nothing."""

_LETTER: Final = r"[^\W\d_\u2e80-\uabff\ud7b0-\uffff]"
"""Of scripts that put blanks between words: all but Han and kana."""

_DENSE: Final = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]{1,8}")
_WORDS: Final = re.compile(r"[^\W\d_]+")

_BEFORE: Final = 12
_AFTER: Final = 8
_LONGEST: Final = 600
"""
Tokens of differing stretches that are aligned; what differs for longer is another text, not another name. As many
sentences are aligned by a kernel, whose time grows with the product of their numbers.
"""

_TYPO: Final = 0.6
_NAMES: Final = 4
"""Words that a name, or what something is called, has at the most."""

_REPEATED: Final = 2
"""Places in which a word of any kind must be exchanged for the same other one, to be what a notice is about."""


class Exchanged(NamedTuple):
    """
    What one text has in the place of the other's.

    ``names`` counts people, places, alert levels and whatever is called otherwise throughout;
    ``numbers`` the places where both state a number, and another one, of them ``spelled`` those that
    one of the two writes in words; ``figures`` the places where at least one side states a number.
    """

    names: int
    numbers: int
    figures: int
    spelled: int = 0


class _Exchange(NamedTuple):
    before: str
    one: list[str]
    two: list[str]
    after: str

    @property
    def said(self) -> tuple[str, str]:
        return "".join(self.one), "".join(self.two)


def exchanged(one: str, two: str) -> Exchanged:
    """
    Lay two texts side by side that agree otherwise.

    >>> exchanged("会议决定任命王建国为水利局局长。", "会议决定任命李秀英为水利局局长。").names
    1
    >>> exchanged("本报记者王建国 雨停了。", "本报记者李秀英 雨停了。").names
    0
    >>> exchanged("青禾县今起停水，请储水。", "红石县今起停水，请储水。").names
    1
    >>> exchanged("他表示同意。", "他指出同意。")
    Exchanged(names=0, numbers=0, figures=0, spelled=0)
    >>> exchanged("The court fined Mark Hale 300 crowns.", "The court fined Ruth Dorn two crowns.")
    Exchanged(names=1, numbers=1, figures=1, spelled=1)
    """
    names = numbers = figures = spelled = 0
    called: Counter[tuple[str, str]] = Counter()
    for found in _exchanges(one, two):
        if not (_CREDIT.search(found.before) or _CREDIT.search(found.before.replace(" ", ""))):
            person = not _OPEN.search(found.before) and (_is_han_name(found) or _is_latin_name(found))
            names += person or _is_other_place(found, one, two)
            if _is_word(found) and found.said[0] not in two and found.said[1] not in one:
                called[found.said] += 1
        digits = [any(token[0].isdigit() for token in side) for side in (found.one, found.two)]
        value = spelled_numbers(found.one)
        other = None if value is None else spelled_numbers(found.two)
        if other is not None:
            numbers += value != other
            spelled += value != other and not all(digits)
            figures += value != other
            continue
        figures += any(digits)
        numbers += all(digits) and other_facts(facts(found.said[0]), facts(found.said[1]))[0] > 0
    names += sum(count >= _REPEATED for count in called.values())
    return Exchanged(names, numbers, figures, spelled)


def _exchanges(one: str, two: str) -> Iterator[_Exchange]:
    """Where the texts have other words in the same place."""
    a, b = _sentences(one), _sentences(two)
    for i, j, k, m in _replaced(a, b):
        mine, other = (_token().findall("".join(part)) for part in (a[i:j], b[k:m]))
        if max(len(mine), len(other)) > _LONGEST:
            continue
        for p, q, r, s in _replaced(mine, other):
            before, after = " ".join(mine[max(0, p - _BEFORE) : p]), "".join(mine[q : q + _AFTER])
            yield from _parted(before, mine[p:q], other[r:s], after)


@cache
def _token() -> re.Pattern[str]:
    """A word, a number, a place or a sign. Made when it is first wanted: no single file is compared with another."""
    return re.compile(rf"{_LETTER}+(?:['’\-]{_LETTER}+)*|\d+|{KNOWN_PLACE}|\S")


def _sentences(text: str) -> list[str]:
    """The text in sentences, each with what closes it; where there is none in a line, the line."""
    return [sentence for sentence in _SENTENCE.findall(text) if sentence.strip()]


def _replaced(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where others stand in each other's place: from where to where in the one, and in the other."""
    start, end = _in_common(one, two)
    mine, other = one[start : len(one) - end], two[start : len(two) - end]
    if not (mine and other):
        return
    i = k = 0
    for at, twin, length in chain(_blocks(mine, other), [(len(mine), len(other), 0)]):
        if i < at and k < twin:
            yield start + i, start + at, start + k, start + twin
        i, k = at + length, twin + length


def _blocks(one: Sequence[str], two: Sequence[str]) -> Iterable[Sequence[int]]:
    """What difflib matches: where in the one, where in the other, how many."""
    if max(len(one), len(two)) > _LONGEST:
        return SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]
    numbers = {word: number for number, word in enumerate({*one, *two})}
    a, b = (np.fromiter(map(numbers.__getitem__, side), dtype=np.uint32, count=len(side)) for side in (one, two))
    found: list[list[int]] = matched(a, b).tolist()
    return found


def _in_common(one: Sequence[str], two: Sequence[str]) -> tuple[int, int]:
    """
    How many both begin and end with, where that can be left out and difflib aligns the rest as it does the whole.

    Its longest block comes first, and what it leaves on either side. Where nothing stands twice in a sequence
    no block but that at the beginning can take what both begin with, however long the others are.

    >>> _in_common("abcxyz", "abcdyz"), _in_common("abcaxz", "abcdyz")
    ((3, 2), (0, 0))
    """
    if len(set(one)) < len(one) or len(set(two)) < len(two):
        return 0, 0
    shorter = min(len(one), len(two))
    start = next((k for k in range(shorter) if one[k] != two[k]), shorter)
    end = next((k for k in range(shorter - start) if one[-1 - k] != two[-1 - k]), shorter - start)
    return start, end


def _parted(before: str, one: list[str], two: list[str], after: str) -> Iterator[_Exchange]:
    """The exchange, word for word where both sides have as many: ``Mark Hale 300``, ``Ruth Dorn 500``."""
    if len(one) != len(two):
        yield _Exchange(before, one, two, after)
        return
    pairs = zip(one, two, strict=True)
    for _, run in groupby(pairs, key=lambda pair: (pair[0][0].isdigit(), pair[1][0].isdigit())):
        mine, other = zip(*run, strict=True)
        yield _Exchange(before, list(mine), list(other), after)


def _is_han_name(found: _Exchange) -> bool:
    """Whether on both sides stands a Chinese name, or the end of one of three characters, or 王某 and 李某."""
    one, two = found.said
    # Of 大庆 and 大伟, where the one is a place as well.
    shared = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    before, one, two = found.before.replace(" ", "") + one[:shared], one[shared:], two[shared:]
    if not (one and two and _is_han(one) and _is_han(two)) or set(one) & set(two):
        return False
    if _is_name(one) and _is_name(two):
        return True
    if len(one) == len(two) == 1 and one in SURNAMES and two in SURNAMES and _CALLED.match(found.after):
        return True
    before = before[-2:]
    return len(one) == len(two) and any(
        len(said + one) == 3 and _is_name(said + one) and _is_name(said + two) for said in (before, before[1:])
    )


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and text[0] in SURNAMES and _is_han(text)


def _is_han(text: str, longest: int = 4) -> bool:
    return len(text) <= longest and all("\u3400" <= c <= "\u9fff" for c in text)


def _is_other_place(found: _Exchange, one: str, two: str) -> bool:
    """
    Whether the one names a place where the other names another, and neither is named in the other text at
    all: then it is what the notice is about. The place where a story was filed is part of its credits.
    """
    here, there = found.said
    if here in _ALERTS and there in _ALERTS and found.after.startswith("色"):
        return True
    if _DATELINE.match(found.after) or not (is_place(here, found.after) and is_place(there, found.after)):
        return False
    kind = found.after[:1] if len(here) == 1 or len(there) == 1 else ""
    return here + kind not in two and there + kind not in one


def _is_word(found: _Exchange) -> bool:
    """
    Whether both sides are words of some weight in one script, and neither is the other's slip. AI and 人工智能,
    US and American are one thing in two styles.
    """
    one, two = found.said
    if one in _PLAIN or two in _PLAIN or not (_WORDS.fullmatch(one) and _WORDS.fullmatch(two)):
        return False
    dense = [_DENSE.fullmatch(side) is not None for side in (one, two)]
    if all(dense):
        return min(len(one), len(two)) > 1 and not set(one) & set(two)
    few = len(found.one) <= _NAMES and len(found.two) <= _NAMES
    return few and not any(dense) and min(len(one), len(two)) > 2 and not _alike(one, two)


def _alike(one: str, two: str) -> bool:
    return SequenceMatcher(None, one.casefold(), two.casefold(), autojunk=False).ratio() >= _TYPO


def _is_latin_name(found: _Exchange) -> bool:
    """Whether other words stand on both sides that are written as names are, and neither is the other's slip."""
    sides = (found.one, found.two)
    if any(len(side) > _NAMES or not all(word.istitle() and len(word) > 1 for word in side) for side in sides):
        return False
    return bool(found.before) and not _alike(*found.said)
