"""The measurements run, and print their tables; what they say is for people to judge."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tests.benchmarks import corpora, report, results
from tests.benchmarks.contestants import CONTESTANTS, FAST, Contestant, chosen
from tests.benchmarks.corpora import Recipe
from tests.benchmarks.documents import articles
from tests.benchmarks.index import entries
from tests.benchmarks.meter import Cost, measure
from tests.benchmarks.verdicts import Verdict, ids, judged, kept_ids

ROOT = Path(__file__).parents[2]
TEXTS = articles("zh", 10) + articles("en", 10)


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_stages_print_their_tables() -> None:
    pytest.importorskip("numba")
    told = run("tests.benchmarks.stages", "--documents", "5", "--runs", "1", "--long", "0.01")
    for row in ("invented zh", "invented en", "| repeats |", "| phrase of 137 | numba |"):
        assert row in told


@pytest.mark.slow
def test_the_benchmark_of_the_index_prints_its_table_and_its_curve() -> None:
    told = run("tests.benchmarks.index", "--documents", "2000", "--batch", "500", "--step", "1000")
    assert [line.split()[0] for line in told.splitlines()[:3]] == ["documents", "1,000", "2,000"]
    assert told.count("expected") == 3


@pytest.mark.parametrize(("batch", "pairs"), [(100, 20), (1, 24)])
def test_in_the_benchmark_of_the_index_half_a_signature_is_shared_by_two_documents(batch: int, pairs: int) -> None:
    signatures = [entry.signature for items in entries(500, batch) for _, entry in items]
    halves = Counter(signature[:64].tobytes() for signature in signatures if signature is not None)
    assert Counter(halves.values()) == {1: 500 - 2 * pairs, 2: pairs}


@pytest.mark.slow
def test_every_case_is_measured_and_told(tmp_path: Path) -> None:
    news = corpora.write_lines(((str(at), text) for at, text in enumerate(TEXTS)), tmp_path / "news.jsonl")
    options = ["--results", str(tmp_path / "results.jsonl"), "--corpus", f"zh={news.path}", "--scratch", str(tmp_path)]
    speed = ["--only", "floor", "--only", "floor, files", "--only", "dedupe", "--megabytes", "0.1", "--runs", "1"]
    small = ["--base", "0.02", "--growths", "1", "--documents", "100", "--startups", "1"]
    told = run("tests.benchmarks", "all", *options, *speed, *small)
    for line in ("**Chinese**", "| floor |", "| floor, files |", "| dedupe |", "100 short documents", "one small file"):
        assert line in told
    assert "failed" not in told
    assert "lost" not in told


def test_a_corpus_is_the_same_each_time() -> None:
    def first(recipe: Recipe) -> list[tuple[str, str]]:
        return list(islice(corpora.planted(TEXTS, recipe), 50))

    assert first(Recipe()) == first(Recipe())
    assert first(Recipe(seed=2)) != first(Recipe())


def test_a_corpus_is_made_of_stretches_of_the_texts() -> None:
    [document] = islice(corpora.recombined(["一句。二句！三句？\n四句。"], Recipe(length=30)), 1)
    stretches = {
        "一句。二句！",
        "一句。二句！三句？",
        "二句！三句？",
        "二句！三句？\n四句。",
        "三句？\n四句。",
        "四句。",
    }
    assert any(document.startswith(stretch) for stretch in (*stretches, "一句。二句！三句？\n四句。"))
    assert len(document.encode()) >= 30


def test_the_share_of_copies_is_kept_and_copies_are_near() -> None:
    named = dict(islice(corpora.planted(TEXTS, Recipe(copies=0.3)), 200))
    copies = {name: corpora.original(name) for name in named if corpora.original(name)}
    assert len(copies) == 60
    for name, original in copies.items():
        one, two = ({text[at : at + 5] for at in range(len(text) - 4)} for text in (named[name], named[original]))
        assert len(one & two) / len(one | two) > 0.85


def test_a_corpus_has_the_size_that_is_asked_for(tmp_path: Path) -> None:
    lines = corpora.write_lines(corpora.planted(TEXTS, Recipe()), tmp_path / "c.jsonl", size=20_000)
    assert 20_000 <= lines.bytes < 30_000
    assert len(list(ids(lines.path))) == lines.documents
    few = corpora.write_lines(corpora.planted(TEXTS, Recipe()), tmp_path / "few.jsonl", documents=7)
    assert few.documents == 7
    files = corpora.write_files(lines, tmp_path / "files")
    assert {path.stem for path in files.path.rglob("*.txt")} == set(ids(lines.path))


def test_what_is_lost_with_all_its_copies_is_told() -> None:
    assert judged(["1", "2-of-1", "3"], ["3"]) == Verdict(kept=1, copies=1, found=1, others=0, lost=1)
    assert judged(["1", "2-of-1", "3"], ["1", "2-of-1"]) == Verdict(kept=2, copies=1, found=0, others=1, lost=0)


def test_the_meter_counts_processes_that_outlive_their_parents(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    cost = measure([sys.executable, "-c", code], os.environ, log=tmp_path / "log", timeout=60)
    assert cost.code == 0
    if sys.platform == "linux":
        assert cost.cpu >= 0.3


def test_the_meter_ends_what_takes_too_long(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the time is looked at where memory is sampled")
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    cost = measure(command, os.environ, log=tmp_path / "log", timeout=0.2)
    assert cost.code == -9
    assert cost.wall < 60


def test_who_is_not_installed_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one.name for one in chosen(["floor", "daft"], tmp_path)] == ["floor"]
    assert "daft: not installed, left out" in capsys.readouterr().err


SESSION = "2026-01-22 08:00:00"
MACHINE = results.Machine(SESSION, "2 cores", "Python", "rensa 0.5.0", 2)


def sample(tool: str, wall: float, turn: int = 0, **changed: object) -> results.Sample:
    cost = Cost(wall, 2 * wall, 50_000_000, 0)
    verdict = Verdict(kept=90, copies=10, found=9, others=0, lost=0)
    taken = results.Sample(SESSION, "speed", "zh", tool, turn, 100, 10_000_000, cost, verdict)
    return replace(taken, **changed)  # type: ignore[arg-type]


SAMPLES = [
    sample("floor", 0.5),
    sample("rensa", 20.0),
    sample(FAST, 1.0),
    sample(FAST, 4.0, 1),
    sample("rensa", 40.0, 1),
]


def test_ratios_are_those_of_the_rounds() -> None:
    assert results.ratios(SAMPLES, "rensa", FAST) == results.Spread(15.0, 10.0, 20.0)
    assert results.ratios(SAMPLES, "daft", FAST) is None


def test_the_table_holds_medians_and_spreads() -> None:
    rows = report.speed_table(SAMPLES).splitlines()
    assert rows[2].startswith("| floor | parses and writes | 0.50 (0.50 - 0.50) | 20 | 1.0 | 50 |  |")
    assert rows[3] == f"| {FAST} | everything | 2.5 (1.0 - 4.0) | 4.0 | 5.0 | 50 | 90.0 % | 1.0 (1.0 - 1.0) | 2 |"
    assert rows[4] == "| rensa | near copies | 30 (20 - 40) | 0.33 | 60 | 50 | 90.0 % | 15 (10 - 20) | 2 |"


def test_what_failed_is_told_and_counts_for_nothing() -> None:
    failed = sample("daft", 3.0, cost=Cost(3.0, 3.0, 0, 1), verdict=None)
    assert report.speed_table([*SAMPLES, failed]).splitlines()[-1].startswith("| daft | failed |")
    assert report.chart([*SAMPLES, failed]) == report.chart(SAMPLES)


def test_growth_is_told_by_the_smallest() -> None:
    grown = [
        sample(FAST, 1.0, case="growth", documents=1000, cost=Cost(1.0, 2.0, 100_700_000, 0)),
        sample(FAST, 20.0, case="growth", documents=16_000, cost=Cost(20.0, 2.0, 161_200_000, 0)),
    ]
    rows = report.growth_table("zh", grown).splitlines()
    assert "| 1,000 (1,000 - 1,000) | 1.00 | 101 | 1.00 |" in rows[2]
    assert "| 1,250 (1,250 - 1,250) | 1.25 | 161 | 1.50 |" in rows[3]


def test_results_come_back_as_they_were_and_the_last_session_is_told(tmp_path: Path) -> None:
    again = replace(SAMPLES[0], session="2026-01-23 08:00:00")
    for record in (MACHINE, *SAMPLES, again):
        results.append(tmp_path / "results.jsonl", record)
    machines, samples = results.load(tmp_path / "results.jsonl")
    assert (machines, samples) == ([MACHINE], [*SAMPLES, again])
    assert results.latest(samples, "speed") == {"zh": [again]}


def test_only_what_stands_between_the_markers_changes() -> None:
    page = f"# a\n\n{report.BEGIN}\nold\n{report.END}\n\nb\n"
    once = report.placed(page, report.section([MACHINE], SAMPLES))
    assert once.startswith(f"# a\n\n{report.BEGIN}\n**Chinese**")
    assert once.endswith(f"rensa 0.5.0.\n{report.END}\n\nb\n")
    assert report.placed(once, "old") == page


@pytest.mark.parametrize(
    "page", ["", report.BEGIN, report.END, f"{report.END}{report.BEGIN}", 2 * f"{report.BEGIN}{report.END}"]
)
def test_a_page_without_its_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        report.placed(page, "new")


@pytest.mark.parametrize("page", ["README.md", "docs/benchmarks.md"])
def test_the_pages_have_their_markers(page: str) -> None:
    assert report.placed((ROOT / page).read_text("utf-8"), "new")


def test_the_readme_tells_the_main_ratios_of_every_corpus() -> None:
    english = [replace(one, corpus="en") for one in SAMPLES if one.tool != "rensa"]
    told = report.brief([MACHINE], [*SAMPLES, *english, sample("floor, files", 1.0)]).splitlines()
    assert told[2] == "| floor | parses and writes | 20 | 0.50 |  | 20 | 0.50 |  |"
    assert told[3] == f"| {FAST} | everything | 4.0 | 1.0 | 90.0 % | 4.0 | 1.0 | 90.0 % |"
    assert told[4:6] == ["| rensa | near copies | 0.33 | 15 | 90.0 % |  |  |  |", ""]
    assert told[6] == f"Time relative to the floor: Chinese {FAST} 2.0, English {FAST} 2.0."
    assert told[-1].endswith("rensa 0.5.0.")


@pytest.mark.peers
@pytest.mark.parametrize("one", [one for one in CONTESTANTS if one.home], ids=lambda one: one.name)
def test_every_peer_finds_copies_and_loses_nothing(one: Contestant, tmp_path: Path) -> None:
    peers = Path(os.environ.get("DEDUPE_PEERS", tmp_path))
    if not one.ready(peers):
        pytest.skip(f"{one.name} is not installed where DEDUPE_PEERS says")
    texts = articles("en", 100)
    corpus = corpora.write_lines(corpora.planted(texts, Recipe(copies=0.3)), tmp_path / "corpus.jsonl", documents=100)
    out = tmp_path / "out"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    cost = measure(one.command(corpus.path, out, 2, peers), environment, log=tmp_path / "log", timeout=300)
    assert cost.code == 0, (tmp_path / "log").read_text("utf-8")
    verdict = judged(ids(corpus.lines), kept_ids(out))
    if one.script != "floor.py":
        assert verdict.found >= verdict.copies / 2
    assert (verdict.others, verdict.lost) == (0, 0)
