"""
The hostile corpus: files that bad luck or bad will leaves in a crawl, made by code so that none of them
needs to ship. README.md lists them.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import random
import zlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import zstandard
from scrapes import warc_record

MB = 1_000_000


class Case(NamedTuple):
    """A file: what it is, its bytes, what becomes of its worst document, and a word of the reason."""

    name: str
    what: str
    make: Callable[[], bytes]
    outcome: str
    reason: str = ""


@cache
def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def gz_bomb(megabytes: int, byte: bytes = b"\0") -> bytes:
    """A gzip member that unpacks a thousandfold; of equal parts, so that it is quickly made."""
    return gzip.compress(byte * (10 * MB), mtime=0) * (megabytes // 10)


def rows(*records: object) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def nested(begin: str, end: str, depth: int) -> bytes:
    return f'{{"text": "x", "n": {begin * depth}1{end * depth}}}\n'.encode()


def parquet(**columns: list[object]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415

    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def zeroed(data: bytes) -> bytes:
    return data[:4] + bytes(60) + data[64:]


def page(body: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


NEWS = "雨下了一夜，河水涨到了堤边，居民清早来看。"
HTML_GZIP = "Content-Type: text/html\r\nContent-Encoding: gzip"
HTML_CHUNKED = "Content-Type: text/html\r\nTransfer-Encoding: chunked"

CASES = (
    # ------------------------------------------------------------ packed
    Case("bomb.txt.gz", "2 GB of zeros in gzip", lambda: gz_bomb(2000), "failed", "read.max_document_bytes"),
    Case(
        "bomb.txt.zst",
        "1 GB of zeros in Zstandard",
        lambda: zstandard.compress(bytes(10 * MB)) * 100,
        "failed",
        "read.max_document_bytes",
    ),
    Case(
        "bomb.txt.bz2",
        "1 GB of zeros in bzip2",
        lambda: bz2.compress(bytes(10 * MB)) * 100,
        "failed",
        "read.max_document_bytes",
    ),
    Case("bomb.html.gz", "1 GB of tags in gzip", lambda: gz_bomb(1000, b"<"), "failed", "read.max_document_bytes"),
    Case("endless.jsonl.gz", "3 GB of empty lines in gzip", lambda: gz_bomb(3000, b"\n"), "failed", "read.max_ratio"),
    Case(
        "endless.csv.zst",
        "3 GB of empty rows in Zstandard",
        lambda: zstandard.compress(b"\n" * (10 * MB)) * 300,
        "failed",
        "read.max_ratio",
    ),
    Case(
        "one-line.jsonl.gz",
        "a line of 300 MB in gzip",
        lambda: gz_bomb(300, b"x"),
        "failed",
        "read.max_ratio",
    ),
    Case(
        "gzip-in-gzip.txt.gz",
        "an archive in an archive",
        lambda: gzip.compress(gzip.compress(NEWS.encode())),
        "failed",
        "gzip data",
    ),
    Case(
        "cut.txt.gz", "a gzip file cut in the middle", lambda: gzip.compress(noise(5000))[:2000], "failed", "ends early"
    ),
    Case(
        "cut.txt.bz2",
        "a bzip2 file cut in the middle",
        lambda: bz2.compress(noise(5000))[:2000],
        "failed",
        "ends early",
    ),
    Case(
        "cut.txt.zst",
        "a Zstandard file cut in the middle",
        lambda: zstandard.compress(noise(5000))[:2000],
        "failed",
        "ends early",
    ),
    Case(
        "flipped.txt.gz",
        "one bit of a gzip file turned",
        lambda: gzip.compress(NEWS.encode() * 99)[:-6] + b"\0" * 6,
        "failed",
        "fetch the file again",
    ),
    Case(
        "flipped.txt.bz2",
        "bytes of a bzip2 file turned",
        lambda: bz2.compress(noise(5000))[:90] + b"\xff" * 90,
        "failed",
        "fetch the file again",
    ),
    Case(
        "page.txt.gz",
        "an error page under the name of an archive",
        lambda: b"<html>404</html>",
        "failed",
        "not a valid gzip",
    ),
    Case("page.txt.bz2", "the same for bzip2", lambda: b"<html>404</html>", "failed", "not a valid bzip2"),
    Case("page.txt.zst", "the same for Zstandard", lambda: b"<html>404</html>", "failed", "not a valid zstd"),
    Case(
        "window.txt.zst",
        "a frame that wants a window of 2 GB",
        lambda: b"\x28\xb5\x2f\xfd\x00\xa8" + noise(99),
        "failed",
        "zstd",
    ),
    # ------------------------------------------------------------ text
    Case("huge.txt", "60 MB in one word", lambda: b"x" * (60 * MB), "failed", "read.max_characters"),
    Case("lines.txt", "20 million lines of a letter", lambda: b"a\n" * (20 * MB), "failed", "read.max_characters"),
    Case("over.txt", "more than a document may hold", lambda: b"x" * (68 * MB), "failed", "read.max_document_bytes"),
    Case("word.txt", "a word as long as a text may be", lambda: b"x" * 250_000, "kept"),
    Case("mantra.txt", "a sentence three thousand times", lambda: (NEWS + "\n").encode() * 3000, "kept"),
    Case("letters.txt", "100,000 lines of a letter", lambda: b"a\n" * 100_000, "kept"),
    Case("marks.txt", "nothing but combining marks", ("e" + "\u0301" * 100_000).encode, "kept"),
    Case("noise.txt", "random bytes", lambda: noise(100_000), "failed", "text"),
    Case("nul.txt", "nothing but NUL", lambda: bytes(100_000), "failed", "binary"),
    Case("program.txt", "a program", lambda: b"\x7fELF" + noise(999), "failed", "a program"),
    Case("archive.txt", "a ZIP archive", lambda: b"PK\x03\x04" + noise(999), "failed", "ZIP"),
    Case("picture.html", "a picture", lambda: b"\x89PNG\r\n\x1a\n" + noise(999), "failed", "PNG"),
    Case("escapes.txt", "commands to the terminal", f"\x1b[2J\x1b]0;title\x07{NEWS}\x1b[8m".encode, "kept"),
    Case("bidi.txt", "marks that turn the direction of writing", f"\u202e{NEWS}\u202c\u2066x".encode, "kept"),
    Case("surrogates.txt", "halves of characters in UTF-8", lambda: NEWS.encode() + b"\xed\xa0\x80" * 3, "kept"),
    Case("overlong.txt", "a slash in two bytes, which UTF-8 forbids", lambda: NEWS.encode() * 99 + b"\xc0\xaf", "kept"),
    Case("odd.txt", "UTF-16 of an odd number of bytes", lambda: NEWS.encode("utf-16") + b"x", "kept"),
    Case("empty.txt", "nothing", bytes, "empty"),
    # ------------------------------------------------------------ pages
    Case("deep.html", "100,000 elements, one in the other", lambda: page("<div>" * 100_000), "failed", "depth"),
    Case("wide.html", "300,000 elements side by side", lambda: page("<i></i>" * 300_000 + f"<p>{NEWS}</p>"), "kept"),
    Case(
        "attributes.html",
        "a tag with 100,000 attributes",
        lambda: page("<p " + " ".join(f"a{n}" for n in range(100_000)) + ">x"),
        "failed",
        "attributes",
    ),
    Case(
        "attribute.html", "an attribute of 15 MB", lambda: page(f'<p><img src="{"A" * (15 * MB)}">{NEWS}</p>'), "kept"
    ),
    Case("long.html", "a page of 30 MB", lambda: page("<p>x" * (7 * MB)), "failed", "not a news page"),
    Case("unclosed.html", "a comment that never ends", lambda: page(f"<p>{NEWS}</p><!--" + "-" * MB), "kept"),
    Case("brackets.html", "300,000 opened brackets", lambda: page("<" * 300_000), "failed", "read.max_characters"),
    Case(
        "entities.html",
        "an entity that grows a billionfold",
        lambda: b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + page(f"<p>{NEWS}&b;</p>"),
        "kept",
    ),
    Case(
        "include.html",
        "a page that wants a file of this machine",
        lambda: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + page(f"<p>{NEWS}&a;</p>"),
        "kept",
    ),
    Case("tables.html", "10,000 tables, one in the other", lambda: page("<table><tr><td>" * 10_000), "failed", "depth"),
    Case(
        "json.html",
        "nested JSON in the metadata",
        lambda: page(f"<p>{NEWS}</p>", '<script type="application/ld+json">' + '{"a":' * 50_000 + "</script>"),
        "kept",
    ),
    Case("script.html", "a page of nothing but script", lambda: page("<script>" + "x();" * MB + "</script>"), "empty"),
    # ------------------------------------------------------------ records
    Case(
        "nested-array.jsonl",
        "100,000 arrays, one in the other",
        lambda: nested("[", "]", 100_000),
        "failed",
        "nested deeper",
    ),
    Case(
        "nested-object.jsonl",
        "100,000 objects, one in the other",
        lambda: nested('{"a":', "}", 100_000),
        "failed",
        "nested deeper",
    ),
    Case(
        "number.jsonl",
        "a number of a million digits",
        lambda: b'{"text": "x", "n": ' + b"9" * MB + b"}",
        "failed",
        "is not valid JSON",
    ),
    Case(
        "infinite.jsonl",
        "numbers that are none",
        lambda: b'{"text": "x", "n": 1e999}\n{"text": "x", "n": NaN}',
        "failed",
        "is not valid JSON",
    ),
    Case(
        "keys.jsonl",
        "a hundred thousand keys",
        lambda: rows({"text": NEWS, **{f"k{n}": n for n in range(100_000)}}),
        "kept",
    ),
    Case(
        "escape.jsonl",
        "ids that are paths out of the output",
        lambda: rows(
            {"id": "../../../etc/x", "text": NEWS + "一"},
            {"id": "/etc/y", "text": NEWS + "二"},
            {"id": "..", "text": NEWS + "三"},
        ),
        "kept",
    ),
    Case("id.jsonl", "an id of 100,000 characters", lambda: rows({"id": "x" * 100_000, "text": NEWS}), "kept"),
    Case(
        "ids.jsonl",
        "the same id twice",
        lambda: rows({"id": 1, "text": NEWS + "甲"}, {"id": 1, "text": NEWS + "乙"}),
        "failed",
        "ids must be unique",
    ),
    Case("half.jsonl", "half a record", lambda: b'{"id": 1, "text": "' + NEWS.encode(), "failed", "is not valid JSON"),
    Case(
        "utf16.jsonl", "records in UTF-16", lambda: rows({"text": NEWS}).decode().encode("utf-16"), "failed", "UTF-16"
    ),
    Case(
        "halves.jsonl",
        "halves of characters in escapes",
        lambda: b'{"id": "\\ud800", "text": "\\udc00 news of today", "\\ud800": 1}',
        "kept",
    ),
    # ------------------------------------------------------------ tables
    Case(
        "quote.csv",
        "a quote that nobody closes, before ten thousand rows",
        lambda: b'id,text\n0,"x\n' + b"1,\n" * 9999,
        "failed",
        "never closed",
    ),
    Case("cells.csv", "a row of a million cells", lambda: b"id,text\n" + b"," * MB, "failed", "cells under 2 columns"),
    Case(
        "columns.csv",
        "a header of 100,000 columns",
        lambda: b",".join(b"c%d" % n for n in range(100_000)) + b",text\nx\n",
        "failed",
        "has no text",
    ),
    Case("quotes.csv", "a million quotes", lambda: b"text\n" + b'"' * MB + b"\n", "failed", "read.max_characters"),
    Case("nul.csv", "cells of NUL", lambda: b"id,text\n1,\0\0\0\n", "empty"),
    # ------------------------------------------------------------ Parquet
    Case(
        "bomb.parquet",
        "a cell of 200 MB in Zstandard",
        lambda: parquet(text=["x" * (200 * MB)]),
        "failed",
        "read.max_ratio",
    ),
    Case(
        "cells.parquet",
        "a cell of 6 MB ten times",
        lambda: parquet(text=["x" * (6 * MB)] * 10),
        "failed",
        "read.max_characters",
    ),
    Case(
        "cut.parquet",
        "a Parquet file without its end",
        lambda: parquet(text=[NEWS] * 99)[:-40],
        "failed",
        "cannot be read",
    ),
    Case(
        "zeroed.parquet",
        "a Parquet file with a hole",
        lambda: zeroed(parquet(text=[NEWS] * 99)),
        "failed",
        "cannot be read",
    ),
    Case("page.parquet", "an error page under that name", lambda: b"<html>404</html>" * 9, "failed", "cannot be read"),
    Case(
        "footer.parquet",
        "a footer that says it has 2 GB",
        lambda: b"PAR1" + noise(99) + b"\xff\xff\xff\x7fPAR1",
        "failed",
        "cannot be read",
    ),
    # ------------------------------------------------------------ web archives
    Case(
        "bomb.warc",
        "a page of 100 MB packed in a record",
        lambda: warc_record(1, gzip.compress(bytes(100 * MB)), head=HTML_GZIP),
        "failed",
        "read.max_document_bytes",
    ),
    Case(
        "length.warc",
        "a record that says it has a petabyte",
        lambda: warc_record(2, NEWS.encode()).replace(b"\r\nContent-Length: ", b"\r\nContent-Length: 9999999999999"),
        "failed",
        "read.max_document_bytes",
    ),
    Case(
        "negative.warc",
        "a record of less than nothing",
        lambda: (
            warc_record(3, page(NEWS))
            + warc_record(4, NEWS.encode()).replace(b"\r\nContent-Length: ", b"\r\nContent-Length: -")
        ),
        "failed",
        "how long it is",
    ),
    Case(
        "cut.warc", "a record cut in the middle", lambda: warc_record(5, page(NEWS) * 9)[:-99], "failed", "ends early"
    ),
    Case(
        "chunks.warc",
        "chunks of lying lengths",
        lambda: warc_record(6, b"ffffffff\r\n" + page(NEWS), head=HTML_CHUNKED),
        "kept",
    ),
    Case(
        "damaged.warc",
        "a page whose packing is damaged",
        lambda: warc_record(7, gzip.compress(page(NEWS * 99))[:-20] + b"\xff" * 20, head=HTML_GZIP),
        "failed",
        "fetch it again",
    ),
    Case(
        "header.warc",
        "a header of 3 MB",
        lambda: b"WARC/1.0\r\nX: " + b"a" * (3 * MB) + b"\r\n\r\n",
        "failed",
        "header",
    ),
    Case("page.warc", "an error page under that name", lambda: b"<html>404</html>" * 9, "failed", "does not begin"),
    Case(
        "deflate.warc",
        "a packed page that is cut",
        lambda: warc_record(8, zlib.compress(page(NEWS * 99))[:-9], head=HTML_GZIP.replace("gzip", "deflate")),
        "failed",
        "ends early",
    ),
)


def table() -> str:
    """The corpus for people."""
    lines = [f"| `{c.name}` | {c.what} | {c.outcome} | {c.reason} |" for c in CASES]
    return "\n".join(["| file | what it is | outcome | the reason says |", "|---|---|---|---|", *lines, ""])
