"""Every compiled kernel against its reference, and the judge of repeats under both."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.config import load_settings
from dedupe.kernels import align, lines, minhash, needles, runs, seeds, shingles, signs, twins
from dedupe.kernels.minhash import permutations
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import code_points, comparison_view
from dedupe.model import Finding
from dedupe.stages.repeats import find_repeats

compiled: Any = pytest.importorskip("dedupe.kernels.compiled")
compiled_lines: Any = pytest.importorskip("dedupe.kernels.compiled_lines")

SETTINGS = replace(load_settings().repeats, min_length=10, seed_length=4)
TWINNED = {
    name: getattr(module, name)
    for module in (shingles, minhash, seeds, align, lines, runs)
    for name in vars(module)
    if hasattr(getattr(module, name), "__wrapped__")
    and getattr(module, name).__module__ == module.__name__
    and hasattr(compiled, name)
}


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Texts with planted copies and edits, with stretches that repeat themselves, empty and tiny ones."""
    letters = st.text(
        draw(st.sampled_from(["ab", "甲乙丙丁戊己庚辛", "abcdefghijklmnop .", "雨停了。\n水 12"])), max_size=60
    )
    passages = draw(st.lists(letters, min_size=1, max_size=4))
    pieces = []
    for _ in range(draw(st.integers(0, 9))):
        passage = draw(st.sampled_from(passages))
        if draw(st.booleans()):
            at, end = sorted((draw(st.integers(0, 60)), draw(st.integers(0, 60))))
            passage = passage[:at] + draw(st.text("甲ab3", max_size=3)) + passage[end if draw(st.booleans()) else at :]
        pieces.append(passage * draw(st.sampled_from([1, 1, 1, 2, 30])))
        pieces.append(draw(st.sampled_from(["", "", "\n", "。"])))
    return "".join(pieces)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def assert_twins_agree(name: str, *args: Any) -> Any:
    answer = TWINNED[name].__wrapped__(*args)
    assert same(answer, getattr(compiled, name)(*args)), name
    return answer


@given(
    pages(),
    st.integers(2, 7),
    st.integers(0, 20),
    st.sampled_from([1, 2, 8]),
    st.tuples(st.sampled_from([0.0, 0.3, 0.6, 1.0]), st.integers(1, 3)),
)
@hypothesis_settings(max_examples=200)
def test_every_kernel_gives_what_its_reference_gives(
    text: str, n: int, max_gap: int, places: int, alike: tuple[float, int]
) -> None:
    codes = code_points(text).copy()
    shingled = assert_twins_agree("shingle_hashes", codes, 2)
    hashes = assert_twins_agree("widened", shingled, 2, n)
    assert_twins_agree("minima", shingled, *permutations(32, 1))
    earlier = assert_twins_agree("links", hashes)
    for reach in (0, max_gap, 2 * n):
        blocks = assert_twins_agree("matches", codes, hashes, earlier, n, places, 2 * n, 2 * max_gap, reach)
        if len(blocks):
            assert_twins_agree("chained", codes, blocks, 2 * n, max_gap, 2 * n, *alike)


def test_every_kernel_with_a_twin_is_compared() -> None:
    assert set(TWINNED) == {
        "shingle_hashes", "widened", "shared", "minima", "links", "matches", "chained", "hopeful_lines", "matched",
    }  # fmt: skip


WORDS = st.text("ab甲乙\U0001f600", min_size=1, max_size=6)
SETS = st.integers(0, (1 << 150) - 1)
EVERY = (1 << 150) - 1


def looked_for(
    words: dict[str, list[tuple[int, int]]], limits: signs.Limits, sets: list[int], ends: list[tuple[int, int, int]]
) -> signs.Signs:
    """Signs of these words, which tell of sets at stages 1 to 4, and of others drawn at random."""
    marks = signs.Marks(*map(frozenset, ("。b", "。a", " |", "。！")))
    lengths = [sets[k % 3] for k in range(max(limits) + 1)]
    rules = signs.Rules(*sets[:7], zones=(sets[7], sets[8], sets[9]), lengths=lengths, begun=sets[10:15])
    first, last = (signs.Edge(Turned(masks), dict(zip((0, 98, 0x7532), masks, strict=True))) for masks in ends)
    told: dict[str, list[tuple[str, int, list[tuple[int, int]]]]] = {}
    for word, tells in words.items():
        needle = word[-2:]
        told.setdefault(needle, []).append((word, word.index(needle) + len(needle) - 1, sorted(tells, reverse=True)))
    return signs.Signs(limits, marks, rules, first, last, told)


class Turned(dict[str, int]):
    def __init__(self, masks: tuple[int, int, int]) -> None:
        self._masks = masks

    def __missing__(self, char: str) -> int:
        return self._masks[(char >= "b") + (char >= "甲")]


TELLS = st.lists(st.tuples(st.integers(1, 4), SETS | st.integers(0, 149).map(lambda k: 1 << k)), max_size=4)
LIMITS = st.builds(signs.Limits, st.integers(1, 20), st.integers(1, 20), st.integers(1, 40), st.integers(1, 12))
LINES = st.lists(st.text("ab甲乙\U0001f600x 。！|\u3000\r", max_size=40), max_size=6).map("\n".join)


@given(
    st.dictionaries(WORDS, TELLS, min_size=1, max_size=12),
    LIMITS,
    st.lists(SETS, min_size=15, max_size=15),
    st.lists(st.tuples(SETS, SETS, SETS), min_size=2, max_size=2),
    LINES,
)
@example(
    {"b": [(3, 1 << 8)], "\U0001f600": [(3, 1 << 136)]},  # the last rule of all, which stands in no set
    signs.Limits(1, 2, 1, 1),
    [64, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 448, 0, 64],
    [(0, 64, 0), (0, 0, 0)],
    "b\U0001f600",
)
def test_hopeful_lines_are_the_same(
    words: dict[str, list[tuple[int, int]]],
    limits: signs.Limits,
    sets: list[int],
    ends: list[tuple[int, int, int]],
    text: str,
) -> None:
    starts, stops, hopes, rules = assert_twins_agree(
        "hopeful_lines", code_points(text), looked_for(words, limits, sets, ends)
    )
    found = [text[a:b] for a, b in zip(starts, stops, strict=True)]
    assert found == [line.strip() for line in text.split("\n") if line.strip()]
    assert all(hope[0] < len(found) for hope in hopes)
    assert all(0 <= rule < 150 for rule in rules)


@pytest.mark.parametrize(
    ("line", "told"),
    [("ab甲乙", True), ("xab x甲乙x", True), ("甲乙ab", False), ("ab甲", False), ("ab甲乙\U0001f600a", True)],
)
def test_a_rule_is_told_where_its_words_stand_one_behind_the_other(line: str, told: bool) -> None:
    one, every, nothing = 1, (EVERY, EVERY, EVERY), [0] * 6
    words = {"ab": [(1, one)], "甲乙": [(2, one), (4, one)]}
    sets = [EVERY, *nothing, EVERY, 0, 0, one, 0, 0, one, 0]
    found = looked_for(words, signs.Limits(40, 40, 40, 40), sets, [every, every])
    assert (0 in assert_twins_agree("hopeful_lines", code_points(line), found)[3]) is told


def test_the_constants_of_the_twins_are_those_of_the_references() -> None:
    assert (compiled.MULTIPLIER, compiled.EMPTY) == (shingles.MULTIPLIER, minhash.EMPTY)
    assert compiled.BRIDGE == seeds.BRIDGE
    assert (compiled.TRIES, compiled.REACH, compiled.WINDOW) == (align._TRIES, align._REACH, align._WINDOW)
    for module in (needles, signs, lines):
        for name in set(dir(module)) & set(dir(compiled_lines)):
            if name.isupper():
                assert getattr(compiled_lines, name) == getattr(module, name), name


@pytest.mark.parametrize("length", [compiled.FEW - 1, compiled.FEW, compiled.FEW + 1, 300_000])
def test_long_texts_are_linked_alike(length: int) -> None:
    codes = np.random.RandomState(7).randint(97, 100, size=length).astype(np.uint32)
    assert_twins_agree("links", assert_twins_agree("shingle_hashes", codes, 9))


@pytest.mark.parametrize("distinct", [1, 1 << 17])
def test_seeds_whose_hashes_all_begin_alike_are_linked_alike(distinct: int) -> None:
    hashes = np.random.RandomState(7).randint(0, distinct, size=1 << 18).astype(np.uint64)
    assert_twins_agree("links", hashes << np.uint64(19))


def test_a_long_text_has_the_same_signature() -> None:
    hashes = np.random.RandomState(7).randint(0, 2**40, size=20_000).astype(np.uint64) << np.uint64(20)
    assert_twins_agree("minima", hashes, *permutations(16, 1))


@given(st.text("ab1 ", max_size=40), st.text("ab1 ", max_size=40), st.integers(1, 4))
def test_equal_runs_are_difflib_s_without_the_short_ones(one: str, two: str, least: int) -> None:
    matches = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]
    found = compiled.equal_runs(code_points(one), code_points(two), least)
    assert found.tolist() == [list(m) for m in matches if m.size >= least]


@given(st.text("ab1 ", max_size=40), st.text("ab1 ", max_size=40))
def test_what_is_matched_is_what_difflib_matches(one: str, two: str) -> None:
    found = assert_twins_agree("matched", code_points(one), code_points(two))
    matches = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()[:-1]
    assert found.tolist() == [list(match) for match in matches]


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.sampled_from([1, 1 << 59]))
def test_what_two_sets_share_is_counted(one: set[int], two: set[int], times: int) -> None:
    a, b = (np.array([times * k for k in sorted(some)], dtype=np.uint64) for some in (one, two))
    assert assert_twins_agree("shared", a, b) == len(one & two)


def repeats(text: str) -> tuple[Finding, ...]:
    view = comparison_view(text)
    return find_repeats(text, view, shingle_hashes(view.codes, 3), SETTINGS)


@given(pages())
@hypothesis_settings(max_examples=150)
def test_the_judge_of_repeats_says_the_same_under_both_faces(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twins, "face", twins.Face("numpy"))
        reference = repeats(text)
        patch.setattr(twins, "face", twins.Face("numba"))
        assert repeats(text) == reference


# The choice of a face


def test_the_twins_wait_until_they_are_worth_loading() -> None:
    face = twins.Face("")
    assert face.twins(1000) is None
    assert face.twins(twins._WORTH_LOADING) is compiled
    assert face.twins(1) is compiled


@pytest.mark.parametrize(("wanted", "there"), [("numpy", False), ("numba", True)])
def test_the_environment_may_choose(wanted: str, there: bool) -> None:
    assert (twins.Face(wanted).twins(1 << 40) is compiled) is there
    assert (twins.Face(wanted).twins(1) is compiled) is there


def test_without_numba_the_references_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "find_spec", lambda _: None)
    assert twins.Face("numba").twins(1 << 40) is None


def test_without_a_place_to_keep_compiled_code_the_references_answer(tmp_path: Path) -> None:
    code = (
        "import numba.core.caching as c; c.CacheImpl._locator_classes = []\n"
        "from dedupe.kernels import twins; print(twins.Face('numba').twins(1))"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "error", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (done.stdout.strip(), done.stderr) == ("None", "")


def test_asking_for_the_kernels_does_not_load_numba() -> None:
    code = "import sys, dedupe.pipeline.document; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
