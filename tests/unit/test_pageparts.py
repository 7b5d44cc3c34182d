"""Sections about other stories go by what their headings say; nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dedupe.settings import HtmlSettings
from dedupe.stages.extract import extract

pytest.importorskip("trafilatura")

MAIN, ALL = (HtmlSettings(extract, 0.25, ()) for extract in ("main", "all"))

STORY = "".join(
    f"<p>On day {n} of the trial the judge heard the harbour master, who had kept the tide tables for {n + 20} years "
    "and remembered every ship that had run aground on the northern bar since the lighthouse was moved.</p>"
    for n in range(1, 6)
)
TEASER = (
    "<p>The ferry that crossed the bay for a century made its last crossing on Sunday, with two hundred passengers "
    "aboard and a brass band on the upper deck.</p>"
)
CARDS = "".join(f'<a href="/story/{n}">The ferry\'s last crossing, part {n}</a>{TEASER}' for n in (1, 2, 3))


def page(below: str) -> str:
    return (
        "<html><head><title>The trial</title><meta property='og:type' content='article'></head><body>"
        f"<div class=story><h1>The trial</h1>{STORY}{below}</div></body></html>"
    )


def text_of(below: str, settings: HtmlSettings = MAIN) -> str:
    return extract(page(below), None, settings).text


@pytest.mark.parametrize(
    "heading",
    [
        "<h4>You may also like</h4>",
        "<h3><i></i> Related stories:</h3>",
        "<div><h2><span>More from The Harbour Post</span></h2></div>",
        "<strong>相关阅读</strong>",
        "<h3>Das könnte Sie auch interessieren</h3>",
        "<h3>À lire aussi</h3>",
        "<p>Читайте также:</p>",
    ],
)
def test_the_openings_of_other_stories_go_with_their_heading(heading: str) -> None:
    text = text_of(f"<div>{heading}{CARDS}</div>")
    assert "last crossing" not in text
    assert all(f"On day {n} of" in text for n in range(1, 6))


@pytest.mark.parametrize(
    "heading", ["<h3>Διαβάστε επίσης</h3>", "<h3>ΔΙΑΒΑΣΤΕ  ΕΠΙΣΗΣ:</h3>", "<p>Lisää aiheesta »</p>"]
)
def test_the_config_may_name_more_headings(heading: str) -> None:
    more = replace(MAIN, other_stories=("Διαβάστε επίσης:", "διαβαστε επισης", "lisää aiheesta"))
    below = f"<div>{heading}{CARDS}</div>"
    assert "last crossing" not in text_of(below, more)
    assert "last crossing" in text_of(below)


def test_a_heading_is_known_by_all_that_it_says() -> None:
    more = replace(MAIN, other_stories=("diabaste",))
    assert "last crossing" in text_of(f"<div><h3>Diabaste episis</h3>{CARDS}</div>", more)


def test_all_keeps_them() -> None:
    assert "brass band" in text_of(f"<div><h4>You may also like</h4>{CARDS}</div>", ALL)


@pytest.mark.parametrize(
    "below",
    [
        f"<div><h4>The ferry</h4>{CARDS}</div>",  # another heading
        f"<div><h4>More from the harbour master, who testified on Monday</h4>{CARDS}</div>",  # a sentence
        f"<div>{TEASER}<h4>You may also like</h4><a href=/1>Part 1</a></div>",  # the section begins with something else
        f"<div><h4>Related</h4>{TEASER * 3}</div>",  # no link
        f"<div><h4>Related</h4>{TEASER * 3}<a href=/1>Part 1</a></div>",  # more text than links
        f"<div><h4>Related</h4><h1>The ferry</h1>{CARDS}</div>",  # with a headline of the page
        "<p><b>Read more</b> in the <a href=/1>Post</a>: the brass band on the upper deck played until midnight.</p>",
    ],
)
def test_what_may_be_the_story_stays(below: str) -> None:
    assert "brass band" in text_of(below)


def test_a_story_led_by_a_box_of_others_stays() -> None:
    body = f"<div class=story><div><b>Related</b><a href=/1>Part 1</a><a href=/2>Part 2</a></div>{STORY}</div>"
    text = extract(f"<html><head><title>The trial</title></head><body>{body}</body></html>", None, MAIN).text
    assert all(f"On day {n} of" in text for n in range(1, 6))


def test_headings_inside_what_went_already_do_no_harm() -> None:
    inner = "<div><h4>Related</h4><a href=/4>The ferry, part 4</a></div>"
    assert "last crossing" not in text_of(f"<div><h4>You may also like</h4>{CARDS}{inner}</div>")
