"""
The law of the index: the same documents get the same verdicts in one run or in five that are split by
day, in whatever order their lines come, with one worker or two, in one batch or in many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scrapes import page, story, tree

import dedupe.api.run
from dedupe import RunOptions, clean, load_settings
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import Match
from dedupe.neardup.clusters import Claims, Entry
from dedupe.neardup.signatures import content_digest
from dedupe.pipeline.claimer import Claimer
from dedupe.store.index import Index, Run, verify

DAYS = 5
EARLIEST = load_settings(overrides=["neardup.keep=earliest", "index.batch=7"])
NEAR = replace(EARLIEST.neardup, bands=64, rows=2)


@pytest.fixture(autouse=True, scope="module")
def _one_rulebook() -> Iterator[None]:
    """Compiling the patterns takes half a second, and all runs in this process can share them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedupe.api.run, "load_rulebook", cache(dedupe.api.run.load_rulebook))
        yield


# ---------------------------------------------------------------- whole runs


def week(seed: int, documents: int = 120) -> list[list[str]]:
    """The records of five days, as lines: half are copies of the days before, or of their own day."""
    chance = Random(seed)
    told: list[list[str]] = []
    days: list[list[str]] = [[] for _ in range(DAYS)]
    for number in range(documents):
        day = number * DAYS // documents
        if told and chance.random() < 0.5:
            lines = list(chance.choice(told))
            if chance.random() < 0.7:
                lines[chance.randrange(len(lines))] += story(chance, "zh", 1)[0][: chance.randint(5, 60)]
        else:
            lines = story(chance, "zh", chance.randint(1, 6))
        told.append(lines)
        record = {"id": number, "text": page(chance, lines, "zh"), "published": f"2026-01-{20 + day}"}
        days[day].append(json.dumps(record, ensure_ascii=False))
    return days


def write(place: Path, days: dict[int, list[str]], chance: Random) -> Path:
    """The days as files, their lines in another order each time."""
    for day, lines in days.items():
        path = place / f"day-{day}" / "news.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(chance.sample(lines, len(lines))), "utf-8")
    return place


def verdicts(*outs: Path) -> dict[str, tuple[Any, ...]]:
    found = {}
    for out in outs:
        for line in (out / "decisions.jsonl").read_text("utf-8").splitlines():
            one = json.loads(line)
            found[one["id"]] = tuple(one[name] for name in ("outcome", "duplicate_of", "relation", "jaccard"))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_one_run_and_five_runs_come_to_the_same_verdicts(seed: int, tmp_path: Path) -> None:
    days, chance = week(seed), Random(seed)
    all_days = write(tmp_path / "all", dict(enumerate(days)), chance)
    clean([all_days], tmp_path / "plain", EARLIEST, RunOptions(workers=1))
    wanted = verdicts(tmp_path / "plain")
    assert 20 < sum(verdict[0] == "duplicate" for verdict in wanted.values()) < 100

    clean([all_days], tmp_path / "one", EARLIEST, RunOptions(workers=1, index=tmp_path / "one.index"))
    assert tree(tmp_path / "one") | {"summary.json": b""} == tree(tmp_path / "plain") | {"summary.json": b""}

    outs = []
    for day, lines in enumerate(days):
        source = write(tmp_path / f"source-{day}", {day: lines}, chance)
        outs.append(tmp_path / f"out-{day}")
        clean([source], outs[-1], EARLIEST, RunOptions(workers=1, index=tmp_path / "five.index"))
    assert verdicts(*outs) == wanted


def test_workers_and_hash_seeds_make_no_difference(tmp_path: Path) -> None:
    days = week(3, 60)
    source = write(tmp_path / "all", dict(enumerate(days)), Random(3))
    results = []
    for workers, seed in (1, 0), (2, 1):
        out = tmp_path / f"out-{workers}"
        command = [sys.executable, "-m", "dedupe", "clean", source, "--out", out, "--workers", str(workers)]
        command += ["--index", tmp_path / f"index-{workers}", "--set", "index.batch=9", "--quiet"]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed)})
        exported = [sys.executable, "-m", "dedupe", "index", "export", tmp_path / f"index-{workers}"]
        results.append((tree(out), subprocess.run(exported, check=True, capture_output=True).stdout))
    assert results[0] == results[1]


@pytest.mark.slow
def test_the_law_in_full(tmp_path: Path) -> None:
    """
    Of every cluster exactly one survives; three hash seeds, shuffled files, one worker or two, one run or
    five over the same documents split by day: the same verdicts.
    """
    days = week(5, 200)
    wanted: dict[str, tuple[Any, ...]] = {}
    for number, (seed, workers, split) in enumerate(product((0, 1, 20260122), (1, 2), (False, True))):
        place, chance = tmp_path / str(number), Random(number)
        sources = [{day: lines} for day, lines in enumerate(days)] if split else [dict(enumerate(days))]
        outs = []
        for at, source in enumerate(sources):
            outs.append(place / f"out-{at}")
            command = [sys.executable, "-m", "dedupe", "clean", write(place / f"source-{at}", source, chance)]
            command += ["--out", outs[-1], "--index", place / "index", "--workers", str(workers), "--quiet"]
            command += ["--set", "neardup.keep=earliest", "--set", "index.batch=7"]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed)})
        found = verdicts(*outs)
        wanted = wanted or found
        assert found == wanted, (seed, workers, split)
    duplicates = {id_: verdict[1] for id_, verdict in wanted.items() if verdict[0] == "duplicate"}
    assert len(duplicates) > 40
    assert all(wanted[kept][0] == "kept" for kept in duplicates.values())
    assert all(verdict[0] in {"kept", "duplicate"} for verdict in wanted.values())


# ---------------------------------------------------------------- the rule itself


def entry(number: int, text: str) -> Entry:
    view = comparison_view(text)
    hashes = shingle_hashes(view.codes, NEAR.shingle)
    signature = sign(hashes, NEAR.num_perm, NEAR.seed)
    signed = signature if len(hashes) >= NEAR.min_shingles else None
    return Entry(f"{number}", content_digest(text, view), len(view), signed)


SENTENCES = [story(Random(n), "zh", 1)[0] for n in range(12)]
"""Texts made of runs of these overlap in every degree: chains, containments, copies."""


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """Texts in the order of their arrival, and where a run ends."""
    runs = st.tuples(st.integers(0, 8), st.integers(1, 8))
    texts = ["".join(SENTENCES[at : at + length]) for at, length in draw(st.lists(runs, min_size=1, max_size=14))]
    return texts, sorted(draw(st.sets(st.integers(1, len(texts)), max_size=4)))


def claimed(texts: Sequence[str], cuts: Sequence[int], batch: int, evidence: str) -> list[Match | None]:
    """What an index says in runs that end at the cuts, told twice, as after a kill."""
    settings = load_settings(overrides=[f"index.batch={batch}", f"index.evidence={evidence}"]).index
    found: list[Match | None] = []
    with tempfile.TemporaryDirectory() as place:
        for start, end in zip([0, *cuts], [*cuts, len(texts)], strict=True):
            for _ in range(2):
                with Index(Path(place) / "index", NEAR, settings) as index:
                    claimer = Claimer(index, NEAR, Run(f"{start}", date(2026, 1, 22), ""), texts.__getitem__)
                    told = [match for _, match in claimer.claim_all((n, entry(n, texts[n])) for n in range(start, end))]
                    assert verify(index) == []
            found += [match and replace(match, earlier=None) for match in told]
    return found


@given(histories(), st.sampled_from([1, 3, 100]))
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_an_index_decides_as_one_run_without_it(history: tuple[list[str], list[int]], batch: int) -> None:
    texts, cuts = history
    claims = Claims(NEAR, texts.__getitem__)
    wanted = [claims.claim(n, entry(n, text)) for n, text in enumerate(texts)]
    assert claimed(texts, cuts, batch, "text") == wanted
    assert claimed(texts, [], batch, "none") == wanted
