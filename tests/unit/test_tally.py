"""Which lines are worth a look: counted at once, as they would be one by one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.kernels.view import code_points
from dedupe.rules import tally as counting
from dedupe.rules.sites import line_keys
from dedupe.rules.suggest import Kept, proposals, proposed
from dedupe.rules.tally import Common, Floors, Tally

FLOORS = st.builds(Floors, st.integers(1, 4), st.integers(0, 3), st.sampled_from([0.0, 0.3, 0.5]))
DAYS = st.sampled_from([None, "2026-03-01", "2026-03-02", "2026-03-03"])
DOCUMENTS = st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.sets(st.integers(0, 5))), max_size=14)

LINES = [
    "扫码关注频道",
    "第1版",
    "第22版",
    "今天的桥通车了，附近的居民清早来到桥上走了一个来回。",
    "Read more",
    "x",
    "雨" * 130,
]
PAGES = st.lists(
    st.builds(
        Kept, st.sampled_from(["甲报", "乙报"]), DAYS, st.lists(st.sampled_from(LINES), max_size=4).map("\n".join)
    ),
    max_size=12,
)


def counted(documents: list[tuple[str, str | None, set[int]]], floors: Floors) -> Tally:
    tally = Tally(floors)
    for house, day, keys in documents:
        tally.add(house, day, np.array(sorted(keys), dtype=np.uint32))
    return tally


def slowly_common(documents: list[tuple[str, str | None, set[int]]], floors: Floors) -> Common:
    """The floors as they are written down; no key is that of two houses."""
    holders: dict[int, list[int]] = defaultdict(list)
    for number, (_, _, keys) in enumerate(documents):
        for key in keys:
            holders[key].append(number)
    worth: dict[int, list[int]] = {}
    for key, numbers in holders.items():
        days_of_house = [day for house, day, _ in documents if house == documents[numbers[0]][0]]
        days = {documents[number][1] for number in numbers} - {None}
        if len(numbers) >= max(floors.documents, floors.share * len(days_of_house)) and (
            len(days) >= floors.days or not any(days_of_house)
        ):
            worth[key] = numbers
    return Common(sorted({number for numbers in worth.values() for number in numbers}), frozenset(worth))


@given(DOCUMENTS, FLOORS, st.sampled_from([1, 3, 1 << 12]))
def test_what_reaches_the_floors_is_common_and_nothing_else(
    documents: list[tuple[str, str | None, set[int]]], floors: Floors, block: int
) -> None:
    apart = [(house, day, {key + 10 * (house == "b") for key in keys}) for house, day, keys in documents]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_BLOCK", block)
        assert counted(apart, floors).common() == slowly_common(apart, floors)


@given(DOCUMENTS, FLOORS)
def test_a_key_that_two_houses_share_by_chance_hides_nothing(
    documents: list[tuple[str, str | None, set[int]]], floors: Floors
) -> None:
    common = counted(documents, floors).common()
    for house in "ab":
        own = [(name, day, keys if name == house else set()) for name, day, keys in documents]
        alone = slowly_common(own, floors)
        assert set(alone.documents) <= set(common.documents)
        assert alone.keys <= common.keys


@given(PAGES, FLOORS)
def test_what_is_proposed_is_what_a_look_at_every_line_of_every_document_proposes(
    pages: list[Kept], floors: Floors
) -> None:
    keys = [set(line_keys(page.house, code_points(page.text))) for page in pages]
    tally = counted([(page.house, page.day, own) for page, own in zip(pages, keys, strict=True)], floors)
    every = Common(list(range(len(pages))), frozenset().union(*keys))
    assert proposals(lambda: pages, floors) == proposed(pages, tally, every, floors)


def test_of_nothing_nothing_is_common() -> None:
    assert counted([], Floors(2, 1, 0.1)).common() == Common([], frozenset())
    assert counted([("a", None, set())], Floors(1, 0, 0.0)).common() == Common([], frozenset())
