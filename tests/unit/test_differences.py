"""Where two texts differ: nothing is lost, nothing is invented, and only what the judges see is a difference."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapes import story

from dedupe.cli.differences import Stretch, restyled, stretches
from dedupe.kernels.view import comparison_view
from tests.growth import assert_linear

TEXT = st.text(st.sampled_from("雨下了一夜河水涨漲ab12，,。 \n“”（é\u0301"), max_size=40)


def differing(one: str, two: str) -> list[tuple[str, str]]:
    return [(s.one, s.two) for s in stretches(one, two) if s.likeness == "other"]


@given(TEXT, TEXT)
def test_the_stretches_are_both_texts(one: str, two: str) -> None:
    found = stretches(one, two)
    assert "".join(s.one for s in found) == one
    assert "".join(s.two for s in found) == two
    for s in found:
        alike = comparison_view(s.one).text() == comparison_view(s.two).text()
        assert {"equal": s.one == s.two, "restyled": alike and s.one != s.two, "other": not alike}[s.likeness]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("雨下了一夜。", "雨下了一夜。", []),
        ("", "", []),
        ("", "雨。", [("", "雨。")]),
        ("——", "……", []),
        ("河水漲到了堤邊，\n居民來看。", "河水涨到了堤边,居民来看。", []),
        ("ＡＢＣ公司", "abc公司", []),
        ("雨下了一夜，河水涨了。", "雨下了两夜，河水涨了。", [("一", "两")]),
        ("老文化馆。一楼坐满了人。", "老文化馆灯火通明。一楼坐满了人。", [("", "灯火通明")]),
        ("他说：“我们来了。”", "他说：“我们当年来了。”", [("", "当年")]),
        ("今年26岁的程砚在台前", "今年28岁的程砚在台前", [("26", "28")]),
        ("涨了3.5%左右的价钱", "涨了3.8%左右的价钱", [("3.5", "3.8")]),
        ("the ferries sailed at dawn", "the ferry sailed at dawn", [("ferries", "ferry")]),
        ("the ferries sailed at dawn", "theferries sailed at dawn", []),
        ('He left. "Nobdoy wanted this."', 'He left. "Nobody wanted this."', [("Nobdoy", "Nobody")]),
        ("It sailed on Monday, they said", "It sailed Monday, they said", [("on ", "")]),
        ("雨下了一夜河水涨到堤边", "他们都走了没有回来", [("雨下了一夜河水涨到堤边", "他们都走了没有回来")]),
        ("وسط فرح كبير بعودة المركب", "وسط فرح بعودة المركب", [("كبير ", "")]),
    ],
)
def test_what_is_a_difference(one: str, two: str, expected: list[tuple[str, str]]) -> None:
    assert differing(one, two) == expected
    assert differing(two, one) == [(b, a) for a, b in expected]


@pytest.mark.parametrize(
    ("one", "two", "forms"),
    [
        ("雨停了。\n风也停了。", "雨停了。风也停了。", ["line breaks"]),
        ("雨 停了", "雨停了", ["blanks"]),
        ("雨停了，", "雨停了,", ["punctuation"]),
        ("涨了5%", "涨了5", ["punctuation"]),
        ("雨停了👍", "雨停了", ["signs"]),
        ("１２", "12", ["width"]),
        ("Rain", "RAIN", ["case"]),
        ("說", "说", ["script"]),
        ("說，\nＡ", "说,a", ["line breaks", "punctuation", "width", "case", "script"]),
        ("雨停了", "风停了", []),
    ],
)
def test_what_differs_in_form_is_named(one: str, two: str, forms: list[str]) -> None:
    assert restyled(stretches(one, two)) == restyled(stretches(two, one)) == forms


def test_a_few_equal_letters_between_differences_are_no_match() -> None:
    assert differing("起初甲的乙在城里住", "起初丙的丁在城里住") == [("甲的乙", "丙的丁")]


@pytest.mark.parametrize("slips", [0.01, 0.1])
def test_a_long_copy_is_aligned_in_linear_time(slips: float) -> None:
    def pair(size: int) -> tuple[str, str]:
        random = Random(3)
        one = "".join(chr(0x4E00 + random.randrange(2000)) for _ in range(size))
        return one, "".join(c if random.random() > slips else "〇" for c in one)

    assert_linear(lambda texts: stretches(*texts), pair, 4_000)
    one, two = pair(50_000)
    found = stretches(one, two)
    assert sum(len(s.one) for s in found if s.likeness == "other") < 2 * slips * len(one)


@pytest.mark.parametrize(("one", "two"), [("ab", "ab"), ("a", "b")])
def test_a_text_of_one_pattern_takes_no_longer(one: str, two: str) -> None:
    def pair(size: int) -> tuple[str, str]:
        return one * size, two * (size - size // 20)

    assert stretches(*pair(10_000))[-1].likeness == "other"
    assert_linear(lambda texts: stretches(*texts), pair, 2_500)


def test_a_paragraph_that_moved_costs_only_itself() -> None:
    lines = [line for number in range(12) for line in story(Random(number), "zh", 2)]
    moved = [*lines[1:9], lines[0], *lines[9:]]
    lost = sum(len(one) for one, _ in differing("\n".join(lines), "\n".join(moved)))
    assert lost <= len(lines[0]) + 1


def test_equal_texts_are_one_stretch() -> None:
    assert stretches("雨。\n风。", "雨。\n风。") == [Stretch("equal", "雨。\n风。", "雨。\n风。")]
