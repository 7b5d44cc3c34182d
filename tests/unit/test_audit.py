"""The account: every line can be read back, and gives the original back."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.audit import (
    decision_line,
    document_line,
    duplicate_line,
    failed_line,
    metadata_json,
    removal_of,
)
from dedupe.config import load_settings
from dedupe.edits import cut, restore
from dedupe.model import Capture, CleanDocument, Cut, Finding, Match, Metadata, Outcome, Removal, Repair, Span
from dedupe.summary import Across, Totals, alarms, removed_by_stage, summary_json

TEXT = "本报记者 林小禾\n河堤加固完成。\n河堤加固完成。\n（责任编辑：周远）"
FINDINGS = (
    Finding("bylines", "zh.reporter", Span(0, 8), "author line", (Capture("author", "林小禾", Span(5, 8)),)),
    Finding(
        "repeats",
        "second-copy",
        Span(17, 24),
        "already appears above",
        (),
        Span(9, 16),
        0.97,
        (("甲", "乙"), ("", "丙")),
    ),
    Finding("bylines", "zh.editor", Span(25, 34), "editor line", (Capture("editor", "周远", Span(31, 33)),)),
)
METADATA = Metadata(title="河堤", authors=("林小禾",), editors=("周远",), published="2026-01-22")
KEYS = [
    "id",
    "source",
    "outcome",
    "duplicate_of",
    "relation",
    "jaccard",
    "containment",
    "metadata",
    "removed",
    "repairs",
    "error",
]


def document(text: str = TEXT, findings: tuple[Finding, ...] = FINDINGS) -> CleanDocument:
    repairs = (Repair("decode", "encoding", "gb18030"),)
    return CleanDocument(
        "一/a.txt", "a.txt", cut(text, findings), METADATA, repairs, {"n": 1, "id": "x", "城市": ["青河"]}
    )


def kept(text: str = TEXT, findings: tuple[Finding, ...] = FINDINGS) -> Outcome:
    return Outcome("一/a.txt", "a.txt", "kept", document(text, findings))


def removals(line: str) -> list[Removal]:
    return [removal_of(row) for row in json.loads(line)["removed"]]


# Decisions


def test_a_decision_gives_the_original_back() -> None:
    outcome = kept()
    assert outcome.document is not None
    assert outcome.document.text == "河堤加固完成。"
    assert restore(outcome.document.text, removals(decision_line(outcome))) == TEXT


def test_a_decision_says_everything_in_the_order_of_the_contract() -> None:
    row = json.loads(decision_line(kept()))
    assert list(row) == KEYS
    assert (row["id"], row["source"], row["outcome"]) == ("一/a.txt", "a.txt", "kept")
    assert row["duplicate_of"] is row["relation"] is row["jaccard"] is row["containment"] is row["error"] is None
    assert row["metadata"] == {"title": "河堤", "authors": ["林小禾"], "published": "2026-01-22", "editors": ["周远"]}
    assert row["repairs"] == [{"stage": "decode", "name": "encoding", "detail": "gb18030"}]
    first, second, _ = row["removed"]
    assert first == {
        "start": 0,
        "end": 9,
        "stage": "bylines",
        "rule": "zh.reporter",
        "evidence": {
            "reason": "author line",
            "captures": [{"name": "author", "value": "林小禾", "start": 5, "end": 8}],
        },
        "text": "本报记者 林小禾\n",
    }
    assert second["evidence"] == {
        "reason": "already appears above",
        "twin": [9, 16],
        "similarity": 0.97,
        "differences": [["甲", "乙"], ["", "丙"]],
    }


def test_a_removal_read_back_is_the_one_written() -> None:
    was = document().cut.removals
    expected = [replace(r, finding=replace(r.finding, span=r.span)) for r in was]
    assert removals(decision_line(kept())) == expected


def test_a_decision_is_one_line_whatever_the_text_holds() -> None:
    text = '\u2028\x85\x0b"\\\n\r河'
    outcome = kept(text, (Finding("s", "r", Span(0, 6), "w\nhy"),))
    line = decision_line(outcome)
    assert "\n" not in line
    assert "\r" not in line
    assert outcome.document is not None
    assert restore(outcome.document.text, removals(line)) == text


def test_a_decision_is_readable_chinese() -> None:
    assert "林小禾" in decision_line(kept())


def test_a_failed_document_has_an_error_and_nothing_else() -> None:
    row = json.loads(decision_line(Outcome("a", "a.txt", "failed", error="is no text")))
    assert row == dict.fromkeys(KEYS) | {
        "id": "a", "source": "a.txt", "outcome": "failed", "metadata": {}, "removed": [], "repairs": [],
        "error": "is no text",
    }  # fmt: skip


def test_a_document_that_fails_late_keeps_nothing_of_its_line_but_where_it_came_from() -> None:
    row = json.loads(failed_line(decision_line(kept()), "b.jsonl:7", "the id is taken"))
    assert list(row) == KEYS
    assert row == dict.fromkeys(KEYS) | {
        "id": "b.jsonl:7", "source": "a.txt", "outcome": "failed", "metadata": {}, "removed": [], "repairs": [],
        "error": "the id is taken",
    }  # fmt: skip


# Duplicates


@pytest.mark.parametrize(
    ("relation", "reason"),
    [("same", "says the same as b"), ("contained", "is contained in b"), ("superseded", "is an earlier version of b")],
)
def test_a_duplicate_loses_all_its_text_and_gives_all_of_it_back(relation: str, reason: str) -> None:
    match = Match("b", relation, 0.91, 0.99)  # type: ignore[arg-type]
    line = duplicate_line(decision_line(kept()), document().text, match)
    row = json.loads(line)
    assert list(row) == KEYS
    assert (row["outcome"], row["duplicate_of"], row["relation"]) == ("duplicate", "b", relation)
    assert (row["jaccard"], row["containment"]) == (0.91, 0.99)
    assert row["metadata"]["authors"] == ["林小禾"]
    assert row["repairs"] == [{"stage": "decode", "name": "encoding", "detail": "gb18030"}]
    assert [(r["stage"], r["rule"]) for r in row["removed"]] == [
        ("bylines", "zh.reporter"), ("neardup", relation), ("repeats", "second-copy"), ("bylines", "zh.editor"),
    ]  # fmt: skip
    assert row["removed"][1]["evidence"] == {"reason": reason}
    assert restore("", removals(line)) == TEXT


def test_a_duplicate_from_which_nothing_was_cut_loses_one_stretch() -> None:
    line = duplicate_line(decision_line(kept(findings=())), TEXT, Match("b", "same", 1.0, 1.0))
    assert [(r.span, r.text) for r in removals(line)] == [(Span(0, len(TEXT)), TEXT)]


@given(
    st.text(st.sampled_from("雨停 \n。a"), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=4),
)
def test_every_decision_restores_whatever_was_cut(text: str, spans: list[tuple[int, int]]) -> None:
    findings = tuple(Finding("s", "r", Span(at, at + size), "") for at, size in spans)
    outcome = kept(text, findings)
    assert outcome.document is not None
    line = decision_line(outcome)
    assert restore(outcome.document.text, removals(line)) == text
    copied = removals(duplicate_line(line, outcome.document.text, Match("b", "same", 1.0, 1.0)))
    assert restore("", copied) == text
    assert sum(removal.span.length for removal in copied) == len(text)
    assert [r.span for r in copied] == sorted(r.span for r in copied)


# Documents


def test_an_output_record_passes_fields_through_and_lets_none_take_the_place_of_ours() -> None:
    record = json.loads(document_line(document()))
    assert list(record) == ["id", "text", "metadata", "n", "城市"]
    assert record["id"] == "一/a.txt"
    assert record["text"] == "河堤加固完成。"
    assert record["metadata"] == metadata_json(METADATA)
    assert record["城市"] == ["青河"]


def test_metadata_name_what_was_found_in_the_order_of_the_contract() -> None:
    full = Metadata(*(("甲", "乙") if "tuple" in str(item.type) else item.name for item in fields(Metadata)))
    assert list(metadata_json(full)) == [item.name for item in fields(Metadata)]
    assert metadata_json(full)["authors"] == ["甲", "乙"]
    assert metadata_json(Metadata()) == {}


# Totals


def test_totals_count_documents_and_characters_by_source_and_stage() -> None:
    totals = Totals()
    totals.add("kept", "青河报", 100, 80, {"bylines": 15, "repeats": 5})
    totals.add("duplicate", "青河报", 50, 0, {"bylines": 10, "neardup": 40})
    totals.add("kept", "", 30, 30, {})
    totals.add("failed", "", 0, 0, {})
    summary = json.loads(
        summary_json(totals, Across(3), {".pdf": 2, "link": 1}, {"numpy": "2", "ftfy": "6"}, load_settings())
    )
    assert summary["documents"] == {"read": 4, "kept": 2, "duplicate": 1, "empty": 0, "failed": 1}
    assert summary["characters"] == {"read": 180, "kept": 110, "removed": {"bylines": 25, "neardup": 40, "repeats": 5}}
    assert summary["sources"] == {
        "": {"documents": 2, "duplicates": 0, "removal_rate": 0.0},
        "青河报": {"documents": 2, "duplicates": 1, "removal_rate": 0.4667},
    }
    assert summary["skipped_files"] == {".pdf": 2, "link": 1}
    assert summary["capped_candidates"] == 3
    assert summary["furniture"] == {"lines": 0, "sites": 0, "commonest": []}
    assert summary["settings"] == load_settings().fingerprint()
    assert list(summary["versions"]) == ["ftfy", "numpy"]


def test_a_source_without_text_has_lost_nothing() -> None:
    totals = Totals()
    totals.add("failed", "s", 0, 0, {})
    assert json.loads(summary_json(totals, Across(), {}, {}, load_settings()))["sources"]["s"]["removal_rate"] == 0.0


def test_equal_totals_make_equal_summaries_in_whatever_order_they_were_counted() -> None:
    rows = [
        ("kept", "b", 9, 8, {"repeats": 1}),
        ("kept", "a", 5, 4, {"bylines": 1}),
        ("empty", "c", 3, 0, {"bylines": 3}),
    ]
    texts = set()
    for order in (rows, rows[::-1]):
        totals = Totals()
        for row in order:
            totals.add(*row)
        texts.add(summary_json(totals, Across(), {"b": 1, "a": 1}, {"z": "1", "y": "2"}, load_settings()))
    assert len(texts) == 1


def test_removed_characters_are_counted_by_stage() -> None:
    assert removed_by_stage(document().cut.removals) == Counter(bylines=18, repeats=9)
    assert removed_by_stage(()) == {}
    assert sum(removed_by_stage(document().cut.removals).values()) + len(document().text) == len(TEXT)


def test_a_document_of_an_untouched_text_has_no_removals() -> None:
    outcome = Outcome("a", "a", "kept", CleanDocument("a", "a", Cut("雨。", ()), Metadata(), (), {}))
    assert removals(decision_line(outcome)) == []


def test_a_source_that_lost_most_of_its_text_is_warned_of() -> None:
    loud = load_settings().report
    totals = Totals()
    for n in range(loud.min_documents):
        totals.add("duplicate" if n else "kept", "晨光日报", 100, 0 if n else 100, {})
        totals.add("kept", "沧湾日报", 100, 90, {})
    totals.add("empty", "少", 100, 0, {})
    [told] = alarms(totals, loud)
    assert told.startswith("晨光日报: 95%")


def test_a_run_that_kept_nothing_says_so() -> None:
    totals = Totals()
    totals.add("failed", "", 0, 0, {})
    assert alarms(totals, load_settings().report)[0] == "nothing was kept of 1 document"


@pytest.mark.parametrize(("failed", "told"), [(2, []), (3, ["3 of 5 documents failed"])])
def test_a_run_of_which_most_failed_says_so(failed: int, told: list[str]) -> None:
    totals = Totals(Counter(kept=5 - failed, failed=failed))
    assert alarms(totals, load_settings().report) == told
