"""Where passages begin: behind sentences and lines, never inside a number, a name or a quotation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.stages.segment import passage_starts
from tests.growth import assert_linear


def passages(text: str, longest: int = 400) -> list[str]:
    starts = passage_starts(text, longest).tolist()
    return [text[a:b] for a, b in pairwise([*starts, len(text)])]


@pytest.mark.parametrize(
    "parts",
    [
        ["雨停了。", "风也小了！", "你看见了吗？", "看见了"],
        ["他说：“渠水通了。”", "大家都笑了。"],
        ["他说：“渠水通了！”\n", "大家都笑了。"],
        ["（本组报道完。）", "另讯"],
        ["标题没有句号\n", "正文也没有"],
        ["第一段。\n\n\u3000\u3000", "第二段。"],
        ["等等……", "再说吧"],
        ["真的吗？！", "真的。"],
        ["The rain stopped. ", "The wind fell. ", "Silence."],
        ['"It is done." ', "He left."],
        ['He said: "Go." ', '"Stay," she said.'],
        ["Is it? ", "Yes! ", "Good."],
        ["They moved to the USA. ", "Then it rained."],
        ["ख़त्म हुआ। ", "फिर शुरू।"],
        ["هل انتهى؟ ", "نعم."],
    ],
)
def test_a_passage_is_a_sentence_with_what_closes_it(parts: list[str]) -> None:
    assert passages("".join(parts)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "涨了5.9%左右",
        "Growth was 5.9 per cent this year",
        "Dr. Lin met Prof. Zhou on Jan. 5 in St. Mary",
        "J. R. Lin wrote it",
        "No. 5 won",
        "See www.example.com for more",
        "It cost 3 p.m. and later",
        "The firm (Example Co. Ltd.) closed",
        "他说，渠水通了，明年不愁",
    ],
)
def test_a_dot_that_ends_no_sentence_ends_no_passage(text: str) -> None:
    assert passages(text) == [text]


def test_a_dot_before_a_small_letter_ends_nothing_and_before_a_capital_it_does() -> None:
    assert passages("We met at approx. noon. Then we left.") == ["We met at approx. noon. ", "Then we left."]


def test_a_text_without_an_end_is_split_so_that_it_can_be_compared() -> None:
    assert passages("长" * 10, 4) == ["长" * 4, "长" * 4, "长" * 2]
    assert passages("雨。" + "长" * 8, 4) == ["雨。", "长" * 4, "长" * 4]


@pytest.mark.parametrize("text", ["", "雨", "。", "\n", "。\n\n", "..."])
def test_a_text_of_one_passage_begins_at_its_beginning(text: str) -> None:
    assert passage_starts(text, 400).tolist() == [0]


@given(st.text(st.sampled_from("雨停 aA5.。！\n”\")“'") | st.characters(), max_size=80), st.integers(1, 30))
def test_passages_in_a_row_are_the_text_and_none_is_empty_or_too_long(text: str, longest: int) -> None:
    parts = passages(text, longest)
    assert "".join(parts) == text
    assert all(0 < len(part) <= longest for part in parts) or text == ""
    assert passage_starts(text, longest).dtype == "int64"


@given(st.text(st.sampled_from('雨停 a5.。！\n”")'), max_size=40), st.text(st.sampled_from("雨停a5。\n"), max_size=40))
def test_what_comes_later_moves_no_earlier_passage(text: str, more: str) -> None:
    whole = passage_starts(f"{text}。雨{more}", 400).tolist()
    alone = passage_starts(f"{text}。雨", 400).tolist()
    assert whole[: len(alone)] == alone


def test_lines_always_begin_a_passage() -> None:
    text = "第一行\n第二行，有 Mr.\nthird line\n第四行"
    assert passages(text) == [line for line in text.splitlines(keepends=True)]  # noqa: C416


@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        ("", "。", ""),
        ("", "……”", ""),
        ("", "A.", ""),
        ("", "\n", ""),
        ("", "长", ""),
        ("Contents", " .", " page"),
        ("x", ". )", "y"),
    ],
)
def test_an_endless_row_of_stops_takes_no_more_than_its_length(head: str, unit: str, tail: str) -> None:
    assert_linear(lambda text: passage_starts(text, 400), lambda size: head + unit * (size // len(unit)) + tail, 50_000)
