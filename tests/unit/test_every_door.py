"""
The same fifty articles by every door at once: all forms, compressions and encodings that are read,
labels that lie and text that was decoded wrongly before. They are fifty articles, whatever the door.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard
from scrapes import story, warc_record, wet_record

from dedupe import RunOptions, clean, load_settings

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

CHANCE = Random(50)
ARTICLES = ["\n".join(story(CHANCE, "en" if n % 5 == 4 else "zh", 4)) for n in range(50)]

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": zstandard.compress,
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
LABELS = {"gb18030": "gb2312", "utf-8": "gbk", "gbk": "utf-8", "utf-16": "utf-8"}
"""What is written in, and what the page says it is: none of them true to the letter."""


CODECS = ("none", "snappy", "gzip", "zstd", "brotli", "lz4")
CLOSED = ("letter.eml", "page.mhtml", "scan.pdf", "letters.mbox.gz", "rows.parquet.gz")
"""Files of other kinds, or packed as nobody packs them: no doors, and no failures either."""


def text(article: str, encoding: str) -> bytes:
    return article.encode(encoding)


def html(article: str, encoding: str, label: str) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>\n" for line in article.split("\n"))
    page = f'<html><head><meta charset="{label}"></head><body><article>{body}</article></body></html>'
    return page.encode(encoding)


def records(articles: list[str], encoding: str = "utf-8") -> bytes:
    rows = ({"id": n, "text": article, "n": n} for n, article in enumerate(articles))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(encoding)


def table(articles: list[str], delimiter: str, encoding: str = "utf-8") -> bytes:
    file = io.StringIO()
    rows = csv.writer(file, delimiter=delimiter)
    rows.writerow(["id", "text", "n"])
    rows.writerows([n, article, n] for n, article in enumerate(articles))
    return file.getvalue().encode(encoding)


def archive(articles: list[str]) -> bytes:
    """Half of them unpacked and in UTF-8, half of them packed and in GBK that only the server names."""
    found = b""
    for n, article in enumerate(articles):
        head = "Content-Type: text/html"
        body = html(article, "utf-8", "utf-8")
        if n % 2:
            head += "; charset=gbk\r\nContent-Encoding: gzip"
            body = gzip.compress(html(article, "gb18030", "").replace(b'<meta charset="">', b""), mtime=0)
        found += warc_record(n, body, head=head)
    return found


def parquet(articles: list[str], codec: str) -> bytes:
    file = io.BytesIO()
    table = pa.table({"id": range(len(articles)), "text": articles})
    pq.write_table(table, file, row_group_size=7, compression=codec)
    return file.getvalue()


def lay_out(source: Path) -> int:
    """Write everything; the number of doors."""
    doors = 0

    def put(name: str, data: bytes) -> None:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    for suffix, pack in PACK.items():
        for n, article in enumerate(ARTICLES):
            put(f"text/{n}.txt{suffix}", pack(text(article, ENCODINGS[n % len(ENCODINGS)])))
            encoding, label = list(LABELS.items())[n % len(LABELS)]
            put(f"pages/{n}.html{suffix}", pack(html(article, encoding, label)))
        put(f"lines.jsonl{suffix}", pack(records(ARTICLES)))
        put(f"other.ndjson{suffix}", pack(records(ARTICLES, "gb18030")))
        put(f"excel.csv{suffix}", pack(table(ARTICLES, ";", "utf-8-sig")))
        put(f"rows.csv{suffix}", pack(table(ARTICLES, ",", "gb18030")))
        put(f"rows.tsv{suffix}", pack(table(ARTICLES, "\t")))
        put(f"crawl.warc{suffix}", pack(archive(ARTICLES)))
        put(f"crawl.warc.wet{suffix}", pack(b"".join(wet_record(n, one) for n, one in enumerate(ARTICLES))))
        doors += 9
    for codec in CODECS:
        put(f"rows-{codec}.parquet", parquet(ARTICLES, codec))
    for name in CLOSED:
        put(name, b"From: desk@news.example\n\n" + ARTICLES[0].encode())
    put("twice-latin.jsonl", records([one.encode().decode("latin-1") for one in ARTICLES]))
    put("twice-gbk.jsonl", records([one.encode("gb18030").decode("latin-1") for one in ARTICLES]))
    return doors + len(CODECS) + 2


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    root = tmp_path_factory.mktemp("doors")
    return root, lay_out(root / "in")


def kept(out: Path) -> list[Any]:
    return [json.loads(line) for line in (out / "documents.jsonl").read_text("utf-8").splitlines()]


def test_every_door_gives_the_same_text(place: tuple[Path, int]) -> None:
    root, doors = place
    settings = load_settings(overrides=["neardup.enabled=false", "bylines.enabled=false", "repeats.enabled=false"])
    report = clean([root / "in"], root / "all", settings, RunOptions(format="jsonl", workers=2))
    assert report.failed == ()
    skipped = {".eml": 1, ".mhtml": 1, ".pdf": 1, ".mbox.gz": 1, ".parquet.gz": 1}
    assert json.loads(report.summary)["skipped_files"] == skipped
    texts = Counter(row["text"] for row in kept(root / "all"))
    wrong = [row["id"] for row in kept(root / "all") if row["text"] not in ARTICLES]
    assert wrong == []
    assert texts == dict.fromkeys(ARTICLES, doors)


def test_fifty_articles_stay_fifty_documents(place: tuple[Path, int]) -> None:
    root, doors = place
    report = clean([root / "in"], root / "single", options=RunOptions(format="jsonl", workers=2))
    assert report.totals.outcomes == {"kept": 50, "duplicate": 50 * (doors - 1)}
    assert {row["text"] for row in kept(root / "single")} <= set(ARTICLES)
