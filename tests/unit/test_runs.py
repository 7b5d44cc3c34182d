"""Equal runs of two stretches, held to ``difflib``."""

from __future__ import annotations

from difflib import SequenceMatcher

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.kernels.runs import equal_runs

STRETCH = st.lists(st.sampled_from([97, 98, 99, 0x96E8]), max_size=40)


@given(STRETCH, STRETCH, st.integers(1, 4))
@example([97, 98, 97, 98], [97, 98, 97, 98], 2)
@hypothesis_settings(max_examples=500)
def test_they_are_what_difflib_matches_without_the_short_ones(one: list[int], two: list[int], least: int) -> None:
    matches = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]
    assert equal_runs(one, two, least) == [tuple(m) for m in matches if m.size >= least]


def test_nothing_has_no_runs() -> None:
    assert equal_runs([], [97], 1) == equal_runs([97], [], 1) == equal_runs([], [], 2) == []


@given(STRETCH, STRETCH, st.integers(1, 4), st.integers(0, 40))
def test_they_are_given_up_only_where_they_are_not_enough(
    one: list[int], two: list[int], least: int, enough: int
) -> None:
    every = equal_runs(one, two, least)
    found = equal_runs(one, two, least, enough)
    assert found == every or (not found and sum(run.length for run in every) < enough)


def test_what_has_little_in_common_is_not_looked_through() -> None:
    assert equal_runs(b"abcdefgh", b"abxxxxxx", 2, 3) == []
