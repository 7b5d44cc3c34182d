"""What an extractor drops from the middle of an article comes back; nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.settings import HtmlSettings
from dedupe.stages.extract import extract
from dedupe.stages.pagegaps import with_gaps_filled
from dedupe.stages.pagelines import BLOCKS, HIDDEN, Line, page_lines

pytest.importorskip("trafilatura")
html: Any = pytest.importorskip("lxml.html")

STORY = [
    f"On day {n} the harbour master told the judge which of the {n + 20} ships had run aground on the northern bar."
    for n in range(1, 7)
]
OTHER = "The ferry that crossed the bay for a century made its last crossing on Sunday, with a band aboard."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def filled(page: str, article: list[str]) -> list[str]:
    lines = page_lines(html.document_fromstring(page), BLOCKS, HIDDEN)
    return [line.text for line in with_gaps_filled([Line(text, len(text), 0) for text in article], lines)]


def test_a_paragraph_between_two_of_the_article_comes_back() -> None:
    page = f"<body><div>{paragraphs(*STORY)}</div></body>"
    assert filled(page, STORY[:2] + STORY[3:]) == STORY


def test_so_do_a_list_and_the_heading_above_it() -> None:
    items = "<h3>What ran aground</h3><ul><li>The Curlew</li><li>The Tern</li></ul>"
    page = f"<body><div>{paragraphs(*STORY[:3])}{items}{paragraphs(*STORY[3:])}</div></body>"
    assert filled(page, STORY) == [*STORY[:3], "What ran aground", "The Curlew", "The Tern", *STORY[3:]]


def test_so_does_a_line_that_stands_bare_among_the_paragraphs() -> None:
    page = f"<body><div>{STORY[0]}<br>{STORY[1]}<br>{STORY[2]}<br>{STORY[3]}</div></body>"
    assert filled(page, [STORY[0], *STORY[2:4]]) == STORY[:4]


@pytest.mark.parametrize(
    "between",
    [
        f"<div class=promo><div><p>{OTHER}</p></div></div>",  # in an element of its own
        f"<figure><figcaption>{OTHER}</figcaption></figure>",
        f"<p><a href=/ferry>{OTHER}</a></p>",
        "<p>Photo by Jo</p>",
        "<ul><li><a href=/1>The ferry</a></li><li><a href=/2>The lighthouse</a></li></ul>",
    ],
)
def test_what_is_not_the_articles_own_stays_out(between: str) -> None:
    page = f"<body><div>{paragraphs(*STORY[:3])}{between}{paragraphs(*STORY[3:])}</div></body>"
    assert filled(page, STORY) == STORY


def test_nothing_is_added_above_or_below_the_article() -> None:
    page = f"<body><div>{paragraphs(OTHER, *STORY, OTHER + ' Again.')}</div></body>"
    assert filled(page, STORY) == STORY


def test_a_line_that_the_article_has_in_another_form_is_not_added_again() -> None:
    page = f"<body><div>{paragraphs(*STORY)}</div></body>"
    shorter = STORY[2].replace("On day 3 ", "")
    assert filled(page, [*STORY[:2], shorter, *STORY[3:]]) == [*STORY[:2], shorter, *STORY[3:]]
    joined = f"{STORY[2]} {STORY[3]}"
    assert filled(page, [*STORY[:2], joined, *STORY[4:]]) == [*STORY[:2], joined, *STORY[4:]]


def test_the_page_reads_as_it_did() -> None:
    list_of = "<ul>" + "".join(f"<li>The {n}th ship lay on the northern bar for {n} days.</li>" for n in range(4, 8))
    page = (
        "<html><head><title>The bar</title></head><body><article><h1>The bar</h1>"
        f"{paragraphs(*STORY[:3])}{list_of}</ul>{paragraphs(*STORY[3:])}</article></body></html>"
    )
    lines = extract(page, None, HtmlSettings("main", 0.25, ())).text.split("\n")
    assert [line for line in lines if line in STORY] == STORY
    assert (
        lines.index(STORY[2]) < lines.index("The 5th ship lay on the northern bar for 5 days.") < lines.index(STORY[3])
    )


WORDS = st.sampled_from([*STORY, OTHER, "The Curlew", "Photo by Jo", "Related"])


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_every_line_of_the_article_stays_in_its_order(article: list[str], page: list[str]) -> None:
    result = filled(f"<body><div>{paragraphs(*page)} </div></body>", article)
    rest = iter(result)
    assert all(line in rest for line in article)
    assert set(result) <= {*article, *page}
