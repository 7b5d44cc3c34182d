"""`Cleaner` in other people's programs: many threads, asyncio, and what a session with an index comes to."""

from __future__ import annotations

import asyncio
import logging
import pickle
import re
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from scrapes import story

from dedupe import Cleaner, Hints, RawDocument, Result, load_settings
from dedupe.api import Arrivals
from dedupe.api import cleaner as cleaner_module
from dedupe.settings import Settings

CHANCE = Random(11)
STORIES = [story(CHANCE, "en" if n % 4 == 3 else "zh", 6) for n in range(24)]
PAGES = ["\n".join(["晨光日报记者 陆知遥", *told, *(told if n % 3 == 2 else [])]) for n, told in enumerate(STORIES)]


@pytest.fixture
def _hasty() -> Iterator[None]:
    """Threads take turns five hundred times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(scope="module")
def settings() -> Settings:
    """With the packs that these pages need: a cleaner is quickly made."""
    return load_settings(overrides=["bylines.packs=[zh, en]"])


@pytest.fixture
def cleaner(settings: Settings) -> Cleaner:
    return Cleaner(settings)


def as_html(paragraphs: list[str]) -> str:
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return f"<html><head><title>{escape(paragraphs[0])}</title></head><body><article>{body}</article></body></html>"


# ---------------------------------------------------------------- threads


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text": None}, "text must be str or bytes, not NoneType (document a)"),
        ({"id": 7}, "id must be a str, not 7"),
        ({"published": date(2026, 3, 18)}, "published must be a str, not datetime.date(2026, 3, 18)"),
        ({"url": b"https://a.example"}, "url must be a str, not b'https://a.example'"),
        ({"charset": 936}, "charset must be a str, not 936"),
        ({"authors": "林小禾"}, "authors must be a list of names, not '林小禾' (document a)"),
        ({"authors": [7]}, "authors must be a list of names, not [7] (document a)"),
    ],
)
def test_an_argument_of_a_wrong_kind_is_told_by_name(cleaner: Cleaner, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(told)}$"):
        cleaner.clean(**{"text": "雨下了一夜。", "id": "a", **wrong})


def test_a_page_is_cleaned_as_the_command_cleans_it(cleaner: Cleaner) -> None:
    page = as_html(
        ["城南的小桥", "雨下了一夜，澜川的河水涨到了堤边，居民清早来看。", "小桥修好以后，孩子上学近了许多。"]
    )
    known: dict[str, Any] = {"url": "https://a.example/1", "language": "zh", "published": "2026-03-18"}
    result = cleaner.clean(page.encode("gbk"), id="a", media="html", charset="gbk", authors=["林小禾"], **known)
    assert "<" not in result.text
    hints = Hints(authors=("林小禾",), **known)
    assert [result] == cleaner.clean_many([RawDocument("a", "a", page.encode("gbk"), "html", "gbk", hints=hints)])
    assert result.metadata.authors == ("林小禾",)
    assert (result.metadata.url, result.metadata.language) == ("https://a.example/1", "zh")


def test_media_are_text_or_html(cleaner: Cleaner) -> None:
    with pytest.raises(ValueError, match="media must be one of text, html, not 'pdf'"):
        cleaner.clean("雨下了一夜。", id="a", media="pdf")  # type: ignore[arg-type]


def test_a_config_file_is_no_settings() -> None:
    with pytest.raises(TypeError, match=r"not 'my\.yaml'; Cleaner\.from_config\(path\) reads a config file"):
        Cleaner("my.yaml")  # type: ignore[arg-type]


def test_a_cleaner_is_not_sent_to_another_process(cleaner: Cleaner) -> None:
    with pytest.raises(TypeError, match="cannot be sent to another process; create one in each worker"):
        pickle.dumps(cleaner)


def test_results_are_sent_anywhere(cleaner: Cleaner) -> None:
    result = cleaner.clean("晨光日报记者 陆知遥\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。", id="a")
    assert pickle.loads(pickle.dumps(result)) == result


def test_threads_get_what_one_after_another_gets(cleaner: Cleaner, settings: Settings) -> None:
    alone = [cleaner.clean(page, id=str(n)) for n, page in enumerate(PAGES)]
    shared = Cleaner(settings)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda n: shared.clean(PAGES[n], id=str(n)), range(len(PAGES))))
    assert together == alone


@pytest.mark.usefixtures("_hasty")
def test_threads_extract_pages_and_leave_the_loggers_as_they_were(settings: Settings) -> None:
    pytest.importorskip("trafilatura")
    documents = [RawDocument(str(n), "x", as_html(told), "html") for n, told in enumerate(STORIES[:8])]
    cleaner = Cleaner(settings)
    alone = [cleaner.clean_many([document])[0] for document in documents]
    loggers = [logging.getLogger(name) for name in ("trafilatura", "htmldate")]
    levels = [logger.level for logger in loggers]
    shared = Cleaner(settings)
    with ThreadPoolExecutor(8) as threads:
        together = [found[0] for found in threads.map(lambda one: shared.clean_many([one]), documents)]
    assert together == alone
    assert [logger.level for logger in loggers] == levels


@pytest.mark.usefixtures("_hasty")
def test_of_copies_that_threads_claim_exactly_one_is_kept(settings: Settings, tmp_path: Path) -> None:
    work = [(f"{n}-{copy}", page) for copy in range(4) for n, page in enumerate(PAGES)]
    with Cleaner(settings, index=tmp_path / "news.dedupe") as cleaner, ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda one: cleaner.clean(one[1], id=one[0]), work))
    kept = {result.id for result in results if result.kept}
    assert Counter(name.partition("-")[0] for name in kept) == {str(n): 1 for n in range(len(PAGES))}
    assert all(result.duplicate_of in kept for result in results if not result.kept)


# ---------------------------------------------------------------- asyncio


def test_the_loop_goes_on_while_documents_are_cleaned(cleaner: Cleaner) -> None:
    alone = [cleaner.clean(page, id=str(n)) for n, page in enumerate(PAGES)]
    beats = 0

    async def heart() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    async def crawl() -> tuple[list[Result], int]:
        beating = asyncio.create_task(heart())
        await asyncio.sleep(0)
        before = beats
        jobs = (asyncio.to_thread(cleaner.clean, page, id=str(n)) for n, page in enumerate(PAGES))
        found = await asyncio.gather(*jobs)
        beating.cancel()
        return found, beats - before

    together, passed = asyncio.run(crawl())
    assert together == alone
    assert passed > len(PAGES)


def test_documents_awaited_in_their_order_get_the_verdicts_of_a_sequential_run(
    settings: Settings, tmp_path: Path
) -> None:
    work = [(f"{n}-{copy}", page) for n, page in enumerate(PAGES) for copy in range(2)]

    async def crawl(clean: partial[Result]) -> list[Result]:
        return [await asyncio.to_thread(clean, page, id=name) for name, page in work]

    with Cleaner(settings, index=tmp_path / "one") as cleaner:
        alone = [cleaner.clean(page, id=name) for name, page in work]
    with Cleaner(settings, index=tmp_path / "two") as cleaner:
        assert asyncio.run(crawl(partial(cleaner.clean))) == alone
    assert [result.kept for result in alone] == [True, False] * len(PAGES)


# ---------------------------------------------------------------- sessions


def kept_before(cleaner: Cleaner, name: str) -> bool:
    result = cleaner.clean(PAGES[0], id=name)
    assert result.kept
    return result.earlier is not None


def test_what_a_session_kept_is_known_to_the_next_one_as_kept_before(settings: Settings, tmp_path: Path) -> None:
    with Cleaner(settings, index=tmp_path / "i") as cleaner:
        assert [kept_before(cleaner, "a"), kept_before(cleaner, "a")] == [False, False]
        cleaner.release()
        assert kept_before(cleaner, "a")
        new = cleaner.clean(PAGES[1], id="a")
        assert (new.kept, new.earlier) == (True, None), "another text under the same id is new"
        assert not cleaner.clean(PAGES[0], id="b").kept
    with Cleaner(settings, index=tmp_path / "i") as cleaner:
        [again, other] = cleaner.clean_many([RawDocument("a", "a", PAGES[0]), RawDocument("c", "c", PAGES[2])])
        assert (again.kept, other.kept, other.earlier) == (True, True, None)
        assert again.earlier is not None


def test_a_session_that_broke_off_goes_on_under_its_name_alone(settings: Settings, tmp_path: Path) -> None:
    def broken() -> None:
        with Cleaner(settings, index=tmp_path / "i", job="crawl") as cleaner:
            assert not kept_before(cleaner, "a")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        broken()
    with Cleaner(settings, index=tmp_path / "i", job="other") as cleaner:
        assert kept_before(cleaner, "a")
    with Cleaner(settings, index=tmp_path / "i", job="crawl") as cleaner:
        assert not kept_before(cleaner, "a"), "it may have been lost"
    with Cleaner(settings, index=tmp_path / "i", job="crawl") as cleaner:
        assert kept_before(cleaner, "a")


@pytest.mark.parametrize("remembers", [False, True])
def test_what_arrives_twice_is_a_copy_of_itself(settings: Settings, tmp_path: Path, remembers: bool) -> None:
    with Cleaner(settings, index=tmp_path / "i" if remembers else None) as cleaner:
        arrivals = Arrivals(cleaner)
        first, second = (arrivals.result(RawDocument("a", "a", PAGES[0])) for _ in range(2))
        assert (first.kept, second.kept, second.duplicate_of) == (True, False, "a")


def test_a_stream_of_long_texts_holds_none_of_them_in_memory() -> None:
    judges = [f"{judge}.enabled=false" for judge in ("bylines", "repeats", "normalise")]
    arrivals = Arrivals(Cleaner(load_settings(overrides=judges)))
    chance = Random(3)

    def send(count: int) -> None:
        for _ in range(count):
            name, text = str(chance.random()), "".join(map(chr, chance.choices(range(0x4E00, 0x9000), k=20_000)))
            assert arrivals.result(RawDocument(name, name, text)).kept

    send(5)
    tracemalloc.start()
    send(5)
    before = tracemalloc.get_traced_memory()[0]
    send(20)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20 * 10_000, "each has 40,000 bytes"


def test_an_earlier_text_of_a_stream_is_read_back_to_compare_with(cleaner: Cleaner) -> None:
    arrivals = Arrivals(cleaner)
    for n, page in enumerate(PAGES):
        assert arrivals.result(RawDocument(str(n), "x", page)).kept
    for n, page in enumerate(PAGES):
        late = arrivals.result(RawDocument(f"late {n}", "x", f"{page}\n更正：此前的报道有误，谨此致歉。"))
        assert (late.kept, late.duplicate_of) == (False, str(n))


# ---------------------------------------------------------------- long jobs


def test_where_the_kernels_were_never_compiled_a_long_job_has_them_compiled_beside_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[str] = []

    @contextmanager
    def beside(module: str) -> Iterator[None]:
        under_way.append(module)
        yield
        under_way.remove(module)

    monkeypatch.setattr(cleaner_module.face, "expect", lambda: True)
    monkeypatch.setattr(cleaner_module, "in_background", beside)
    cleaner = Cleaner(settings)
    cleaner.warm_up()
    assert under_way == ["dedupe.pipeline.warm"]
    del cleaner
    assert under_way == []
