"""
One directory with every bad input we know of among good documents: each bad one is reported with a
reason, and the good ones come out byte for byte as if the bad ones were not there.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard
from scrapes import page, story, tree

import dedupe.api.run
from dedupe import RunOptions, RunReport, clean, load_settings
from dedupe.errors import ConfigError, RefusedError, SourceError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and names of arbitrary bytes")

LIMIT = 200_000
SETTINGS = load_settings(None, [f"read.max_document_bytes={LIMIT}"])


@pytest.fixture(autouse=True, scope="module")
def _one_rulebook() -> Iterator[None]:
    """Compiling the patterns takes half a second, and all runs here can share them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedupe.api.run, "load_rulebook", cache(dedupe.api.run.load_rulebook))
        yield


def good(source: Path) -> None:
    """Twelve pages and three records; two pages are copies of another one."""
    chance = Random(12)
    (source / "good").mkdir(parents=True)
    stories = [story(chance, language, 3) for language in ("zh", "en") * 5]
    for number, paragraphs in enumerate([*stories, stories[0], stories[3]]):
        text = page(chance, paragraphs, "en" if number % 2 else "zh")
        (source / "good" / f"{number:02d}.txt").write_bytes(text.encode("utf-8" if number % 2 else "gb18030"))
    records = [json.dumps({"id": n, "text": f"第{n}座桥今天通车，{n}个村子的人都来看。"}) for n in range(3)]
    (source / "records.jsonl").write_text("\n".join(records) + "\n")


def records(*lines: bytes) -> bytes:
    return b"\n".join(lines) + b"\n"


# In the name: what it holds, and a word of the reason.
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "binary.txt": (bytes(range(256)) * 40, "text"),
    "picture.html": (b"\x89PNG\r\n\x1a\n" + os.urandom(64) + bytes(2000), "text"),
    "truncated.txt.gz": (gzip.compress(os.urandom(5000))[:-200], "ends early"),
    "truncated.txt.zst": (zstandard.compress(os.urandom(5000))[:-200], "ends early"),
    "damaged.txt.gz": (b"\x1f\x8b\x08\x00" + b"\xff" * 100, "gzip"),
    "not-gzip.txt.gz": (b"plain text", "gzip"),
    "not-zstd.txt.zst": (b"plain text", "zstd"),
    "bomb.txt.gz": (gzip.compress(b"x" * (LIMIT + 1)), "read.max_document_bytes"),
    "large.txt": (b"x" * (LIMIT + 1), "read.max_document_bytes"),
}
BAD_LINES: dict[str, tuple[bytes, str]] = {
    "2": (b'{"text": "half', "is not valid JSON"),
    "3": (b'["a list"]', "is an array"),
    "4": (b"null", "is null"),
    "5": (b'{"id": "x", "content": "..."}', 'did you mean "content"?'),
    "6": (b'{"id": "x", "text": 7}', "but a number"),
    "7": (b'{"id": "x", "text": null}', "has no text"),
    "8": (b'{"text": "' + b"x" * LIMIT + b'"}', "longer than read.max_document_bytes"),
    "9": (b'{"text": "x", "n": NaN}', "NaN"),
    "10": (b'{"text": "x", "n": ' + b"[" * 500 + b"]" * 500 + b"}", "nested deeper"),
    "12": (b'{"id": "one", "text": "\\u7b2c\\u4e8c"}', "an earlier document has the id bad/lines.jsonl#one"),
    "13": (b'{"id": "one", "text": "\\u7b2c\\u4e09"}', "an earlier document has the id bad/lines.jsonl#one"),
}
FIRST = b'{"id": "one", "text": "\xe7\xac\xac\xe4\xb8\x80\xe6\x9d\xa1\xe6\xb6\x88\xe6\x81\xaf"}'


def bad(source: Path) -> dict[str, str]:
    """Everything bad; what must be found failed, and a word of each reason."""
    at = source / "bad"
    at.mkdir()
    wanted = {}
    for name, (data, reason) in BAD_FILES.items():
        (at / name).write_bytes(data)
        wanted[f"bad/{name}"] = reason
    rows = {**{k: line for k, (line, _) in BAD_LINES.items()}, "1": FIRST, "11": b""}
    (at / "lines.jsonl").write_bytes(records(*(rows[str(k)] for k in range(1, 14))))
    wanted |= {f"bad/lines.jsonl:{k}": reason for k, (_, reason) in BAD_LINES.items()}
    wanted["bad/lines.jsonl#x"] = wanted.pop("bad/lines.jsonl:5")  # the first of three goes by its id
    whole = records(*(json.dumps({"id": k, "text": os.urandom(300).hex()}).encode() for k in range(500)))
    (at / "broken.jsonl.gz").write_bytes(gzip.compress(whole)[:-5000])
    (at / "utf16.jsonl").write_bytes('{"text": "x"}\n'.encode("utf-16"))
    wanted["bad/utf16.jsonl:1"] = "UTF-16"
    (at / "loop.txt").symlink_to("loop.txt")
    wanted["bad/loop.txt"] = "cannot be read"
    (at / "gone.txt").symlink_to("nowhere")
    wanted["bad/gone.txt"] = "cannot be read"
    return wanted


def odd(source: Path) -> None:
    """What is passed over, or read although it looks wrong."""
    at = source / "odd"
    at.mkdir()
    (at / "circle").symlink_to("..")
    (at / "notes.pdf").write_bytes(b"%PDF")
    (at / ".hidden.txt").write_text("x")
    os.mkfifo(at / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(at)  # a socket's path may not be long
        try:
            one.bind("socket.txt")
        finally:
            os.chdir(here)
    (at / "empty.txt").write_bytes(b"")
    (at / "blank.txt").write_text("\ufeff \n\t\n")
    (at / "empty.jsonl").write_bytes(b"")
    (at / "empty.html").write_bytes(b"")
    with open(os.fsencode(at) + b"/\xd0\xc2\xce\xc5.txt", "wb") as file:  # noqa: PTH123  (a name that is no text)
        file.write("名字不是文字的一页。".encode())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run over the good documents, and one over everything."""
    root = tmp_path_factory.mktemp("bad")
    good(root / "clean")
    good(root / "dirty")
    wanted = bad(root / "dirty")
    odd(root / "dirty")
    reports: dict[str, RunReport] = {}
    for form in ("text", "jsonl"):
        options = RunOptions(format="jsonl" if form == "jsonl" else "text", workers=2)
        for name in ("clean", "dirty"):
            reports[f"{name}-{form}"] = clean([root / name], root / f"{name}-{form}", SETTINGS, options)
    rows = [json.loads(line) for line in (root / "dirty-text" / "decisions.jsonl").read_text("utf-8").splitlines()]
    return {"root": root, "wanted": wanted, "reports": reports, "rows": rows, "decisions": {r["id"]: r for r in rows}}


def test_every_bad_document_is_reported_with_its_reason(runs: dict[str, Any]) -> None:
    for name, reason in runs["wanted"].items():
        decision = runs["decisions"][name]
        assert decision["outcome"] == "failed", name
        assert reason in decision["error"], name
        assert decision["removed"] == []
        assert decision["duplicate_of"] is None


def test_nothing_else_failed(runs: dict[str, Any]) -> None:
    failed = {r["id"] for r in runs["rows"] if r["outcome"] == "failed"} - set(runs["wanted"])
    [broken] = failed
    assert broken.startswith("bad/broken.jsonl.gz:")
    assert "ends early" in runs["decisions"][broken]["error"]


def test_lines_before_a_break_are_read(runs: dict[str, Any]) -> None:
    before = [r["id"] for r in runs["rows"] if r["id"].startswith("bad/broken.jsonl.gz#")]
    assert len(before) > 300


def test_the_run_says_so_with_exit_code_1(runs: dict[str, Any]) -> None:
    report = runs["reports"]["dirty-text"]
    assert report.exit_code == 1
    assert runs["reports"]["clean-text"].exit_code == 0
    summary = json.loads(report.summary)
    assert summary["documents"]["failed"] == len(runs["wanted"]) + 1
    assert all(reason for _, reason in report.failed)


def test_decisions_have_one_line_for_each_document_sorted_by_id(runs: dict[str, Any]) -> None:
    names = [row["id"] for row in runs["rows"]]
    assert names == sorted(set(names))
    assert len(names) == json.loads(runs["reports"]["dirty-text"].summary)["documents"]["read"]


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_the_neighbours_come_out_as_if_nothing_had_been_wrong(form: str, runs: dict[str, Any]) -> None:
    clean_files, dirty_files = (tree(runs["root"] / f"{name}-{form}") for name in ("clean", "dirty"))
    for name, data in clean_files.items():
        if name == "summary.json":
            continue
        if name.endswith(".jsonl"):
            mine = set(data.splitlines())
            assert mine
            assert mine <= set(dirty_files[name].splitlines())
        else:
            assert dirty_files[name] == data
    extra = {name.split("/")[1] for name in dirty_files if name.startswith("documents/")} - {"good", "bad", "odd"}
    assert extra <= {name.split("/")[1] for name in clean_files if name.startswith("documents/")}


def test_the_first_of_several_documents_with_one_id_stays(runs: dict[str, Any]) -> None:
    assert runs["decisions"]["bad/lines.jsonl#one"]["outcome"] == "kept"
    texts = [
        data
        for name, data in tree(runs["root"] / "dirty-text").items()
        if name.startswith("documents/bad/lines.jsonl#one")
    ]
    assert texts == ["第一条消息\n".encode()]


def test_empty_files_are_empty_and_no_failure(runs: dict[str, Any]) -> None:
    for name in ("odd/empty.txt", "odd/blank.txt", "odd/empty.html"):
        assert runs["decisions"][name]["outcome"] == "empty", name
    assert not [name for name in runs["decisions"] if name.startswith("odd/empty.jsonl")]


def test_a_name_that_is_no_text_gets_one(runs: dict[str, Any]) -> None:
    decision = runs["decisions"]["odd/%D0%C2%CE%C5.txt"]
    assert decision["outcome"] == "kept"
    assert tree(runs["root"] / "dirty-text")["documents/odd/%D0%C2%CE%C5.txt"].decode() == "名字不是文字的一页。\n"


def test_what_is_passed_over_is_counted(runs: dict[str, Any]) -> None:
    assert json.loads(runs["reports"]["dirty-text"].summary)["skipped_files"] == {
        ".pdf": 1,
        "hidden": 1,
        "link": 1,
        "special": 2,
    }


def test_an_unreadable_file_fails_alone(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    good(tmp_path / "scrape")
    (tmp_path / "scrape" / "good" / "03.txt").chmod(0)
    assert clean([tmp_path / "scrape"], tmp_path / "out", SETTINGS).exit_code == 1


def test_a_scrape_of_nothing_is_an_empty_result(tmp_path: Path) -> None:
    (tmp_path / "scrape").mkdir()
    report = clean([tmp_path / "scrape"], tmp_path / "out", SETTINGS)
    assert report.exit_code == 0
    assert json.loads(report.summary)["documents"]["read"] == 0
    assert (tmp_path / "out" / "decisions.jsonl").read_bytes() == b""


def test_a_scrape_of_nothing_but_failures_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "scrape").mkdir()
    (tmp_path / "scrape" / "a.txt").write_bytes(bytes(range(256)) * 4)
    assert clean([tmp_path / "scrape"], tmp_path / "out", SETTINGS).exit_code == 1
    assert sorted(tree(tmp_path / "out")) == ["decisions.jsonl", "summary.json"]


# ---------------------------------------------------------------- refused before anything is written


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("repeats: {min_lenght: 50}", ["my.yaml:1", "min_lenght", "did you mean repeats.min_length?"]),
        ("\n\nbyline:\n  enabled: true", ["my.yaml:3", "byline", "did you mean bylines?"]),
        ("repeats:\n  enabled: yes please", ["my.yaml:2", "repeats.enabled", "true or false"]),
        ("repeats:\n  min_length: 5.5", ["my.yaml:2", "a whole number"]),
        ("neardup:\n  keep: longset", ["my.yaml:2", "did you mean longest?"]),
        ("neardup: {bands: 64, rows: 8}", ["my.yaml", "neardup.bands", "num_perm", "lower bands"]),
        ("neardup: {jaccard: 80}", ["my.yaml", "neardup.jaccard", "between"]),
        ("neardup: {keep: source}", ["my.yaml", "neardup.sources", "list the sources"]),
        ("repeats: [1, 2", ["my.yaml:", "not valid YAML"]),
        ("repeats: 5", ["my.yaml:1", "repeats is 5", "(enabled: ...)"]),
        ("repeats:\n  min_length 50", ["my.yaml:1", "repeats is 'min_length 50'", "with a colon"]),
        ("min_length: 50", ["my.yaml:1", "did you mean repeats.min_length?"]),
        ("read: {text: body}", ["my.yaml:1", "did you mean read.fields.text?"]),
        ("repeats.min_length: 50", ["my.yaml:1", "write it as two levels, repeats: {min_length: ...}"]),
        ("repeats: {min_length: {x: 5}}", ["my.yaml:1", "repeats.min_length is a block of settings;"]),
        ("index: {compare_within: 30}", ["my.yaml:1", "must be text; put a number in quotes"]),
        ("- repeats", ["my.yaml", "grouped by stage"]),
        ("just a word", ["my.yaml", "grouped by stage"]),
        ("repeats: {enabled: true}\nrepeats: {enabled: false}", ["my.yaml:2", "twice"]),
        ("a: &x {b: 1}\nc: *x", ["my.yaml:1", "aliases"]),
        ("a: &a [*a]", ["my.yaml:1"]),
        ("a: !!python/object/apply:os.system [echo]", ["my.yaml"]),
        ("a: " + "[" * 5000, ["my.yaml"]),
        ("repeats:\n\tenabled: true", ["my.yaml:2", "not valid YAML"]),
        ("bylines: {rules: [none.yaml]}", ["none.yaml"]),
        ("bylines: {packs: [zz]}", ["zz", "Packs: ", "en, ", "zh"]),
        ("? [a, b]\n: c", ["my.yaml:1"]),
        ("1: 2", ["my.yaml:1"]),
        ("\x00", ["my.yaml"]),
    ],
)  # fmt: skip
def test_a_config_that_is_wrong_is_refused(config: str, words: list[str], tmp_path: Path) -> None:
    good(tmp_path / "scrape")
    (tmp_path / "my.yaml").write_text(config)
    with pytest.raises(RefusedError) as caught:
        clean([tmp_path / "scrape"], tmp_path / "out", load_settings(tmp_path / "my.yaml"))
    for word in words:
        assert word in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["my.yaml", "scrape"]


@pytest.mark.parametrize(
    ("data", "word"),
    [("设置: 1".encode("gb18030"), "not UTF-8"), (b"x" * (1 << 21), "larger than 1 MiB"), (None, "cannot be read")],
)
def test_a_config_that_is_no_config_is_refused(data: bytes | None, word: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.mkdir() if data is None else path.write_bytes(data)
    with pytest.raises(ConfigError, match=word) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)


def test_a_source_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "notes.pdf").touch()
    for name in ("loop", "pipe.txt", "notes.pdf", "nowhere", "x" * 300, "notes.pdf/a.txt"):
        with pytest.raises(SourceError) as caught:
            clean([tmp_path / name], tmp_path / "out", SETTINGS)
        assert name in str(caught.value)
    assert not (tmp_path / "out").exists()
