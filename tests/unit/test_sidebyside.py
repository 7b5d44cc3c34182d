"""Two texts on a terminal: in step, within its width, and nothing of either lost."""

from __future__ import annotations

import re
from itertools import pairwise

import click
import pytest

from dedupe.cli.columns import Row, display_width, laid_out
from dedupe.cli.differences import stretches
from dedupe.cli.sidebyside import NARROW, shortened, side_by_side

ZH = "晚上7点，纺织路上的老文化馆灯火通明。一楼的木工房里，26岁的快递站点调度员程砚把一块榉木料夹上台钳。"
EN = 'The ferry crews voted on Monday. "Nobody wanted this," union secretary Mara Quill told reporters at dawn.'
AR = "عادت العبارات إلى العمل صباح اليوم بعد إضراب استمر أسبوعا كاملا في المرفأ"

PAIRS = {
    "one character": (ZH, ZH.replace("木工房", "木土房")),
    "longer there": (ZH, ZH.replace("灯火通明", "的窗户每天夜里都亮着灯，从街上走过的人都要抬头看一眼，灯火通明")),
    "longer here": (ZH.replace("程砚", "来自青禾县的、今年春天才进城的程砚"), ZH),
    "cut short": (ZH[:30], ZH[:34]),
    "other script": (ZH.replace("点", "點").replace("灯", "燈"), ZH.replace("明", "亮")),
    "line breaks lost": (ZH.replace("。", "。\n") + ZH, (ZH + ZH).replace("26", "28")),
    "English": (EN, EN.replace("Monday", "Tuesday morning").replace("union ", "")),
    "one long word": ("x" * 200 + " a", "x" * 200 + " b"),
    "emoji": ("雨停了👨‍👩‍👧，孩子们👍🏽出来看。", "雨停了👨‍👩‍👧，大人们👍🏽出来看。"),
    "combining": ("Việt Nam mưa suốt đêm e\u0301\u0301 qua", "Việt Nam nắng suốt đêm e\u0301\u0301 qua"),
    "Hindi": ("नदी का पानी घाट तक आ गया है", "नदी का पानी पुल तक आ गया है"),
    "nothing in common": ("雨下了一夜", "everything else"),
    "nothing here": ("", "雨下了一夜"),
}


def shown(one: str, two: str, width: int, *, colour: bool = False, full: bool = True) -> list[str]:
    return side_by_side(stretches(one, two), ("goes", "stays"), width, colour=colour, full=full)


def said(text: str) -> str:
    """The text without what layout adds or takes: blanks, marks, signs of line breaks."""
    return re.sub(r"\s|\[-|-\]|\{\+|\+\}|⏎", "", text)


@pytest.mark.parametrize("width", [80, 97, 120, 200])
@pytest.mark.parametrize("name", PAIRS)
def test_both_texts_stand_whole_in_two_columns(name: str, width: int) -> None:
    one, two = PAIRS[name]
    head, *lines = shown(one, two, width)
    assert re.fullmatch(r"  goes +│ stays", head)
    columns = [(line.partition("│")[0], line.partition("│")[2]) for line in lines]
    assert said("".join(left[2:] for left, _ in columns)) == said(one)
    assert said("".join(right for _, right in columns)) == said(two)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("width", [20, 60, 79, 80, 81, 120])
@pytest.mark.parametrize("name", PAIRS)
def test_no_line_is_wider_than_the_terminal(name: str, width: int, colour: bool) -> None:
    lines = [click.unstyle(line) for line in shown(*PAIRS[name], width, colour=colour)]
    assert max(map(display_width, lines)) <= width
    if width >= NARROW:
        bars = {display_width(line.partition("│")[0]) for line in lines if "│" in line}
        assert len(bars) == 1, "the columns stand under one another"


@pytest.mark.parametrize("name", PAIRS)
def test_equal_text_stands_in_one_row_with_its_match(name: str) -> None:
    for row in laid_out(stretches(*PAIRS[name]), 30, marks=4, context=0):
        equal = ["".join(run.text for run in side if run.style == "equal") for side in (row.left, row.right)]
        assert said(equal[0]) == said(equal[1])


def test_rows_break_between_words() -> None:
    rows = laid_out(stretches(EN, EN + " x"), 24, marks=4, context=0)
    left = ["".join(run.text for run in row.left) for row in rows]
    assert " ".join(left) == EN
    assert all(display_width(a) + 1 + display_width(b.split()[0]) > 24 for a, b in pairwise(left))


def test_no_row_begins_with_a_full_stop() -> None:
    for width in range(10, 40):
        rows = laid_out(stretches(ZH * 3, ZH * 3 + "完"), width, marks=4, context=0)
        assert not any(row.left and row.left[0].text[0] in "，。" for row in rows)


@pytest.mark.parametrize(("width", "text"), [(60, ZH), (79, ZH), (120, AR)])
def test_a_narrow_terminal_and_right_to_left_text_get_one_above_the_other(width: int, text: str) -> None:
    words = text.replace("老", "旧").replace("صباح", "مساء")
    lines = shown(text, words, width)
    assert lines[:3] == ["- goes", "= stays", ""]
    assert not any("│" in line for line in lines)
    assert {line[:2] for line in lines[3:]} == {"- ", "= "}
    assert said("".join(line[2:] for line in lines[3:] if line.startswith("-"))) == said(text)


def test_what_is_the_same_above_and_below_is_shown_once() -> None:
    lines = shown(ZH, ZH.replace("程砚", "程岩"), 40)
    assert sum("文化馆" in line for line in lines) == 1


def test_marks_without_colour_and_colour_without_marks() -> None:
    one, two = "雨下了1夜，河水涨了。", "雨下了3夜，河水漲了。"
    bare, coloured = "\n".join(shown(one, two, 80)), "\n".join(shown(one, two, 80, colour=True))
    assert "\x1b" not in bare
    assert "雨下了[-1-]夜" in bare
    assert "雨下了{+3+}夜" in bare
    assert "[-" not in coloured
    assert "\x1b[31m\x1b[1m\x1b[4m1\x1b[0m" in coloured
    assert "\x1b[32m\x1b[1m\x1b[4m3\x1b[0m" in coloured
    assert "\x1b[2m漲\x1b[0m" in coloured, "what differs in form is dim"


def test_a_line_break_that_one_lacks_leaves_a_sign() -> None:
    [_, first, second, *_] = shown("雨停了。\n风也停了。", "雨停了。风也住了。", 80)
    assert first.split("│")[0].strip() == "- 雨停了。⏎"
    assert first.split("│")[1].strip() == "雨停了。"
    assert "风也[-停-]了。" in second


def test_long_equal_stretches_are_abbreviated_unless_full() -> None:
    one = ZH * 20 + "雨" + ZH * 20
    short, full = shown(one, one.replace("雨", "风"), 80, full=False), shown(one, one.replace("雨", "风"), 80)
    notes = [line for line in short if "⋯" in line]
    assert len(short) < 16 < len(full)
    assert len(notes) == 2
    assert all(re.fullmatch(r"  ⋯ [\d,]+ characters alike ⋯", line) for line in notes)
    counted = sum(int(line.split()[1].replace(",", "")) for line in notes)
    left = "".join(line.split("│")[0][2:] for line in short[1:] if "│" in line)
    assert counted + len(said(left)) == len(one)
    assert not any("⋯" in line for line in full)


def test_a_note_stands_between_the_rows_it_replaces() -> None:
    rows = laid_out(stretches(ZH * 9 + "雨", ZH * 9 + "风"), 30, marks=4, context=30)
    assert [bool(row.note) for row in rows].count(True) == 1
    assert all(row == Row([], [], row.note) for row in rows if row.note)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("汉字", 4), ("，。", 4), ("e\u0301", 1), ("👨‍👩‍👧", 6), ("ﬀ", 1), ("ｱ", 1), ("سلام", 4)],
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


@pytest.mark.parametrize("width", [20, 21, 40])
@pytest.mark.parametrize("text", [ZH, EN, AR, "短", ""])
def test_shortened_keeps_both_ends_within_the_width(text: str, width: int) -> None:
    short = shortened(text, width)
    assert display_width(short) <= width
    head, dots, tail = short.partition(" ... ")
    assert text.startswith(head)
    assert text.endswith(tail if dots else short)
