"""
What is named where two texts differ: a person, a place, or anything else that only one of them is about.

Names in credits change from site to site and mean nothing; in Chinese no capital letters mark names. The texts
come from `plain_script`, so nothing here is in traditional Chinese.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from dedupe.neardup.alignment import LETTER, MARKS, Exchange, common_prefix
from dedupe.neardup.places import is_place
from dedupe.patterns import pattern
from dedupe.rules.surnames import SURNAMES, is_name

_CREDIT: Final = pattern(
    r"记者|通讯员|编辑|作者|责编|校对|撰稿|摄影?|来源|[电讯]$|(?i:\b(?:by|editing|reporting|writing|photo|foto|фото)\b)|تصوير|사진|写真"
)
"""What introduces a credit, in a line that is one."""

_LATIN_CREDIT: Final = pattern(
    r"(?:(?:^|[(\[.;:|/–—-] ?)(?:by|By|BY|(?i:reporting|editing|writing|photos?|foto|фото|تصوير|사진|写真))"
    r"|\b(?i:report(?:ing|ed)|edit(?:ing|ed)|writ(?:ing|ten)|compiled|photos?|photograph(?:s|ed)?|pictures?) by)"
    r"(?: (?:[:,&]|and|und|et|y|e|и|[A-ZÀ-ÞА-Я][\w.'’-]*)){0,6}$"
)
"""A cue at the beginning of a sentence or bracket, or behind a word for such work: ``won by`` credits nobody."""

_HAN_CREDIT: Final = pattern(
    r".*(?:记者|通讯员|编辑|作者|责编|校对|撰稿|摄影?|来源|写真)(?:[:：|/、，,]*)(?P<names>[\u3400-\u9fff、，,]{0,9})$"
)
"""The last cue before a place, with nothing but names between them: 记者从, 记者会 and 零下五摄氏度 are none."""

_OPEN: Final = pattern(r"[（(【\[][^）)】\]]*$")
"""An open bracket. A person named inside it is usually a writer or photographer; a street is still a street."""

_CLOSE: Final = pattern(r"[）)】\]]")

_DATELINE: Final = pattern(
    r"(?:\d{1,2}月)?(?:\d{1,2}日)?(?:电(?![力视信网厂商影子梯])|讯|消息)"
    r"|(?:日|晚|早|晨|青年|证券|商|都市)?报|卫视|电视台|广播|新闻|网|记者"
)
"""What follows a place name in a dateline, or in the name of a paper."""

_JOINED: Final = pattern("[、，,]")
_POINTERS: Final = frozenset("从都和于时")
"""Surnames that are more often words behind 记者: 记者从, 记者都."""

_CALLED: Final = pattern(r"某|姓|先生|女士|老师|大爷|大妈|大嫂|大姐|阿姨|老人|同学")
_OF_ONE: Final = (("色", frozenset("蓝黄橙红")), ("曜", frozenset("月火水木金土日")))
"""Alert levels, and Japanese days of the week: one character each, recognised by the character that follows."""

_PLAIN_WORDS: Final = (
    "表示 指出 认为 强调 介绍 透露 坦言 说道 今天 今日 昨天 昨日 目前 当前 近日 日前 我国 中国 本报 本网 "
    "他们 她们 我们 said told stated added noted announced reported"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
"""Words that editors replace throughout a text and that name nothing."""

_HANGUL: Final = pattern(r"[\uac00-\ud7a3]+")
_DENSE: Final = pattern(r"[\u3041-\u30ff\u3400-\u9fff]{1,8}")
_WORDS: Final = pattern(rf"{LETTER}+|[^\W\d_]+")

_TYPO: Final = 0.6
NAMES: Final = 4
"""Maximum number of words in a person's name."""

_FULL: Final = 2
"""Number of words that make a name at the beginning of a sentence, where any word is capitalised."""

_THINGS: Final = 2
"""Maximum number of words in any other term. More words are a clause that somebody rewrote."""

_CALENDAR_WORDS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday january february september october november december "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar oktober dezember "
    "septembre octobre novembre décembre septiembre octubre noviembre diciembre "
    "lunedì martedì mercoledì giovedì venerdì settembre ottobre dicembre setembro outubro novembro dezembro "
    "января февраля сентября октября ноября декабря 월요일 화요일 수요일 목요일 금요일 토요일 일요일"
)
_CALENDAR: Final = frozenset(_CALENDAR_WORDS.split())
"""Days and months whose names are as similar to each other as a word and its misspelling."""

_DAY: Final = pattern("|".join(sorted(_CALENDAR, key=len, reverse=True)))

_APART: Final = (*map(frozenset, ("东南西北中", "上中下", "早午晚")), frozenset(("men", "women", "boys", "girls")))
"""Words that distinguish things, however short or similar, but that an editor may exchange: 会上 and 会中."""


def in_credit(found: Exchange) -> bool:
    """
    Whether the exchange follows a word that introduces a credit: in a line or bracket of its own, or directly.

    >>> befores = "本 报 记 者", "记 者 从", "Photo by", "was won by"
    >>> [in_credit(Exchange(before, ["Hale"], ["Dorn"], "")) for before in befores]
    [True, False, True, False]
    """
    joined = found.before.replace(" ", "")
    if not (_CREDIT.search(found.before) or _CREDIT.search(joined)):
        return False
    if found.where != "text":
        return True
    if joined.endswith(("电", "讯")) or _LATIN_CREDIT.search(found.before):
        return True
    cue = _HAN_CREDIT.match(joined)
    return cue is not None and _are_names(_JOINED.sub("", cue["names"]))


def _are_names(text: str) -> bool:
    """Whether Chinese names follow one another in a text, the last perhaps cut off."""
    if not text or (text in SURNAMES and text not in _POINTERS) or is_name(text):
        return True
    return any(is_name(text[:size]) and _are_names(text[size:]) for size in (3, 2, 4) if size < len(text))


def in_brackets(found: Exchange) -> bool:
    """Whether the exchange stands in brackets."""
    return _OPEN.search(found.before) is not None


def is_person(found: Exchange) -> bool:
    """Whether the two texts name different persons here."""
    return not _in_credit_brackets(found) and (_is_han_name(found) or _is_latin_name(found))


def _in_credit_brackets(found: Exchange) -> bool:
    """
    Whether a bracket around the exchange may name a writer or a photographer: it says so, or follows a sentence.

    A bracket behind a word explains that word: 值班老师（王建国）.
    """
    bracket = _OPEN.search(found.before)
    if bracket is None:
        return False
    inside, closed, behind = _partition(found.after)
    leading = found.before[: bracket.start()].rstrip()[-1:]
    return not (leading.isalnum() and closed and behind) or _CREDIT.search(bracket[0] + inside) is not None


def _partition(after: str) -> tuple[str, str, str]:
    """What stands in the bracket, the sign that closes it, and what follows."""
    closed = _CLOSE.search(after)
    return (after, "", "") if closed is None else (after[: closed.start()], closed[0], after[closed.end() :])


def _is_han_name(found: Exchange) -> bool:
    """Whether both sides are Chinese names, or the ends of three-character names, or surnames as in 王某 and 李某."""
    one, two = found.said
    # As in 大庆 and 大伟, where the first is a place as well.
    shared = common_prefix(one, two)
    before, one, two = found.before.replace(" ", "") + one[:shared], one[shared:], two[shared:]
    if not (one and two and _is_han(one) and _is_han(two)) or set(one) & set(two):
        return False
    if _CALLED.search(one) or _CALLED.search(two):
        return False  # 郑先生 for 郑怀远: the same person, in another paper's manner
    if is_name(one) and is_name(two):
        return True
    if len(one) == len(two) == 1 and one in SURNAMES and two in SURNAMES and _CALLED.match(found.after):
        return True
    before = before[-2:]
    return len(one) == len(two) and any(
        len(said + one) == 3 and is_name(said + one) and is_name(said + two) for said in (before, before[1:])
    )


def _is_han(text: str, longest: int = 4) -> bool:
    return len(text) <= longest and all("\u3400" <= c <= "\u9fff" for c in text)


def is_other_place(found: Exchange, one: str, two: str) -> bool:
    """
    Whether the texts name different places here, and neither place occurs anywhere in the other text.

    Then the place is what the notice is about. The place of a dateline, in contrast, belongs to the credits.
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
    Whether both sides are meaningful words in one script, and neither is a misspelling of the other.

    AI and 人工智能, or US and American, are the same thing in two styles.
    """
    one, two = found.said
    if not (_WORDS.fullmatch(one) and _WORDS.fullmatch(two)) or {one, two} & _PLAIN:
        return False
    if any(_CREDIT.search(side) or _CALLED.search(side) for side in (one, two)):
        return False
    dense = [_DENSE.fullmatch(side) is not None for side in (one, two)]
    if all(dense):
        return min(len(one), len(two)) > 1 and not set(one) & set(two)
    least = 1 if _HANGUL.fullmatch(one + two) else 2
    few = len(found.one) <= _THINGS and len(found.two) <= _THINGS and min(len(one), len(two)) > least
    return few and not any(dense) and (not alike(one, two) or _are_days(one, two))


def _are_days(one: str, two: str) -> bool:
    """Whether two days or months are named, perhaps with more behind them: Dienstagabend, Donnerstagabend."""
    days = [_DAY.match(side.casefold()) for side in (one, two)]
    return None not in days and len({day and day[0] for day in days}) > 1


def is_apart(found: Exchange) -> bool:
    """Whether both sides come from one set of distinguishing words: 早 and 晚, men and boys."""
    sides = {*found.said}
    return any(sides <= group or {side.casefold() for side in sides} <= group for group in _APART)


def is_filed(found: Exchange) -> bool:
    """Whether the exchange stands where a text says who reports, and from where."""
    return _DATELINE.match(found.after) is not None


def is_edit(found: Exchange) -> bool:
    """Whether an editor was at work here: words were added, dropped or rewritten, not just one character replaced."""
    one, two = found.said
    if len(one) == len(two) == 1 and _DENSE.fullmatch(one + two):
        return False
    return any(c.isalnum() for c in one + two)


def is_slip(found: Exchange) -> bool:
    """Whether only one letter differs, or the two words share most of their letters."""
    one, two = found.said
    return len(one) == len(two) == 1 or alike(one, two)


def alike(one: str, two: str) -> bool:
    """Whether two words share most of their letters in order; common ends, as slips have, are checked first."""
    one, two = (side.casefold() if side.isascii() else MARKS.sub("", side.casefold()) for side in (one, two))
    ends = common_prefix(one, two) + common_prefix(one[::-1], two[::-1])
    enough = _TYPO * (len(one) + len(two))
    return 2 * ends >= enough or SequenceMatcher(None, one, two, autojunk=False).ratio() >= _TYPO


def _is_latin_name(found: Exchange) -> bool:
    """Whether both sides are capitalised like names, and neither is a misspelling of the other."""
    sides = (found.one, found.two)
    if any(len(side) > NAMES or not all(word.istitle() and len(word) > 1 for word in side) for side in sides):
        return False
    begins = not found.before and (found.where != "text" or min(map(len, sides)) < _FULL)
    return not (begins or alike(*found.said))
