"""What the cutter takes along, what it leaves, and who is held responsible."""

from __future__ import annotations

import pytest

from dedupe.edits import Surviving, cut, kept_spans, restore
from dedupe.model import Capture, Cut, Finding, Removal, Span


def finding(start: int, end: int, rule: str = "rule") -> Finding:
    return Finding("bylines", rule, Span(start, end), "for a test")


def marked(text: str) -> tuple[str, list[Finding]]:
    """The text without its brackets, and a finding for each bracketed stretch: ``雨【停】了``."""
    plain, findings = "", []
    for k, piece in enumerate(text.replace("】", "【").split("【")):
        if k % 2:
            findings.append(finding(len(plain), len(plain) + len(piece), f"r{k // 2}"))
        plain += piece
    return plain, findings


def after(text: str) -> str:
    plain, findings = marked(text)
    done = cut(plain, findings)
    assert restore(done.text, done.removals) == plain
    return done.text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("【本报记者 林小禾】\n河堤加固完成。", "河堤加固完成。"),
        ("河堤加固完成。\n【（责任编辑：周远）】", "河堤加固完成。"),
        ("第一段。\n【广告】\n第二段。", "第一段。\n第二段。"),
        ("第一段。\n\n【广告】\n\n第二段。", "第一段。\n\n第二段。"),
        ("第一段。\n  【广告】  \n第二段。", "第一段。\n第二段。"),
        ("【标题】\n\n\n正文。", "正文。"),
        ("正文。\n\n\n【尾注】", "正文。"),
        ("正文。\n\n【一】\n\n【二】", "正文。"),
        ("【一】\n\n【二】\n\n正文。", "正文。"),
    ],
)
def test_a_whole_line_takes_its_line_end_along(text: str, left: str) -> None:
    assert after(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("【本报讯】 河堤加固完成。", "河堤加固完成。"),
        ("【本报讯】\u3000\u3000河堤加固完成。", "河堤加固完成。"),
        ("一句。\n【本报讯】 河堤加固完成。", "一句。\n河堤加固完成。"),
        ("河堤加固完成。 【（完）】", "河堤加固完成。"),
        ("河堤加固完成。 【（完）】\n下一段。", "河堤加固完成。\n下一段。"),
        ("河堤加固完成。 【（完）】  \n下一段。", "河堤加固完成。\n下一段。"),
        ("  【By Ann】 Rain fell.", "Rain fell."),
    ],
)
def test_a_head_or_tail_takes_the_blanks_that_set_it_off(text: str, left: str) -> None:
    assert after(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Rain 【(sic)】 fell.", "Rain fell."),
        ("Rain【(sic)】 fell.", "Rain fell."),
        ("Rain 【(sic)】fell.", "Rain fell."),
        ("Rain 【(sic)】   fell.", "Rain fell."),
        ("Rain 【(sic)】 【[x]】 fell.", "Rain fell."),
        ("Rain【(sic)】 【[x]】fell.", "Rain fell."),
        ("雨【（原文）】停了。", "雨停了。"),
    ],
)
def test_between_two_words_one_blank_stays(text: str, left: str) -> None:
    assert after(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("上一段。【（完）】\n【本报讯】下一段。", "上一段。\n下一段。"),
        ("上一段。 【（完）】\n\n【本报讯】 下一段。", "上一段。\n\n下一段。"),
        ("上一段。 【（完）】\n【广告】\n【本报讯】 下一段。", "上一段。\n下一段。"),
    ],
)
def test_the_tail_of_a_line_and_the_head_of_the_next_leave_two_lines(text: str, left: str) -> None:
    assert after(text) == left


def test_white_space_that_stood_there_before_is_left_alone() -> None:
    assert after("\n一。\n\n\n【广告】\n二。  三。\n") == "\n一。\n\n\n二。  三。\n"


def test_without_findings_nothing_changes() -> None:
    assert cut(" a \n", []) == Cut(" a \n", ())


def test_a_document_that_is_all_byline_is_empty_and_can_be_restored() -> None:
    text = " 本报记者 林小禾 \n"
    done = cut(text, [finding(1, 9)])
    assert done.text == ""
    assert restore(done.text, done.removals) == text


def test_empty_and_outlying_spans_are_no_findings() -> None:
    assert cut("雨停了。", [finding(2, 2), finding(3, 1), finding(9, 12), finding(-5, 0)]) == Cut("雨停了。", ())


def test_a_span_beyond_the_text_is_cut_at_its_end() -> None:
    done = cut("雨停了。", [finding(3, 99), finding(-4, 1)])
    assert done.text == "停了"
    assert [r.span for r in done.removals] == [Span(0, 1), Span(3, 4)]


def test_where_two_findings_meet_the_first_in_the_list_is_responsible() -> None:
    one, two = finding(2, 6, "one"), finding(4, 8, "two")
    assert [(r.span, r.finding.rule) for r in cut("0123456789", [one, two]).removals] == [
        (Span(2, 6), "one"),
        (Span(6, 8), "two"),
    ]
    assert [(r.span, r.finding.rule) for r in cut("0123456789", [two, one]).removals] == [
        (Span(2, 4), "one"),
        (Span(4, 8), "two"),
    ]


def test_a_finding_inside_an_earlier_one_has_nothing_left_to_remove() -> None:
    done = cut("0123456789", [finding(2, 8, "outer"), finding(4, 6, "inner")])
    assert [r.finding.rule for r in done.removals] == ["outer"]


def test_a_finding_around_an_earlier_one_takes_what_is_left_on_both_sides() -> None:
    done = cut("0123456789", [finding(4, 6, "inner"), finding(2, 8, "outer")])
    assert [(r.span, r.finding.rule) for r in done.removals] == [
        (Span(2, 4), "outer"),
        (Span(4, 6), "inner"),
        (Span(6, 8), "outer"),
    ]


def test_white_space_between_two_removals_belongs_to_the_first() -> None:
    done = cut("一\n\n二\n正文", [finding(0, 1, "one"), finding(3, 4, "two")])
    assert [(r.text, r.finding.rule) for r in done.removals] == [("一\n\n", "one"), ("二\n", "two")]


def test_kept_spans_are_what_no_removal_covers() -> None:
    removals = [Removal(Span(0, 2), "ab", finding(0, 2)), Removal(Span(4, 6), "ef", finding(4, 6))]
    assert kept_spans(6, removals) == [Span(2, 4)]
    assert kept_spans(9, removals) == [Span(2, 4), Span(6, 9)]
    assert kept_spans(0, []) == []


def test_a_lifted_finding_keeps_everything_but_its_offsets() -> None:
    text = "头\n正文一。正文二。"
    surviving = Surviving(text, cut(text, [finding(0, 1)]))
    assert surviving.text == "正文一。正文二。"
    was = Finding(
        "repeats",
        "second-copy",
        Span(4, 8),
        "why",
        (Capture("author", "文", Span(5, 6)),),
        Span(0, 4),
        0.9,
        (("一", "二"),),
    )
    now = surviving.lift(was)
    assert now == Finding(
        "repeats",
        "second-copy",
        Span(6, 10),
        "why",
        (Capture("author", "文", Span(7, 8)),),
        Span(2, 6),
        0.9,
        (("一", "二"),),
    )


def test_a_lifted_finding_without_a_copy_has_none() -> None:
    assert Surviving("雨停。", Cut("雨停。", ())).lift(finding(0, 1)).twin is None
