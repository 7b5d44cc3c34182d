"""
Recognise what turns a statement into its opposite: a negation that one of two texts has in addition.

"The jetty is not safe" differs from "the jetty is safe" by three letters that a reader must not lose. Both judges ask
here before they take added letters for a slip, an edit or a longer version.
"""

from __future__ import annotations

from typing import Final

from dedupe.patterns import pattern

_SAID: Final = (
    "not no never nor neither none nobody nothing cannot without "
    "nicht nichts nie niemals kein keine keinen keinem keiner keines ohne "
    "ne pas jamais aucun aucune ni nunca jamás ningún ninguna ninguno non mai nessun nessuna não "
    "не ні нет нету ни никогда нельзя nie niet geen inte ikke ingen δεν "
    "không chưa chẳng tidak bukan belum لا لن لم ليس ليست لست غير בלי לא नहीं नही न मत না নেই 안 못 아니"
)
_WORDS: Final = frozenset(_SAID.split())
"""Negations that are words of their own."""

_PREFIXES: Final = ("un", "in", "im", "il", "ir", "dis", "non", "не", "ни")
"""Negations that begin a word: unsafe, illegal, неизвестный."""

_SUFFIXES: Final = ("n't", "n’t", "nt", "not")
"""Negations that end a word: didn't, didn’t, cannot."""

_INSIDE: Final = pattern(r"[不未无無没沒非否勿莫]|な[いかく]|ません|ずに|않|아니|지\s?못|없|ไม่|มิได้|n['’]t\b")
"""Negations in scripts without spaces between words, or in the middle of a word."""

_NONE: Final = pattern(r"非常|不[断斷仅僅但過过少久管同]|[无無][论論疑]|未[来來]|[没沒]收|非洲|[无無]锡")
"""Words that contain such a sign, and deny nothing."""

_LONGEST: Final = {True: 4, False: 16}
"""Length of an addition that can be a negation, in a script without spaces and in one with: more is a clause."""

_SIDES: Final = "男女 胜负败平 涨跌 升降 增减 买卖 盈亏 甲乙丙丁戊己庚辛 已未"
_APART: Final = tuple(map(frozenset, _SIDES.split()))
"""Characters that are facts wherever one stands for another."""

_OF_ONE: Final = (
    (frozenset("东西南北中"), tuple("区站门路岸部城街省市县侧线京坡岭")),
    (frozenset("左右上下前后"), tuple("岸侧边游级册篇半午部期")),
    (frozenset("蓝黄橙红绿"), ("色",)),
    (frozenset("月火水木金土日"), ("曜",)),
    (frozenset("월화수목금토일"), ("요일",)),
    (frozenset("松竹梅桜樱菊藤"), ("组",)),
    (frozenset("原被"), ("告",)),
    (frozenset("金银铜铝锌铅镍"), ("价", "牌", "矿")),
    (frozenset("김이박최정강조윤장임한오서신권황안송"), ("씨", "모")),
)
"""Characters that are facts if a certain one follows."""

_CALLED: Final = ("某", "姓", "先生", "女士", "老师", "大爷", "大妈")
"""What follows a surname: any other character there is another person."""

_PLACES: Final = tuple("县市区镇乡村省州街路站")
_DENSE: Final = "\u2e80"
_SHIFTS: Final = 8


def negates(added: str, before: str = "", after: str = "") -> bool:
    """
    Whether a stretch that one of two texts has in addition says the opposite.

    ``before`` and ``after`` are the text around it: an alignment may take "ot n" for the addition in "is not new",
    and "un" negates only at the beginning of a word.

    >>> negates("not"), negates("不", "学生", "可以"), negates("un", "is ", "safe"), negates("n't", "did", " pay")
    (True, True, True, True)
    >>> negates("north"), negates("非常"), negates("un", "dans ", " quai"), negates("no", "k", "w")
    (False, False, False, False)
    >>> negates("ot n", "is n", "ew"), negates("不", "可以不", "去")
    (True, False)
    """
    return any(_is_negation(*turn) for turn in _turns(added, before, after))


def _turns(added: str, before: str, after: str) -> list[tuple[str, str, str]]:
    """The addition and the text around it, as every alignment may divide them."""
    turns = [(added, before, after)]
    one, left, right = added, before, after
    while one and left and left[-1] == one[-1] and len(turns) <= _SHIFTS:
        one, left, right = left[-1] + one[:-1], left[:-1], one[-1] + right
        turns.append((one, left, right))
    one, left, right = added, before, after
    while one and right and right[0] == one[0] and len(turns) <= 2 * _SHIFTS:
        one, left, right = one[1:] + right[0], left + one[0], right[1:]
        turns.append((one, left, right))
    return turns


def _is_negation(added: str, before: str, after: str) -> bool:
    said = added.strip().casefold()
    dense = any(letter >= _DENSE for letter in said)
    if not said or len(said) > _LONGEST[dense]:
        return False
    if before.rstrip().casefold().endswith(said) or after.lstrip().casefold().startswith(said):
        return False  # said twice by mistake
    if _INSIDE.search(_NONE.sub("", said)):
        return True
    begins = not (before[-1:].isalpha() and added[:1].isalpha())
    ends = not (after[:1].isalpha() and added[-1:].isalpha())
    if not begins:
        return ends and said.endswith(_SUFFIXES) and len(said) <= len("n't")
    if not ends:
        return said in _PREFIXES
    return any(word in _WORDS for word in said.replace("'", " ").replace("’", " ").split())


def opposed(one: str, two: str, after: str = "") -> bool:
    """
    Whether two stretches in each other's place name two things, however alike they look: sides, persons, places.

    What comes ``after`` them decides: 东 and 西 are sides in 东区, 王 and 李 persons in 王某. Chinese is compared in
    simplified script.

    >>> opposed("男", "女", "子组"), opposed("王", "李", "某犯"), opposed("青禾", "红石", "镇的")
    (True, True, True)
    >>> opposed("囗", "口", "今年"), opposed("王", "土", "地上")
    (False, False)
    """
    if len(one) == len(two) == 1:
        if any({one, two} <= group for group in _APART):
            return True
        if min(one, two) >= _DENSE and after.startswith(_CALLED):
            return True
        return any(after.startswith(follows) and one in group and two in group for group, follows in _OF_ONE)
    shortest, longest = sorted((len(one), len(two)))
    if not (shortest > 1 and longest < _LONGEST[True] and after.startswith(_PLACES)) or set(one) & set(two):
        return False
    return all(letter >= _DENSE for letter in one + two)
