"""The index: what it refuses, what it remembers, what it forgets, and that a replay changes nothing."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import NoReturn

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scrapes import story

from dedupe import Cleaner, RawDocument, load_settings
from dedupe.api import stream
from dedupe.errors import ConfigError, IndexDamagedError, IndexForkedError, IndexMismatchError, LockBusyError
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import Match
from dedupe.neardup.clusters import Entry
from dedupe.neardup.signatures import content_digest
from dedupe.pipeline.claimer import Claimer, merge
from dedupe.settings import IndexSettings, Settings
from dedupe.store.index import Index, Record, Run, bucket_keys, forget, verify
from dedupe.store.index.buckets import bucket_names, filled, members, names_of_all, sharing
from dedupe.store.index.header import header_of
from dedupe.store.index.records import glance, number_bytes
from dedupe.store.index.rocks import RocksTables
from dedupe.store.index.tables import Changes

SETTINGS = load_settings()
NEAR = SETTINGS.neardup
BARE = replace(SETTINGS.index, evidence="none")
DAY = date(2026, 1, 22)


def paragraphs(seed: int, count: int = 5) -> list[str]:
    return story(Random(seed), "zh", count)


def told(seed: int) -> str:
    """A story of its own."""
    return "\n".join(paragraphs(seed))


def edited(seed: int) -> str:
    """The same story as another site prints it."""
    return told(seed) + "\n这条消息由本台编辑部整理播发。"


def entry(document_id: str, text: str, published: str | None = None) -> Entry:
    view = comparison_view(text)
    hashes = shingle_hashes(view.codes, NEAR.shingle)
    signature = sign(hashes, NEAR.num_perm, NEAR.seed)
    signed = signature if len(hashes) >= NEAR.min_shingles else None
    url = f"https://{document_id}"
    return Entry(document_id, content_digest(text, view), len(view), signed, published, "晨光日报", "a.jsonl", url)


def opened(where: Path, settings: IndexSettings = SETTINGS.index, *, readonly: bool = False) -> Index:
    return Index(where, NEAR, settings, lock_timeout=0, readonly=readonly)


def claim(
    where: Path, texts: Mapping[str, str], run: str = "one", day: date = DAY, *,
    settings: IndexSettings = SETTINGS.index, published: str | None = None,
) -> list[Match | None]:  # fmt: skip
    """A run over some texts by id, in their order; the index holds together before and after."""
    with opened(where, settings) as index:
        claimer = Claimer(index, NEAR, Run(run, day, ""), list(texts.values()).__getitem__)
        verdicts = claimer.claim([(n, entry(*text, published)) for n, text in enumerate(texts.items())])
        assert verify(index) == []
        return verdicts


def kept(verdicts: Sequence[Match | None]) -> list[str | None]:
    return [match and match.kept for match in verdicts]


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "news.dedupe"


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize(
    ("kept_date", "date_of_copy", "relation"),
    [
        ("2026-05-08T20:00Z", "2026-05-08T23:00+08:00", "superseded"),
        ("2026-05-08T23:00+08:00", "2026-05-08T20:00Z", "same"),
    ],
)
def test_a_version_is_superseded_by_one_that_an_earlier_run_kept_by_the_instants(
    where: Path, kept_date: str, date_of_copy: str, relation: str
) -> None:
    assert claim(where, {"a": told(1)}, published=kept_date) == [None]
    [copy] = claim(where, {"b": edited(1)}, "two", published=date_of_copy)
    assert copy is not None
    assert copy.relation == relation


def test_a_copy_of_an_earlier_document_is_taken_and_says_where_that_was_kept(where: Path) -> None:
    assert claim(where, {"a": told(1)}, published="2026-01-21") == [None]
    exact, near = claim(where, {"b": told(1), "c": edited(1)}, "two", date(2026, 1, 23))
    assert exact is not None
    assert near is not None
    assert (exact.kept, exact.relation, exact.jaccard) == ("a", "same", 1.0)
    assert (near.kept, near.relation) == ("a", "same")
    assert 0.8 < near.jaccard < 1
    assert exact.earlier is not None
    assert exact.earlier == near.earlier
    assert (exact.earlier.run, exact.earlier.date, exact.earlier.source) == ("one", "2026-01-22", "晨光日报")
    assert (exact.earlier.url, exact.earlier.published) == ("https://a", "2026-01-21")


def test_a_copy_within_the_run_has_no_earlier_place(where: Path) -> None:
    _, copy = claim(where, {"a": told(1), "b": edited(1)})
    assert copy is not None
    assert copy.earlier is None


def test_no_document_goes_for_the_sake_of_one_that_went(where: Path) -> None:
    """A ~ B ~ C, but not A ~ C: B goes for A, and C, which nothing kept is like, stays."""
    lines = paragraphs(1, 12)
    texts = {name: "\n".join(lines[at : at + 10]) for at, name in enumerate("abc")}
    near = replace(NEAR, jaccard=0.75, bands=64, rows=2)
    with Index(where, near, SETTINGS.index, lock_timeout=0) as index:
        for name, text in texts.items():
            claimer = Claimer(index, near, Run(name, DAY, ""), lambda _, text=text: text)  # type: ignore[misc]
            texts[name] = (claimer.claim([(0, entry(name, text))])[0] or Match("", "same", 0, 0)).kept
    assert texts == {"a": "", "b": "a", "c": ""}


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_the_size_of_a_batch_changes_no_verdict(batch: int, where: Path) -> None:
    texts = {f"{seed}-{copy}": (edited if copy else told)(seed) for copy in range(2) for seed in range(4)}
    for evidence in ("text", "none"):
        place = where.with_name(evidence)
        with opened(place, replace(SETTINGS.index, batch=batch, evidence=evidence)) as index:
            claimer = Claimer(index, NEAR, Run("one", DAY, ""), list(texts.values()).__getitem__)
            entries = [(n, entry(*text)) for n, text in enumerate(texts.items())]
            verdicts = dict(claimer.claim_all(entries))
        assert kept(list(verdicts.values())) == [None] * 4 + [f"{seed}-0" for seed in range(4)]


def test_without_evidence_only_exact_copies_go(where: Path) -> None:
    claim(where, {"a": told(1)}, settings=BARE)
    assert kept(claim(where, {"b": told(1), "c": edited(1)}, "two", settings=BARE)) == ["a", None]


def test_the_same_words_with_other_facts_stay(where: Path) -> None:
    lines = "\n".join(
        f"{place}最高气温{n}度，最低气温{n - 9}度，相对湿度{n * 3}%。" for n, place in enumerate("甲乙丙丁戊己", 12)
    )
    other = lines.translate(str.maketrans("0123456789", "3456789012"))
    claim(where, {"monday": lines})
    assert kept(claim(where, {"tuesday": other}, "two")) == [None]


def test_a_short_text_is_a_copy_only_if_it_is_equal(where: Path) -> None:
    claim(where, {"a": "渡船今天停航。"})
    assert kept(claim(where, {"b": "渡船今天停航。", "c": "渡船今天复航。"}, "two")) == ["a", None]


# ---------------------------------------------------------------- replays and versions


def test_a_replay_gets_the_recorded_verdicts_and_changes_nothing(where: Path) -> None:
    texts = {"a": told(1), "b": edited(1), "c": told(2), "d": told(2)}
    verdicts = claim(where, texts)
    with opened(where) as index:
        before = list(index.scan()), index.counts
    assert claim(where, texts) == verdicts
    assert kept(claim(where, dict(reversed(texts.items())), "again")) == list(reversed(kept(verdicts)))
    with opened(where) as index:
        assert (list(index.scan()), index.counts._replace(runs=1)) == before


def test_a_replay_with_new_documents_between_claims_only_those(where: Path) -> None:
    claim(where, {"a": told(1), "b": edited(1)})
    assert kept(claim(where, {"x": edited(1), "a": told(1), "b": edited(1), "y": told(3)})) == ["a", None, "a", None]


def test_a_new_text_of_a_document_is_a_version_of_it(where: Path) -> None:
    """It is no copy of its own earlier text, which stays in the index and takes later copies."""
    claim(where, {"a": told(1)})
    assert kept(claim(where, {"a": edited(1)}, "two")) == [None]
    assert kept(claim(where, {"b": told(1), "c": edited(1)}, "three")) == ["a", "a"]
    assert kept(claim(where, {"a": told(1)}, "four")) == [None]
    with opened(where) as index:
        assert (index.counts.kept, index.counts.duplicates) == (2, 2)


def test_a_version_can_be_a_copy_of_another_document(where: Path) -> None:
    claim(where, {"a": told(1), "b": told(2)})
    assert kept(claim(where, {"a": edited(2)}, "two")) == ["b"]


def test_an_id_twice_in_a_batch_is_a_replay_or_a_version(where: Path) -> None:
    with opened(where) as index:
        texts = [told(1), told(1), edited(1), told(2)]
        claimer = Claimer(index, NEAR, Run("one", DAY, ""), texts.__getitem__)
        assert kept(claimer.claim([(n, entry("a", text)) for n, text in enumerate(texts)])) == [None] * 4
        assert index.counts.kept == 3
        assert verify(index) == []


# ---------------------------------------------------------------- the window


@pytest.mark.parametrize(("days", "copy"), [(30, "a"), (31, None), (-30, "a"), (-31, None)])
def test_days_further_apart_than_the_window_are_not_compared(days: int, copy: str | None, where: Path) -> None:
    window = load_settings(overrides=["index.compare_within=30d"]).index
    claim(where, {"a": told(1)}, settings=window, published="2026-01-22T08:00:00+08:00")
    day = date.fromordinal(date(2026, 1, 22).toordinal() + days)
    found = claim(where, {"b": told(1), "c": edited(1)}, "two", settings=window, published=day.isoformat())
    assert kept(found) == [copy, copy or "b"]


def test_a_document_without_a_date_is_of_the_day_when_it_came(where: Path) -> None:
    window = load_settings(overrides=["index.compare_within=30d"]).index
    claim(where, {"a": told(1)}, settings=window, day=date(2026, 1, 1), published="soon")
    assert kept(claim(where, {"b": told(1)}, "two", date(2026, 1, 31), settings=window)) == ["a"]
    assert kept(claim(where, {"c": told(1)}, "three", date(2026, 2, 1), settings=window)) == [None]


# ---------------------------------------------------------------- care


def test_what_is_forgotten_is_new_again_and_so_are_its_copies(where: Path) -> None:
    claim(where, {"a": told(1), "b": edited(1), "c": told(2), "d": edited(2)})
    with opened(where) as index:
        assert forget(index, document_id="a") == 2
        assert verify(index) == []
        assert (index.counts.kept, index.counts.duplicates) == (1, 1)
    assert kept(claim(where, {"b": edited(1), "a": told(1), "d": edited(2)}, "two")) == [None, "b", "c"]


def test_a_forgotten_copy_leaves_what_took_it(where: Path) -> None:
    claim(where, {"a": told(1), "b": edited(1)})
    with opened(where) as index:
        assert forget(index, document_id="b") == 1
        assert forget(index, document_id="b") == 0
        assert verify(index) == []
    assert kept(claim(where, {"c": told(1)}, "two")) == ["a"]


def test_all_versions_of_a_document_are_forgotten(where: Path) -> None:
    claim(where, {"a": told(1)})
    claim(where, {"a": edited(1)}, "two")
    with opened(where) as index:
        assert forget(index, document_id="a") == 2
        assert list(index.scan()) == []


def test_what_came_before_a_day_is_forgotten(where: Path) -> None:
    claim(where, {"a": told(1)}, day=date(2026, 1, 1))
    claim(where, {"b": told(2), "c": edited(1)}, "two", date(2026, 1, 2))
    with opened(where) as index:
        assert forget(index, before=date(2026, 1, 2)) == 2
        assert [record.id for _, record in index.scan()] == ["b"]
        assert verify(index) == []


def test_what_a_run_that_is_given_up_claimed_is_forgotten(where: Path, tmp_path: Path) -> None:
    nights = {"monday": {"a": told(1)}, "tuesday": {"b": told(2), "c": edited(1)}, "wed": {"d": edited(2)}}
    for name, texts in nights.items():
        with opened(where) as index:
            claimer = Claimer(index, NEAR, Run(name, DAY, str(tmp_path / name)), list(texts.values()).__getitem__)
            claimer.claim([(n, entry(*text)) for n, text in enumerate(texts.items())])
    with opened(where) as index:
        assert forget(index, out=tmp_path / "thursday") == 0
        assert forget(index, out=tmp_path / "wed" / ".." / "tuesday") == 3, "b, c, and d that was a copy of b"
        assert [record.id for _, record in index.scan()] == ["a"]
        assert verify(index) == []


def test_a_merge_keeps_every_verdict_and_can_be_repeated(where: Path, tmp_path: Path) -> None:
    claim(where, {"a": told(1), "b": edited(1)})
    claim(tmp_path / "other", {"a": told(1), "x": told(1), "y": told(2), "z": edited(2)}, "other")
    for taken in (3, 0):
        with opened(where) as into, opened(tmp_path / "other", readonly=True) as other:
            assert merge(into, other, NEAR) == taken
            assert verify(into) == []
    verdicts = claim(where, {"x": told(1), "z": edited(2), "new": told(2), "b": edited(1)}, "later")
    assert kept(verdicts) == ["a", "y", "y", "a"]
    assert verdicts[2] is not None
    assert verdicts[2].earlier is not None
    assert verdicts[2].earlier.run == "other"


def test_an_index_of_other_settings_is_carried_over_by_its_evidence(where: Path, tmp_path: Path) -> None:
    claim(where, {"a": told(1), "short": "渡船今天停航。"})
    near = replace(NEAR, bands=32, rows=4)
    with Index(tmp_path / "new", near, SETTINGS.index) as into, opened(where, readonly=True) as other:
        assert merge(into, other, near) == 2
        assert verify(into) == []
        claimer = Claimer(into, near, Run("two", DAY, ""), lambda _: edited(1))
        assert kept(claimer.claim([(0, entry("b", edited(1)))])) == ["a"]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("field", "there", "remedy"),
    [
        ("bands", 8, "set neardup.bands to 8"),
        ("seed", 7, "set neardup.seed to 7"),
        ("shingle", 4, "set neardup.shingle to 4"),
        ("ftfy", "6.1.1", "install ftfy==6.1.1"),
        ("unicode", "13.0.0", "unicodedata is 13.0.0"),
        ("scheme", "legacy", "version of dedupe"),
        ("view", "0123", "version of dedupe"),
        ("known_answers", "0123", "version of dedupe"),
    ],
)
def test_an_index_that_was_made_otherwise_is_refused(field: str, there: object, remedy: str, where: Path) -> None:
    claim(where, {"a": told(1)})
    header = where / "header.json"
    header.write_text(json.dumps({**json.loads(header.read_text()), field: there}))
    before = header.read_bytes()
    with pytest.raises(IndexMismatchError, match=field) as caught:
        opened(where)
    assert remedy in str(caught.value)
    assert "dedupe index merge" in str(caught.value)
    assert header.read_bytes() == before


def test_the_header_names_everything_that_decides_what_can_be_compared() -> None:
    header = header_of(NEAR)
    for change in ("seed", "shingle", "num_perm", "bands", "rows"):
        other = header_of(replace(NEAR, **{change: getattr(NEAR, change) + 1}))
        assert other[change] != header[change]
    assert header_of(replace(NEAR, jaccard=0.9)) == header


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 0}'])
def test_a_header_of_no_or_another_format_is_refused(content: str, where: Path) -> None:
    where.mkdir()
    (where / "header.json").write_text(content)
    with pytest.raises(IndexMismatchError, match=r"header\.json"):
        opened(where)


def test_a_directory_of_something_else_is_refused(where: Path) -> None:
    where.mkdir()
    (where / "letters.txt").touch()
    with pytest.raises(ConfigError, match="not an index"):
        opened(where)
    assert [path.name for path in where.iterdir()] == ["letters.txt"]


def test_an_index_that_was_half_made_is_made(where: Path) -> None:
    claim(where, {})
    (where / "header.json").unlink()
    assert claim(where, {"a": told(1)}) == [None]


def test_an_index_that_lost_its_header_is_not_made_anew(where: Path) -> None:
    claim(where, {"a": told(1)})
    (where / "header.json").unlink()
    with pytest.raises(IndexDamagedError, match=r"header\.json"):
        opened(where)
    assert not (where / "header.json").exists()


def test_an_index_that_may_not_be_written_to_is_refused_and_not_a_bug(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(where, {"a": told(1)})

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("dedupe.store.index.turns.Turn", refuse)
    with pytest.raises(ConfigError, match="copy it to a place where you may write"):
        opened(where, readonly=True)


def test_two_cannot_have_it_at_once(where: Path) -> None:
    with opened(where), pytest.raises(LockBusyError, match="is already open"):
        opened(where)
    claim(where, {"a": told(1)})


def test_a_fork_does_not_write_to_its_parents_index(where: Path) -> None:
    def child(index: Index) -> None:
        try:
            index.look_up([], [])
        except IndexForkedError:
            os._exit(3)
        os._exit(0)

    with opened(where) as index:
        process = multiprocessing.get_context("fork").Process(target=child, args=(index,))
        process.start()
        process.join()
        assert process.exitcode == 3


def test_verify_finds_what_does_not_fit(where: Path) -> None:
    claim(where, {"a": told(1), "b": edited(1)})
    with opened(where) as index:
        tables = index.tables
        [(bucket, numbers), *_] = tables.scan("bucket")
        tables.write({"bucket": {bucket: numbers + number_bytes(99)}})
        assert any("bucket: 22 entries, 21" in fault for fault in verify(index))
        tables.write({"bucket": {bucket: None}})
        assert any("a: not in 1 of its buckets" in fault for fault in verify(index))
        tables.write({"text": {number_bytes(1): zstandard.compress(b"x")[:-2]}})
        assert any("text of document 1" in fault for fault in verify(index))
        tables.write({"document": {number_bytes(1): None}})
        faults = verify(index)
        assert any("b: a copy of document 1, which is missing" in fault for fault in faults)
        assert any("counts: 1 kept" in fault for fault in faults)
        with pytest.raises(IndexDamagedError, match="index verify"):
            index.documents([1])


def test_a_record_comes_back_as_it_was() -> None:
    plain = Record("a\0\ud800", "", None, None, None, DAY, 0, bytes(16), 0)
    full = Record(
        "新闻#1", "a.jsonl", "晨光日报", "https://a", "2026", DAY, 4_000_000_000, b"\xff" * 16, 1 << 31, b"k" * 96,
        twin=1 << 39, relation="superseded", jaccard=0.8123, containment=1.0, evidence=True, capped=True, crowded=True,
    )  # fmt: skip
    for record in (plain, full):
        assert Record.unpack(record.pack()) == record
        assert glance(record.pack()) == (record.digest, record.evidence)


@given(*[st.none() | st.text(st.characters(codec=None))] * 4)
def test_a_record_keeps_whatever_strings_it_is_given(
    source: str | None, url: str | None, published: str | None, document_id: str | None
) -> None:
    record = Record(document_id or "", "a", source, url, published, DAY, 0, bytes(16), 0)
    assert Record.unpack(record.pack()) == record
    said = json.dumps([record.id, "a", source, url, published], ensure_ascii=False)
    assert record.pack().endswith(said.encode("utf-8", "surrogatepass"))


def test_many_keys_are_asked_for_in_pieces_and_answered_in_order(where: Path) -> None:
    with opened(where) as index:
        keys = [n.to_bytes(8) for n in range(5_000)]
        index.tables.write({"bucket": {key: key[::-1] for key in keys[::2]}})
        assert index.tables.get("bucket", keys) == [None if n % 2 else key[::-1] for n, key in enumerate(keys)]
        index.tables.write({"bucket": {keys[0]: None, keys[1]: b"new"}})
        assert index.tables.get("bucket", keys[:3]) == [None, b"new", keys[2][::-1]]


def test_of_the_neighbours_in_a_bucket_those_are_looked_up_that_can_be_verified(where: Path) -> None:
    claim(where, {"a": told(1)})
    claim(where, {"b": told(2)}, "two", settings=BARE)
    signatures = np.stack([entry("", told(seed)).signature for seed in (1, 2)])
    names = bucket_keys(signatures, NEAR.bands, NEAR.rows).names
    with opened(where) as index:
        assert list(index.look_up([("new", bytes(16))], names).earlier) == [1]
        assert list(index.look_up([("new", bytes(16))], names, own={2: 0}).earlier) == [1, 2]
        assert list(index.look_up([("new", entry("", told(2)).digest)], names).earlier) == [1, 2]
        assert list(index.look_up([("b", entry("", told(2)).digest)], names[1:]).earlier) == [2]


def test_names_of_buckets_tell_bands_apart() -> None:
    same = np.zeros((2, 128), dtype=np.uint32)
    keys = bucket_keys(same, 16, 8)
    names = keys.names[0].tolist()
    assert len(set(names)) == 16
    assert keys.names[1].tolist() == names == [int.from_bytes(name) for name in bucket_names(keys.stored[0])]
    every, counts = names_of_all([b"", keys.stored[0], keys.stored[0][:12]])
    assert (every.tolist(), counts) == ([*names, *names[:2]], [0, 16, 2])
    every, counts = names_of_all([])
    assert (every.tolist(), counts) == ([], [])


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), max_size=6), st.sets(st.integers(0, 9)))
def test_documents_that_share_a_bucket_are_told_from_those_that_are_alone(
    rows: list[tuple[int, int, int]], taken: set[int]
) -> None:
    names = [[band << 48 | key for band, key in enumerate(row)] for row in rows]
    every = [name for row in names for name in row]
    there = {2 << 48 | key for key in taken}
    wanted = [n for n, row in enumerate(names) if any(every.count(name) > 1 or name in there for name in row)]
    found = sharing(np.array(names, dtype=np.uint64).reshape(-1, 3), [name.to_bytes(8) for name in there])
    assert found == wanted


@given(st.lists(st.lists(st.integers(1, (1 << 40) - 1), max_size=5), max_size=5))
def test_the_members_of_buckets_are_told_once_and_in_order(buckets: list[list[int]]) -> None:
    told = members(b"".join(map(number_bytes, bucket)) for bucket in buckets)
    assert told == sorted({number for bucket in buckets for number in bucket})


NAMES = st.sampled_from(range(6))


@pytest.mark.parametrize("width", [1, 2])
@given(st.lists(st.sets(NAMES, max_size=4), max_size=9), st.dictionaries(NAMES, st.integers(1, 512)))
def test_buckets_are_filled_as_one_by_one(width: int, documents: list[set[int]], before: dict[int, int]) -> None:
    def name(n: int) -> bytes:
        return n.to_bytes(8 * width)

    old = {name(n): b"".join(map(number_bytes, range(count))) for n, count in before.items()}
    slow: dict[bytes, bytes] = {}
    full: set[int] = set()
    columns, owners = [], []
    for number, names in enumerate(documents, 1000):
        for n in names:
            bucket = slow.get(name(n), old.get(name(n), b""))
            full |= {number} if len(bucket) >= 512 * 5 else set()
            slow[name(n)] = bucket + (number_bytes(number) if len(bucket) < 512 * 5 else b"")
            columns.append([*[0] * (width - 1), n])
            owners.append(number)
    there = np.array(columns, dtype=np.uint64).reshape(-1, width)
    new, crowded = filled(there, np.array(owners, dtype=np.int64), old)
    assert (new, crowded) == (slow, full)
    assert list(new) == sorted(new)


def test_a_hot_bucket_is_bounded_and_the_index_still_holds_together(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe.store.index.buckets._MAX_BUCKET", 3)
    signature = np.zeros(NEAR.num_perm, dtype=np.uint32)
    with opened(where, BARE) as index:
        for n in range(5):
            one = Entry(f"{n}", bytes([n] * 16), 900, signature)
            assert Claimer(index, NEAR, Run(f"{n}", DAY, ""), lambda _: "").claim([(0, one)]) == [None]
        assert verify(index) == []
        assert max(len(value) for _, value in index.tables.scan("bucket")) == 15
        assert forget(index, document_id="1") == 1
        assert verify(index) == []


# ---------------------------------------------------------------- from Python


def raw(document_id: str, text: str) -> RawDocument:
    return RawDocument(document_id, document_id, text)


@pytest.fixture(scope="module")
def of_settings() -> Settings:
    return load_settings()


def test_a_cleaner_remembers(where: Path, of_settings: Settings) -> None:
    with Cleaner(of_settings, index=where) as cleaner:
        assert cleaner.clean(told(1), id="a", url="https://a").kept
        again = cleaner.clean(edited(1), id="b")
        assert (again.outcome, again.duplicate_of, again.relation, again.earlier) == ("duplicate", "a", "same", None)
        assert cleaner.clean(told(1), id="a").kept
    with Cleaner(of_settings, index=str(where)) as cleaner:
        results = cleaner.clean_many([raw("c", edited(1)), raw("d", told(2)), raw("e", ""), raw("f", told(2))])
    assert [result.duplicate_of for result in results] == ["a", None, None, "d"]
    assert results[0].earlier is not None
    assert results[0].earlier.url == "https://a"


@pytest.mark.parametrize("ended", [True, False])
def test_a_session_waits_for_the_disk_at_its_end_and_not_for_each_document(
    ended: bool, where: Path, of_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[bool] = []
    write = RocksTables.write

    def recorded(tables: RocksTables, changes: Changes, *, wait: bool) -> None:
        waits.append(wait)
        write(tables, changes, wait=wait)

    monkeypatch.setattr(RocksTables, "write", recorded)
    with suppress(KeyError), Cleaner(of_settings, index=where) as cleaner:
        for n in range(2):
            assert cleaner.clean(told(n), id=str(n)).kept
        if not ended:
            raise KeyError
    begun = [True, True]  # the run, and that it is open
    assert waits == [*begun, False, False, *([True] if ended else [])]


def test_a_run_waits_for_the_disk_with_each_batch(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    write = RocksTables.write
    monkeypatch.setattr(
        RocksTables, "write", lambda tables, changes, *, wait: synced.append(wait) or write(tables, changes, wait=wait)
    )
    claim(where, {"a": told(1)})
    assert synced
    assert all(synced)


def test_a_released_index_is_free_for_others(where: Path, of_settings: Settings) -> None:
    with Cleaner(of_settings, index=where) as cleaner:
        assert cleaner.clean(told(1), id="a").kept
        with pytest.raises(LockBusyError):
            opened(where)
        cleaner.release()
        assert kept(claim(where, {"b": told(1)})) == ["a"]
        assert not cleaner.clean(told(1), id="c").kept


def test_a_cleaner_refuses_an_index_at_once(where: Path) -> None:
    claim(where, {"a": told(1)})
    with pytest.raises(IndexMismatchError):
        Cleaner(load_settings(overrides=["neardup.bands=8"]), index=where)


def test_a_stream_remembers(where: Path, tmp_path: Path, of_settings: Settings) -> None:
    def streamed(name: str, *texts: str) -> list[str]:
        lines = [json.dumps({"id": f"{name}{n}", "text": text}) for n, text in enumerate(texts)]
        (tmp_path / name).write_text("\n".join(lines))
        with (tmp_path / name).open("rb") as file:
            return [line.outcome.name for line in stream(file, of_settings, where)]

    assert streamed("a", told(1), edited(1), told(2)) == ["kept", "duplicate", "kept"]
    assert streamed("a", told(1), edited(1), told(2)) == ["kept", "duplicate", "kept"]
    assert streamed("b", told(1), edited(2), told(3)) == ["duplicate", "duplicate", "kept"]
