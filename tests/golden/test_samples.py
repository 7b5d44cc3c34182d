"""What ``samples/README.md`` promises of each sample, as a reader would check it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dedupe import RunOptions, clean

ROOT = Path(__file__).resolve().parents[2]

STORY = "syndicated.jsonl#cg-20260508-0172"
COPY = "wire/0309-port-alder-ferries-coast-tribune.txt"
UPDATE = "wire/0309-port-alder-ferries-update.txt"
DUPLICATES = {
    "wire/0309-port-alder-ferries.txt": COPY,
    "syndicated.jsonl#dl-88213": STORY,
    "syndicated.jsonl#lz-wb-0509-03": STORY,
    "syndicated.jsonl#cw-online-5530": STORY,
    "syndicated.jsonl#wg-20260512-7": "syndicated.jsonl#cg-20260511-0046",
    "compressed/records.jsonl.zst#ct-7714-amp": "compressed/records.jsonl.zst#ct-7714",
}
KEPT = [
    "compressed/records.jsonl.zst#ct-7714",
    "compressed/records.jsonl.zst#lzwb-0602",
    "compressed/slow-post.txt.gz",
    "cyol/2026-03-18-night-school.txt",
    "cyol/2026-03-24-saline-rice.txt",
    "cyol/2026-04-03-science-van.txt",
    "encodings/big5.txt",
    "encodings/gb18030.txt",
    "encodings/mojibake-gbk-as-latin1.txt",
    "encodings/mojibake-utf8-as-cp1252.txt",
    "encodings/windows-1251.txt",
    "html/en-utf8.html",
    "html/zh-gb2312.html",
    "interview/ferryman.txt",
    *(f"markets.jsonl#{which}" for which in (
        "larkspur-2026-03-02", "larkspur-2026-03-03",
        "port-alder-2026-03-02", "port-alder-2026-03-03", "port-alder-2026-03-04",
    )),
    STORY,
    "syndicated.jsonl#cg-20260511-0046",
    "syndicated.jsonl#cw-online-5561",
    "syndicated.jsonl#dl-88467",
    *(f"weather/2026-03-0{day}-{town}.txt" for day in (3, 4, 5) for town in ("lanchuan", "yanqiu")),
    COPY,
    UPDATE,
    "wire/0310-larkspur-apple.txt",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The kept records and the decisions of a run, by id."""
    out = tmp_path_factory.mktemp("samples") / "out"
    assert clean([ROOT / "samples"], out, options=RunOptions(format="jsonl", workers=1)).exit_code == 0
    found = []
    for name in ("documents.jsonl", "decisions.jsonl"):
        rows = map(json.loads, (out / name).read_text("utf-8").splitlines())
        found.append({row["id"]: row for row in rows})
    return found[0], found[1]


@pytest.fixture(scope="module")
def kept(run: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return run[0]


@pytest.fixture(scope="module")
def decisions(run: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return run[1]


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def test_there_are_no_other_samples(decisions: dict[str, Any]) -> None:
    assert sorted(decisions) == sorted([*KEPT, *DUPLICATES])


@pytest.mark.parametrize("name", KEPT)
def test_is_kept(name: str, kept: dict[str, Any], decisions: dict[str, Any]) -> None:
    assert (decisions[name]["outcome"], decisions[name]["duplicate_of"]) == ("kept", None)
    assert kept[name]["text"]


@pytest.mark.parametrize("name", DUPLICATES)
def test_is_a_duplicate(name: str, kept: dict[str, Any], decisions: dict[str, Any]) -> None:
    assert (decisions[name]["outcome"], decisions[name]["duplicate_of"]) == ("duplicate", DUPLICATES[name])
    assert name not in kept


@pytest.mark.parametrize(
    ("name", "count"), [("03-18-night-school", 9), ("03-24-saline-rice", 7), ("04-03-science-van", 9)]
)
def test_a_newspaper_page_keeps_one_copy_of_its_paragraphs(name: str, count: int, kept: dict[str, Any]) -> None:
    text = kept[f"cyol/2026-{name}.txt"]["text"]
    assert len(lines(text)) == len(set(lines(text))) == count
    sentences = [sentence for sentence in text.replace("\n", "").split("。") if len(sentence) > 10]
    assert len(sentences) == len(set(sentences))
    for trace in ("记者 ", "来源", "版）", "版)"):
        assert trace not in text


def test_a_newspaper_page_yields_its_metadata(kept: dict[str, Any]) -> None:
    metadata = kept["cyol/2026-03-18-night-school.txt"]["metadata"]
    wanted = {
        "authors": ["陆知遥"],
        "source": "晨光日报",
        "published": "2026-03-18",
        "edition": "04版",
        "place": "澜川",
    }
    assert {name: metadata.get(name) for name in wanted} == wanted


def test_the_paragraph_that_only_the_second_copy_has_comes_last(kept: dict[str, Any]) -> None:
    assert lines(kept["cyol/2026-04-03-science-van.txt"]["text"])[-1].startswith("就在本报截稿前")


def test_the_update_has_authors_and_an_editor(kept: dict[str, Any]) -> None:
    metadata = kept[UPDATE]["metadata"]
    assert metadata["authors"]
    assert metadata["editors"]
    assert not set(metadata["authors"]) & set(metadata["editors"])


def test_fields_of_a_record_pass_through(kept: dict[str, Any]) -> None:
    source = (ROOT / "samples" / "syndicated.jsonl").read_text("utf-8").splitlines()
    [record] = [row for row in map(json.loads, source) if row["id"] == "cw-online-5561"]
    assert kept["syndicated.jsonl#cw-online-5561"]["keywords"] == record["keywords"]


def test_encodings_are_found_out(kept: dict[str, Any], decisions: dict[str, Any]) -> None:
    for name, encoding, word in (
        ("encodings/gb18030.txt", "gb18030", "䶮"),
        ("encodings/big5.txt", "big5", "霧港"),
        ("encodings/windows-1251.txt", "1251", "ы"),
        ("encodings/mojibake-gbk-as-latin1.txt", None, "海堤尽头的守塔人"),
        ("encodings/mojibake-utf8-as-cp1252.txt", None, "Café"),
    ):
        told = json.dumps(kept[name], ensure_ascii=False)
        assert word in told, name
        assert (encoding or "") in kept[name]["metadata"]["repaired_encoding"], name
        assert decisions[name]["repairs"], name
    assert "’" in kept["encodings/mojibake-utf8-as-cp1252.txt"]["text"]


def test_a_big5_page_has_author_place_and_editor(kept: dict[str, Any]) -> None:
    metadata = kept["encodings/big5.txt"]["metadata"]
    assert (metadata["authors"], metadata["place"], metadata["editors"]) == (["曾予安"], "霧港", ["李沐恩"])


def test_a_web_page_is_its_article(kept: dict[str, Any]) -> None:
    page = kept["html/zh-gb2312.html"]
    assert len(lines(page["text"])) == 6
    assert (page["metadata"]["source"], page["metadata"]["editors"]) == ("晨光日报", ["葛扶风"])
    assert len(lines(kept["html/en-utf8.html"]["text"])) == 7


def test_a_chinese_web_page_has_its_author(kept: dict[str, Any]) -> None:
    assert kept["html/zh-gb2312.html"]["metadata"]["authors"] == ["周堃"]


@pytest.mark.parametrize("family", ["weather/", "markets.jsonl#"])
def test_other_facts_in_the_same_words_lose_nothing_but_credits(family: str, decisions: dict[str, Any]) -> None:
    for name, decision in decisions.items():
        if name.startswith(family):
            assert {row["stage"] for row in decision["removed"]} <= {"bylines"}, name


def test_an_interview_keeps_its_questions(decisions: dict[str, Any]) -> None:
    [removal] = decisions["interview/ferryman.txt"]["removed"]
    assert removal["stage"] == "bylines"
    assert "记者" in removal["text"]


def test_a_post_in_gzip_has_source_and_editor(kept: dict[str, Any]) -> None:
    metadata = kept["compressed/slow-post.txt.gz"]["metadata"]
    assert metadata["published"]
    assert metadata["source"]
    assert metadata["editors"]
