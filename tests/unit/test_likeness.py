"""Same wording: which pairs are two pieces of news and which are copies, by the cases that an editor adds to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dedupe.config import load_settings
from dedupe.facts import spelled_numbers
from dedupe.neardup.exchanges import Exchanged, exchanged
from dedupe.neardup.places import is_place
from dedupe.neardup.similarity import Shingled, compare

CASES = Path(__file__).parents[1] / "cases" / "likeness"
NEAR = load_settings().neardup
LIKE = 0.5
"""Nothing but the guard keeps a pair apart that has this much in common: the cases are judged at this Jaccard."""


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((CASES / name).read_text("utf-8"))
    return [pytest.param(case, id=case["kind"]) for case in found]


def relations(one: str, two: str) -> set[str | None]:
    """How each stands to the other, when likeness alone would make them copies."""
    near = replace(NEAR, jaccard=LIKE)
    both = (compare(Shingled(a, 5), Shingled(b, 5), near) for a, b in ((one, two), (two, one)))
    found = {likeness.relation for likeness in both if likeness.jaccard >= LIKE}
    assert found, "the two must be alike but for their facts"
    return found


@pytest.mark.parametrize("case", cases("other_facts.yaml"))
def test_same_wording_with_other_facts_is_two_pieces_of_news(case: dict[str, Any]) -> None:
    one, two = (case["notice"].format(*facts) for facts in case["facts"])
    assert relations(one, two) == {None}


@pytest.mark.parametrize("case", cases("copies.yaml"))
def test_what_an_editor_or_a_site_changes_makes_no_other_news(case: dict[str, Any]) -> None:
    one, two = (case["story"].format(*([said] if isinstance(said, str) else said)) for said in case["said"])
    assert relations(one, two) == {"same"}


@pytest.mark.parametrize("case", cases("other_facts.yaml"))
def test_a_notice_is_a_copy_of_itself_set_otherwise(case: dict[str, Any]) -> None:
    notice = case["notice"].format(*case["facts"][0])
    again = "\u3000\u3000" + notice.replace("，", ",").replace("。", "。\n") + "（完）"
    assert relations(notice, again) == {"same"}


def exchanged_facts() -> list[Any]:
    stories = yaml.safe_load((CASES / "opposites.yaml").read_text("utf-8"))
    return [
        pytest.param(story["story"], story["edit"], pair, id=f"{story['lang']}: {' -> '.join(pair)}")
        for story in stories
        for pair in story["exchanges"]
    ]


@pytest.mark.parametrize(("story", "edit", "exchange"), exchanged_facts())
def test_an_opposite_keeps_both_whatever_else_was_edited(story: str, edit: list[str], exchange: list[str]) -> None:
    assert [story.count(said) for said in (edit[0], exchange[0])] == [1, 1]
    other = story.replace(*exchange)
    assert relations(story, other) == {None}
    assert relations(story, other.replace(*edit)) == {None}
    assert relations(story, story.replace(*edit)) == {"same"}


def test_an_edited_story_in_the_other_script_is_a_copy() -> None:
    one = (
        "城南的小桥昨天通车\n附近的居民一早就来到桥上，走了一个来回。退休教师郑怀远说，从前过河要绕半个时辰的路，"
        "如今抬脚就到。工程队用了一个冬天修好12个桥墩，桥面铺的是本地的青石，孩子上学也近了许多。"
    )
    other = (
        "城南的小橋昨天通車\n附近的居民一早就來到橋上，走了一個來回。退休教師鄭懷遠說，從前過河要繞半個時辰的路，"
        "如今抬腳就到。工程隊用了一個冬天修好１２個橋墩，橋面鋪的是本地的青石，孩子上學近了許多。"
    )
    assert relations(one, other) == {"same"}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["Two"], ["2"]),
        (["十"], ["10"]),
        (["百", "五", "十"], ["150"]),
        (["三", "千", "二", "百", "万"], ["32000000"]),
        (["1", ".", "5"], ["1.5"]),
        (["twenty", "-", "five"], ["20", "5"]),
        (["half"], None),
        (["5", "人"], None),
        ([], None),
    ],
)
def test_numbers_are_read_in_words(words: list[str], numbers: list[str] | None) -> None:
    assert spelled_numbers(words) == numbers


@pytest.mark.parametrize("said", ["本", "全", "我", "某"])
def test_what_points_at_a_place_names_none(said: str) -> None:
    assert not is_place(said, "县政府")


def test_a_stretch_that_differs_for_long_is_another_text_and_no_other_name() -> None:
    one, two = "雨" * 700 + "。", "雪" * 700 + "。"
    assert exchanged(one, two) == Exchanged(0, 0, 0)
