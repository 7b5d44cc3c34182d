"""Furniture learned from a finished run: what is proposed, what is not, and that the proposals load."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from dedupe.api import RunOptions, account_of_run, clean, suggest
from dedupe.config import load_settings
from dedupe.errors import OutputError
from dedupe.rules.loader import load_rulebook
from dedupe.rules.selftest import report
from dedupe.rules.suggest import Kept, Proposal, as_yaml, proposals
from dedupe.rules.tally import Floors

FLOORS = Floors(documents=5, days=4, share=0.02)
BODY = "城南的{n}号小桥今天上午通车，附近{n}个村子的居民一早就来到桥上，走了一个来回。"


def pages(house: str, line: str, count: int = 8, days: int = 8, shape: str = "{body}\n{line}") -> list[Kept]:
    """Pages of a house, each with the line; on so many days."""
    numbers = "一二三四五六七八九十"
    texts = (shape.format(body=BODY.format(n=numbers[n % 10]), line=line) for n in range(count))
    return [Kept(house, f"2026-03-{n % days + 1:02}", text) for n, text in enumerate(texts)]


def proposed(kept: Iterable[Kept]) -> list[Proposal]:
    listed = list(kept)
    return proposals(lambda: listed, FLOORS)


def test_a_line_that_a_house_prints_on_many_days_is_proposed_where_it_stands() -> None:
    (one,) = proposed(pages("城南网", "扫码关注城南频道"))
    assert (one.examples, one.zone, one.documents, one.of, one.days) == (("扫码关注城南频道",), "tail", 8, 8, 8)
    (above,) = proposed(pages("城南网", "城南频道首页", shape="{line}\n{body}"))
    assert above.zone == "head"
    (amid,) = proposed(pages("城南网", "城南频道推荐", shape="{body}\n{line}\n{body}"))
    assert amid.zone == "any"


def test_a_breaking_sentence_that_a_hundred_houses_carry_is_not_furniture() -> None:
    line = "城南地动 无人受伤"
    assert proposed(page for k in range(100) for page in pages(f"第{k}报", line, count=2, days=1)) == []


def test_a_line_of_few_days_is_news_however_often_it_is_printed() -> None:
    assert proposed(pages("城南网", "城南地动专题", count=200, days=3)) == []
    assert proposed(pages("城南网", "城南地动专题", count=200, days=4)) != []


def test_a_line_of_few_documents_or_a_small_share_of_them_is_chance() -> None:
    assert proposed(pages("城南网", "扫码关注城南频道", count=4)) == []
    many = [Kept("城南网", "2026-03-01", f"{'桥' * k}") for k in range(1, 1000)]
    assert proposed([*many, *pages("城南网", "扫码关注城南频道")]) == []


def test_a_house_without_days_is_judged_by_its_documents() -> None:
    undated = [page._replace(day=None) for page in pages("城南网", "扫码关注城南频道")]
    (one,) = proposed(undated)
    assert one.days == 0
    assert "in 8 of 8 documents, on days unknown." in as_yaml([one])


def test_houses_are_counted_apart_and_one_rule_serves_all_that_repeat_a_line() -> None:
    line = "扫码关注频道"
    assert proposed([*pages("甲报", line, count=4), *pages("乙报", line, count=4)]) == []
    (one,) = proposed([*pages("甲报", line), *pages("乙报", line, count=9)])
    assert (one.house, one.documents, one.others) == ("乙报", 9, 1)


def test_digits_are_alike_and_examples_are_real() -> None:
    kept = [page for n in range(8) for page in pages("城南网", f"第{n}版 共{n + 8}版", count=1)]
    dated = [page._replace(day=f"2026-03-{k + 1:02}") for k, page in enumerate(kept)]
    (one,) = proposed(dated)
    assert one.examples == ("第0版 共8版", "第1版 共9版", "第2版 共10版")
    assert "match: '第\\d+版 共\\d+版'" in as_yaml([one])


def test_a_line_that_a_number_makes_too_long_to_be_furniture_is_counted_at_no_look() -> None:
    (long,) = pages("城南网", f"扫码关注频道 {'1' * 130}", count=1)
    (one,) = proposed([long, *pages("城南网", "扫码关注频道 12")])
    assert (one.documents, one.examples) == (8, ("扫码关注频道 12",))


def test_a_sentence_amid_the_body_is_text_and_one_at_an_edge_is_marked() -> None:
    line = "欢迎大家来城南看桥。"
    assert proposed(pages("城南网", line, shape="{body}\n{line}\n{body}")) == []
    (one,) = proposed(pages("城南网", line))
    assert "# It ends like a sentence" in as_yaml([one])
    assert proposed(pages("城南网", "欢迎" * 40 + "。")) == []


@pytest.mark.parametrize(
    "line",
    [
        "每日早班",
        "It's 'here' \\ there",
        "a.b*c (d) [e] {f} {ws} ^g$ h|i",
        "# 热点: yes - no",
        "Page 3 of 9",
        "第 12 版 | 首页",
    ],
)
def test_the_file_loads_and_passes_its_own_examples(tmp_path: Path, line: str) -> None:
    path = tmp_path / "learned.yaml"
    path.write_text(as_yaml(proposed(pages("www.lanchuan.example", line))), "utf-8")
    book = load_rulebook(("zh", "en"), (str(path),))
    assert [rule.strip[0].text for rule in book.rules if rule.id.startswith("learned.")] == [line]
    assert report(book).failures == ()


def test_a_house_that_is_named_by_a_broken_file_name_is_counted_as_any_other() -> None:
    (one,) = proposed(pages("\udce6网", "扫码关注城南频道"))
    assert one.documents == 8


def test_nothing_to_propose_is_a_file_without_rules(tmp_path: Path) -> None:
    path = tmp_path / "learned.yaml"
    path.write_text(as_yaml([]), "utf-8")
    assert len(load_rulebook((), (str(path),))) == 0


@pytest.fixture(params=["text", "jsonl", "parquet"])
def out(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A finished run over records of two sites."""
    names = "一二三四五六七八九十"
    with (tmp_path / "news.jsonl").open("w", encoding="utf-8") as file:
        for n, site in ((n, site) for n in range(8) for site in ("lanchuan", "harbour")):
            body = f"{names[n]}月里{site}的桥通车了，来看的人从{names[9 - n]}个村子里走来，都说这一座好。"
            line = "澜川早班车七点" if site == "lanchuan" else names[n]
            record = {"id": f"{site}{n}", "text": f"{body}\n{line}", "url": f"https://www.{site}.example/{n}"}
            file.write(json.dumps(record | {"published": f"2026-03-0{n + 1}"}, ensure_ascii=False) + "\n")
    out = tmp_path / "out"
    settings = load_settings(overrides=["neardup.enabled=false", "repeats.enabled=false"])
    clean([tmp_path / "news.jsonl"], out, settings, RunOptions(format=request.param, workers=1))
    return out


def test_a_finished_run_of_either_form_is_read(out: Path) -> None:
    (one,) = suggest(out, load_settings().suggest)
    assert (one.house, one.examples, one.zone, one.documents) == (
        "lanchuan.example",
        ("澜川早班车七点",),
        "tail",
        8,
    )


def test_a_run_reports_what_its_sites_repeat_and_the_proposals_are_the_same(out: Path) -> None:
    found = json.loads((out / "summary.json").read_text("utf-8"))["furniture"]
    (one,) = suggest(out, load_settings().suggest)
    assert found == {
        "lines": 1,
        "sites": 1,
        "commonest": [{"site": one.house, "line": one.examples[0], "documents": 8, "of": 8, "days": 8}],
    }


def test_what_was_learned_is_cut_with_its_evidence_and_comes_back(out: Path, tmp_path: Path) -> None:
    (tmp_path / "learned.yaml").write_text(as_yaml(suggest(out, load_settings().suggest)), "utf-8")
    config = tmp_path / "dedupe.yaml"
    config.write_text("bylines:\n  rules: [learned.yaml]\n", "utf-8")
    settings = load_settings(config, ["neardup.enabled=false", "repeats.enabled=false"])
    clean([tmp_path / "news.jsonl"], tmp_path / "cut", settings, RunOptions(format="jsonl", workers=1))
    summary = json.loads((tmp_path / "cut" / "summary.json").read_text("utf-8"))
    assert summary["furniture"]["lines"] == 0
    account = account_of_run(tmp_path / "cut", "news.jsonl#lanchuan3")
    (gone,) = account.removals
    assert gone.text.strip() == "澜川早班车七点"
    assert gone.finding.rule.startswith("learned.lanchuan-example.")
    assert "in 8 of 8 documents, over 8 days" in gone.finding.reason
    assert "澜川早班车七点" not in account.text
    assert account.original == account_of_run(out, "news.jsonl#lanchuan3").original
    clean([tmp_path / "cut" / "documents.jsonl"], tmp_path / "again", settings, RunOptions(format="jsonl", workers=1))
    again = json.loads((tmp_path / "again" / "summary.json").read_text("utf-8"))
    assert again["characters"]["removed"] == {}


def test_a_sentence_that_many_sites_carry_is_not_reported(tmp_path: Path) -> None:
    """Copies are counted once, and one site's lines are counted by its own documents and days."""
    with (tmp_path / "news.jsonl").open("w", encoding="utf-8") as file:
        for n in range(60):
            text = f"{'一二三四五六七八九十'[n % 10] * 9}的第{n}座桥今天通车，居民清早来看。\n突发:澜川地动 无人受伤"
            record = {
                "id": n,
                "text": text,
                "url": f"https://www.site{n}.example/a",
                "published": f"2026-03-0{n % 6 + 1}",
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    clean([tmp_path / "news.jsonl"], tmp_path / "out", options=RunOptions(workers=1))
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["furniture"]["lines"] == 0


def test_the_summary_names_no_more_lines_than_a_screen_holds(tmp_path: Path) -> None:
    pages_of = [page for k in range(3) for page in pages(f"第{k}报", "扫码关注频道" + "甲乙丙"[k], count=6 + k)]
    with (tmp_path / "news.jsonl").open("w", encoding="utf-8") as file:
        for n, one in enumerate(pages_of):
            record = {"id": n, "text": one.text, "source": one.house, "published": one.day}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    settings = load_settings(overrides=["report.max_furniture=2", "neardup.enabled=false", "bylines.enabled=false"])
    clean([tmp_path / "news.jsonl"], tmp_path / "out", settings, RunOptions(workers=1))
    found = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["furniture"]
    assert (found["lines"], found["sites"]) == (3, 3)
    assert [(one["site"], one["documents"]) for one in found["commonest"]] == [("第2报", 8), ("第1报", 7)]


def test_what_is_no_finished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        suggest(tmp_path, load_settings().suggest)
