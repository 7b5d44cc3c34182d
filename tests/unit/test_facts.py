"""Which differences between two texts are other news."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.facts import Date, digits, facts, numbers, other_digits, other_facts, replaced


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全县加固堤防12公里，清淤渠道43条", ["12", "43"]),
        ("增长5.9%，１２０万元", ["5.9", "120"]),
        ("共1,204户，9:30开工", ["1204", "9:30"]),
        ("第3轮，第3场", ["3", "3"]),
        ("最低气温-5℃，昨日−3℃，明日－１℃", ["-5", "-3", "-1"]),
        ("3-5度，2026-01-22，COVID-19", ["3", "5", "2026", "01", "22", "19"]),
        ("It fell to -2.5.", ["-2.5"]),
        ("1,234,567人，12,34人，1,2345人", ["1234567", "12,34", "1,2345"]),
        ("The river rose 2.5 metres.", ["2.5"]),
        ("到2026年。", ["2026"]),
        ("2024，2025两年", ["2024", "2025"]),
        ("没有数字", []),
        ("", []),
    ],
)
def test_numbers_are_read_in_any_width_with_their_separators(text: str, found: list[str]) -> None:
    assert numbers(text) == Counter(found)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2025年12月6日电", [(2025, 12, 6)]),
        ("１２月６日电，２０２５年", [(None, 12, 6), (2025, None, None)]),
        ("第112月，6日和26號", [(None, None, 6), (None, None, 26)]),
        ("2025 年 1 月", [(2025, 1, None)]),
        ("日月年，no date in 2025", []),
    ],
)
def test_dates_are_read_as_far_as_they_are_said(text: str, dates: list[tuple[int | None, ...]]) -> None:
    assert facts(text).dates == {Date(*date) for date in dates}


def test_a_full_stop_behind_a_number_is_no_part_of_it() -> None:
    assert numbers("It cost 40. Then 50, and 60.") == Counter(["40", "50", "60"])


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("气温3到9度", "气温3到9度", (0, 0.0)),
        ("气温3到9度", "气温4到12度", (2, 1.0)),
        ("气温3到9度，湿度40%", "气温3到9度，湿度55%", (1, 1 / 3)),
        ("3人受伤", "3人受伤，其中2人轻伤", (0, 0.0)),
        ("3人受伤，其中2人轻伤", "3人受伤", (0, 0.0)),
        ("无", "12人", (0, 0.0)),
        ("涨3点、3点、3点", "涨3点、4点、5点", (2, 2 / 3)),
        ("A 1 2 3", "A 4", (1, 1.0)),
        ("rose 1.5 per cent", "rose 15 per cent", (1, 1.0)),
    ],
)
def test_other_numbers_are_those_that_each_side_lacks(one: str, two: str, other: tuple[int, float]) -> None:
    assert other_facts(facts(one), facts(two)) == pytest.approx(other)


NUMBERED = st.lists(st.sampled_from(["3", "4", "5.9", "2026"]), max_size=6).map("，".join)


@given(NUMBERED, NUMBERED)
def test_other_numbers_are_counted_alike_from_both_sides(one: str, two: str) -> None:
    count, share = other_facts(facts(one), facts(two))
    assert (count, share) == other_facts(facts(two), facts(one))
    a, b = one.split("，") if one else [], two.split("，") if two else []
    lacking = []
    for mine, yours in ((a, b), (b, a)):
        rest = list(yours)
        missing = [n for n in mine if not (n in rest and (rest.remove(n) or True))]
        lacking.append((len(missing), len(missing) / max(1, len(mine))))
    slow = (0, 0.0) if 0 in (lacking[0][0], lacking[1][0]) else (min(n for n, _ in lacking), min(s for _, s in lacking))
    assert (count, share) == pytest.approx(slow)


@given(NUMBERED)
def test_a_text_states_no_other_numbers_than_itself(text: str) -> None:
    assert other_facts(facts(text), facts(text)) == (0, 0.0)


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("王建国", "李秀英", True),
        ("上半场", "下半时", True),
        ("水利局", "水务局", False),
        ("工程进展顺利", "工程进展十分顺利", False),
        ("啊", "呀", False),
        ("", "整整一句新话", False),
        ("甲", "整整一句新话", False),
        ("甲乙", "丙丁", False),
        ("甲乙", "丙丁戊", True),
        ("north", "south", False),
        ("Monday", "Thursday evening", True),
    ],
)
def test_an_exchange_is_another_thing_said_and_no_slip(one: str, two: str, other: bool) -> None:
    assert replaced(one, two) is other


@pytest.mark.parametrize(
    ("one", "two", "other"),
    [
        ("36", "38", True),
        ("3人", "3名", False),
        ("在29日", "", False),
        ("", "29", False),
        ("1月2日", "12日", False),
        ("雨", "雪", False),
    ],
)
def test_other_digits_need_digits_on_both_sides(one: str, two: str, other: bool) -> None:
    assert other_digits(one, two) is other
    assert other_digits(two, one) is other


def test_digits_are_all_digits_in_order() -> None:
    assert digits("2026年1月，２.３万") == "20261２３"
    assert digits("无") == ""


@given(st.text("abcd", max_size=12), st.text("abcd", max_size=12))
def test_what_is_replaced_is_less_than_half_alike_however_it_was_found_out(one: str, two: str) -> None:
    alike = SequenceMatcher(None, one, two, autojunk=False).ratio()
    short = min(len(one), len(two)) < 2 or max(len(one), len(two)) < 3
    assert replaced(one, two) is (not short and alike < 0.5)
