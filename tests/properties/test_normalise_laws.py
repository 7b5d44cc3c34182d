"""Normalising twice is normalising once, on anything; and what comes out can be written."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedupe.settings import NormaliseSettings
from dedupe.stages.normalise import normalise

ON = NormaliseSettings(enabled=True, repair_mojibake=True)
GENTLE = NormaliseSettings(enabled=True, repair_mojibake=False)

PIECES = [
    "&", "amp;", "&amp;", "&lt;", "&#38;", "&#13;", "&#10;", "&nbsp;", "&shy;", "&zwj;", "<", "#38;", ";",
    "\n", "\r", "\r\n", "\x85", "\u2028", "\x0b", "\x0c", "\x1c", "\t", " ", "\u3000", "\u00a0", "\u202f", "\u2003",
    "\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u200e", "\u202a", "\x00", "\x1b[0m", "\ufffc",
    "\ud83d", "\ude00", "\ud800", "e", "\u0301", "\u0327", "\u1112\u1161", "\u11ab", "ﬁ", "א", "می", "👩", "❤️", "क्",
    "Ã", "Â", "â€œ", "â€", "\x9d", "Ã©", "ä¸­", "å\x9c\x85", "ÖÐ", "¹ú", "ÐÂ", "ÎÅ", "涓浗", "涓", "鐨勬柊", "锛",
    "中国", "新闻", "，", "“", "”", "a", "Z", "é", "Œ", "Ù", "°", "²", "вЂ", "В", "√", "╔", "ß", "\ufffd",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.characters(codec=None, exclude_categories=())), max_size=25).map(
        "".join
    ),
    st.text(st.characters(max_codepoint=0x2FF), max_size=30),
    st.text("中国新闻图书馆，。 \n", min_size=1).map(lambda t: t.encode("gbk").decode("latin-1")),
    st.text("中国新闻图书馆，。 \n", min_size=1).map(lambda t: t.encode().decode("gb18030", "replace")),
    st.text("中国新闻é“x \n", min_size=1).map(lambda t: t.encode().decode("cp1252", "replace")),
)


@settings(max_examples=1500, deadline=None)
@given(texts, st.sampled_from([ON, GENTLE]))
@example("&am&#112;lt;", ON)
@example("&\u200bamp;", ON)
@example(" Â x", ON)
@example("&#10;Â x", ON)
@example("&lt;\n&amp;amp;", ON)
def test_normalising_twice_is_normalising_once(text: str, how: NormaliseSettings) -> None:
    once = normalise(text, how)
    again = normalise(once.text, how)
    assert again.text == once.text
    assert again.repairs == ()


@settings(max_examples=500, deadline=None)
@given(texts)
def test_the_result_is_tidy_and_can_be_written(text: str) -> None:
    done = normalise(text, ON).text
    assert done.encode("utf-8").decode("utf-8") == done
    assert done == done.strip()
    assert "\n\n\n" not in done
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u200b\ufeff\u2028\u2029]", done)
    assert all(line == line.strip() for line in done.split("\n"))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_disabled_changes_nothing_but_lone_surrogates(text: str) -> None:
    off = NormaliseSettings(enabled=False, repair_mojibake=True)
    done = normalise(text, off).text
    assert done.encode("utf-8").decode("utf-8") == done
    if not re.search("[\ud800-\udfff]", text):
        assert done == text
