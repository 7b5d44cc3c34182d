"""Negations, the additions that say the opposite."""

from __future__ import annotations

import pytest

from dedupe.opposites import negates

NEGATIONS = [
    ("will ", "not ", "pay"),
    ("are ", "no ", "good"),
    ("did", "n't", " pay"),
    ("did", "n’t", " pay"),
    ("can", "not", " pay"),
    ("Fares ", "do not ", "stay"),
    ("are ", "un", "safe"),
    ("hat ", "nicht ", "zugestimmt"),
    ("hat ", "keine ", "Einwände"),
    ("", "ne ", "sont"),
    ("sont ", "pas ", "sûres"),
    ("podrán, ", "no ", "cruzar"),
    ("признан ", "не ", "виновным"),
    ("был ", "не", "законным"),
    ("мост ", "не", "надёжен"),
    ("người ", "không ", "được"),
    ("ได้โดย", "ไม่", "ต้องเสีย"),
    ("申请人", "不", "可以"),
    ("会议", "并不", "同意"),
    ("当晚", "未", "到过"),
    ("雨は", "やまない", "。"),
    ("수레가 ", "안 ", "다닌다"),
    ("المجلس ", "لن ", "يوافق"),
    ("वे ", "नहीं ", "आए"),
]

ADDITIONS = [
    ("is ", "north ", "of"),
    ("dans ", "un ", "quai"),
    ("k", "no", "w"),
    ("sehr ", "gut ", "so"),
    ("代表", "非常", "满意"),
    ("他", "不断", "努力"),
    ("", "In ", "March"),
    ("said the mayor", ", if the county pays and nobody has paid before", "."),
    ("渡口", "的", "灯"),
]


@pytest.mark.parametrize(("before", "added", "after"), NEGATIONS)
def test_a_negation_is_no_mere_addition(before: str, added: str, after: str) -> None:
    assert negates(added, before, after)


@pytest.mark.parametrize(("before", "added", "after"), ADDITIONS)
def test_another_addition_is_none(before: str, added: str, after: str) -> None:
    assert not negates(added, before, after)


def test_a_negation_is_recognised_however_the_alignment_divides_it() -> None:
    assert negates("ot n", "is n", "ew")
    assert negates("ông kh", "được kh", "ỏe")


def test_a_negation_written_twice_by_mistake_denies_nothing() -> None:
    assert not negates("不", "可以不", "去")
    assert not negates("not ", "is not ", "new")
