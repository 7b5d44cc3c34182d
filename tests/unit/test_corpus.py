"""The corpus pass holds little of each document, and gives back of each what its worker wrote."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dedupe.config import load_settings
from dedupe.engines.local import spread
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import CleanDocument, Cut, Finding, Metadata, Outcome, Removal, Span
from dedupe.neardup.clusters import Entry
from dedupe.pipeline.corpus import Corpus, Verdicts, count, decision_lines
from dedupe.pipeline.document import Judged
from dedupe.pipeline.parts import Entries, write_part
from dedupe.store.parts import Part

SETTINGS = load_settings()
NUM_PERM = SETTINGS.neardup.num_perm


def judged(number: int, text: str, place: str = "") -> Judged:
    """A kept document of which a headline was cut, as if it came from a file of records."""
    name = f"day.jsonl#{number}"
    finding = Finding("titles" if number % 2 else "bylines", "x.rule", Span(0, 3), "A line.")
    cut = Cut(text, (Removal(Span(0, 3), "abc", finding),) if number % 3 else ())
    document = CleanDocument(name, "day.jsonl", cut, Metadata(source="城南晚报"), (), {})
    entry = Entry(name, bytes([number % 251]) * 16, len(text), None, "2026-03-05", "城南晚报", "day.jsonl")
    return Judged(Outcome(name, "day.jsonl", "kept", document), entry, place or f"day.jsonl:{number + 1}")


def failed(number: int) -> Judged:
    name = f"day.jsonl:{number + 1}"
    return Judged(Outcome(name, "day.jsonl", "failed", error="no text"), None, name)


def written(folder: Path, batches: Sequence[Sequence[Judged]]) -> list[Part]:
    parts = [Part(folder / f"{number}") for number in range(len(batches))]
    for part, batch in zip(parts, batches, strict=True):
        write_part(part, batch, NUM_PERM)
    return parts


BATCHES = ([judged(0, "雨下了一夜。"), failed(1), judged(2, "河水涨了。")], [], [judged(3, "桥通了。")])


def test_an_entry_is_the_same_by_its_number_and_in_the_order(tmp_path: Path) -> None:
    for part, batch in zip(written(tmp_path, BATCHES), BATCHES, strict=True):
        entries = Entries(part)
        assert len(entries) == len(batch) == len(entries.ids)
        assert [entries[at] for at in range(len(entries))] == list(entries)
        assert [(one.decision, one.decision_bytes) for one in entries] == [
            entries.decision(at) for at in range(len(entries))
        ]


def test_an_entry_says_what_its_document_came_to(tmp_path: Path) -> None:
    first, bad, other = Entries(written(tmp_path, BATCHES)[0])
    assert (first.id, first.name, first.place) == ("day.jsonl#0", "kept", "day.jsonl:1")
    assert (first.digest, first.length, first.removed) == (bytes(16), 6, {})
    assert (other.digest, other.removed) == (bytes([2]) * 16, {"bylines": 3})
    assert (other.characters_in, other.characters_out) == (8, 5)
    assert (bad.name, bad.document, bad.digest, bad.source) == ("failed", -1, bytes(16), "")


def test_a_document_is_the_same_by_its_number_and_in_the_order(tmp_path: Path) -> None:
    with Corpus(written(tmp_path, BATCHES), SETTINGS.neardup) as corpus:
        rows = [corpus.row(number) for number in range(len(corpus))]
        assert [row.part for row in rows] == [0, 0, 0, 2]
        assert list(corpus.columns("id", "lines")) == [(row.entry.id, row.entry.lines) for row in rows]
        assert list(corpus.failed()) == [1]
        texts = [json.loads(line)["text"] for line in corpus.documents({})]
        assert texts == [corpus.text(number) for number in (0, 2, 3)] == ["雨下了一夜。", "河水涨了。", "桥通了。"]


def test_a_second_document_of_an_id_goes_by_its_place_and_has_failed(tmp_path: Path) -> None:
    again = [judged(0, "雨停了。", "other.jsonl:7")]
    with Corpus(written(tmp_path, [*BATCHES, again]), SETTINGS.neardup) as corpus:
        assert corpus.ids[-1] == "other.jsonl:7"
        assert count(corpus, {}).outcomes == {"kept": 3, "failed": 2}
        told = {line["id"]: line for line in map(json.loads, decision_lines(corpus, Verdicts({}, {}, 0)))}
    assert "day.jsonl#0" in told["other.jsonl:7"]["error"]
    assert list(told) == sorted(told)


@pytest.mark.parametrize("signed", [True, False])
def test_of_a_document_no_more_is_held_than_its_signature_and_some_hundred_bytes(tmp_path: Path, signed: bool) -> None:
    ours = [judged(number, "河水涨了。") for number in range(20_000)]
    if signed:
        draw = np.random.default_rng(1)
        signatures = draw.integers(0, 1 << 32, (len(ours), NUM_PERM), dtype=np.uint32)
        ours = [
            replace(one, entry=replace(one.entry, digest=row.tobytes()[:16], signature=row))
            for one, row in zip(ours, signatures, strict=True)
            if one.entry is not None
        ]
    parts = written(tmp_path, [ours[at : at + 1000] for at in range(0, len(ours), 1000)])
    tracemalloc.start()
    try:
        with Corpus(parts, SETTINGS.neardup) as corpus:
            held, _ = tracemalloc.get_traced_memory()
            assert held / len(ours) < 400
            corpus.duplicates()
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / len(ours) < (1500 if signed else 900)


def test_copies_are_the_same_whoever_looks_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.pipeline.corpus._SHARE", 3)
    monkeypatch.setattr("dedupe.pipeline.corpus._LINES", 7)
    draw = np.random.default_rng(2)
    stories = ["".join(map(chr, draw.integers(0x4E00, 0x9FA5, 300))) for _ in range(100)]
    ours = []
    for number in range(300):
        text = stories[number // 3][: 300 - number % 3]
        signature = sign(shingle_hashes(comparison_view(text).codes, 5), NUM_PERM, SETTINGS.neardup.seed)
        one = judged(number, text)
        assert one.entry is not None
        entry = replace(one.entry, digest=number.to_bytes(16), length=len(text), signature=signature)
        ours.append(replace(one, entry=entry))
    parts = written(tmp_path, [ours[at : at + 40] for at in range(0, 300, 40)])
    with Corpus(parts, SETTINGS.neardup) as corpus:
        here = corpus.duplicates()
        assert len(here.matches) == 200
        over_cores = partial(spread, workers=3)
        assert corpus.duplicates(over_cores) == here
        assert list(decision_lines(corpus, here, over_cores)) == list(decision_lines(corpus, here))
