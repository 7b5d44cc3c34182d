"""Damage is repaired; style is left alone."""

from __future__ import annotations

import codecs
import sys
import time

import pytest

from dedupe.settings import NormaliseSettings
from dedupe.stages.mojibake import _beginnings
from dedupe.stages.normalise import normalise

SETTINGS = NormaliseSettings(enabled=True, repair_mojibake=True)


def fixed(text: str) -> str:
    return normalise(text, SETTINGS).text


@pytest.mark.parametrize(
    "text",
    [
        "图书馆开门了，读者说：“很好！”（完）",
        "第一章　总则　全角空格留在行内",
        "ＡＢＣ１２３ｶﾅ㈱①",
        "“curly” ‘quotes’ – dashes — … • 10° · naïve café",
        "Größe, Straße, Ærø, Ångström, ÄÖÜ, El Niño, ÇAĞRI, VÄSTERÅS",
        "涓涓细流，涔涔汗下，娴熟的技艺，淅淅沥沥",
        "ПРИВЕТ, МИР! Привет, мир!",
        "می‌خواهم کتاب بخوانم",
        "क्‍ष और क्ष",
        "family 👨‍👩‍👧 and flag 🏳️‍🌈",
        "if a < b &amp; c, keep &amp;",
        "$5 & £7 (100 km²) ½ ±3 © 2024",
    ],
)
def test_nothing_is_restyled(text: str) -> None:
    done = normalise(text, SETTINGS)
    assert (done.text, done.repairs) == (text, ())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0cg\x0bh", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\u00a0b\tc\u202fd", "a b c d"),
        ("零\u200b宽\ufeff字\u2060符\u00ad", "零宽字符"),
        ("x\u200dy\u200cz", "xyz"),
        ("汉\u200e字\u202a", "汉字"),
        ("\u3000\u3000首行缩进\u3000\n\u3000第二段 ", "首行缩进\n第二段"),
        ("\n\n甲\n\n\n\n乙\n \n\u3000\n丙\n", "甲\n\n乙\n\n丙"),
        ("bell\x07 and \x1b[31mred\x1b[0m", "bell and red"),
        ("cafe\u0301", "café"),
        ("o\ufb03ce", "office"),
        ("&lt;b&gt; &quot;x&quot; &nbsp;y", '<b> "x"  y'),
        ("&amp;amp;lt;", "<"),
        ("\ud83d\ude00 \ud800", "😀 \ufffd"),
        ("schÃ¶n â€œgutâ€\x9d", "schön “gut”"),
        ("ä¸­å›½æ–°é—»", "中国新闻"),
        ("Wait\x85 it\x92s", "Wait… it’s"),
    ],
)
def test_damage_is_repaired(text: str, meant: str) -> None:
    assert fixed(text) == meant


@pytest.mark.parametrize(
    "text", ["中国", "新闻记者今天报道", "据新华路小学消息：2024年，开学了！", "图书馆 (library) 开门"]
)
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_gbk_read_as_a_western_encoding_is_read_again(text: str, wrong: str) -> None:
    broken = "".join(bytes([b]).decode(wrong, "replace") if b else "" for b in text.encode("gbk"))
    if "\ufffd" in broken:
        pytest.skip("windows-1252 has no character for one of the bytes: lost")
    done = normalise(f"好的一行\n\u3000{broken}", SETTINGS)
    assert done.text == f"好的一行\n{text}"
    assert next(r.detail for r in done.repairs if r.name == "mojibake").startswith("gb18030 read as")


def test_big5_read_as_a_western_encoding_is_read_again() -> None:
    text = "新聞記者今天在臺北報導，圖書館開門了。"
    assert fixed(text.encode("big5").decode("latin-1")) == text


@pytest.mark.parametrize("text", ["中国新闻", "今天的图书馆很热闹，好多人呀"])
def test_utf8_read_as_gbk_is_read_again(text: str) -> None:
    broken = text.encode().decode("gb18030")
    done = normalise(broken, SETTINGS)
    assert done.text == text
    assert [(r.name, r.detail) for r in done.repairs] == [("mojibake", "utf-8 read as gb18030")]


@pytest.mark.parametrize("indent", ["\u00a0\u00a0", "\u3000\u00a0", "\t", "\u202f"])
def test_damage_behind_a_blank_that_is_put_right_first_is_repaired_all_the_same(indent: str) -> None:
    text = "今天的图书馆很热闹，好多人呀"
    assert fixed(indent + text.encode().decode("gb18030")) == text


def test_the_characters_that_may_begin_twisted_chinese_are_those_whose_bytes_begin_utf8() -> None:
    for char in map(chr, range(sys.maxunicode + 1)):
        try:
            codecs.utf_8_decode(char.encode("gb18030"), "strict", False)
        except UnicodeError:
            assert char not in _beginnings(), ascii(char)
        else:
            assert char in _beginnings(), ascii(char)


def test_mojibake_stays_where_its_repair_is_off() -> None:
    off = NormaliseSettings(enabled=True, repair_mojibake=False)
    assert normalise("ÖÐ¹úÐÂÎÅ schÃ¶n &amp;", off).text == "ÖÐ¹úÐÂÎÅ schÃ¶n &"


def test_disabled_only_makes_the_text_encodable() -> None:
    off = NormaliseSettings(enabled=False, repair_mojibake=True)
    assert normalise(" a\r\n&amp;", off) == normalise(" a\r\n&amp;", off)
    assert normalise(" a\r\n&amp;", off).text == " a\r\n&amp;"
    assert normalise("x\ud800\ud83d\ude00", off).text == "x\ufffd😀"


def test_repairs_are_summed_up() -> None:
    done = normalise("a\u200bb\u200bc\n" * 50, SETTINGS)
    assert [(r.stage, r.name, r.detail) for r in done.repairs] == [
        ("normalise", "invisible", "100 x zero-width and control characters"),
        ("normalise", "blanks", "at the ends of lines"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "&" + "amp;" * 50_000,
        "&#38" + ";#38" * 20_000 + ";",
        "\x85" * 200_000 + "é",
        "\u200d" * 200_000,
        "\x85é\n" * 50_000,
        "Ã" * 200_000,
        "ÖÐ" * 100_000,
        "涓浗" * 50_000,
        "a\u0301" * 100_000,
        "\n \n" * 100_000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_a_hostile_text_takes_seconds_at_the_most(text: str) -> None:
    start = time.process_time()
    once = fixed(text)
    assert time.process_time() - start < 5
    assert fixed(once) == once
