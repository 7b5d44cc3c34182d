"""
A negation that only one of two texts has: ``will pay`` and ``will not pay``, 同意 and 不同意.

It is a fact, however much else was edited. A word that an editor puts in for a negated one (``disagreed`` for ``did not
agree``) is none, so nothing but auxiliaries may differ beside the negation.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from dedupe.neardup.alignment import Exchange
from dedupe.opposites import negates
from dedupe.patterns import pattern

_AUXILIARY_WORDS: Final = (
    "do does did will would shall should can could may might must be is are was were been has have had to a an the any "
    "some longer ever yet also ein eine einen einem einer eines den die das der ne n' que de du des un une muy "
    "sẽ đã đang vẫn có được"
)
_AUXILIARY: Final = frozenset(_AUXILIARY_WORDS.split())
"""Words that come and go with a negation."""

_HAN_AUXILIARY: Final = frozenset("会會有得并並尚从從曾能可以将將再已经經了过過照常正必须須要应應确確是就都也还還拟")
_NO_NEGATION: Final = pattern(
    r"[未末][来來成必]|非[常洲]|不[断斷过過仅僅但只少管久止禁论論料觉覺免妨惜然]|不同(?!意)|[无無](?:[论論锡錫线線党黨数數疑]|人[机機])"
    r"|[没沒]收|没准|否[则則定认認决決]|差不多|是否"
)
"""Words with a sign of negation that deny nothing."""

_PREFIXES: Final = ("un", "in", "im", "il", "ir", "non", "dis", "не", "अ")
_PREFIXED: Final = 4
"""Minimum length of a word behind a prefix: ``in`` does not negate ``put``."""

_JAPANESE: Final = pattern(r"[\u3041-\u3096]?[\u3041-\u3096]?(?:ない|なかった|なく|ません)")
_KANA: Final = pattern(r"[\u3041-\u3096]{0,3}")
_NO_JAPANESE: Final = pattern(r"[少危切]$|しか$|かもしれ$")

_PORTUGUESE: Final = pattern(r"\b(?:não|uma?|são|com|das?|aos?|em|nas?|às|é|foi|pel[ao]|mais|seu|sua)\b")
_ALIKE: Final = 0.5
_LONGEST: Final = 5
"""Maximum number of words on a side: more are a clause that somebody rewrote."""


def is_negated(found: Exchange) -> bool:
    """
    Whether one text denies here what the other one states.

    >>> from dedupe.neardup.alignment import exchanges
    >>> def told(one, two):
    ...     return [is_negated(found) for found in exchanges(one, two)]
    >>> told("He will pay.", "He will not pay."), told("He agreed.", "He did not agree."), told("同意。", "不同意。")
    ([True], [True], [True])
    >>> told("He disagreed.", "He did not agree."), told("他很好。", "他非常好。"), told("能来？", "能不能来？")
    ([False], [False], [False])
    """
    one, two = found.one, found.two
    if len(one) > _LONGEST or len(two) > _LONGEST:
        return False
    if len(one) == len(two) == 1 and _is_prefixed(*sorted((one[0].casefold(), two[0].casefold()), key=len)):
        return True
    for side in found.said:
        if _NO_NEGATION.search(f"{found.before[-1:]}{side}{found.after[:2]}"):
            return False
    mine, denied = _rest(one, found)
    other, denies = _rest(two, found)
    if denied == denies:
        return _is_japanese(found)
    left, longer = (mine, other) if denies else (other, mine)
    if not left and longer and _is_question(found, longer):
        return False
    return (_only_auxiliary(mine) and _only_auxiliary(other)) or _is_same(mine, other)


def _rest(words: list[str], found: Exchange) -> tuple[list[str], bool]:
    """What a side says beside a negation, and whether it is negated; ``No. 5`` and ``5. Mai`` are not."""
    rest, count = [], 0
    for word in words:
        if _denies(word) and not (word.istitle() and found.before) and not _is_portuguese(word, found):
            count += 1
        else:
            rest.append(word.casefold())
    return rest, count % 2 > 0


@lru_cache(maxsize=4096)
def _denies(word: str) -> bool:
    """Whether a word is a negation: texts repeat their words, and the answer takes longer than its look-up."""
    return negates(word)


def _is_portuguese(word: str, found: Exchange) -> bool:
    """Whether ``no`` means "in the"."""
    return word.casefold() == "no" and _PORTUGUESE.search(found.before.casefold()) is not None


def _is_question(found: Exchange, rest: list[str]) -> bool:
    """Whether 不 only repeats what stands beside it, as in 能不能."""
    said = "".join(rest)
    return found.before.replace(" ", "").endswith(said) or found.after.startswith(said)


def _only_auxiliary(words: list[str]) -> bool:
    return all(word in _AUXILIARY or word in _HAN_AUXILIARY for word in words)


def _is_same(one: list[str], two: list[str]) -> bool:
    """Whether both say the same but for auxiliaries and an ending: ``agreed`` and ``did agree``."""
    a, b = ([word for word in side if word not in _AUXILIARY] for side in (one, two))
    if a == b:
        return True
    if len(a) != 1 or len(b) != 1 or min(len(a[0]), len(b[0])) < 2:
        return False
    if a[0].startswith(_PREFIXES) != b[0].startswith(_PREFIXES):
        return False  # disagreed, did not agree
    return SequenceMatcher(None, a[0], b[0], autojunk=False).ratio() >= _ALIKE


def _is_prefixed(shorter: str, longer: str) -> bool:
    if len(shorter) < _PREFIXED or not longer.endswith(shorter):
        return "ไม่" in longer and longer.replace("ไม่", "", 1) == shorter
    return longer.removesuffix(shorter) in _PREFIXES or "ไม่" in longer.removesuffix(shorter)


def _is_japanese(found: Exchange) -> bool:
    """Whether one side is an ending that negates, and the other one is an ending too: 増やす and 増やさない."""
    one, two = sorted(found.said, key=len)
    return (
        _JAPANESE.fullmatch(two) is not None
        and _KANA.fullmatch(one) is not None
        and _JAPANESE.fullmatch(one) is None
        and not _NO_JAPANESE.search(found.before.replace(" ", ""))
    )
