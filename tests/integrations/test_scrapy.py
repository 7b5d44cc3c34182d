"""A real crawl of a site of our own, served on this machine: what comes in, what comes out, what is counted."""

from __future__ import annotations

import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from scrapes import story

from dedupe.errors import ConfigError, MissingExtraError

pytest.importorskip("trafilatura")
scrapy = pytest.importorskip("scrapy")

from itemadapter import ItemAdapter  # noqa: E402
from scrapy.exceptions import DropItem  # noqa: E402
from scrapy.utils.test import get_crawler  # noqa: E402

from dedupe.integrations.scrapy import DedupePipeline  # noqa: E402

SPIDER = """
import json, os, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Pages(scrapy.Spider):
    name = "pages"
    told = 0

    async def start(self):
        yield scrapy.Request(sys.argv[1])

    def parse(self, response):
        yield from response.follow_all(css="a.story", callback=self.story)

    def story(self, response):
        self.told += 1
        if self.told > int(sys.argv[5]):
            os.kill(os.getpid(), 9)
        yield {"url": response.url, "text": response.body, "section": "local"}

    def closed(self, reason):
        with open(sys.argv[3], "w") as file:
            json.dump(self.crawler.stats.get_stats(), file, default=str)

process = CrawlerProcess({
    "ITEM_PIPELINES": {"dedupe.integrations.scrapy.DedupePipeline": 300},
    "DEDUPE_MEDIA": "html",
    "FEEDS": {sys.argv[2]: {"format": "jsonlines", "encoding": "utf-8"}},
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
    **json.loads(sys.argv[4]),
})
process.crawl(Pages)
process.start()
"""


@dataclass(frozen=True)
class Site:
    """Pages by path, and the different articles that they tell."""

    pages: dict[str, tuple[bytes, str]]
    articles: set[str]


def site(pages: int, *, since: int = 0) -> Site:
    """
    A third of the pages in GBK, every fourth with its body twice, every fifth a copy of another one. Pages from
    ``since`` on are the next day's; the articles are what they tell that was not told before.
    """
    chance = Random(50)
    told: list[list[str]] = []
    old = 0
    served: dict[str, tuple[bytes, str]] = {}
    for n in range(pages):
        old = len(told) if n == since else old
        if n % 5 == 4:
            paragraphs = told[n // 2 % len(told)]
        else:
            paragraphs = story(chance, "en" if n % 7 == 6 else "zh", 5)
            told.append(paragraphs)
        served[f"/{n}.html"] = page(paragraphs * (2 if n % 4 == 3 else 1), gbk=n % 3 == 2, lies=n % 2 == 0)
    links = "".join(f'<a class="story" href="{path}">{path}</a>' for path in served)
    served["/"] = (f"<html><body>{links}</body></html>".encode(), "text/html")
    return Site(served, {"\n".join(paragraphs) for paragraphs in told[old:]})


def page(paragraphs: list[str], *, gbk: bool, lies: bool) -> tuple[bytes, str]:
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    label = "utf-8" if gbk is lies else "gbk"
    text = f'<html><head><meta charset="{label}"></head><body><article>{body}</article></body></html>'
    return text.encode("gbk" if gbk else "utf-8"), "text/html"


def free_port() -> int:
    """A port that a site can keep from one day to the next: its addresses are the ids of its pages."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


@contextmanager
def serving(pages: dict[str, tuple[bytes, str]], port: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = pages.get(self.path, (b"", "text/plain"))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def crawl(there: Site, place: Path, *, killed_after: int = 10**6, port: int = 0, **settings: object) -> Any:
    """The items and the stats of a crawl of the site; nothing of one that is killed."""
    place.mkdir(exist_ok=True)
    (place / "crawl.py").write_text(SPIDER)
    with serving(there.pages, port) as address:
        command = [sys.executable, "crawl.py", address, "items.jsonl", "stats.json", json.dumps(settings)]
        command.append(str(killed_after))
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=300)
    if killed_after < len(there.pages):
        assert done.returncode == -9
        return None
    assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in (place / "items.jsonl").read_text("utf-8").splitlines()]
    return items, json.loads((place / "stats.json").read_text("utf-8"))


@pytest.mark.parametrize("pages", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_a_crawl_yields_every_article_once_and_counts_the_rest(pages: int, tmp_path: Path) -> None:
    there = site(pages)
    items, stats = crawl(there, tmp_path)
    assert len(items) == len(there.articles)
    assert {item["text"] for item in items} == there.articles
    assert all(item["section"] == "local" and item["metadata"]["url"] == item["url"] for item in items)
    assert stats["dedupe/kept"] == stats["item_scraped_count"] == len(items)
    assert stats["dedupe/duplicate"] == stats["item_dropped_count"] == pages - len(items)
    assert stats["item_dropped_reasons_count/DropItem"] == pages - len(items)
    assert 0 < stats["dedupe/characters_removed"] < stats["dedupe/characters_read"]


@pytest.mark.parametrize("pages", [24, pytest.param(200, marks=pytest.mark.slow)])
def test_the_next_days_crawl_yields_only_what_is_new(pages: int, tmp_path: Path) -> None:
    index, port = str(tmp_path / "news.dedupe"), free_port()
    monday, tuesday = site(pages), site(pages + pages // 2, since=pages)
    items, _ = crawl(monday, tmp_path / "monday", port=port, DEDUPE_INDEX=index)
    assert {item["text"] for item in items} == monday.articles
    more, stats = crawl(tuesday, tmp_path / "tuesday", port=port, DEDUPE_INDEX=index)
    assert len(more) == len(tuesday.articles)
    assert {item["text"] for item in more} == tuesday.articles
    assert stats["dedupe/seen"] == len(items)
    assert stats["dedupe/duplicate"] == len(tuesday.pages) - 1 - len(items) - len(more)


@pytest.mark.slow
def test_what_a_killed_crawl_may_have_lost_is_yielded_again(tmp_path: Path) -> None:
    there, index, port = site(40), str(tmp_path / "news.dedupe"), free_port()
    crawl(there, tmp_path / "killed", killed_after=25, port=port, DEDUPE_INDEX=index)
    items, stats = crawl(there, tmp_path / "again", port=port, DEDUPE_INDEX=index)
    assert {item["text"] for item in items} == there.articles
    assert "dedupe/seen" not in stats
    assert crawl(there, tmp_path / "next", port=port, DEDUPE_INDEX=index)[0] == []


# ---------------------------------------------------------------- one item at a time

PAGE = "晨光日报记者 陆知遥\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"
BODY = "雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"


@dataclass
class Story:
    """An item with room for metadata."""

    url: str
    text: str | bytes
    metadata: dict[str, Any] | None = None


@dataclass
class Bare:
    """An item without."""

    url: str
    text: str


class Classic(scrapy.Item):  # type: ignore[misc]
    """Scrapy's own kind of item."""

    fields: ClassVar[dict[str, Any]]
    url = scrapy.Field()
    text = scrapy.Field()


def pipeline(**settings: object) -> DedupePipeline:
    return DedupePipeline.from_crawler(get_crawler(settings_dict=settings))


@pytest.mark.parametrize(
    "item", [{"url": "u", "text": PAGE}, Story("u", PAGE), Bare("u", PAGE), Classic(url="u", text=PAGE)]
)
def test_items_of_any_make_get_the_clean_text(item: Any) -> None:
    cleaned = ItemAdapter(pipeline().process_item(item))
    assert cleaned["text"] == BODY
    if "metadata" in cleaned.field_names():
        assert cleaned["metadata"].items() >= {"authors": ["陆知遥"], "affiliation": "晨光日报", "url": "u"}.items()


def test_pages_without_their_library_are_refused_before_the_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.integrations.scrapy.find_spec", lambda _: None)
    assert pipeline(DEDUPE_MEDIA="text")
    with pytest.raises(MissingExtraError, match="DEDUPE_MEDIA is html"):
        pipeline(DEDUPE_MEDIA="html")


LOADS = """
import sys
from scrapy.utils.test import get_crawler
from dedupe.integrations.scrapy import DedupePipeline
pipeline = DedupePipeline.from_crawler(get_crawler(settings_dict={"DEDUPE_MEDIA": sys.argv[1]}))
pipeline.open_spider()
loaded = set(sys.modules)
pipeline.process_item({"url": "u", "text": sys.stdin.read()})
print(*sorted(set(sys.modules) - loaded))
"""


@pytest.mark.parametrize("media", ["text", "html"])
def test_no_item_waits_for_what_can_be_loaded_before(media: str) -> None:
    text = PAGE if media == "text" else f"<html><body><article><p>{PAGE}</p></article></body></html>"
    command = [sys.executable, "-c", LOADS, media]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.split() == []


def test_bytes_are_decoded() -> None:
    assert pipeline().process_item(Story("u", PAGE.encode("gbk"))).text == BODY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PAGE, "duplicate: says the same as first"),
        ("晨光日报记者 陆知遥", "empty: nothing but credits"),
        (bytes(range(256)) * 9, "failed: looks like binary data"),
        (None, "failed: has no text in field"),
    ],
)
def test_what_is_dropped_says_why_and_is_counted(text: object, reason: str) -> None:
    crawler = get_crawler()
    line = DedupePipeline.from_crawler(crawler)
    line.process_item({"url": "first", "text": PAGE})
    with pytest.raises(DropItem, match=reason):
        line.process_item({"url": "second", "text": text})
    assert crawler.stats.get_value(f"dedupe/{reason.partition(':')[0]}") == 1
    assert crawler.stats.get_value("dedupe/kept") == 1
    line.close_spider()


@pytest.mark.parametrize("unchanged", ["keep", "omit"])
def test_a_page_that_comes_again_is_dropped_as_seen_whatever_becomes_of_it_in_runs(
    unchanged: str, tmp_path: Path
) -> None:
    (tmp_path / "my.yaml").write_text(f"index: {{unchanged: {unchanged}}}")
    where = {"DEDUPE_CONFIG": str(tmp_path / "my.yaml"), "DEDUPE_INDEX": str(tmp_path / "news.dedupe")}
    first = pipeline(**where)
    assert first.process_item({"url": "u", "text": PAGE})["text"] == BODY
    first.close_spider()
    second = pipeline(**where)
    with pytest.raises(DropItem, match="seen: an earlier crawl yielded it on"):
        second.process_item({"url": "u", "text": PAGE})
    second.close_spider()


def test_the_config_says_which_fields_hold_what(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("read: {fields: {text: body, id: key}}\nneardup: {enabled: false}")
    line = pipeline(DEDUPE_CONFIG=str(tmp_path / "my.yaml"))
    for _ in range(2):
        assert line.process_item({"key": 7, "body": PAGE})["body"] == BODY


def test_a_setting_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="DEDUPE_MEDIA is 'xml'; it must be text or html"):
        pipeline(DEDUPE_MEDIA="xml")
