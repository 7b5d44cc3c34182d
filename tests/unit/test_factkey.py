"""The facts that a comparison view drops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.factkey import fact_key, marks
from dedupe.kernels.view import comparison_view

OTHER_FACTS = [
    ("1.5 million", "15 million"),
    ("15.5 Prozent", "1.55 Prozent"),
    ("4,8 Millionen", "48 Millionen"),
    ("a loan of $45 million", "a loan of €45 million"),
    ("45 $", "45 €"),
    ("rated BB+", "rated BB-"),
    ("blood group A+", "blood group A-"),
    ("a program in C++", "a program in C#"),
    ("最低气温-5度", "最低气温5度"),
    ("增长3%", "增长3‰"),
    ("shares: ↑ 3", "shares: ↓ 3"),
    ("Pool ✓", "Pool ✗"),
    ("☑ The lamp is lit", "☐ The lamp is lit"),
    ("ends 1-29", "ends 129"),
    ("the score was 10:3", "the score was 103"),
]

SAME_FACTS = [
    ("1,200人", "1200人"),
    ("61 000 Gäste", "61.000 Gäste"),
    ("１，２００元", "1,200元"),
    ("比分３：１", "比分3:1"),
    ("€45", "45 €"),
    ("3~5度", "3-5度"),
    ("COVID-19", "COVID 19"),
    ("2024-25", "2024/25"),
    ("5%-10%", "5%–10%"),
    ("“末班船”，十点", "末班船 十点"),
    ("#渡口# 开航", "渡口 开航"),
    ("well-known, up- and downstream", "well known up and downstream"),
    ("1,200.50", "1200.50"),
]


@pytest.mark.parametrize(("one", "two"), OTHER_FACTS)
def test_texts_with_equal_views_and_other_facts_have_other_keys(one: str, two: str) -> None:
    assert fact_key(one) != fact_key(two)
    assert marks(one) != marks(two)


def test_a_blank_parts_numbers_in_a_whole_text_but_a_lost_line_break_is_no_sign() -> None:
    assert fact_key("ends 1 29") != fact_key("ends 129")
    assert not marks("2 0\n1 1")
    assert [mark.sign for mark in marks("More ↑\n☑ 3 boats")] == [mark.sign for mark in marks("More ↑ ☑ 3 boats")]


def test_the_arrows_of_buttons_are_no_facts() -> None:
    assert not marks("Read story\n→\n↓\n↑\nNext")


@pytest.mark.parametrize(("one", "two"), SAME_FACTS)
def test_another_style_is_the_same_fact(one: str, two: str) -> None:
    assert fact_key(one) == fact_key(two)


@given(st.text("ab12 .,:-+#$€%ABC中↑✓☐\n３，", max_size=40))
def test_a_mark_belongs_to_a_letter_of_the_view(text: str) -> None:
    letters = set(comparison_view(text).offsets.tolist())
    assert {mark.at for mark in marks(text)} <= letters


@given(st.text(max_size=60))
def test_any_text_has_a_key(text: str) -> None:
    assert fact_key(text) == fact_key(text)
    assert marks(text) == sorted(marks(text))
