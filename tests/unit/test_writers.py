"""Kept documents on disk: every id has a file of its own, and none leaves the directory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe.model import Metadata
from dedupe.store.results import decision_ids, find_decision, find_text
from dedupe.store.writers import Format, Packing, open_writer
from dedupe.store.writers.documents import text_path

HOSTILE = (
    "", ".", "..", "...", "/", "//", "/a", "a/", "a//b", "a/../b", "../../etc/passwd", "a/./b", "\x00", "a\x00b",
    "a\nb", "a", "a.txt", "a.txt.txt", "a.html", "a.html.txt", "a.html.txt.txt", "a.HTML", "a.TXT", "a.TXT.txt",
    ".txt", "..txt", "a:b", "a%3Ab", "a%253Ab", "a%", "%", "%2F", "%2E", "a%2E.txt", "a%2E", "50%.txt", "%20.txt",
    "新闻.txt", "%E6%96%B0.txt", "a.jsonl#1", "a.jsonl#../x", "a.jsonl#..%2Fx", "a.jsonl#a/b", "a.jsonl#",
    "a.jsonl:1", "a.jsonl:1.txt", "a.jsonl%3A1.txt", "a#b/c", "a/b#c", "a#b#c", "#", "#/", "a.jsonl.gz#1.txt",
    "a.txt.gz", "C:\\x", "a*?\"<>|", "\ud800", "%D800", "\udcff", "x" * 500, "x" * 499 + "y", "新" * 100,
    "x" * 200 + "/" + "y" * 300, "新" * 65 + ".txt", "新" * 66 + ".txt", "新" * 67 + ".txt",
)  # fmt: skip
IDS = st.sampled_from(HOSTILE) | st.text(st.sampled_from("a.%/#:2EF53A\x00新") | st.characters(), max_size=12)
NAMES = IDS.map(lambda name: f"{name}.txt") | IDS


def test_no_two_of_the_worst_ids_share_a_path() -> None:
    paths = [text_path(one) for one in HOSTILE]
    shared = {path for path in paths if paths.count(path) > 1}
    assert {one: text_path(one) for one in HOSTILE if text_path(one) in shared} == {}


@given(NAMES, NAMES)
@example("x" * 500, text_path("x" * 500).name)
@example(text_path("x" * 500).name, text_path(text_path("x" * 500).name).name)
def test_two_ids_never_share_a_path(one: str, other: str) -> None:
    assert (text_path(one) == text_path(other)) == (one == other)


@given(NAMES)
def test_a_path_stays_inside_and_is_one_that_a_disk_can_hold(one: str) -> None:
    path = text_path(one)
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert path.name.endswith(".txt")
    assert len(path.parts) == one.partition("#")[0].count("/") + 1
    for part in path.parts:
        assert 0 < len(part.encode()) <= 200
        assert not set(part) & set('\x00\n\\:*?"<>|')


@pytest.mark.parametrize(
    ("id_", "path"),
    [
        ("2026/01/page.txt", "2026/01/page.txt"),
        ("page.html", "page.html.txt"),
        ("page.txt.gz", "page.txt.gz.txt"),
        ("新闻/第一版.txt", "新闻/第一版.txt"),
        ("%E6%96%B0%20b.txt", "%E6%96%B0%20b.txt"),
        ("a.jsonl:7", "a.jsonl%3A7.txt"),
        ("a.jsonl#7", "a.jsonl#7.txt"),
        ("a.jsonl#http://example.org/b?c=1", "a.jsonl#http%3A%2F%2Fexample.org%2Fb%3Fc=1.txt"),
    ],
)
def test_an_ordinary_id_is_its_own_path(id_: str, path: str) -> None:
    assert text_path(id_) == Path(PurePosixPath(path))


def unpacked(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def record(id_: str, text: str) -> bytes:
    return json.dumps({"id": id_, "text": text, "metadata": {}}, ensure_ascii=False).encode()


TEXTS = {
    "a.txt": "雨停了。\r\n风也小了。",
    "b/c.html": "第一行\n第二行\n",
    "d.jsonl#1/2": "\u2028行",
    "d.jsonl:2": "末",
}


def test_a_text_file_is_the_text_and_one_line_end(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, "text")
    for id_, text in TEXTS.items():
        writer.write(record(id_, text))
    writer.close()
    files = {path.relative_to(tmp_path / "documents"): path.read_bytes() for path in tmp_path.rglob("*.txt")}
    assert files == {text_path(id_): f"{text}\n".encode() for id_, text in TEXTS.items()}


def test_json_lines_are_written_as_they_come(tmp_path: Path) -> None:
    lines = [record(id_, text) for id_, text in TEXTS.items()]
    writer = open_writer(tmp_path, "jsonl")
    for line in lines:
        writer.write(line)
    writer.close()
    assert (tmp_path / "documents.jsonl").read_bytes() == b"".join(line + b"\n" for line in lines)


def test_a_document_is_never_written_over_another(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, "text")
    writer.write(record("a.txt", "一"))
    with pytest.raises(FileExistsError):
        writer.write(record("a.txt", "二"))


LAYOUTS: list[tuple[Format, Packing, int | None]] = [
    ("text", "", None), ("jsonl", "", None), ("jsonl", "gz", None), ("jsonl", "zst", 3), ("jsonl", "", 1),
    ("parquet", "", None), ("parquet", "", 3),
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_written_is_found_again_by_id(tmp_path: Path, layout: tuple[Format, Packing, int | None]) -> None:
    writer = open_writer(tmp_path, *layout)
    for id_, text in TEXTS.items():
        writer.write(record(id_, text))
    writer.close()
    assert {id_: find_text(tmp_path, id_) for id_ in TEXTS} == TEXTS
    assert find_text(tmp_path, "a") is None
    assert find_text(tmp_path, "nobody.txt") is None


def test_decisions_are_found_by_the_whole_id(tmp_path: Path) -> None:
    rows = [{"id": id_, "source": "s"} for id_ in ["a", "a.txt", 'q"\\', "新", "x\u2028y"]]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (tmp_path / "decisions.jsonl").write_text("".join(lines), "utf-8")
    assert decision_ids(tmp_path) == [row["id"] for row in rows]
    assert [find_decision(tmp_path, row["id"]) for row in rows] == lines
    assert find_decision(tmp_path, "a.tx") is None


def written(directory: Path, *layout: Any) -> dict[str, bytes]:
    directory.mkdir()
    writer = open_writer(directory, *layout)
    for number in range(7):
        writer.write(record(f"{number}.txt", f"第{number}座桥今天通车。" * 99))
    writer.close()
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_shards_hold_so_many_documents_each_in_order(tmp_path: Path) -> None:
    files = written(tmp_path / "whole", "jsonl") | written(tmp_path / "parts", "jsonl", "", 3)
    shards = [files[f"documents-0000{number}.jsonl"] for number in range(3)]
    assert [shard.count(b"\n") for shard in shards] == [3, 3, 1]
    assert b"".join(shards) == files["documents.jsonl"]


@pytest.mark.parametrize(("packing", "unpack"), [("gz", gzip.decompress), ("zst", unpacked)])
def test_packed_lines_are_the_plain_ones_and_the_same_bytes_at_every_run(
    tmp_path: Path, packing: str, unpack: Callable[[bytes], bytes]
) -> None:
    [plain] = written(tmp_path / "plain", "jsonl").values()
    [(name, packed)] = written(tmp_path / "one", "jsonl", packing).items()
    assert name == f"documents.jsonl.{packing}"
    assert len(packed) < len(plain) / 5
    assert unpack(packed) == plain
    assert written(tmp_path / "two", "jsonl", packing) == {name: packed}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_no_document_is_an_empty_file_and_no_missing_one(tmp_path: Path, form: Format) -> None:
    open_writer(tmp_path, form, "", 5).close()
    assert [path.name for path in tmp_path.iterdir()] == [f"documents-00000.{form}"]


def test_parquet_holds_what_the_lines_hold_in_the_schema_that_the_readme_states(tmp_path: Path) -> None:
    table = pytest.importorskip("pyarrow.parquet").read_table
    writer = open_writer(tmp_path, "parquet")
    full = {
        "id": "a",
        "text": "雨。",
        "metadata": {"title": "雨", "authors": ["陆知遥"]},
        "views": 7,
        "meta": {"k": [1]},
    }
    writer.write(json.dumps(full).encode())
    writer.write(record("b", "风。"))
    writer.close()
    found = table(tmp_path / "documents.parquet")
    assert found.schema.names == ["id", "text", "metadata", "fields"]
    assert [one.name for one in found.schema.field("metadata").type] == [one.name for one in fields(Metadata)]
    first, second = found.to_pylist()
    own = {name: value for name, value in first["metadata"].items() if value is not None}
    assert {"id": first["id"], "text": first["text"], "metadata": own, **json.loads(first["fields"])} == full
    assert (second["id"], second["text"], set(second["metadata"].values())) == ("b", "风。", {None})


def test_parquet_is_the_same_bytes_at_every_run(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    assert written(tmp_path / "one", "parquet", "", 3) == written(tmp_path / "two", "parquet", "", 3)
