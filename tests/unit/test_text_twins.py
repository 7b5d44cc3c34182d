"""The compiled kernels that read every text, against their references."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.facts import number_list
from dedupe.kernels import classes, linekeys, numerals, passages, survey, view, words
from dedupe.kernels.view import CodePoints, code_points

compiled: Any = pytest.importorskip("dedupe.kernels.compiled_text")
compiled_survey: Any = pytest.importorskip("dedupe.kernels.compiled_survey")
compiled_counts: Any = pytest.importorskip("dedupe.kernels.compiled_counts")

WORDS = st.sampled_from(
    [
        *("Mr.", "dr.", "It", "is", "No.", "5", "1,000", "U.S.", "end.", "End.Next", "x.Y", '"Ha.', "-5", "3-4"),
        *("10:30", "１，０００", "1,2345", "雨停了。", "“走吧！”", "……", "气温-5度", "1．5", "Ａ-５", "--7"),
        *("\u212aK.", "١٢", "²", " ", "\n"),
    ]
)
TEXTS = st.one_of(
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(WORDS, max_size=30).map("".join),
    st.text("ab Mr.St\n。“”\"'0123,4.5:：．１２-－−ＡａzZ…!\u212aé١٣½①🙂\u3000\x85", max_size=60),
    st.text(st.characters(), max_size=40),
)


def same(one: Any, other: Any) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other)


@given(TEXTS, st.integers(1, 30))
@example(".", 1)
@example("", 400)
@example("a. " * 50, 3)
@hypothesis_settings(max_examples=400)
def test_passages_begin_where_the_reference_says(text: str, longest: int) -> None:
    codes = code_points(text)
    expected = passages.sentence_starts.__wrapped__(codes, longest)  # type: ignore[attr-defined]
    assert same(compiled.sentence_starts(codes, longest), expected)


@given(TEXTS)
@hypothesis_settings(max_examples=300)
def test_a_text_is_folded_as_by_the_reference(text: str) -> None:
    codes = code_points(text)
    expected = view.folded.__wrapped__(codes)  # type: ignore[attr-defined]
    assert all(map(same, compiled.folded(codes), expected))


@given(TEXTS)
@example("-1,000")
@example("1,000,00")
@hypothesis_settings(max_examples=400)
def test_numbers_are_those_of_the_reference(text: str) -> None:
    found = compiled.joined_numbers(code_points(text))
    if found is not None:
        assert found == "|".join(number_list(text)).encode()


@given(TEXTS)
@example("5")
@example("-5 3-4 x-6\n-7")
@hypothesis_settings(max_examples=400)
def test_what_stands_around_digits_states_the_numbers_of_the_text(text: str) -> None:
    assert number_list(numerals.around_digits(text, code_points(text))) == number_list(text)


@given(TEXTS, st.integers(0, (1 << 32) - 1), st.integers(0, 40))
@example("Page 3\n Page 41 \nPage 3\n\n* * *\na1b\ne\u0301\n\u200bab\n½½\n\ud800ab", 7, 40)
@hypothesis_settings(max_examples=400)
def test_lines_are_counted_by_the_crcs_of_the_reference(text: str, start: int, longest: int) -> None:
    codes = code_points(text)
    expected = linekeys.line_crcs.__wrapped__(codes, start, longest)  # type: ignore[attr-defined]
    assert compiled_counts.line_crcs(codes, start, longest) == expected


SCRIPTS = np.arange(0x110000, dtype=np.uint32).astype(np.uint8) % np.uint8(words.SCRIPTS)
SCRIPTS[:0x3000] = 1
KNOWN = words.Words.of(["the", "of", "end", "z", "abcdef", "ja", "cix"], 1)  # three of them meet in the table


@given(TEXTS)
@example("The OF\u3000the\x1cofthe the, \u212a abcdef ABCDEFA abcdefthe z")
@example("ja the cix diu eir")
@example("the 雨停了雨停了")
@hypothesis_settings(max_examples=400)
def test_letters_and_words_are_counted_as_by_the_reference(text: str) -> None:
    codes = code_points(text)
    expected = words.letters_and_words.__wrapped__(codes, SCRIPTS, 30, KNOWN)  # type: ignore[attr-defined]
    assert compiled_counts.letters_and_words(codes, SCRIPTS, 30, KNOWN) == expected


@given(TEXTS, st.integers(0, 200), st.integers(0, 0x10FFFF))
@hypothesis_settings(max_examples=200)
def test_characters_between_two_are_counted_as_by_the_reference(text: str, low: int, more: int) -> None:
    codes = code_points(text)
    expected = sum(low <= ord(letter) < low + more for letter in text)
    assert compiled_survey.count_between(codes, low, low + more) == expected
    assert survey.count_between.__wrapped__(codes, low, low + more) == expected  # type: ignore[attr-defined]


@given(TEXTS, st.integers(0, 255))
@hypothesis_settings(max_examples=200)
def test_marked_characters_are_found_where_the_reference_finds_them(text: str, flags: int) -> None:
    codes = code_points(text)
    expected = survey.marked.__wrapped__(codes, SCRIPTS, flags)  # type: ignore[attr-defined]
    assert same(compiled_survey.marked(codes, SCRIPTS, flags), expected)


BLANKS = st.text("a\n\n \t\u3000\x85\x1f\u2028\u200b\u180e\r雨", max_size=12)


@given(BLANKS, st.integers(0, 1000))
@hypothesis_settings(max_examples=400)
def test_a_survey_is_that_of_the_reference_and_untidy_is_what_trimming_changes(text: str, seed: int) -> None:
    table = np.zeros(0x110000, dtype=np.uint8)
    table[:0x3100] = np.random.RandomState(seed).randint(0, 256, size=0x3100)
    codes = code_points(text)
    found = compiled_survey.survey(codes, table)
    assert found == survey.survey.__wrapped__(codes, table)  # type: ignore[attr-defined]
    trimmed = re.sub("\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
    assert bool(found & survey.UNTIDY) == (trimmed != text)


def test_every_white_space_of_python_is_known() -> None:
    every = [code for code in range(0x110000) if chr(code).isspace()]
    assert list(survey.SPACES) == every
    assert [code for code in range(0x110000) if compiled_survey._is_blank(np.uint32(code))] == every


def test_numbers_in_common_digits_do_not_need_the_reference() -> None:
    assert compiled.joined_numbers(code_points("-5到1,200，１０．５%，3:15")) == b"-5|1200|10.5|3:15"


def test_the_kernels_begin_anew_at_characters_that_no_text_has_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "_TABLE", np.zeros(0x110000, dtype=np.uint8))
    monkeypatch.setattr(view, "_TABLE", np.full(0x110000, 0xFFFFFFFF, dtype=np.uint32))
    codes: CodePoints = code_points("Rain in Ｌübeck. It stopped at 5.")
    assert compiled.sentence_starts(codes, 400).tolist() == [0, 16]
    assert compiled.joined_numbers(codes) == b"5"
    assert view.View(*compiled.folded(codes)).text() == "raininlübeckitstoppedat5"


def test_the_constants_of_the_twins_are_those_of_the_references() -> None:
    assert (compiled.HORIZON, compiled_survey.UNTIDY) == (passages.HORIZON, survey.UNTIDY)
    assert (compiled_counts.LONGEST_WORD, compiled_counts.SCRIPTS) == (words.LONGEST_WORD, words.SCRIPTS)
    assert compiled_counts.SLOTS == words.SLOTS
    assert compiled.UNSEEN == view._UNSEEN
    assert len(compiled._ABBREVIATIONS) == len(passages.ABBREVIATIONS)
