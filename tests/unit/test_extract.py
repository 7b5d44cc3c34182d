"""A page gives its article, or its lines; a hostile one a result or an error, soon."""

from __future__ import annotations

import contextlib
import sys
import time

import pytest

from dedupe.errors import DecodeError, MissingExtraError
from dedupe.settings import HtmlSettings
from dedupe.stages.extract import extract
from dedupe.stages.pagehints import author_names

pytest.importorskip("trafilatura")

MAIN, ALL = HtmlSettings("main", 0.25, ()), HtmlSettings("all", 0.25, ())

PARAGRAPHS = [
    "县城的图书馆昨天开门，记者在门口看到读者排起了长队，最前面的几位老人天没亮就来了，他们说等这一天等了三年。",
    "馆长介绍，这里有八万册图书、两间自习室和一个儿童角，周末还有故事会，所有服务都不收费，晚上九点才关门。",
    "一位带着孩子来的母亲告诉记者，以前买书要坐车去市里，现在走路十分钟就到，孩子放学以后可以自己来这里写作业。",
    "据了解，今年全县还要再建五个这样的图书馆，其中三个在乡镇，预计明年春天全部开放，届时会增加流动书车的班次。",
]
PAGE = f"""<!DOCTYPE html><html lang="zh-CN"><head><title>县城图书馆开门_示例网</title>
<meta name="author" content="李明; 编辑2024"><meta property="og:site_name" content="示例日报">
<meta property="article:published_time" content="2024-03-02T08:00:00+08:00">
<script>var hidden = "脚本";</script><style>p {{ color: red }}</style></head>
<body><nav><a href="/">首页</a> <a href="/news">新闻</a></nav><article><h1>县城图书馆开门</h1>
{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}
<table><tr><td>藏书</td><td>八万册</td></tr></table></article>
<footer>版权所有 示例网</footer></body></html>"""


def test_main_gives_the_article_paragraph_by_paragraph() -> None:
    lines = extract(PAGE, None, MAIN).text.split("\n")
    assert [line for line in lines if line in PARAGRAPHS] == PARAGRAPHS
    assert "首页" not in "".join(lines)
    assert "版权所有" not in "".join(lines)


def test_metadata_are_hints() -> None:
    hints = extract(PAGE, "https://news.example/a/1.html", MAIN).hints
    assert hints.title == "县城图书馆开门"
    assert hints.authors == ("李明",)
    assert hints.source == "示例日报"
    assert hints.published == "2024-03-02"
    assert hints.url == "https://news.example/a/1.html"
    assert hints.language == "zh-CN"


def test_all_gives_every_visible_line_and_no_script() -> None:
    text = extract(PAGE, None, ALL).text
    assert text.split("\n")[:2] == ["首页 新闻", "县城图书馆开门"]
    assert "版权所有 示例网" in text
    assert "脚本" not in text
    assert "color" not in text


def test_a_page_without_an_article_gives_its_lines_but_no_menus() -> None:
    page = "<body><div><a href=/>首页</a> | <a href=/n>新闻</a></div><div>停水通知</div><nav>导航</nav></body>"
    assert extract(page, None, MAIN).text == "停水通知"
    assert extract(page, None, ALL).text == "首页 | 新闻\n停水通知\n导航"


def test_sentences_in_a_link_that_nobody_closed_stay() -> None:
    page = "<body><div><a href=/x>通知<div>明天上午停水。</div><div>后天恢复。</div></body>"
    assert extract(page, None, MAIN).text == "明天上午停水。\n后天恢复。"


def test_inline_elements_do_not_part_a_line_and_breaks_do() -> None:
    page = "<body><div>第一<b>二</b>三<br>第四</div>尾巴<p>第五\n  行</p>"
    assert extract(page, None, ALL).text == "第一二三\n第四\n尾巴\n第五 行"


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><div>停水通知：明天上午停水。</div></body></html>",
        "<p>停水通知：明天上午停水。",
        "停水通知：明天上午停水。",
        '<?xml version="1.0" encoding="gb2312"?><html><body><p>停水通知：明天上午停水。</p></body></html>',
    ],
)
def test_a_page_too_short_for_an_article_gives_its_lines(page: str) -> None:
    assert extract(page, None, MAIN).text == "停水通知：明天上午停水。"


@pytest.mark.parametrize("page", ["", "  \n", "<!-- -->", "<html></html>", "<script>x</script>", "\0", "<!--" * 9])
def test_a_page_of_nothing_gives_an_empty_text(page: str) -> None:
    assert extract(page, None, MAIN).text.strip("<!-") == ""


def test_the_same_page_gives_the_same_answer_at_every_call() -> None:
    first = extract(PAGE, None, MAIN)
    for _ in range(4):
        extract(PAGE.replace("图书馆", "体育馆"), None, MAIN)
        assert extract(PAGE, None, MAIN) == first


def test_nothing_is_printed_or_logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    for page in (PAGE, "<p>x", "", "<frameset><frame src=x></frameset>"):
        extract(page, "not a url", MAIN)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_without_trafilatura_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtraError, match=r"dedupe-news\[html\]"):
        extract(PAGE, None, MAIN)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "深" + "</div>" * 100_000,
        "<b>" * 100_000,
        "<table><tr><td>" * 30_000,
        "<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">x</p>",
        "<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">x</p>",
        "<p>" + "行文。" * 1_200_000,
        "<p>新闻一则。</p>" * 100_000,
        "<" * 300_000,
        "&" * 300_000,
        "</p>" * 300_000,
        "x" * 20_000_001,
        '<script type="application/ld+json">' + '{"a":' * 100_000 + "</script><p>x",
        ("<div>x" * 190 + "</div>" * 190) * 70,
        "<div>" * 180 + "<p>Related</p>" * 60 + "<i>x</i>" * 20_000,
        "<div><p>Related</p><a href=x>x</a>" * 150 + "<p>x</p>" * 20_000,
        "<p>\ud800新闻\x00</p>",
    ],
    ids=lambda page: ascii(page[:12]),
)
def test_a_hostile_page_ends_in_a_text_or_an_error_within_seconds(page: str) -> None:
    start = time.process_time()
    with contextlib.suppress(DecodeError):
        extract(page, None, MAIN).text.encode()
    assert time.process_time() - start < 10


def test_no_text_is_dropped_without_a_word_where_the_parser_has_limits() -> None:
    assert len(extract("<p>" + "行文。" * 1_200_000, None, MAIN).text) == 3_600_000
    with pytest.raises(DecodeError, match="depth"):
        extract("<div>" * 5_000 + "深", None, MAIN)


POSTS = "".join(
    f"<div class=post><div class=user>Reader {n}</div><div>I have walked past the old library {n} times this year. "
    f"The doors were open on day {n} and nobody had told us. What did the others of you see there?</div></div>"
    for n in range(40)
)
OPENING = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])


def commented(head: str) -> str:
    article = f"<article><h1>开门</h1>{OPENING}</article>"
    return f"<html><head>{head}</head><body>{article}<div id=comments>{POSTS}</div></body></html>"


def test_a_thread_is_all_its_posts_and_not_the_one_that_looks_like_an_article() -> None:
    text = extract(commented(""), None, MAIN).text
    assert PARAGRAPHS[0] in text
    assert all(f"library {n} times" in text for n in range(40))


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:type" content="article">',
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle"}</script>',
    ],
)
def test_a_page_that_calls_itself_an_article_is_its_article_whatever_readers_wrote_below(head: str) -> None:
    text = extract(commented(head), None, MAIN).text
    assert PARAGRAPHS[0] in text
    assert "library 7 times" not in text


def test_a_file_inside_a_page_says_nothing_and_is_not_searched_for_dates() -> None:
    article = "".join(f"<p>第{n}座桥今天通车，附近的居民一早就来到桥上，走了一个来回。</p>" for n in range(9))
    image = f'<img alt="桥" src="data:image/svg+xml,{"<!-- 2026-03-05 -->" * 4000}">'
    with_image, without = (
        extract(f"<html><body><article>{shown}{article}</article></body></html>", None, MAIN) for shown in (image, "")
    )
    assert with_image == without
    assert without.hints.published is None


def test_whoever_a_page_names_beside_its_authors_is_none_of_them() -> None:
    assert author_names("Mara Quill; Postscript; Staff Writer") == ("Mara Quill",)
    assert author_names("赵 培; 澜川学术期刊; 简介信息一览") == ("赵 培",)
    assert author_names("Текст Лида Ветрова") == ("Лида Ветрова",)
    assert author_names("Harbour Desk") == ("Harbour Desk",)  # nobody else is named
    assert author_names("Catherine") == ("Catherine",)
    assert author_names("Joan Roe is the author of seven books about harbours") == ()


@pytest.mark.parametrize("name", ["县城图书馆开门", "示例日报"])
def test_a_page_signed_with_its_title_or_its_site_names_nobody(name: str) -> None:
    assert extract(PAGE.replace("李明; 编辑2024", name), None, MAIN).hints.authors == ()


def test_a_title_counts_where_a_saved_page_has_it_and_an_images_title_does_not() -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    logo = "<svg><title>示例网标志</title></svg>"
    page = f"<html><body>{logo}<text id=saved><title>\ue5e5县城图书馆开门</title>{body}</text></body></html>"
    assert extract(page, None, MAIN).hints.title == "县城图书馆开门"


def test_the_year_in_a_footer_is_no_date_of_publication() -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    page = f"<html><body><article>{body}</article><div>Copyright 2019-2024 Example</div></body></html>"
    assert extract(page, None, MAIN).hints.published is None


def test_a_page_without_tags_is_dated_by_the_stamp_under_its_title() -> None:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    stamp = "<div>2024年3月2日08:05 来源：示例日报</div>"
    page = f"<html><body><h1>县城图书馆开门</h1>{stamp}{body}<div>Copyright 2019-2026 Example</div></body></html>"
    assert extract(page, None, MAIN).hints.published == "2024-03-02T08:05"
    assert extract(page, None, ALL).hints.published == "2024-03-02T08:05"
