"""
The command line as scripts meet it: exit codes, what goes to stdout and what to stderr, and that
nothing is ever written which was refused.

Most commands run in this process, through the same `main` that the installed command calls; what
needs a process of its own (signals, terminals, broken pipes) gets one.
"""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import click
import pytest
from scrapes import corpus, story, tree

import dedupe.api.account
import dedupe.api.cleaner
import dedupe.api.run
import dedupe.cli.rules
from dedupe.cli import cli, main
from dedupe.cli.columns import display_width
from dedupe.cli.progress import Progress
from dedupe.config import default_text
from dedupe.pipeline.batch import BatchReport, BatchWorker
from dedupe.pipeline.document import Judged
from dedupe.store.readers import Item, Stretch

STORY = "\n".join(story(Random(5), "zh", 3))
PAGE = f"渡口的灯又亮了\n城南晚报记者 林小禾\n来源：城南晚报\n{STORY}\n城南晚报记者 林小禾来源：城南晚报\n{STORY}\n"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Dedupe = Callable[..., Done]


@pytest.fixture(autouse=True, scope="module")
def _one_rulebook() -> Iterator[None]:
    """Compiling the patterns takes half a second, and all commands here can share them."""
    with pytest.MonkeyPatch.context() as patch:
        load = cache(dedupe.api.run.load_rulebook)
        for module in (dedupe.api.run, dedupe.api.cleaner, dedupe.api.account, dedupe.cli.rules):
            patch.setattr(module, "load_rulebook", load)
        yield


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Iterator[Dedupe]:
    """``run("clean", "a", ..., stdin=b"...")`` in ``tmp_path``; fails on any traceback."""
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["dedupe", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = (stream.decode() for stream in capsysbinary.readouterr())
        assert isinstance(caught.value.code, int)
        assert "Traceback" not in out + err
        return Done(caught.value.code, out, err)

    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def scrape(tmp_path: Path) -> Path:
    """A page, its copy, a page of credits, and three records."""
    source = tmp_path / "scrape"
    (source / "2026").mkdir(parents=True)
    (source / "2026" / "page.txt").write_text(PAGE, "utf-8")
    (source / "copy.txt").write_text(STORY, "utf-8")
    (source / "credits.txt").write_text("城南晚报记者 林小禾\n来源：城南晚报\n", "utf-8")
    records = [{"id": n, "text": f"第{n}座桥今天通车，{n}个村子的人都来看。", "n": n} for n in (1, 2)]
    lines = [*(json.dumps(record, ensure_ascii=False) for record in records), '{"text": "渡船停航了。"}']
    (source / "news.jsonl").write_text("\n".join(lines), "utf-8")
    return source


@pytest.fixture
def broken(scrape: Path) -> Path:
    """The same with a record that is no JSON."""
    with (scrape / "news.jsonl").open("a") as file:
        file.write('\n{"text": \n')
    return scrape


@pytest.fixture
def out(run: Dedupe, scrape: Path, tmp_path: Path) -> Path:
    """A finished run."""
    assert run("clean", scrape, "--out", "out", "--workers", "1").code == 0
    return tmp_path / "out"


def refused(done: Done, *words: str) -> None:
    """Exit code 2, nothing on stdout, and a message that says all this."""
    assert done.code == 2
    assert done.out == ""
    for word in words:
        assert word in done.err
    assert done.err.strip()


# ---------------------------------------------------------------- finding one's way


def test_help_names_every_command(run: Dedupe) -> None:
    done = run("--help")
    assert (done.code, done.err) == (0, "")
    for command in ("clean", "explain", "restore", "rules", "init"):
        assert re.search(rf"^  {command}\b", done.out, re.M)


@pytest.mark.parametrize(
    "command", ["clean", "explain", "restore", "rules", "init", "rules test", "rules list", "rules explain"]
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(run: Dedupe, command: str, flag: str) -> None:
    done = run(*command.split(), flag)
    assert (done.code, done.err) == (0, "")
    assert "Usage:" in done.out


@pytest.mark.parametrize("group", ["rules", "index"])
def test_the_list_of_commands_breaks_off_no_sentence(run: Dedupe, group: str) -> None:
    assert "..." not in run(group, "--help").out.partition("Commands:")[2]


def test_version(run: Dedupe) -> None:
    done = run("--version")
    assert done.code == 0
    assert re.fullmatch(r"dedupe, version \d+\.\d+\.\d+\S*\n", done.out)


def test_no_command_shows_the_help_and_is_an_error(run: Dedupe) -> None:
    refused(run(), "clean", "Usage:")


def test_an_unknown_command_is_told_what_there_is(run: Dedupe) -> None:
    refused(run("claen", "x"), "claen", "clean, explain, restore, report, rules, index, init")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["clean", "scrape", "--ouput", "x"], ["--ouput", "--out"]),
        (["clean", "--out", "x"], ["SOURCE"]),
        (["clean", "scrape"], ["--out DIR is missing"]),
        (["clean", "scrape", "--out", "x", "--format", "xml"], ["xml", "text", "jsonl", "parquet"]),
        (["clean", "scrape", "--out", "x", "--compress", "gz"], ["--format text", "--compress", "jsonl"]),
        (["clean", "scrape", "--out", "x", "--shard-size", "5"], ["--format text", "--shard-size", "jsonl"]),
        (["clean", "scrape", "--out", "x", "--format", "parquet", "--compress", "gz"], ["packed inside"]),
        (["clean", "scrape", "--out", "x", "--workers", "0"], ["--workers", "x>=1"]),
        (["clean", "scrape", "--out", "x", "--workers", "many"], ["--workers", "many"]),
        (["clean", "scrape", "nowhere", "--out", "x"], ["nowhere", "No such file or directory", "check the path"]),
        (["clean", "scrape", "--out", "x", "--config", "none.yaml"], ["none.yaml", "dedupe init"]),
        (["clean", "scrape", "--out", "x", "--set", "repeats.enabled"], ["KEY=VALUE", "repeats.enabled=false"]),
        (["clean", "scrape", "--out", "x", "--set", "repeat.enabled=false"], ["repeat", "did you mean repeats"]),
        (["clean", "scrape", "--out", "x", "--set", "repeats.enabled=perhaps"], ["perhaps", "true or false"]),
        (["clean", "scrape", "--out", "x", "--set", "neardup.jaccard=7"], ["neardup.jaccard", "0.5 and 1"]),
        (["clean", "scrape", "--out", "x", "--set", "bylines.packs=[zn]"], ["zn", "did you mean 'zh'"]),
        (["clean", "scrape", "--out", "x", "--index", "scrape/index"], ["lies inside scrape", "outside"]),
        (["clean", "scrape", "--out", "x", "--index", "x/index"], ["lies inside x", "outside"]),
        (["clean", "scrape", "--out", "x", "--index", "scrape/2026"], ["scrape"]),
        (["clean", "scrape", "--out", "x/out", "--index", "x"], ["x/out lies inside the index x", "outside"]),
        (["index", "merge", "x", "nowhere"], ["nowhere", "not an index"]),
        (["clean", "scrape", "--out", "x", "--index", "redis://host/1"], ["redis:", "directory"]),
        (["clean", "scrape", "--out", "x", "--index", "y", "--set", "neardup.enabled=false"], ["neardup.enabled"]),
        (["clean", "scrape", "--out", "x", "--set", "index.compare_within=soon"], ["compare_within", "30d", "none"]),
        (["index", "info", "nowhere"], ["nowhere", "not an index", "--index"]),
        (["index", "verify", "scrape"], ["scrape", "not an index"]),
        (["index", "forget", "nowhere"], ["ID", "--before"]),
        (["index", "forget", "nowhere", "a", "--before", "2026-01-22"], ["ID", "--before"]),
        (["index", "forget", "nowhere", "--before", "yesterday"], ["yesterday", "%Y-%m-%d"]),
        (["clean", "-", "--out", "x"], ["stdin", "--out"]),
        (["clean", "-", "scrape"], ["stdin", "no other SOURCE"]),
        (["clean", "scrape", "--out", "-"], ["--out is a directory", "dedupe clean - < in.jsonl"]),
        (["clean", "-", "--compress", "gz"], ["stdout", "--compress"]),
        (["clean", "-", "--shard-size", "5"], ["stdout", "--shard-size"]),
        (["clean", "-", "--format", "parquet"], ["stdout", "--format parquet"]),
        (["clean", "", "--out", "x"], ["SOURCE", "empty", "variable"]),
        (["clean", "scrape", "--out", ""], ["--out", "empty", "variable"]),
        (["clean", "scrape", "--out", "x", "--index", ""], ["--index", "empty"]),
        (["clean", "scrape", "--out", "x", "--config", ""], ["--config", "empty"]),
        (["clean", "scrape/2026/page.txt", "scrape/2026/page.txt", "--out", "x"], ["page.txt"]),
        (["clean", "scrape/notes.pdf", "--out", "x"], ["notes.pdf"]),
        (["explain"], ["FILE|OUT"]),
        (["explain", "scrape"], ["is a directory", "name a file in it", "scrape/FILE"]),
        (["explain", "nowhere.txt"], ["nowhere.txt"]),
        (["explain", ""], ["empty"]),
        (["explain", "scrape/news.jsonl"], ["several documents", "dedupe explain 'scrape/news.jsonl#1'"]),
        (["explain", "scrape/news.jsonl:9"], ["no record 9"]),
        (["explain", "scrape/news.jsonl#7"], ["no record 7"]),
        (["explain", "scrape", "page.txt"], ["decisions.jsonl", "OUT of a finished run"]),
        (["restore", "scrape", "page.txt"], ["decisions.jsonl", "OUT of a finished run"]),
        (["restore", "scrape"], ["ID"]),
        (["rules"], ["test", "list"]),
        (["rules", "tset"], ["tset", "test"]),
        (["rules", "test", "none.yaml"], ["none.yaml", "check the path"]),
        (["rules", "test", "zh"], ["zh is a pack", "bylines.packs"]),
        (["rules", "explain", "来源：城南晚报\n编辑：李沐恩"], ["several lines", "one at a time"]),
        (["rules", "list", "--set", "bylines.packs=[zn]"], ["zn", "zh"]),
        (["init", "no/such/place.yaml"], ["no/such/place.yaml", "cannot be written"]),
        (["init", "x" * 300], ["cannot be written", "File name too long"]),
    ],
    ids=" ".join,
)
def test_a_refusal_says_what_is_wrong_and_writes_nothing(
    run: Dedupe, scrape: Path, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    before = tree(tmp_path)
    refused(run(*arguments), *words)
    assert tree(tmp_path) == before
    assert not (tmp_path / "x").exists()


# ---------------------------------------------------------------- clean


def test_a_run_ends_with_a_table_on_stdout(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    done = run("clean", scrape, "--out", "out")
    assert (done.code, done.err) == (0, "")
    rows = [line.strip() for line in done.out.splitlines()]
    assert rows[:4] == ["6 documents read", "4 kept", "1 duplicate", "1 empty"]
    assert rows[-1] == "written to out"
    assert sorted(tree(tmp_path / "out")) == [
        "decisions.jsonl",
        "documents/2026/page.txt",
        "documents/news.jsonl#1.txt",
        "documents/news.jsonl#2.txt",
        "documents/news.jsonl%3A3.txt",
        "summary.json",
    ]
    assert (tmp_path / "out/documents/2026/page.txt").read_text("utf-8") == f"渡口的灯又亮了\n{STORY}\n"


def test_a_failed_document_is_named_on_stderr(run: Dedupe, broken: Path) -> None:
    done = run("clean", broken, "--out", "out")
    assert done.code == 1
    assert done.err == "failed: news.jsonl:4: line 4: is no JSON: Expecting value at character 10\n"
    assert "1 failed" in done.out


def test_json_prints_the_summary_as_the_last_line(run: Dedupe, broken: Path, tmp_path: Path) -> None:
    done = run("clean", broken, "--out", "out", "--json")
    assert done.code == 1
    summary = json.loads(done.out.splitlines()[-1])
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["documents"] == {"read": 7, "kept": 4, "duplicate": 1, "empty": 1, "failed": 1}
    assert "failed: news.jsonl:4" in done.err


@pytest.mark.parametrize("options", [["--quiet"], ["--quiet", "--dry-run"]])
def test_quiet_is_quiet(run: Dedupe, broken: Path, options: list[str]) -> None:
    assert run("clean", broken, "--out", "out", *options) == Done(1, "", "")


def test_quiet_json_prints_the_summary_only(run: Dedupe, broken: Path) -> None:
    done = run("clean", broken, "--out", "out", "--quiet", "--json")
    assert (done.code, done.err) == (1, "")
    [line] = done.out.splitlines()
    assert json.loads(line)["documents"]["failed"] == 1


def test_a_quiet_refusal_still_says_why(run: Dedupe) -> None:
    refused(run("clean", "nowhere", "--out", "out", "--quiet"), "nowhere")


@pytest.mark.parametrize("options", [[], ["--out", "out"], ["--workers", "2", "--format", "jsonl"]])
def test_a_dry_run_decides_everything_and_writes_nothing(
    run: Dedupe, broken: Path, tmp_path: Path, options: list[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = run("clean", broken, "--dry-run", "--json", *options)
    assert done.code == 1
    assert json.loads(done.out)["documents"] == {"read": 7, "kept": 4, "duplicate": 1, "empty": 1, "failed": 1}
    assert sorted(tmp_path.rglob("*")) == before
    assert "dry run: nothing was written" in run("clean", broken, "--dry-run").out


def test_a_dry_run_needs_no_place_to_write(run: Dedupe, scrape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/proc/self" if Path("/proc/self").is_dir() else "/")
    assert run("clean", scrape, "--dry-run").code == 0


def test_a_dry_run_leaves_the_work_of_an_interrupted_run_alone(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.dedupe").mkdir()
    (tmp_path / ".out.dedupe" / "run.json").write_text('{"identity": "of another run"}')
    before = tree(tmp_path)
    assert run("clean", scrape, "--out", "out", "--dry-run").code == 0
    assert tree(tmp_path) == before


def test_jsonl_keeps_the_fields_of_a_record(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    assert run("clean", scrape, "--out", "out", "--format", "jsonl").code == 0
    rows = map(json.loads, (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines())
    found = {row["id"]: row for row in rows}
    assert list(found["news.jsonl#2"]) == ["id", "text", "metadata", "n"]
    assert found["news.jsonl#2"]["n"] == 2


def test_several_sources_are_told_apart_by_their_names(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    assert run("clean", scrape / "2026", scrape / "news.jsonl", "--out", "out", "--format", "jsonl").code == 0
    rows = [json.loads(line)["id"] for line in (tmp_path / "out" / "decisions.jsonl").read_text("utf-8").splitlines()]
    assert rows == ["2026/page.txt", "news.jsonl#1", "news.jsonl#2", "news.jsonl:3"]


def test_set_and_config_change_what_is_done(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("repeats: {enabled: false}\n")
    assert run("clean", scrape, "--out", "a", "--config", "my.yaml").code == 0
    assert run("clean", scrape, "--out", "b", "--set", "repeats.enabled=false").code == 0
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert (tmp_path / "a/documents/2026/page.txt").read_text("utf-8").count(STORY) == 2


def test_what_was_finished_is_not_done_again(run: Dedupe, scrape: Path) -> None:
    assert run("clean", scrape, "--out", "out").code == 0
    refused(run("clean", scrape, "--out", "out"), "out", "holds a finished run")


# ---------------------------------------------------------------- clean -


def lines(*records: object) -> bytes:
    return b"".join(r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in records)


def test_the_filter_gives_a_line_for_a_line(run: Dedupe) -> None:
    stream = lines({"id": "a", "text": PAGE, "n": 1}, {"text": "第二座桥今天通车。"})
    done = run("clean", "-", stdin=stream)
    assert (done.code, done.err) == (0, "")
    first, second = map(json.loads, done.out.splitlines())
    assert (first["id"], first["text"], first["n"]) == ("a", f"渡口的灯又亮了\n{STORY}", 1)
    assert first["metadata"]["authors"] == ["林小禾"]
    assert (second["id"], second["text"]) == (":2", "第二座桥今天通车。")


def test_the_filter_drops_what_has_come_before(run: Dedupe) -> None:
    stream = lines(
        {"id": "a", "text": STORY}, {"id": "b", "text": PAGE.partition("\n")[2]}, {"id": "c", "text": STORY[:-9]}
    )
    done = run("clean", "-", stdin=stream)
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["a"]
    assert done.code == 0
    everything = run("clean", "-", "--set", "neardup.enabled=false", stdin=stream)
    assert [json.loads(line)["id"] for line in everything.out.splitlines()] == ["a", "b", "c"]


def test_the_filter_drops_what_is_all_credits(run: Dedupe) -> None:
    assert run("clean", "-", stdin=lines({"text": "城南晚报记者 林小禾\n来源：城南晚报"})) == Done(0, "", "")


def test_a_bad_line_fails_alone(run: Dedupe) -> None:
    stream = lines({"id": "a", "text": "第一座桥。"}, b"{\n", b"\n", {"id": 1}, {"id": "b", "text": "第二座桥。"})
    done = run("clean", "-", stdin=stream)
    assert done.code == 1
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["a", "b"]
    assert [line.startswith("dedupe: failed: line ") for line in done.err.splitlines()] == [True, True]
    assert "line 2: is no JSON" in done.err
    assert 'line 4: has no text in field "text"' in done.err
    assert run("clean", "-", "--quiet", stdin=stream) == Done(1, done.out, "")


def test_the_filter_takes_an_empty_stream(run: Dedupe) -> None:
    assert run("clean", "-") == Done(0, "", "warning: nothing was read: no line came on stdin\n")
    assert run("clean", "-", "--quiet") == Done(0, "", "")


def test_the_filters_output_goes_through_the_filter_unchanged(run: Dedupe) -> None:
    done = run("clean", "-", stdin=lines({"id": "a", "text": PAGE, "n": [1]}, {"id": 2, "text": "渡船停航了。"}))
    again = run("clean", "-", stdin=done.out.encode())
    texts = [
        [json.loads(line)[key] for line in one.out.splitlines()] for one in (done, again) for key in ("id", "text")
    ]
    assert texts[:2] == texts[2:]


# ---------------------------------------------------------------- explain


def test_explain_a_file_shows_what_would_go(run: Dedupe, scrape: Path) -> None:
    done = run("explain", scrape / "2026" / "page.txt")
    assert (done.code, done.err) == (0, "")
    head, *rest = done.out.splitlines()
    assert head.startswith("page.txt: kept, ")
    assert "- 城南晚报记者 林小禾" in rest
    assert any(re.match(r"    bylines/zh\.\S+: \S", line) for line in rest)
    assert any(re.match(r"    repeats/second-copy: already appears above \(lines? .*, word for word$", x) for x in rest)
    assert "  渡口的灯又亮了" in rest
    assert "      author = 林小禾" in rest
    assert re.search(r"^  authors +林小禾$", done.out, re.M)


def test_explain_a_document_of_a_run_says_the_same(run: Dedupe, scrape: Path, out: Path) -> None:
    of_file = run("explain", scrape / "2026" / "page.txt").out.splitlines()
    of_run = run("explain", out, "2026/page.txt").out.splitlines()
    assert of_run[0] == f"2026/{of_file[0]}"
    assert [line for line in of_run[1:] if not line.startswith("  stands for ")] == of_file[1:]


def test_explain_a_record_by_its_id(run: Dedupe, scrape: Path) -> None:
    done = run("explain", f"{scrape}/news.jsonl#2")
    assert done.code == 0
    assert done.out.startswith("news.jsonl#2: kept")
    assert "第2座桥" in done.out


@pytest.mark.parametrize(("line", "told"), [(2, "news.jsonl#2: kept"), (3, "news.jsonl:3: kept"), (4, "is no JSON")])
def test_explain_a_record_by_its_line(run: Dedupe, broken: Path, line: int, told: str) -> None:
    assert told in run("explain", f"{broken}/news.jsonl:{line}").out


def test_explain_judges_the_one_record_it_is_asked_for(
    run: Dedupe, scrape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = BatchWorker.judge

    def watched(self: BatchWorker, items: Sequence[Item | Stretch]) -> tuple[list[Judged], int]:
        judged.extend(item.id for item in items if isinstance(item, Item))
        return judge(self, items)

    monkeypatch.setattr(BatchWorker, "judge", watched)
    assert run("explain", f"{scrape}/news.jsonl#2").code == 0
    assert judged == ["news.jsonl:2"]


def test_explain_a_duplicate_names_the_one_that_stays(run: Dedupe, out: Path) -> None:
    done = run("explain", out, "copy.txt")
    assert done.out.startswith("copy.txt: duplicate, ")
    assert "same as 2026/page.txt (Jaccard " in done.out or "contained in 2026/page.txt (Jaccard " in done.out


def test_explain_says_what_holds_a_part(run: Dedupe, tmp_path: Path) -> None:
    more = "\n".join(story(Random(6), "zh", 3)[1:])
    (tmp_path / "news.jsonl").write_bytes(lines({"id": "a", "text": STORY + "\n" + more}, {"id": "b", "text": STORY}))
    run("clean", "news.jsonl", "--out", "out")
    assert "\n  contained in news.jsonl#a (Jaccard " in run("explain", "out", "news.jsonl#b").out


def test_what_stays_names_who_else_carried_it(run: Dedupe, tmp_path: Path) -> None:
    text = "雨下了一夜，澜川的河水涨到了堤边，居民清早来看，水利局的人在桥上守了一夜，说今年的堤比往年结实。"
    records = [
        {
            "id": "a",
            "text": text,
            "source": "晨光日报",
            "url": "https://a.example/1",
            "published": "2026-03-01",
        },
        {"id": "c", "text": text, "source": "城南晚报", "url": "https://c.example/9", "published": "2026-03-02"},
        {"id": "b", "text": text},
        {"id": "d", "text": "城南的小桥今天通车了。"},
    ]
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    (tmp_path / "news.jsonl").write_text("\n".join(lines), "utf-8")
    assert run("clean", tmp_path / "news.jsonl", "--out", tmp_path / "out").code == 0
    decisions = [json.loads(line) for line in (tmp_path / "out" / "decisions.jsonl").read_text("utf-8").splitlines()]
    assert {d["id"]: d["copies"] for d in decisions if "copies" in d} == {
        "news.jsonl#a": [
            {"id": "news.jsonl#b", "source": "news.jsonl", "url": None, "published": None},
            {"id": "news.jsonl#c", "source": "城南晚报", "url": "https://c.example/9", "published": "2026-03-02"},
        ]
    }
    told = run("explain", tmp_path / "out", "news.jsonl#a").out
    assert "stands for news.jsonl#c, 城南晚报, published 2026-03-02, https://c.example/9" in told


def test_explain_an_empty_and_a_failed_document(run: Dedupe, broken: Path) -> None:
    assert run("clean", broken, "--out", "out", "--quiet").code == 1
    assert run("explain", "out", "credits.txt").out.startswith("credits.txt: empty, ")
    failed = run("explain", "out", "news.jsonl:4")
    assert failed.code == 0
    assert "news.jsonl:4: failed" in failed.out
    assert "is no JSON" in failed.out


def test_an_index_that_cannot_be_written_is_refused_before_the_work(
    run: Dedupe, scrape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not (Path(path).name == "shut" and mode & os.W_OK) and access(path, mode)
    )
    Path("shut").mkdir()
    told = "shut cannot be written to; choose another place"
    refused(run("clean", scrape, "--out", "out", "--index", "shut"), told)
    refused(run("clean", scrape, "--out", "out", "--index", "shut/new/index"), told)
    assert run("clean", scrape, "--dry-run", "--index", "shut").code == 0


@pytest.mark.parametrize("form", [["jsonl", "--compress", "gz"], ["jsonl", "--compress", "zst"], ["parquet"]])
def test_damaged_output_is_refused_with_its_name(run: Dedupe, scrape: Path, form: list[str]) -> None:
    if form == ["parquet"]:
        pytest.importorskip("pyarrow")
    run("clean", scrape, "--out", "out", "--format", *form)
    [path] = Path("out").glob("documents.*")
    path.write_bytes(path.read_bytes()[:90])
    for command in (["explain", "out", "news.jsonl:3"], ["restore", "out", "news.jsonl:3"]):
        refused(run(*command), f"{path} cannot be read (", "was it damaged since the run?")


def test_damaged_decisions_are_refused_with_their_name(run: Dedupe, out: Path) -> None:
    (out / "decisions.jsonl").write_bytes(b"\xff\xfe\n")
    refused(run("explain", out, "copy.txt"), "decisions.jsonl cannot be read (")
    refused(run("explain", out / "summary.json", "copy.txt"), "OUT of a finished run")


def test_explain_follows_the_settings(run: Dedupe, scrape: Path) -> None:
    done = run(
        "explain", scrape / "2026" / "page.txt", "--set", "bylines.enabled=false", "--set", "repeats.enabled=false"
    )
    assert ": kept, 0 of " in done.out


def test_explain_full_prints_whole_lines(run: Dedupe, scrape: Path) -> None:
    short = run("explain", scrape / "copy.txt").out
    full = run("explain", scrape / "copy.txt", "--full").out
    assert " ... " in short
    assert all(line in full for line in STORY.splitlines())


LONG = "\n".join(story(Random(5), "zh", 12))
SLIPPED = "".join(
    "某" if k % 70 == 10 and char.isalpha() else char for k, char in enumerate(LONG.replace(LONG[40:42], "甲乙", 1))
)


@pytest.fixture
def slipped(tmp_path: Path) -> Path:
    """A page whose second copy has slips."""
    path = tmp_path / "slipped.txt"
    path.write_text(f"渡口的灯又亮了\n{LONG}\n{SLIPPED}\n", "utf-8")
    return path


def test_explain_shows_a_copy_beside_its_twin(run: Dedupe, slipped: Path) -> None:
    done = run("explain", slipped)
    assert re.search(
        r"\n\n    repeats/second-copy: already appears above \(lines 2-\d+\), 9\d\.\d% equal, \d+ differences.*\n"
        r"  goes \(lines \d+-\d+\) +│ stays \(lines 2-\d+\)\n- ",
        done.out,
    )
    assert "[-甲乙-]" in done.out
    assert f"{{+{LONG[40:42]}+}}" in done.out
    assert "characters alike" in done.out
    full = run("explain", slipped, "--full").out
    assert "characters alike" not in full
    assert full.count("│") > done.out.count("│")


@pytest.mark.parametrize(("columns", "beside"), [("60", False), ("80", True), ("120", True)])
def test_explain_keeps_to_the_width_of_the_terminal(
    run: Dedupe, slipped: Path, monkeypatch: pytest.MonkeyPatch, columns: str, beside: bool
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    table = run("explain", slipped).out.partition("repeats/")[2].splitlines()[1:]
    assert max(map(display_width, table)) <= int(columns)
    assert any("│" in line for line in table) == beside


def test_explain_shows_a_finished_run_the_same_way(run: Dedupe, slipped: Path) -> None:
    assert run("clean", slipped, "--out", "out", "--quiet").code == 0
    assert run("explain", "out", "slipped.txt").out == run("explain", slipped).out


def test_explain_says_in_what_form_a_copy_differs(run: Dedupe, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(f"渡口的灯又亮了\n{LONG}\n{LONG.replace('，', ',').replace(chr(10), '')}\n", "utf-8")
    told = run("explain", path).out
    assert "word for word but for line breaks and punctuation" in told
    assert "│" not in told


def test_explain_marks_the_part_of_a_line_that_goes(run: Dedupe, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(f"渡口的灯又亮了\n新华社澜川5月8日电（记者林小禾）{LONG}\n", "utf-8")
    lines_ = run("explain", path).out.splitlines()
    [at] = [k for k, line in enumerate(lines_) if line.startswith("~ [-新华社澜川5月8日电（记者林小禾）-]")]
    assert lines_[at + 1].startswith("    bylines/zh.dateline.wire: ")
    assert {"      agency = 新华社", "      place = 澜川", "      author = 林小禾"} <= set(lines_[at + 2 : at + 6])


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_minds_colour_gets_marks_on_a_terminal(
    slipped: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[1m\x1b[4m甲乙\x1b[0m" in on_terminal("explain", slipped)[1]
    monkeypatch.setenv(name, value)
    shown = on_terminal("explain", slipped)[1]
    assert "\x1b" not in shown
    assert "[-甲乙-]" in shown


def test_an_unknown_id_is_told_the_nearest(run: Dedupe, out: Path) -> None:
    refused(run("explain", out, "2026/pag.txt"), "2026/pag.txt", "did you mean 2026/page.txt?")
    refused(run("restore", out, "copy.tx"), "did you mean copy.txt?")


# ---------------------------------------------------------------- restore


def test_restore_gives_the_normalised_original(run: Dedupe, out: Path, scrape: Path) -> None:
    for name, wanted in {
        "2026/page.txt": PAGE.strip(),
        "copy.txt": STORY,
        "credits.txt": "城南晚报记者 林小禾\n来源：城南晚报",
        "news.jsonl#2": "第2座桥今天通车，2个村子的人都来看。",
        "news.jsonl:3": "渡船停航了。",
    }.items():
        assert run("restore", out, name) == Done(0, wanted, ""), name


def test_restore_reads_jsonl_runs_as_well(run: Dedupe, scrape: Path) -> None:
    assert run("clean", scrape, "--out", "out", "--format", "jsonl", "--quiet").code == 0
    assert run("restore", "out", "2026/page.txt") == Done(0, PAGE.strip(), "")


def test_a_failed_document_has_nothing_to_restore(run: Dedupe, broken: Path) -> None:
    assert run("clean", broken, "--out", "out", "--quiet").code == 1
    refused(run("restore", "out", "news.jsonl:4"), "news.jsonl:4 failed", "no text")


def test_a_removed_text_file_is_noticed(run: Dedupe, out: Path) -> None:
    (out / "documents" / "2026" / "page.txt").unlink()
    refused(run("restore", out, "2026/page.txt"), "2026/page.txt", "was a file removed?")


@pytest.mark.parametrize(
    "damage", ['{"id": "copy.txt", ', '{"id": "copy.txt", "outcome": "empty"}', '{"id": "copy.txt", "x": []}']
)
def test_damaged_decisions_are_no_bug(run: Dedupe, out: Path, damage: str) -> None:
    path = out / "decisions.jsonl"
    rows = [damage if '"id": "copy.txt"' in line else line for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    refused(run("restore", out, "copy.txt"), "decisions.jsonl")
    refused(run("explain", out, "copy.txt"), "decisions.jsonl")


# ---------------------------------------------------------------- rules, init


def test_rules_test_passes_for_the_packs_we_ship(run: Dedupe) -> None:
    done = run("rules", "test")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"\d+ rules, \d+ examples, 0 failed, \d+ known misses", done.out.splitlines()[-1])
    assert "known miss\n" in done.out


def test_rules_test_of_a_file_does_not_bury_it_under_the_packs_misses(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RULE.replace("AUTHOR", "Mara Quill"))
    done = run("rules", "test", str(tmp_path / "mine.yaml"))
    assert done.code == 0
    assert "known miss" not in done.out


def test_rules_test_says_how_to_ask_why_an_example_fails(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RULE.replace("AUTHOR", "Tom Quill"))
    done = run("rules", "test", "mine.yaml")
    assert done.code == 2
    assert done.out.splitlines()[-1] == "why:  dedupe rules explain --file mine.yaml 'Harbour desk: Mara Quill'"
    assert run("rules", "explain", "--file", "mine.yaml", "Harbour desk: Mara Quill").code == 0


RULE = """version: 1
rules:
- id: harbour.desk
  reason: The Harbour Post signs its desk pieces this way.
  class: author_byline
  zone: tail
  as: line
  match: 'Harbour desk: (?P<author>\\p{L}+ \\p{L}+)'
  examples:
    strip:
    - {text: 'Harbour desk: Mara Quill', fields: {author: AUTHOR}}
    keep:
    - 'Harbour desk: the plan was a mistake, she wrote, and nobody disagreed with her.'
"""


def test_rules_test_takes_a_file_and_tells_a_failing_example(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(RULE.replace("AUTHOR", "Mara Quill"))
    (tmp_path / "bad.yaml").write_text(RULE.replace("AUTHOR", "Tom Quill"))
    assert run("rules", "test", "good.yaml").code == 0
    done = run("rules", "test", "bad.yaml")
    assert done.code == 2
    assert "bad.yaml:3: harbour.desk: FAILS" in done.out
    assert "Mara Quill" in done.out
    assert done.out.splitlines()[-2].endswith(" 1 failed")


def test_rules_explain_tells_the_rule_its_place_and_its_fields(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(RULE.replace("AUTHOR", "Mara Quill"))
    done = run("rules", "explain", "--file", "good.yaml", "Harbour desk: Mara Quill")
    assert (done.code, done.err) == (0, "")
    head, body, tail = (done.out.index(f"{where}: ") for where in ("head", "body", "tail"))
    assert "harbour.desk (author_byline, good.yaml:3): not taken" in done.out[head:body]
    assert "it is for the tail of a page" in done.out[head:body]
    assert done.out[tail:].startswith("tail: goes\n  harbour.desk (author_byline, good.yaml:3): The Harbour Post")
    assert "took “Harbour desk: Mara Quill”: author Mara Quill" in done.out[tail:]


def test_rules_explain_looks_at_one_zone_if_told_so(run: Dedupe) -> None:
    done = run("rules", "explain", "--zone", "body", "小桥通车了，大家都来看。")
    assert (done.code, done.out) == (0, "body: stays\n  no rule reads it\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [([" "], ["blank"]), (["x", "--zone", "foot"], ["foot", "tail"]), (["x", "--file", "none.yaml"], ["none.yaml"])],
    ids=["blank", "zone", "file"],
)
def test_rules_explain_refuses(run: Dedupe, arguments: list[str], words: list[str]) -> None:
    refused(run("rules", "explain", *arguments), *words)


def test_rules_explain_reads_a_line_that_is_not_utf_8(run: Dedupe) -> None:
    done = run("rules", "explain", "Mara Quill\udcff", "--author", "\udcff")
    assert (done.code, done.err) == (0, "")


def test_rules_suggest_prints_a_rule_file_and_says_how_many_it_proposes(run: Dedupe, out: Path) -> None:
    done = run("rules", "suggest", out)
    assert (done.code, done.out) == (0, "version: 1\nrules: []\n")
    assert done.err == "0 lines proposed; no site repeats a line as often as suggest wants\n"


def test_rules_suggest_refuses_what_is_no_finished_run(run: Dedupe, tmp_path: Path) -> None:
    refused(run("rules", "suggest", tmp_path), "decisions.jsonl", "finished run")


def test_rules_list_shows_every_rule_with_its_reason(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(RULE.replace("AUTHOR", "Mara Quill"))
    done = run("rules", "list", "good.yaml")
    assert (done.code, done.err) == (0, "")
    assert re.search(r"^harbour\.desk +author_byline +The Harbour Post", done.out, re.M)
    assert re.search(r"^zh\.\S+ +\S+ +\S", done.out, re.M)


def test_a_rule_file_that_is_not_utf8_is_refused_in_words(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes("version: 1  # 规则".encode("gb18030"))
    done = run("rules", "test", "rules.yaml")
    refused(done)
    assert done.err == "dedupe: rules.yaml: is not UTF-8; save it as UTF-8\n"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RULE.replace("\\p{L}+ \\p{L}+)", "(\\p{L}+"), ["rules.yaml:8", "harbour.desk"]),
        (RULE.replace("zone: tail", "zone: tial"), ["rules.yaml:6", "tail"]),
        (RULE.replace("reason:", "raeson:"), ["rules.yaml:4", "raeson", "reason"]),
        (RULE.partition("  examples:")[0], ["rules.yaml:3", "examples"]),
        ("version: 1\nrules: [", ["rules.yaml:2"]),
        (RULE.replace("reason: ", "reason: Note: "), ["rules.yaml:4", "a colon in single quotes"]),
        (RULE.partition("\n")[2], ["'version' is missing"]),
        ("- id: x\n", ["rules.yaml", "mapping"]),
    ],
    ids=["pattern", "zone", "key", "no examples", "no yaml", "a colon", "no version", "a list"],
)
def test_a_rule_that_does_not_load_is_refused_everywhere(
    run: Dedupe, scrape: Path, tmp_path: Path, rule: str, words: list[str]
) -> None:
    (tmp_path / "rules.yaml").write_text(rule)
    (tmp_path / "my.yaml").write_text("bylines: {rules: [rules.yaml]}\n")
    refused(run("rules", "test", "rules.yaml"), *words)
    refused(run("clean", scrape, "--out", "out", "--config", "my.yaml"), *words)
    refused(run("clean", "-", "--config", "my.yaml", stdin=lines({"text": "x"})), *words)
    assert not (tmp_path / "out").exists()


def test_init_writes_a_config_that_changes_nothing(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    assert run("init") == Done(0, default_text(), "")
    done = run("init", "my.yaml")
    assert (done.code, done.out, done.err) == (0, "", "wrote my.yaml\n")
    assert run("clean", scrape, "--out", "a", "--config", "my.yaml", "--quiet").code == 0
    assert run("clean", scrape, "--out", "b", "--quiet").code == 0
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_init_overwrites_nothing(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("mine")
    refused(run("init", "my.yaml"), "my.yaml", "is there already", "another name")
    assert (tmp_path / "my.yaml").read_text() == "mine"


# ---------------------------------------------------------------- logs for machines


def log_of(done: Done) -> list[dict[str, Any]]:
    """The messages on stderr, each an object with its time, level and words."""
    found = [json.loads(line) for line in done.err.splitlines()]
    for message in found:
        datetime.fromisoformat(message["time"])
        assert message["level"] in {"info", "warning", "error"}
        assert message["message"]
    return found


def test_a_runs_messages_are_objects_and_its_results_what_they_always_are(run: Dedupe, broken: Path) -> None:
    (broken / "none.txt").write_bytes(b"\x00\x01\x1b" * 99)
    arguments = ["clean", broken, "--json", "--set", "report.min_documents=1", "--set", "report.max_removal_rate=0.1"]
    plain = run(*arguments, "--dry-run")
    done = run(*arguments, "--dry-run", "--log-format", "json")
    assert (done.code, done.out) == (plain.code, plain.out) == (1, plain.out)
    failed = [message for message in log_of(done) if message["level"] == "error"]
    assert [message["document"] for message in failed] == ["news.jsonl:4", "none.txt"]
    assert failed[0]["message"].startswith("line 4: is no JSON")
    assert any(message["level"] == "warning" for message in log_of(done))
    assert len(log_of(done)) == len(plain.err.splitlines())


def test_what_a_run_notes_on_its_way_is_an_object_too(
    run: Dedupe, scrape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dedupe.api.run.face, "expect", lambda _: True)
    monkeypatch.setattr(dedupe.api.run, "in_background", lambda _: nullcontext())
    [message] = log_of(run("clean", scrape, "--dry-run", "--workers", "1", "--log-format", "json"))
    assert message["message"].startswith("compiling the kernels")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["clean", "none", "--out", "o", "--log-format", "json"], 2, "source none cannot be read"),
        (["--log-format=json", "clean", "none", "--out", "o"], 2, "source none cannot be read"),
        (["clean", "none", "--log-format", "json"], 2, "--out DIR is missing"),
        (["clean", "none", "--log-format", "json", "--none"], 2, "No such option"),
        (["clear", "--log-format", "json"], 2, "no command 'clear'"),
        (["restore", "none", "x", "--log-format", "json"], 2, "finished run"),
        (["explain", "none", "--log-format", "json"], 2, "none"),
        (["index", "verify", "none", "--log-format", "json"], 2, "is not an index"),
        (["rules", "test", "none.yaml", "--log-format", "json"], 2, "none.yaml"),
        (["init", "my.yaml", "--log-format", "json"], None, "wrote my.yaml"),
    ],
)
def test_every_command_logs_as_it_is_asked(run: Dedupe, arguments: list[str], code: int | None, said: str) -> None:
    done = run(*arguments)
    [message] = log_of(done)
    assert (done.code, message.get("exit_code")) == (code or 0, code)
    assert said in message["message"]
    assert message["level"] == ("error" if code else "info")


def test_the_filter_logs_failed_lines(run: Dedupe) -> None:
    done = run("clean", "-", "--log-format", "json", stdin=b'{"text": "x"}\n{"te\x1bxt\n')
    [message] = log_of(done)
    assert (message["document"], message["level"]) == (":2", "error")
    harmless(done)


def test_an_unknown_log_format_is_refused(run: Dedupe) -> None:
    refused(run("clean", "x", "--log-format", "xml"), "--log-format", "xml", "json")


def test_every_command_has_the_option() -> None:
    commands = [cli.get_command(click.Context(cli), name) for name in cli.list_commands(click.Context(cli))]
    while commands:
        command = commands.pop()
        if isinstance(command, click.Group):
            commands += command.commands.values()
        else:
            assert command is not None
            assert "--log-format" in {option for parameter in command.params for option in parameter.opts}, command.name


# ---------------------------------------------------------------- what reaches a terminal


HOSTILE = "第一座桥\x1b[2J\x1b]0;owned\x07今天通车。\x9b31m"


def harmless(done: Done) -> None:
    for stream in (done.out, done.err):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", stream), stream


def test_no_document_commands_the_terminal(run: Dedupe, tmp_path: Path) -> None:
    """Ids, texts, metadata and errors come from strangers."""
    record = {"id": "a\x1b[31m", "text": HOSTILE, "title": HOSTILE, "source": HOSTILE, "authors": [HOSTILE]}
    (tmp_path / "news.jsonl").write_bytes(lines(record, {"id": "\x1b[5mb", "tex\x1b[7mt": HOSTILE}, record))
    (tmp_path / "\x1b[32mc.txt").write_text(HOSTILE)
    (tmp_path / "\x1b[32md.txt").write_bytes(b"")
    (tmp_path / "\x1b[32me.txt.gz").write_bytes(b"no gzip")
    raw = ["--set", "normalise.enabled=false"]
    harmless(run("clean", tmp_path, "--dry-run", *raw))
    harmless(run("clean", "news.jsonl", "--dry-run", *raw))
    harmless(run("clean", tmp_path, "--dry-run", "--json", *raw))
    for name in ("news.jsonl#a\x1b[31m", "news.jsonl:2", "\x1b[32mc.txt"):
        done = run("explain", name, *raw)
        assert done.code == 0
        harmless(done)
        harmless(run("explain", name, "--full", *raw))
    harmless(run("explain", "news.jsonl#a[31m"))
    assert run("clean", "news.jsonl", "--out", "out", "--quiet", *raw).code == 1
    harmless(run("explain", "out", "news.jsonl#a\x1b[31m"))
    harmless(run("explain", "out", "news.jsonl#a[31m"))
    harmless(run("restore", "out", "news.jsonl#a[31m"))
    (tmp_path / "\x1b[33mf.txt").write_bytes(b"\x00\x01\x02" * 9)
    harmless(run("clean", tmp_path / "\x1b[33mf.txt", "--dry-run"))


def test_no_copy_commands_the_terminal(run: Dedupe, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    hostile = SLIPPED.replace("甲乙", "\x1b甲\x9b乙\x07\u202e")
    path.write_text(f"渡口的灯又亮了\n{LONG}\n{hostile}\n", "utf-8")
    done = run("explain", path, "--set", "normalise.enabled=false")
    assert "甲�乙" in done.out
    harmless(done)
    assert "\u202e" not in done.out


def test_an_id_with_a_line_break_begins_no_line_of_a_log(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "a\nfailed: b.txt").write_bytes(b"\x00" * 99)
    done = run("clean", tmp_path, "--dry-run")
    assert done.err.startswith("failed: a failed: b.txt: looks like binary data")
    assert run("explain", tmp_path / "a\nfailed: b.txt").out.startswith("a failed: b.txt: failed\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"\x1f\x8b\x08" + bytes(99), "line 1: looks like gzip data"),
        (lines({"id": "a", "text": "雨下了一夜，澜川的河水涨到了堤边。"}), "a: "),
    ],
)
def test_the_filter_says_which_line_failed(run: Dedupe, line: bytes, told: str) -> None:
    done = run("clean", "-", "--set", "read.max_characters=9", stdin=line)
    assert done.err.startswith(f"dedupe: failed: {told}")


def test_the_filters_errors_command_no_terminal(run: Dedupe) -> None:
    done = run("clean", "-", stdin=lines({"\x1b[31mtext": "x", "\x9btext": "x"}))
    assert done.code == 1
    harmless(done)


def spawn(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "dedupe", *map(str, arguments)]


def on_terminal(*arguments: str | Path) -> tuple[int, str]:
    """Run a command with stdout and stderr on a terminal; what it showed there."""
    leader, follower = pty.openpty()
    with subprocess.Popen(spawn(*arguments), stdin=subprocess.DEVNULL, stdout=follower, stderr=follower) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                data = os.read(leader, 1 << 16)
            except OSError:  # the other side has gone
                break
            if not data:
                break
            shown += data
    os.close(leader)
    return process.returncode, shown.decode()


def test_colours_are_for_terminals(run: Dedupe, scrape: Path) -> None:
    page = scrape / "2026" / "page.txt"
    code, shown = on_terminal("explain", page)
    assert code == 0
    assert "\x1b[31m- 城南晚报记者 林小禾\x1b[0m" in shown
    assert re.sub("\x1b\\[[0-9;]*m", "", shown).replace("\r\n", "\n") == run("explain", page).out


def test_progress_is_for_terminals_and_leaves_no_trace(tmp_path: Path) -> None:
    source = corpus(tmp_path / "scrape", 300)
    code, shown = on_terminal("clean", source, "--out", tmp_path / "out", "--workers", "1")
    assert code == 1
    assert "MB/s" in shown
    assert re.search(r"\r\x1b\[K *failed: |\r\x1b\[K *300 documents read", shown)


def test_progress_stays_on_one_line_of_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((20, 9)))
    progress = Progress(visible=True)
    progress._shown -= 1
    progress.advance(BatchReport(0, 123_456_789, 5, 1 << 30))
    assert len(capfd.readouterr().err.removeprefix("\r\x1b[K")) == 19


def test_more_failures_than_are_told_are_counted(run: Dedupe, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"no\n" * 23)
    said = run("clean", "bad.jsonl", "--out", "out").err
    assert said.count("failed: ") == 20
    assert "... and 3 more; see out/decisions.jsonl\n" in said
    assert "... and 3 more\n" in run("clean", "bad.jsonl", "--dry-run").err


def test_quiet_is_quiet_on_a_terminal(broken: Path, tmp_path: Path) -> None:
    assert on_terminal("clean", broken, "--out", tmp_path / "out", "--quiet") == (1, "")


# ---------------------------------------------------------------- processes


def test_the_installed_command_and_the_module_are_one(scrape: Path, tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("dedupe")
    if not script.exists():
        pytest.skip("the command is not installed beside this Python")
    done = subprocess.run(
        [script, "clean", scrape, "--out", tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 documents read" in done.stdout


def test_a_reader_that_leaves_is_no_error(scrape: Path) -> None:
    """``dedupe ... | head``."""
    with subprocess.Popen(spawn("rules", "list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {0, 141}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize(
    "arguments", [["clean", "-"], ["explain", "page.txt"], ["rules", "list"], ["init"]], ids=" ".join
)
def test_output_that_does_not_fit_on_its_disk_is_no_bug(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            spawn(*arguments),
            cwd=tmp_path,
            input=lines({"text": "x"}),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 75
    assert done.stderr.decode().count("\n") == 1
    assert "No space left on device; free some space" in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_nor_is_a_log_on_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(spawn("clean", "-"), input=b"no\n", stdout=full, stderr=full, check=False)
    assert done.returncode == 75


def test_a_config_that_does_not_fit_on_its_disk_is_not_half_there(tmp_path: Path) -> None:
    command = f"ulimit -f 1; {shlex.join(spawn('init', 'my.yaml'))}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "free some space" in done.stderr) == (75, True)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_lacks_characters_is_told_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    done = subprocess.run(
        spawn("explain", "page.txt"), cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True, check=True,
    )  # fmt: skip
    assert rb"author = \u6797\u5c0f\u79be" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", [["init"], ["clean", "news.jsonl", "--dry-run", "--json"]], ids=" ".join)
def test_what_programs_read_is_utf8_on_every_terminal(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "news.jsonl").write_bytes(lines({"text": STORY, "id": "桥", "source": "城南晚报"}))
    printed = [
        subprocess.run(
            spawn(*arguments), cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True,
            check=True,
        ).stdout
        for encoding in ("utf-8", "latin-1")
    ]  # fmt: skip
    assert printed[0] == printed[1]
    assert not printed[0].isascii()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_the_caller_closed_are_missed_by_nobody(scrape: Path, tmp_path: Path, closed: str) -> None:
    command = f"{shlex.join(map(str, spawn('clean', scrape, '--out', tmp_path / 'out', '--workers', '1')))} {closed}"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0
    assert (tmp_path / "out" / "summary.json").exists()


def test_a_working_directory_that_is_gone_is_no_bug(scrape: Path, tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    command = f"rmdir ../release; {shlex.join(map(str, spawn('clean', scrape, '--out', 'out')))}"
    environment = {**os.environ, "PYTHONPATH": str(Path(dedupe.__file__).parents[1])}
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path / "release", env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        2, "dedupe: the working directory is gone; change to one that is there\n",
    )  # fmt: skip


def test_a_reader_that_leaves_ends_the_filter(tmp_path: Path) -> None:
    stream = tmp_path / "in.jsonl"
    stream.write_bytes(b"".join(lines({"id": n, "text": f"第{n}座桥今天通车。"}) for n in range(5000)))
    with stream.open("rb") as file, subprocess.Popen(
        spawn("clean", "-"), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {0, 141}


def test_the_filter_answers_each_line_before_the_next_is_sent() -> None:
    with subprocess.Popen(spawn("clean", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("a", "b", "c"):
            process.stdin.write(lines({"id": name, "text": f"第{name}座桥今天通车。"}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_filter_says_so(number: signal.Signals, code: int) -> None:
    with subprocess.Popen(
        spawn("clean", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(lines({"id": "a", "text": "第一座桥今天通车。"}))
        process.stdin.flush()
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(number)
        told = process.stderr.read().decode()
    assert process.returncode == code
    assert told in ("dedupe: interrupted\n", "dedupe: terminated\n"), "a filter cannot go on where it stopped"


def test_a_bug_is_one_line_and_a_log(run: Dedupe, scrape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(self: object, raws: object) -> None:
        raise ZeroDivisionError("a judge has a bug")

    monkeypatch.setattr("dedupe.pipeline.document.DocumentCleaner.clean_all", stumble)
    done = run("clean", scrape, "--out", "out", "--workers", "1")
    assert (done.code, done.out) == (70, "")
    [message] = done.err.splitlines()
    log = Path(message.rpartition(" ")[2])
    assert "a judge has a bug" in log.read_text("utf-8")
    assert not (scrape.parent / "out").exists()


def test_the_filter_fails_a_second_document_of_one_id(run: Dedupe) -> None:
    lines = '{"id": "a", "text": "第一座桥今天通车。"}\n{"id": "a", "text": "第二座桥明天通车。"}\n'
    done = run("clean", "-", stdin=lines.encode())
    assert done.code == 1
    assert "the id a" in done.err
    assert len(done.out.splitlines()) == 1


@pytest.mark.parametrize("option", [["--dry-run"], ["--json"], ["--workers", "2"], ["--out", "out"]])
def test_the_filter_refuses_options_of_a_run(run: Dedupe, option: list[str]) -> None:
    assert run("clean", "-", *option).code == 2


# ---------------------------------------------------------------- report


def test_a_report_lies_in_the_run_or_where_it_is_wanted(run: Dedupe, out: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    done = run("report", out)
    assert (done.code, done.out, done.err) == (0, "", f"wrote {out / 'report.html'}\n")
    page = (out / "report.html").read_text("utf-8")
    assert run("report", out, "--to", "there.html").code == 0
    assert (tmp_path / "there.html").read_text("utf-8") == page == run("report", out, "--to", "-").out
    assert len(run("report", out, "--to", "-", "--examples", "0").out) < len(page)
    assert sorted(path.name for path in out.iterdir()) == [
        "decisions.jsonl",
        "documents",
        "report.html",
        "summary.json",
    ]


def test_a_report_that_cannot_be_written_is_refused_and_leaves_no_half(run: Dedupe, out: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    refused(run("report", out, "--to", "nowhere/report.html"), "nowhere/report.html cannot be written", "--to")
    (tmp_path / "taken").mkdir()
    refused(run("report", out, "--to", "taken"), "taken cannot be written (Is a directory)")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".taken")]


def test_a_run_writes_its_report_with_the_rest(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    assert run("clean", scrape, "--out", "reported", "--report", "--workers", "1").code == 0
    assert "<h1>reported</h1>" in (tmp_path / "reported" / "report.html").read_text("utf-8")
    refused(run("clean", scrape, "--report", "--dry-run"), "--report goes into --out DIR")
    refused(run("clean", "-", "--report"), "no other SOURCE and no --out, --dry-run, --report")


# ---------------------------------------------------------------- an index


def test_a_page_that_comes_again_unchanged_is_kept_and_says_since_when(run: Dedupe, tmp_path: Path) -> None:
    for day, name in (("monday", "a.txt"), ("tuesday", "a.txt"), ("tuesday", "b.txt")):
        (tmp_path / day).mkdir(exist_ok=True)
        (tmp_path / day / name).write_text(STORY if name == "a.txt" else "桥上的灯今天修好了。", "utf-8")
    assert run("clean", "monday", "--out", "first", "--workers", "1", "--index", "index").code == 0
    told = run("clean", "tuesday", "--out", "out", "--workers", "1", "--index", "index").out
    assert "2 kept\n               1 by earlier runs already: same id, same text\n" in told
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["kept_by_earlier_runs"] == 1
    again, new = map(json.loads, (tmp_path / "out" / "decisions.jsonl").read_text("utf-8").splitlines())
    assert sorted(again["kept_in"]) == ["date", "published", "run", "source", "url"]
    assert "kept_in" not in new
    assert f"kept by run {again['kept_in']['run']} on" in run("explain", "out", "a.txt").out
    assert run("clean", "tuesday", "--out", "replay", "--workers", "1", "--index", "index").code == 0
    assert tree(tmp_path / "replay") == tree(tmp_path / "out"), "the same run says the same"


def test_a_second_scrape_is_compared_with_the_first(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    (tmp_path / "tuesday").mkdir()
    (tmp_path / "tuesday" / "again.txt").write_text(STORY + "\n本台刚刚收到的消息。", "utf-8")
    assert run("clean", scrape, "--out", "monday-out", "--workers", "1", "--index", "index").code == 0
    done = run("clean", "tuesday", "--out", "out", "--workers", "1", "--index", "index", "--json")
    assert done.code == 0
    assert json.loads(done.out)["duplicates_of_earlier_runs"] == 1
    [decision] = (tmp_path / "out" / "decisions.jsonl").read_text("utf-8").splitlines()
    earlier = json.loads(decision)["kept_in"]
    assert sorted(earlier) == ["date", "published", "run", "source", "url"]
    assert f"kept by run {earlier['run']} on {earlier['date']}: 城南晚报" in run("explain", "out", "again.txt").out


def test_a_dry_run_asks_the_index_and_tells_it_nothing(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    assert run("clean", scrape, "--dry-run", "--workers", "1", "--index", "index").code == 0
    assert not (tmp_path / "index").exists()
    assert run("clean", scrape, "--out", "out", "--workers", "1", "--index", "index").code == 0
    before = run("index", "export", "index").out
    (scrape / "new.txt").write_text("第一百座桥今天通车，两岸的人都来看。", "utf-8")
    (scrape / "copy.txt").rename(scrape / "third.txt")
    done = run("clean", scrape, "--dry-run", "--workers", "1", "--index", "index", "--json")
    assert json.loads(done.out)["documents"]["duplicate"] == 1
    assert run("index", "export", "index").out == before


def test_a_filter_remembers_between_streams(run: Dedupe, tmp_path: Path) -> None:
    one, two = (json.dumps({"id": name, "text": STORY}).encode() for name in ("one", "two"))
    assert json.loads(run("clean", "-", "--index", "index", stdin=one).out)["id"] == "one"
    assert run("clean", "-", "--index", "index", stdin=two).out == ""
    assert json.loads(run("clean", "-", "--index", "index", stdin=one).out)["id"] == "one"


def test_an_index_is_looked_after(run: Dedupe, scrape: Path, tmp_path: Path) -> None:
    assert run("clean", scrape, "--out", "out", "--workers", "1", "--index", "index").code == 0
    told = json.loads(run("index", "info", "index", "--json").out)
    assert told["documents"] == {"all": 5, "kept": 4, "duplicates": 1}
    shares = list(told["detection"].values())
    assert shares == sorted(shares)
    assert (told["detection"]["0.5"], told["detection"]["0.8"], told["detection"]["1.0"]) == (0.2816, 0.9983, 1.0)
    assert told["header"]["bands"] == 21
    assert re.search(r"Jaccard 0\.80 +99\.8%", run("index", "info", "index").out)
    lines = [json.loads(line) for line in run("index", "export", "index").out.splitlines()]
    assert [line["outcome"] for line in lines].count("duplicate") == 1
    assert any(STORY in (line["text"] or "") for line in lines)
    assert run("index", "verify", "index").out == "5 documents, 0 faults\n"
    assert run("index", "merge", "other", "index").out == "5 documents taken up\n"
    assert run("index", "merge", "other", "index").out == "0 documents taken up\n"
    assert run("index", "forget", "index", "news.jsonl#1").out == "1 document forgotten\n"
    gone = "0 documents forgotten: index holds no document news.jsonl#1\n"
    assert run("index", "forget", "index", "news.jsonl#1").out == gone
    gone = "0 documents forgotten: no run into x claimed any in index\n"
    assert run("index", "forget", "index", "--out", "x").out == gone
    assert run("index", "forget", "other", "--out", "out").out == "5 documents forgotten\n"
    assert run("index", "forget", "index", "--before", "2099-01-01").out == "4 documents forgotten\n"
    assert run("index", "verify", "index").out == "0 documents, 0 faults\n"
    (tmp_path / "other" / "header.json").write_text("{}")
    refused(run("index", "verify", "other"), "format")
