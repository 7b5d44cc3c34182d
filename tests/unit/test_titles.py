"""The title of a page: what is a copy of it, what is the site's, and what metadata call it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from dedupe.config import load_settings
from dedupe.edits import restore
from dedupe.kernels.view import comparison_view
from dedupe.model import CleanDocument, Finding, Hints, RawDocument, Span
from dedupe.pipeline.document import DocumentCleaner
from dedupe.rules.loader import load_rulebook
from dedupe.stages.headline import clean_title, site_names, title_within, words
from dedupe.stages.titles import find_titles

FOLDER = Path(__file__).parent.parent / "cases" / "titles"
BODY = "小桥今天通车，附近的居民一早就来到桥上，走了一个来回，都说等这座桥等了三十年。"


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    page: str
    kept: str
    hints: Hints
    bylines: bool
    metadata: dict[str, str | None]


def load_cases() -> list[Case]:
    cases = []
    for path in sorted(FOLDER.glob("*.yaml")):
        table = yaml.safe_load(path.read_text("utf-8"))
        for case in table["cases"]:
            page, kept = case["page"], case.get("kept", case["page"])
            cases.append(
                Case(
                    f"{path.stem}: {case['id']}",
                    "\n".join(page).format(**table["bodies"]),
                    "\n".join(kept).format(**table["bodies"]),
                    Hints(**case.get("hints", {})),
                    case.get("bylines", True),
                    {"title": case["title"]} if "title" in case else {},
                )
            )
    return cases


@cache
def cleaner(*, bylines: bool = True, repeats: bool = True) -> DocumentCleaner:
    packs = [f"bylines.enabled={str(bylines).lower()}", f"repeats.enabled={str(repeats).lower()}"]
    return DocumentCleaner(load_settings(None, packs), load_rulebook(("zh", "en")))


def cleaned(page: str, hints: Hints = Hints(), **judges: bool) -> CleanDocument:  # noqa: B008
    document = cleaner(**judges).clean(RawDocument("a", "a", page, hints=hints)).outcome.document
    assert document is not None
    return document


def titles(page: str, hints: Hints = Hints(), copies: tuple[Finding, ...] = ()) -> list[tuple[str, str | None]]:  # noqa: B008
    """What goes, and which title stays for it."""
    found = find_titles(page, comparison_view(page), hints, copies, load_settings().repeats)
    return [(page[slice(*f.span)], None if f.twin is None else page[slice(*f.twin)]) for f in found]


CASES = load_cases()


def test_there_are_cases_in_every_language() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case) -> None:
    document = cleaned(case.page, case.hints, bylines=case.bylines)
    assert document.text == case.kept
    assert {"title": document.metadata.title} | case.metadata == {"title": document.metadata.title}
    assert restore(document.text, document.cut.removals) == case.page


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_second_run_changes_nothing(case: Case) -> None:
    once = cleaned(case.page, case.hints, bylines=case.bylines).text
    assert cleaned(once, case.hints, bylines=case.bylines).text == once
    assert cleaned(once, bylines=case.bylines).text == once


def test_a_copy_is_recorded_with_the_title_that_stays() -> None:
    page = f"小桥通车_城南网\n小桥通车\n{BODY}"
    [removal] = cleaned(page).cut.removals
    finding = removal.finding
    assert (finding.stage, finding.rule, finding.span) == ("repeats", "title", Span(0, 8))
    assert finding.twin == Span(9, 13)
    assert finding.similarity == round(4 / 7, 4)
    assert "below" in finding.reason


def test_a_suffix_is_recorded_as_one() -> None:
    [removal] = cleaned(f"小桥通车 - 城南晚报\n{BODY}", Hints(title="小桥通车")).cut.removals
    assert (removal.finding.rule, removal.text) == ("title-suffix", " - 城南晚报")
    assert removal.finding.twin is None


def test_the_judge_of_repeats_is_off_and_so_is_this_one() -> None:
    page = f"城南小桥今天通车\n城南小桥今天通车\n{BODY}"
    assert cleaned(page, repeats=False).text == page


def test_a_title_goes_with_the_copy_below_it_and_not_without() -> None:
    again = f"城南小桥今天通车\n{BODY}"
    page = f"{again}\n\n{again}"
    below = page.rindex(BODY)
    copy = Finding("repeats", "second-copy", Span(below, len(page)), "", (), Span(9, 9 + len(BODY)))
    assert titles(page, copies=(copy,)) == [("城南小桥今天通车", "城南小桥今天通车")]
    assert titles(page) == []


def test_a_whole_title_above_a_copy_stays_if_the_first_was_cut_short() -> None:
    page = f"城南人等了三十年的小…\n{BODY}\n城南人等了三十年的小桥今天通车\n{BODY}"
    copy = Finding("repeats", "second-copy", Span(page.rindex(BODY), len(page)), "", (), Span(12, 12 + len(BODY)))
    assert titles(page, copies=(copy,)) == []


def test_nothing_goes_for_a_title_that_goes_itself() -> None:
    page = f"城南小桥今天通车\n城南小桥今天通车\n{BODY}"
    for gone in (Span(0, 8), Span(9, 17)):
        assert titles(page, copies=(Finding("repeats", "second-copy", gone, "", (), Span(18, 26)),)) == []


def test_a_title_above_a_copy_of_another_part_stays() -> None:
    second = "第二段说的是另一件事，和桥没有关系。"
    page = f"城南小桥今天通车\n{BODY}\n{second}\n城南小桥今天通车\n{second}"
    twin = page.index(second)
    copy = Finding("repeats", "second-copy", Span(page.rindex(second), len(page)), "", (), Span(twin, twin + 18))
    assert titles(page, copies=(copy,)) == []


@pytest.mark.parametrize(("between", "goes"), [(80, True), (81, False)])
def test_credits_between_may_be_as_long_as_a_head(between: int, goes: bool) -> None:
    page = f"城南小桥今天通车\n{'甲' * 40}\n{'乙' * (between - 40)}\n城南小桥今天通车\n{BODY}"
    assert bool(titles(page)) == goes


def test_beyond_a_line_of_credits_a_title_stands_over_a_paragraph() -> None:
    assert titles(f"城南小桥今天通车\n林小禾\n城南小桥今天通车\n{BODY}")
    assert titles("城南小桥今天通车\n林小禾\n城南小桥今天通车\n桥通了。") == []


@pytest.mark.parametrize(("lines", "goes"), [(10, True), (11, False)])
def test_a_head_has_a_dozen_lines_at_the_most(lines: int, goes: bool) -> None:
    more = "\n".join("甲乙丙丁戊己庚辛壬癸子"[:lines])
    assert bool(titles(f"城南小桥今天通车\n城南小桥今天通车\n{more}\n{BODY}")) == goes


def test_empty_pages_and_pages_of_blanks() -> None:
    assert [titles(page) for page in ("", "\n\n", "题", "题\n题")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("小桥通车-城南日报", "小桥通车"),
        ("小桥通车_国内新闻_城南网", "小桥通车"),
        ("小桥通车 - 城南网 - 国际频道", "小桥通车"),
        ("首页 > 新闻 > 小桥今天通车", "小桥今天通车"),
        ("The bridge is open — Port Alder Gazette", "The bridge is open"),
        ("Sport | The bridge is open | The Star", "The bridge is open"),
        # in doubt all of it
        ("首页 > 新闻 > 正文", "首页 > 新闻 > 正文"),
        ("News | The Harbour Post", "News | The Harbour Post"),
        ("乡村振兴｜通到家门口的互联网", "乡村振兴｜通到家门口的互联网"),
        ("桥 - 城南新闻网", "桥 - 城南新闻网"),
        ("The bridge is open | film review", "The bridge is open | film review"),
        ("Rock - paper - scissors", "Rock - paper - scissors"),
        ("城南晚报创刊", "城南晚报创刊"),
        ("", ""),
        ("_", "_"),
    ],
)
def test_only_what_names_a_site_is_parted_from_a_title(title: str, clean: str) -> None:
    assert clean_title(title) == clean


def test_what_metadata_call_the_site_is_its_name() -> None:
    assert clean_title("小桥通车 | 水乡观察") == "小桥通车 | 水乡观察"
    assert clean_title("小桥通车 | 水乡观察", site_names(Hints(source="水乡观察"))) == "小桥通车"
    assert clean_title("The bridge | Larkspur", site_names(Hints(url="https://larkspur.example/1"))) == "The bridge"
    assert clean_title("The bridge | Larkspur", site_names(Hints(url="mailto:larkspur"))) == "The bridge | Larkspur"


def test_a_title_is_found_beside_the_names_of_a_site() -> None:
    assert title_within("城南网>>城事>>小桥通车", words("小桥通车")) == Span(9, 13)
    assert title_within("小桥通车 | 城事", words("小桥通车")) is None
    assert title_within("小桥通车", words("小桥通车")) is None


@pytest.mark.parametrize("title", ["城南小桥今天通车 - 城南晚报\n", " 城南小桥今天通车 "])
def test_a_title_from_a_field_has_no_blanks_around_it(title: str) -> None:
    assert cleaned(BODY, Hints(title=title)).metadata.title == "城南小桥今天通车"


def test_the_source_that_a_credit_names_is_the_site() -> None:
    page = f"城南小桥今天通车 | 水乡观察\n2026年03月05日 08:10 来源：水乡观察\n{BODY}"
    assert cleaned(page).metadata.title == "城南小桥今天通车"


@pytest.mark.parametrize("sign", ["|", " ", "_", " > ", "--"])
def test_what_no_title_is_costs_nothing(sign: str) -> None:
    line = sign.join("题" * 100_000)
    assert clean_title(line) == line
    assert title_within(line, words("题")) is None
    assert titles(f"{line[:60]}\n{BODY}", Hints(title=line)) == []


def test_metadata_of_any_kind_are_no_evidence_alone() -> None:
    hints: dict[str, Any] = {"title": "", "source": "", "url": ""}
    assert site_names(Hints(**hints)) == frozenset()
    assert cleaned(BODY, Hints(**hints)).metadata.title is None
