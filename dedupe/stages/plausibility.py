"""
How much a decoded text looks like text that a person wrote.

No tables of frequent words or characters are needed. The old East Asian character sets put frequent
characters first (level 1) and rare ones after them, so the codecs themselves tell which characters
are common. In alphabets, a wrong decoding shows as broken case (``ÖÐ¹ú``), symbols inside words, and
letters of two scripts in one word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# One letter per kind of character; a text is translated into a string of kinds, and patterns run on that.
# l L ASCII letters, d digit, space everything else of ASCII;
# H common Han, h rare Han, k kana, y hangul, z rare hangul;
# e E Latin beyond ASCII, c C Cyrillic, g G Greek (lower, upper), r Arabic, b Hebrew, t Thai, o other letter;
# p the punctuation of newspapers, s any other symbol, w what no text contains.
_LETTERS = "[lLeEcCgGrbto]"
_BROKEN_CASE = re.compile("(?=l[ECG]|[ecg][LECG])")
_MIXED_SCRIPTS = re.compile("(?=[lLeE][cCgGrbt]|[cCgGrbt][lLeE]|[cC][gGrbt]|[gG][cCrbt]|[rbt][cCgG])")
_LONG_RUN = re.compile("[eEsp]{4,}")  # Turkish and Polish have up to three non-ASCII letters in a row, nobody has four
# A letter alone among ASCII is a misread quote or degree sign (it’s, 135°F), not a word of its script.
_LONE_LETTER = re.compile("(?<![cCgGrbt])[cCgGrbt](?![cCgGrbt])")
_LONE_IDEOGRAPH = re.compile("(?<=[lL])[Hkyz](?![Hhkyzp])|(?<![Hhkyzp])[Hkyz](?=[lL])")
_SYMBOL_IN_WORD = re.compile(f"(?<={_LETTERS})s+(?={_LETTERS})")

_PRESS_MARKS = frozenset("\u00a0‘’“”‚„–—…•«»‹›©®™°§·€£¥¡¿№§→′″")
_SCRIPTS = (("LATIN", "eE"), ("CYRILLIC", "cC"), ("GREEK", "gG"), ("ARABIC", "rr"), ("HEBREW", "bb"), ("THAI", "tt"))

# The reference character set of each family, and the range of lead bytes of its level 1.
_LEVEL_1 = {
    "gb": ("gb2312", 0xB0, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
    "jis": ("euc_jp", 0xB0, 0xCF),
}

_FAMILY = {"gb18030": "gb", "big5hkscs": "big5", "cp932": "jis", "euc_jp": "jis", "iso2022_jp": "jis", "cp949": "ks"}


def plausibility(text: str, encoding: str = "utf-8") -> float:
    """
    The plausibility of ``text`` as decoded by ``encoding``, from 0 (not text) to 1 (no evidence against it).

    Only non-ASCII characters are judged; without any the answer is 1. ``encoding`` is a canonical codec
    name; it selects the character set whose level 1 counts as common.

    >>> plausibility("中国青年报", "gb18030"), plausibility("ÖÐ¹úÇàÄê±¨", "cp1252") < 0.2
    (1.0, True)
    >>> plausibility("Größe, Café", "cp1252")
    1.0
    """
    if text.isascii():
        return 1.0
    family = _FAMILY.get(encoding, "any")
    kinds = text.translate(_verdicts(family))
    count = {kind: kinds.count(kind) for kind in "HhkyzeEcCgGrbtopsw"}
    points, weight = _east_asian(count, kinds, family)
    more_points, more_weight = _alphabetic(count, kinds)
    # A punctuation mark is weaker evidence than a letter; a control character counts as three letters.
    weight += more_weight + 0.5 * count["p"] + count["s"] + 3.0 * count["w"]
    points += more_points + 0.5 * count["p"] + 0.5 * count["s"]
    return max(0.0, points / weight) if weight else 1.0


def has_han_beyond_hangul(text: str) -> bool:
    """
    Whether text decoded as GB has the distribution of Chinese rather than of Korean.

    Korean syllables use the lead bytes B0-C8, so Korean read as GB gives level-1 Han only; in Chinese,
    more than a third of the characters have a lead byte above C8 (是 时 中 这 有).

    >>> has_han_beyond_hangul("这是中国的新闻"), has_han_beyond_hangul("굇쑴".encode("cp949").decode("gb18030"))
    (True, False)
    """
    kinds = text.translate(_verdicts("gb"))
    leads = "".join(char for char, kind in zip(text, kinds, strict=True) if kind == "H").encode("gb2312")[::2]
    return len(leads.translate(None, bytes(range(0xC9)))) > 0.15 * len(leads)


def _east_asian(count: dict[str, int], kinds: str, family: str) -> tuple[float, float]:
    han = count["H"] + count["h"]
    japanese = count["k"] > 0.1 * (count["k"] + han)
    common, kana = 1.0, 1.0
    if family == "jis" and not japanese:
        common = 0.5  # Chinese read as Japanese: half of it is level-1 kanji, but there is never any kana
    elif family in ("gb", "big5") and japanese:
        kana = 0.25  # Japanese read as GB: rows 4 and 5 are kana there too
    hangul = 1.0
    if family == "ks" and (count["y"] < 6 or kinds.count(" ") * 12 < count["y"]):
        hangul = 0.6  # Korean has spaces; short Chinese words read as KS are all hangul
    rare = 0.35 if family == "gb" else 0.25  # traditional characters are rare in GBK, but real news may be in them
    points = common * count["H"] + rare * count["h"] + kana * count["k"] + hangul * count["y"] + 0.25 * count["z"]
    points -= 0.75 * len(_LONE_IDEOGRAPH.findall(kinds))
    return points, float(han + count["k"] + count["y"] + count["z"])


def _alphabetic(count: dict[str, int], kinds: str) -> tuple[float, float]:
    letters = sum(count[kind] for kind in "eEcCgGrbto")
    if not letters and not count["s"]:
        return 0.0, 0.0
    bad = sum(len(pattern.findall(kinds)) for pattern in (_BROKEN_CASE, _MIXED_SCRIPTS, _LONE_LETTER))
    # A run of quotes with one letter in it is not a word: a run counts only if at least half of it is letters.
    runs = ((len(run), run.count("e") + run.count("E")) for run in _LONG_RUN.findall(kinds))
    bad += sum(letters for length, letters in runs if 2 * letters >= length)
    points = float(max(0, letters - bad)) - 0.5 * sum(map(len, _SYMBOL_IN_WORD.findall(kinds)))
    upper, lower = (sum(map(count.__getitem__, case)) for case in ("ECG", "ecg"))
    if upper > 20 and upper > 2 * lower:
        points *= 0.6  # KOI8-R read as windows-1251 gives Russian in capitals
    return points, float(letters)


class _Verdicts(dict[int, str]):
    """Maps code points to kinds, for `str.translate`; each character is judged once per process."""

    def __init__(self, judge: Callable[[str], str]) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, code: int) -> str:
        kind = self[code] = self._judge(chr(code))
        return kind


@cache
def _verdicts(family: str) -> _Verdicts:
    return _Verdicts(lambda char: _kind(char, family))


def _kind(char: str, family: str) -> str:
    code = ord(char)
    category = unicodedata.category(char)
    if code < 0x80:
        kind = ("L" if char.isupper() else "l") if char.isalpha() else "d" if char.isdigit() else " "
    elif char == "\ufffd" or category in ("Cc", "Cn", "Co", "Cs") or 0xFF61 <= code <= 0xFF9F:
        kind = "w"  # half-width katakana too: GB text read as Shift-JIS is full of it
    elif 0x3041 <= code <= 0x30FF:
        kind = "k"
    elif 0xAC00 <= code <= 0xD7A3:
        kind = "y" if _is_in_level(char, "euc_kr", 0xB0, 0xC8) else "z"
    elif 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000:
        kind = "H" if _is_common_han(char, family) else "h"
    elif char in _PRESS_MARKS or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF or category == "Cf":
        kind = "p"
    elif category[0] not in "LM":
        # In an East Asian charset, arrows, boxes and circled numbers count as punctuation; in a Western one, not.
        kind = "p" if family != "any" or (code >= 0x2190 and not 0x2500 <= code <= 0x259F) else "s"
    else:
        name = unicodedata.name(char, "")
        kind = next((kinds for script, kinds in _SCRIPTS if name.startswith(script)), "oo")[char.isupper()]
    return kind


def _is_common_han(char: str, family: str) -> bool:
    if family == "ks":
        return False
    if family == "any":
        return any(_is_common_han(char, known) for known in _LEVEL_1)
    return _is_in_level(char, *_LEVEL_1[family])


def _is_in_level(char: str, reference: str, low: int, high: int) -> bool:
    try:
        code = char.encode(reference)
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and low <= code[0] <= high  # euc_kr writes syllables it lacks in eight bytes
