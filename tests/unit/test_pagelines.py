"""The lines of a page, and the stretch of them that is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.settings import HtmlSettings
from dedupe.stages.extract import extract
from dedupe.stages.pagelines import Line, text_stretch

pytest.importorskip("trafilatura")

MAIN = HtmlSettings("main", 0.25, ())

STORY = [
    "老港的渡轮昨天最后一次离岸，码头上站满了来送行的居民，船长按了三次汽笛，岸上的人一直挥手到船影消失。",
    "渡轮公司说，新桥通车以后每天的乘客不到从前的一成，最后三年一直亏本，董事会三月底一致决定停航。",
    "船长在这条航线上开了二十六年的船，他说最舍不得的是早班船上的学生，下个月起他要去港务局教新来的水手。",
    "码头的老候船室将改成一间小小的航运展览馆，居民已经捐出两百多张老照片和一口铜钟，预计秋天开放。",
]
SECTIONS = " - ".join(f'<a href="/{n}">{n}</a>' for n in ("新闻", "体育", "财经", "房产", "汽车", "旅游"))
TITLES = ("新桥昨天正式通车", "港务局招考水手", "渔市搬到北岸", "灯塔重新粉刷", "潮汐发电站动工")
OTHERS = "".join(
    f'<tr><td>·<a href="/{n}.html">{title}</a>（2024-03-0{n} 17:19）</td></tr>'
    for n, title in enumerate(
        ("新桥昨天正式通车", "港务局招考水手", "渔市搬到北岸", "灯塔重新粉刷", "潮汐发电站动工"), 1
    )
)


def portal(story: str) -> str:
    """A page as portals made them: tables, and the story in the middle of links."""
    return (
        f"<html><head><title>老港渡轮停航</title></head><body><table><tr><td>{SECTIONS}</td></tr></table>"
        f"<table><tr><td><b>老港渡轮停航</b></td></tr><tr><td>{story}</td></tr></table>"
        f"<table><tr><td>相关报道：</td></tr>{OTHERS}</table></body></html>"
    )


def test_the_bar_of_sections_above_and_the_other_stories_below_are_no_part_of_the_story() -> None:
    text = extract(portal("".join(f"<p>{p}</p>" for p in STORY)), None, MAIN).text
    assert all(p in text for p in STORY)
    assert "老港渡轮停航" in text
    assert "财经" not in text
    assert "灯塔重新粉刷" not in text


def test_links_between_paragraphs_stay() -> None:
    story = f'<p>{STORY[0]}</p><p><a href="/timetable">渡轮的最后一张时刻表</a></p>' + "".join(
        f"<p>{p}</p>" for p in STORY[1:]
    )
    assert "渡轮的最后一张时刻表" in extract(portal(story), None, MAIN).text


def test_all_gives_the_links_too() -> None:
    text = extract(portal("".join(f"<p>{p}</p>" for p in STORY)), None, HtmlSettings("all", 0.25, ())).text
    assert "财经" in text
    assert "灯塔重新粉刷" in text


def test_paragraphs_in_a_link_that_nobody_closed_are_no_links() -> None:
    lines = [Line(STORY[0], 90, 0), Line(STORY[1], 80, 80), Line(STORY[2], 90, 90)]
    assert text_stretch(lines) == lines


def test_an_anchor_is_no_link() -> None:
    story = "".join(f'<p><a name="p{n}">{p}</a></p>' for n, p in enumerate(STORY))
    text = extract(portal(story), None, MAIN).text
    assert all(p in text for p in STORY)


def test_the_title_stays_though_it_is_a_link() -> None:
    lines = [Line("Ferry ends its service", 19, 19), Line("The ferry left the old port for the last time.", 60, 0)]
    assert text_stretch(lines, "Ferry ends its service - Harbour Post") == lines
    assert text_stretch(lines) == lines[1:]


def test_a_list_of_links_is_its_links() -> None:
    lines = [Line("Departures", 10, 0), Line("Hello.", 5, 0), Line("Ferries", 7, 7), Line("Trains", 6, 6)]
    assert text_stretch(lines) == lines


LINES = st.builds(
    lambda text, letters, linked: Line(text, letters, min(letters, linked)),
    st.text("abc 船。.", min_size=1, max_size=90),
    st.integers(0, 200),
    st.integers(0, 200),
)


@given(st.lists(LINES, max_size=30))
def test_what_is_left_out_is_links_more_than_text(lines: list[Line]) -> None:
    kept = list(text_stretch(lines))
    assert any(lines[at : at + len(kept)] == kept for at in range(len(lines) + 1))
    cut = sum(line.letters - line.linked for line in lines) - sum(line.letters - line.linked for line in kept)
    linked = sum(line.letters for line in lines) - sum(line.letters for line in kept) - cut
    labels = 60 * (len(lines) - len(kept))  # they, and what stands beside a link, weigh nothing
    assert cut <= linked + labels


@given(st.lists(LINES, max_size=30))
def test_what_was_cut_once_is_not_cut_again(lines: list[Line]) -> None:
    once = text_stretch(lines)
    assert text_stretch(once) == once
