"""
What is named where two texts differ: a person, a place, whatever the one is about and the other is not.

In credits names change from site to site and mean nothing; in Chinese no capital letter shows them. The texts are
those of `plain_script`: nothing here is written in traditional Chinese.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from dedupe.neardup.alignment import Exchange
from dedupe.neardup.places import is_place
from dedupe.patterns import pattern
from dedupe.rules.people import SURNAMES

_CREDIT: Final = pattern(
    r"记者|通讯员|编辑|作者|责编|校对|撰稿|摄影?|来源|[电讯]$|(?i:\b(?:by|editing|reporting|writing|photo|foto|фото)\b)|تصوير|사진|写真"
)
_OPEN: Final = pattern(r"[（(【\[][^）)】\]]*$")
"""An open bracket. A person named in it has mostly written or photographed something; a street is still a street."""

_DATELINE: Final = pattern(
    r"(?:\d{1,2}月)?(?:\d{1,2}日)?(?:电(?![力视信网厂商影子梯])|讯|消息)"
    r"|(?:日|晚|早|晨|青年|证券|商|都市)?报|卫视|电视台|广播|新闻|网|记者"
)
"""What stands behind a place that says where a story was filed, or the name of a paper."""

_CALLED: Final = pattern(r"某|先生|女士|老师|大爷|大妈|大嫂|大姐|阿姨|老人|同学")
_OF_ONE: Final = (("色", frozenset("蓝黄橙红")), ("曜", frozenset("月火水木金土日")))
"""Levels of alert, and days of the week in Japanese: one character each, told by the next."""

_PLAIN_WORDS: Final = (
    "表示 指出 认为 强调 介绍 透露 坦言 说道 今天 今日 昨天 昨日 目前 当前 近日 日前 我国 中国 本报 本网 "
    "他们 她们 我们 said told stated added noted announced reported"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
"""Words that an editor exchanges throughout, and that name nothing."""

_DENSE: Final = pattern(r"[\u3041-\u30ff\u3400-\u9fff]{1,8}")
_WORDS: Final = pattern(r"[^\W\d_]+")

_TYPO: Final = 0.6
_NAMES: Final = 4
"""Words that a person's name has at the most."""

_THINGS: Final = 2
"""And what is no name. More are a clause that somebody wrote anew."""

_CALENDAR_WORDS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday january february september october november december "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar oktober dezember "
    "septembre octobre novembre décembre septiembre octubre noviembre diciembre "
    "lunedì martedì mercoledì giovedì venerdì settembre ottobre dicembre setembro outubro novembro dezembro "
    "января февраля сентября октября ноября декабря 월요일 화요일 수요일 목요일 금요일 토요일 일요일"
)
_CALENDAR: Final = frozenset(_CALENDAR_WORDS.split())
"""Days and months whose names are as like as a word and its slip."""

_APART_CHARACTERS: Final = (
    "男女 东南西北中 上中下 左右 早午晚 春夏秋冬 晴阴雨雪 升降涨跌增减 胜负平 甲乙丙丁戊己 金银铜 优良 ⅠⅡⅢⅣⅤ ABCDEFGH"
)
_APART_WORDS: Final = (
    "north south east west/northern southern eastern western/men women boys girls/male female/I II III IV V VI VII VIII"
)
_APART: Final = (
    *map(frozenset, _APART_CHARACTERS.split()),
    *(frozenset(words.split()) for words in _APART_WORDS.split("/")),
)
"""Words by which things are told apart, however short or alike: the men's race and the women's, Group A and Group B."""


def in_credit(found: Exchange) -> bool:
    """Whether it stands behind a word that begins a credit."""
    return bool(_CREDIT.search(found.before) or _CREDIT.search(found.before.replace(" ", "")))


def in_brackets(found: Exchange) -> bool:
    """Whether it stands in brackets."""
    return _OPEN.search(found.before) is not None


def is_person(found: Exchange) -> bool:
    """Whether another person is named."""
    return not in_brackets(found) and (_is_han_name(found) or _is_latin_name(found))


def _is_han_name(found: Exchange) -> bool:
    """Whether on both sides stands a Chinese name, or the end of one of three characters, or 王某 and 李某."""
    one, two = found.said
    # Of 大庆 and 大伟, where the one is a place as well.
    shared = _same_beginning(one, two)
    before, one, two = found.before.replace(" ", "") + one[:shared], one[shared:], two[shared:]
    if not (one and two and _is_han(one) and _is_han(two)) or set(one) & set(two):
        return False
    if _CALLED.search(one) or _CALLED.search(two):
        return False  # 郑先生 for 郑怀远: the same person, in another paper's manner
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


def is_other_place(found: Exchange, one: str, two: str) -> bool:
    """
    Whether the one names a place where the other names another, and neither is named in the other text at
    all: then it is what the notice is about. The place where a story was filed is part of its credits.
    """
    here, there = found.said
    if any({here, there} <= names and found.after.startswith(kind) for kind, names in _OF_ONE):
        return True
    if is_filed(found) or not (is_place(here, found.after) and is_place(there, found.after)):
        return False
    kind = found.after[:1] if len(here) == 1 or len(there) == 1 else ""
    return here + kind not in two and there + kind not in one


def is_word(found: Exchange) -> bool:
    """
    Whether both sides are words of some weight in one script, and neither is the other's slip. AI and 人工智能,
    US and American are one thing in two styles.
    """
    one, two = found.said
    if not (_WORDS.fullmatch(one) and _WORDS.fullmatch(two)) or {one, two} & _PLAIN:
        return False
    if any(_CREDIT.search(side) or _CALLED.search(side) for side in (one, two)):
        return False
    dense = [_DENSE.fullmatch(side) is not None for side in (one, two)]
    if all(dense):
        return min(len(one), len(two)) > 1 and not set(one) & set(two)
    few = len(found.one) <= _THINGS and len(found.two) <= _THINGS and min(len(one), len(two)) > 2
    return few and not any(dense) and (not _alike(one, two) or {one.casefold(), two.casefold()} <= _CALENDAR)


def is_apart(found: Exchange) -> bool:
    """Whether one of two or some that belong together stands for another: 男 and 女, north and south, II and III."""
    sides = {*found.said}
    return any(sides <= group or {side.casefold() for side in sides} <= group for group in _APART)


def is_filed(found: Exchange) -> bool:
    """Whether it stands where a text says who reports, and from where."""
    return _DATELINE.match(found.after) is not None


def is_edit(found: Exchange) -> bool:
    """Whether somebody edited here: something is added, dropped or rewritten, and not one character for another."""
    one, two = found.said
    if len(one) == len(two) == 1 and _DENSE.fullmatch(one + two):
        return False
    return any(c.isalnum() for c in one + two)


def is_slip(found: Exchange) -> bool:
    """Whether a letter is another, or a word is that of the other text but for some."""
    one, two = found.said
    return len(one) == len(two) == 1 or _alike(one, two)


def _alike(one: str, two: str) -> bool:
    """Whether they share most of their letters in one order: what begins and ends alike, as slips do, at a glance."""
    one, two = one.casefold(), two.casefold()
    ends = _same_beginning(one, two) + _same_beginning(one[::-1], two[::-1])
    enough = _TYPO * (len(one) + len(two))
    return 2 * ends >= enough or SequenceMatcher(None, one, two, autojunk=False).ratio() >= _TYPO


def _same_beginning(one: str, two: str) -> int:
    """How many letters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _is_latin_name(found: Exchange) -> bool:
    """Whether other words stand on both sides that are written as names are, and neither is the other's slip."""
    sides = (found.one, found.two)
    if any(len(side) > _NAMES or not all(word.istitle() and len(word) > 1 for word in side) for side in sides):
        return False
    return bool(found.before) and not _alike(*found.said)
