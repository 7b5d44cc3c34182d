"""The HTML report: everything that went is counted in it, examples show it in place, and nothing scraped is markup."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapes import story

import dedupe.api.options
import dedupe.api.run
from dedupe import RunOptions, clean, load_settings
from dedupe.api import report
from dedupe.edits import cut, restore
from dedupe.errors import MissingExtraError, OutputError
from dedupe.model import Finding, Span
from dedupe.report.digest import Digest, Top
from dedupe.report.excerpt import excerpt
from dedupe.rules.loader import load_rulebook

pytest.importorskip("jinja2")

HOSTILE = "<script>alert('雨')</script>"
SETTINGS = load_settings(overrides=["bylines.packs=[zh, en]"])


class _Read(HTMLParser):
    """The tags, the attributes and the words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.words = ""
        self.marked: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.update(name for name, _ in attrs)
        self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.words += data
        if "mark" in self._open:
            self.marked[-1] += data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over pages of two sites: credits, second copies, a story of both sites, one page that is no text."""
    place = tmp_path_factory.mktemp("report")
    source = place / "in"
    chance = Random(5)
    with (source.parent / "all.jsonl").open("w", encoding="utf-8") as file:
        for n in range(24):
            told = story(chance, "zh", 6)
            body = [*told, *told] if n % 4 == 0 else told
            text = "\n".join(["小桥通车了", f"晨光日报记者 陆知{'遥远安宁'[n % 4]}", *body, "责任编辑：林小禾"])
            record = {"id": f"{n}{HOSTILE if n == 3 else ''}", "text": text, "source": "晨光日报"}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            if n % 6 == 0:
                file.write(json.dumps({**record, "id": f"copy-{n}", "source": HOSTILE}, ensure_ascii=False) + "\n")
        file.write('{"id": "broken"}\n')
    clean([source.parent / "all.jsonl"], place / "out", SETTINGS, RunOptions(format="jsonl", workers=1))
    return place / "out"


@pytest.fixture(scope="module")
def html(out: Path) -> str:
    return report(out)


def test_it_is_one_file_that_fetches_and_runs_nothing(html: str) -> None:
    read = _Read(html)
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(read.tags)
    assert not {"src", "href", "onclick", "onload", "action"} & set(read.attributes)
    assert "url(" not in html
    assert "default-src 'none'" in html


def test_what_was_scraped_is_shown_and_is_no_markup(html: str) -> None:
    assert HOSTILE not in html
    assert HOSTILE in _Read(html).words


def test_every_rule_is_counted_as_the_decisions_have_it(out: Path, html: str) -> None:
    removals: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for line in (out / "decisions.jsonl").read_text("utf-8").splitlines():
        removed = json.loads(line)["removed"]
        removals.update(one["rule"] for one in removed)
        documents.update({one["rule"] for one in removed})
        for one in removed:
            characters[one["rule"]] += one["end"] - one["start"]
    assert len(removals) >= 4
    for rule, count in removals.items():
        row = f"{rule}{count:,}{documents[rule]:,}{characters[rule]:,}"
        assert row in "".join(_Read(html).words.split("\n")), rule


def test_the_run_in_numbers_stands_in_it(out: Path, html: str) -> None:
    words = " ".join(_Read(html).words.split())
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert f"What became of {summary['documents']['read']} documents" in words
    assert f"kept {summary['documents']['kept']} " in words
    assert f"duplicate {summary['documents']['duplicate']} " in words
    assert "all.jsonl#brokenline 29: has no text" in "".join(_Read(html).words.split("\n"))
    assert "authors" in words


def test_the_stories_with_the_most_copies_name_those_that_went(html: str) -> None:
    words = _Read(html).words
    assert words.count("all.jsonl#copy-") >= 4
    assert "stays" in words


def test_examples_show_what_went_where_it_stood(html: str) -> None:
    marked = [text.strip() for text in _Read(html).marked]
    assert any(text.startswith("晨光日报记者 陆知") for text in marked)
    assert "责任编辑：林小禾" in marked


@pytest.mark.parametrize("examples", [0, 1, 3])
def test_of_each_rule_as_many_are_shown_as_are_asked_for_each_of_another_document(out: Path, examples: int) -> None:
    digest = Digest(examples)
    for line in (out / "decisions.jsonl").read_text("utf-8").splitlines():
        digest.add(json.loads(line))
    for rule in digest.rules.values():
        shown = [one.document for one in rule.examples]
        assert len(shown) == len(set(shown)) == min(examples, rule.documents)
    assert _Read(report(out, examples=examples)).tags["mark"] == sum(
        min(examples, rule.documents) for rule in digest.rules.values()
    )


@given(st.lists(st.integers(0, 9)), st.integers(0, 4))
def test_the_top_is_that_of_a_sorted_list(ranks: list[int], most: int) -> None:
    top = Top[int](most)
    for place, rank in enumerate(ranks):
        top.add(rank, place)
    assert list(top) == sorted(range(len(ranks)), key=lambda place: -ranks[place])[:most]


@given(
    st.text(st.sampled_from("雨停了。\n a"), min_size=1, max_size=60).map(lambda text: text * 30),
    st.lists(st.tuples(st.integers(0, 1799), st.integers(1, 900)), min_size=1, max_size=4),
)
def test_an_excerpt_is_the_text_around_a_removal_and_marks_just_that(text: str, marks: list[tuple[int, int]]) -> None:
    findings = [
        Finding("bylines", str(n), Span(start, min(len(text), start + length)), "")
        for n, (start, length) in enumerate(marks)
        if start < len(text)
    ]
    done = cut(text, findings)
    for number, removal in enumerate(done.removals):
        shown = excerpt("a", restore(done.text, done.removals), done.removals, number)
        whole = [p.text + "\0" * p.left_out + p.end for p in shown.pieces]
        [gone] = ["".join(piece) for piece, p in zip(whole, shown.pieces, strict=True) if p.fate == "goes"]
        assert all(a in (b, "\0") for a, b in zip(gone, removal.text, strict=True))
        place = next(k for k, piece in enumerate(shown.pieces) if piece.fate == "goes")
        low = removal.span.start - len("".join(whole[:place]))
        assert all(a in (b, "\0") for a, b in zip("".join(whole), text[low:], strict=False))
        assert sum(len(p.text) + len(p.end) for p in shown.pieces) <= 600 * len(shown.pieces)


def test_equal_runs_have_equal_reports(out: Path, html: str, tmp_path: Path) -> None:
    options = RunOptions(format="jsonl", workers=2, report=True)
    clean([out.parent / "all.jsonl"], tmp_path / "out", SETTINGS, options)
    assert (tmp_path / "out" / "report.html").read_text("utf-8") == html == report(tmp_path / "out")


@pytest.mark.parametrize("form", ["text", "parquet"])
def test_every_form_of_output_has_the_same_examples(form: str, out: Path, html: str, tmp_path: Path) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    clean([out.parent / "all.jsonl"], tmp_path / "out", SETTINGS, RunOptions(format=form, workers=1))  # type: ignore[arg-type]
    assert report(tmp_path / "out") == html


def test_what_earlier_runs_kept_is_told(out: Path, tmp_path: Path) -> None:
    options = RunOptions(index=tmp_path / "index", workers=1)
    clean([out.parent / "all.jsonl"], tmp_path / "monday", SETTINGS, options)
    (tmp_path / "tuesday.jsonl").write_text(
        (out.parent / "all.jsonl").read_text("utf-8").replace('"id": "', '"id": "t')
    )
    clean([tmp_path / "tuesday.jsonl"], tmp_path / "tuesday", SETTINGS, options)
    assert "28 duplicates of what earlier runs kept." in _Read(report(tmp_path / "tuesday")).words
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "all.jsonl").write_bytes((out.parent / "all.jsonl").read_bytes() + b'{"text": "x"}\n')
    kept = clean([tmp_path / "later" / "all.jsonl"], tmp_path / "wednesday", SETTINGS, options).totals.outcomes["kept"]
    told = f"{kept - 1} documents already kept by earlier runs, under the same id with the same text."
    assert told in _Read(report(tmp_path / "wednesday")).words


def test_nothing_read_is_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    clean([tmp_path / "in"], tmp_path / "out", SETTINGS, RunOptions(workers=1))
    words = _Read(report(tmp_path / "out")).words
    assert "nothing was read" in words
    assert "What became of 0 documents" in words


def test_without_its_library_it_is_refused_before_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dedupe.api.options, "find_spec", lambda _: None)
    (tmp_path / "a.txt").write_text("雨停了。", "utf-8")
    with pytest.raises(MissingExtraError, match=r"--report needs Jinja2; install it with: .*\[report\]"):
        clean([tmp_path / "a.txt"], tmp_path / "out", SETTINGS, RunOptions(report=True))
    assert not (tmp_path / "out").exists()


def test_a_run_that_cannot_be_read_back_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"does not exist; is .* the OUT of a finished run"):
        report(tmp_path)
    (tmp_path / "decisions.jsonl").write_text('{"id": "a"}\n')
    with pytest.raises(OutputError, match="cannot be read back"):
        report(tmp_path)


def test_a_run_that_was_begun_without_a_report_is_another_than_one_with(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("雨停了。", "utf-8")
    found, book = dedupe.api.run.discover([tmp_path]), load_rulebook(())
    with_report, without = (
        dedupe.api.run._identity(found, SETTINGS, book, RunOptions(report=wanted)) for wanted in (True, False)
    )
    assert with_report != without
