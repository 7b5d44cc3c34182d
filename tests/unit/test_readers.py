"""What the readers promise about well-meant input; `tests/faults/test_hostile_input.py` has the rest."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from dedupe.errors import ReadError, SourceError
from dedupe.model import Hints, RawDocument
from dedupe.settings import FieldNames, ReadSettings
from dedupe.store.readers import (
    Discovery,
    Item,
    Stretch,
    discover,
    items,
    load,
    numbered_lines,
    open_stream,
    pieces,
)
from dedupe.store.readers import documents as documents_of
from dedupe.store.readers.lines import line_cuts
from dedupe.store.readers.names import clean_names, form_of, suffix_of

NAMES = FieldNames("text", "id", "title", "url", "published", "source", "authors", "language")
SETTINGS = ReadSettings(1 << 20, 500, 250_000, NAMES)
TEXT = "1月22日，春运第一天。"


def write(path: Path, data: str | bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def pack(data: bytes, suffix: str) -> bytes:
    return {"gz": gzip.compress, "zst": zstandard.compress, "bz2": bz2.compress}.get(suffix, bytes)(data)


def ids(discovery: Discovery) -> list[str]:
    return [file.id for file in discovery.files]


def documents(source: Path, settings: ReadSettings = SETTINGS) -> list[RawDocument]:
    return [load(item, settings) for item in items(discover([source]), settings)]


def record(fields: object, names: FieldNames = NAMES, settings: ReadSettings | None = None) -> RawDocument:
    data = fields if isinstance(fields, bytes) else json.dumps(fields, ensure_ascii=False).encode()
    return load(
        Item("a.jsonl:7", "a.jsonl", "records", data=data, line=7),
        settings or ReadSettings(1 << 20, 500, 250_000, names),
    )


class TestNames:
    @pytest.mark.parametrize("suffix", ["txt", "text", "TXT"])
    @pytest.mark.parametrize("packed", ["", "gz", "zst", "bz2", "GZ"])
    def test_text_is_known_by_its_suffix_in_any_case_and_compression(self, suffix: str, packed: str) -> None:
        assert form_of(f"a.{suffix}.{packed}".rstrip(".")) == ("text", packed.lower())

    @pytest.mark.parametrize("suffix", ["html", "htm", "shtml", "xhtml"])
    def test_every_html_suffix_is_html(self, suffix: str) -> None:
        assert form_of(f"a.{suffix}") == ("html", "")

    @pytest.mark.parametrize("suffix", ["jsonl", "ndjson"])
    def test_every_record_suffix_is_records(self, suffix: str) -> None:
        assert form_of(f"a.{suffix}.zst") == ("records", "zst")

    @pytest.mark.parametrize(
        "name",
        [
            "a",
            "a.gz",
            "gz",
            "txt",
            "a.txt.xz",
            "a.parquet.gz",
            "a.eml",
            "a.mhtml",
            "a.html?page=2",
            "a.json",
            "a.txt.gz.gz",
            "",
        ],
    )
    def test_other_names_are_not_ours(self, name: str) -> None:
        assert form_of(name) is None

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.PDF", ".pdf"),
            ("a.pdf.bz2", ".pdf.bz2"),
            ("a.html?page=2", "other"),
            ("a", "other"),
            ("a.20260122", "other"),
        ],
    )
    def test_names_that_are_not_ours_are_counted_in_few_words(self, name: str, kind: str) -> None:
        assert suffix_of(name) == kind

    @given(st.lists(st.binary(min_size=1, max_size=4).filter(lambda name: b"/" not in name and b"\0" not in name)))
    def test_any_names_become_different_clean_ones(self, raw: list[bytes]) -> None:
        names = {name.decode("utf-8", "surrogateescape") for name in raw}
        clean = clean_names(names)
        assert len(set(clean.values())) == len(names)
        assert all("/" not in name and name.encode() for name in clean.values())
        assert all(clean[name] == name for name in names if name.isprintable() and name.isascii())


class TestDiscover:
    def test_ids_are_relative_and_in_the_byte_order_of_whole_paths(self, tmp_path: Path) -> None:
        for name in ("a/x.txt", "a-b/x.txt", "a.txt", "新闻/一.txt", "Z.html", "𠮷.txt", "￥.txt"):
            write(tmp_path / name)
        expected = ["Z.html", "a-b/x.txt", "a.txt", "a/x.txt", "新闻/一.txt", "￥.txt", "𠮷.txt"]
        assert ids(discover([tmp_path])) == expected == sorted(expected, key=str.encode)

    def test_a_file_says_its_form_size_and_time(self, tmp_path: Path) -> None:
        path = write(tmp_path / "sub/a.HTML.gz", b"12345")
        (file,) = discover([tmp_path]).files
        assert (file.id, file.path, file.form, file.compression) == ("sub/a.HTML.gz", path, "html", "gz")
        assert (file.size, file.mtime_ns) == (5, path.stat().st_mtime_ns)

    def test_a_single_file_is_named_by_its_name(self, tmp_path: Path) -> None:
        assert ids(discover([write(tmp_path / "deep/down/a.txt")])) == ["a.txt"]

    def test_several_sources_prefix_their_names_in_any_order(self, tmp_path: Path) -> None:
        one, two = write(tmp_path / "one/x.txt").parent, write(tmp_path / "two/x.txt").parent
        single = write(tmp_path / "x.txt")
        expected = ["one/x.txt", "two/x.txt", "x.txt"]
        assert ids(discover([one, two, single])) == ids(discover([single, two, one])) == expected

    def test_the_working_directory_has_a_name_too(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "here/x.txt")
        other = write(tmp_path / "there/x.txt").parent
        monkeypatch.chdir(tmp_path / "here")
        assert ids(discover([Path(), other])) == ["here/x.txt", "there/x.txt"]

    def test_two_sources_of_one_name_are_refused_with_a_remedy(self, tmp_path: Path) -> None:
        one, two = write(tmp_path / "1/a/x.txt").parent, write(tmp_path / "2/a/x.txt").parent
        with pytest.raises(SourceError, match=r'both named "a".*rename one'):
            discover([one, two])

    def test_a_missing_source_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"nowhere cannot be read: No such file.*check the path"):
            discover([tmp_path / "nowhere"])

    def test_no_source_at_all_is_refused(self) -> None:
        with pytest.raises(SourceError, match="no source"):
            discover([])

    def test_a_named_file_of_unknown_suffix_is_refused_with_those_known(self, tmp_path: Path) -> None:
        with pytest.raises(
            SourceError,
            match=r"a\.pdf has no known suffix; known are \.txt .*\.wet, each plain or with \.gz, \.zst or \.bz2",
        ):
            discover([write(tmp_path / "a.pdf")])

    def test_what_is_passed_over_is_counted(self, tmp_path: Path) -> None:
        for name in ("a.pdf", "b.PDF", "c", ".hidden.txt", ".git/x.txt", "ok.txt"):
            write(tmp_path / name)
        found = discover([tmp_path])
        assert (ids(found), dict(found.skipped)) == (["ok.txt"], {".pdf": 2, "hidden": 2, "other": 1})

    @pytest.mark.parametrize("kept", ["documents.jsonl.gz", "documents-00000.jsonl", "documents/page.txt"])
    def test_of_a_finished_run_the_documents_are_read_and_not_its_account(self, tmp_path: Path, kept: str) -> None:
        for name in ("decisions.jsonl", "summary.json", "report.html", kept):
            write(tmp_path / "monday" / name)
        found = discover([tmp_path])
        assert (ids(found), dict(found.skipped)) == ([f"monday/{kept}"], {"account": 3})

    def test_a_scrape_may_have_files_of_those_names(self, tmp_path: Path) -> None:
        for name in ("decisions.jsonl", "report.html", "documents.jsonl"):
            write(tmp_path / name)
        assert ids(discover([tmp_path])) == ["decisions.jsonl", "documents.jsonl", "report.html"]

    def test_a_hidden_source_is_read_when_named(self, tmp_path: Path) -> None:
        assert ids(discover([write(tmp_path / ".crawl/a.txt").parent])) == ["a.txt"]

    def test_an_empty_directory_holds_nothing_and_is_no_error(self, tmp_path: Path) -> None:
        assert discover([tmp_path]) == Discovery((), {}, ())


class TestItems:
    def test_text_and_html_travel_unopened_and_records_line_by_line(self, tmp_path: Path) -> None:
        write(tmp_path / "a.html")
        write(tmp_path / "b.jsonl", '{"text":"1"}\n\n  \r\n{"text":"2"}')
        write(tmp_path / "c.txt.gz", b"never opened here")
        page, one, two, text = items(discover([tmp_path]), SETTINGS)
        assert page == Item("a.html", "a.html", "html", path=str(tmp_path / "a.html"))
        assert one == Item("b.jsonl:1", "b.jsonl", "records", data=b'{"text":"1"}', line=1)
        assert two == Item("b.jsonl:4", "b.jsonl", "records", data=b'{"text":"2"}', line=4)
        assert (text.path, text.compression) == (str(tmp_path / "c.txt.gz"), "gz")

    def test_an_item_survives_the_way_to_a_worker(self) -> None:
        item = Item("a:1", "a", "records", None, "zst", b"{}", 1, "reason")
        assert pickle.loads(pickle.dumps(item)) == item

    @pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
    def test_compression_changes_nothing_but_the_name(self, tmp_path: Path, name: str) -> None:
        lines = b"".join(b'{"text":"%d"}\n' % number for number in range(100_000))
        write(tmp_path / name, pack(lines, name.rpartition(".")[2]))
        found = list(items(discover([tmp_path]), SETTINGS))
        assert b"".join((item.data or b"") + b"\n" for item in found) == lines
        assert [item.id for item in found[:2]] == [f"{name}:1", f"{name}:2"]

    def test_a_byte_order_mark_is_no_part_of_the_first_line(self, tmp_path: Path) -> None:
        assert documents(write(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"text":"x"}\n'))[0].payload == "x"

    @given(st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\n\n", b" ", b"\r\n", b"cccccc"])), st.integers(1, 5))
    def test_lines_are_the_same_however_the_stream_is_cut(self, found: list[bytes], size: int) -> None:
        data = b"".join(found)
        found = [
            (line.number, line.data if line.error is None else None)
            for line in numbered_lines(Drip(data, size), limit=5)
        ]
        expected = [
            (number, line if len(line) <= 5 else None)
            for number, line in enumerate(data.split(b"\n"), 1)
            if line.strip() or len(line) > 5
        ]
        assert found == expected


class TestStretches:
    """A plain records file is read by the workers, a stretch of whole lines each."""

    @given(
        st.lists(
            st.sampled_from([b"a", b"bb", b"\n", b"\n\n", b" ", b"\r\n", b"cccccc", b"\xff\xfe", b"\xef\xbb\xbf"])
        ),
        st.integers(1, 9),
        st.integers(1, 5),
    )
    def test_stretch_by_stretch_the_lines_are_those_of_the_whole(
        self, found: list[bytes], size: int, step: int
    ) -> None:
        data = b"x" + b"".join(found)
        cuts = list(line_cuts(Drip(data, step), size))
        assert [cut.begin for cut in cuts] == [0, *(cut.end for cut in cuts[:-1])]
        assert cuts[-1].end == len(data)
        assert all(cut.end - cut.begin >= size and data[cut.end - 1 : cut.end] == b"\n" for cut in cuts[:-1])
        lines = [
            line
            for begin, end, first, _ in cuts
            for line in numbered_lines(Drip(data[begin:end], step), limit=5, first=first)
        ]
        assert lines == list(numbered_lines(Drip(data, step), limit=5))

    @given(st.lists(st.sampled_from([b"a\n", b"b", b"\n"])), st.integers(1, 9), st.integers(1, 5), st.integers(1, 5))
    def test_where_they_are_cut_depends_on_the_bytes_alone(
        self, found: list[bytes], size: int, one: int, two: int
    ) -> None:
        data = b"".join(found)
        assert list(line_cuts(Drip(data, one), size)) == list(line_cuts(Drip(data, two), size))

    def test_only_a_plain_records_file_travels_in_stretches(self, tmp_path: Path) -> None:
        lines = b'{"text":"1"}\n' * 90_000
        write(tmp_path / "a.jsonl", lines)
        write(tmp_path / "b.jsonl.gz", gzip.compress(b'{"text":"2"}\n'))
        *stretches, item = pieces(discover([tmp_path]), SETTINGS, 1 << 20)
        one, two = (piece for piece in stretches if isinstance(piece, Stretch))
        assert (one.begin, one.end, one.line) == (0, two.begin, 1)
        assert (two.end, two.line) == (len(lines), 1 + lines[: one.end].count(b"\n"))
        assert isinstance(item, Item)
        assert pickle.loads(pickle.dumps(two)) == two

    def test_a_line_of_a_file_that_breaks_off_is_reported_behind_those_before(self) -> None:
        class Broken(io.BytesIO):
            def read1(self, size: int | None = -1, /) -> bytes:
                if data := super().read1(size):
                    return data
                raise ReadError("cannot be read: Input/output error")

        assert list(line_cuts(Broken(b"{1}\n{2}\n{3"), 5)) == [
            (0, 8, 1, None),
            (10, 10, 3, "line 3: cannot be read: Input/output error"),
        ]
        assert list(line_cuts(Broken(b"{1"), 5)) == [(2, 2, 1, "line 1: cannot be read: Input/output error")]

    def test_a_file_that_shrinks_or_goes_before_it_is_read_is_told_of(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.jsonl", b'{"text":"1"}\n{"text":"2"}\n')
        (stretch,) = pieces(discover([path]), SETTINGS, 1 << 20)
        path.write_bytes(b'{"text":"1"}\n{"te')
        one, broken = documents_of(stretch, SETTINGS)
        assert one.data == b'{"text":"1"}'
        assert broken.id == "a.jsonl:2"
        assert "line 2: the file has become shorter since the run began" in str(broken.error)
        path.unlink()
        (gone,) = documents_of(stretch, SETTINGS)
        assert (gone.id, gone.error) == ("a.jsonl:1", "line 1: cannot be read: No such file or directory")


def test_lines_of_a_live_pipe_come_when_they_are_written() -> None:
    out, into = os.pipe()
    with open(out, "rb") as stream, open(into, "wb", buffering=0) as writer:  # noqa: PTH123
        lines = numbered_lines(stream, limit=99)
        for number in (1, 2):
            writer.write(b"{}\n")
            assert next(lines).number == number


class Drip(io.BytesIO):
    """A stream that hands over a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self.step = step

    def read1(self, _size: int | None = -1, /) -> bytes:
        return super().read(self.step)


class TestStreams:
    def test_many_members_are_one_stream_and_padding_is_no_damage(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "a.txt.gz", gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two") + b"\0" * 512
        )
        assert documents(path)[0].payload == b"one two"

    def test_many_frames_are_one_stream_and_skippable_ones_are_skipped(self, tmp_path: Path) -> None:
        note = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
        parts = [zstandard.compress(part) for part in (b"one ", b"", b"two")]
        assert documents(write(tmp_path / "a.txt.zst", note + note.join(parts) + note))[0].payload == b"one two"

    @pytest.mark.parametrize("level", [-5, 3, 19])
    @pytest.mark.parametrize("checksum", [True, False])
    @pytest.mark.parametrize("known", [True, False])
    def test_zstd_frames_of_every_header_are_followed(
        self, tmp_path: Path, level: int, checksum: bool, known: bool
    ) -> None:
        for length in (0, 200, 300, 70_000, 700_000):
            data = (TEXT.encode() * length)[:length]
            writer = zstandard.ZstdCompressor(level=level, write_checksum=checksum).compressobj(
                *([length] if known else [])
            )
            path = write(tmp_path / f"{length}.txt.zst", writer.compress(data) + writer.flush())
            assert documents(path)[0].payload == data

    def test_closing_twice_is_harmless(self, tmp_path: Path) -> None:
        with open_stream(write(tmp_path / "a.txt"), "", 500) as stream:
            stream.close()


class TestLoad:
    def test_a_text_file_is_its_bytes(self, tmp_path: Path) -> None:
        data = TEXT.encode("gb18030")
        assert documents(write(tmp_path / "a.txt", data)) == [RawDocument("a.txt", "a.txt", data)]

    def test_a_page_is_marked_as_html(self, tmp_path: Path) -> None:
        assert documents(write(tmp_path / "a.htm.gz", gzip.compress(b"<p>")))[0].media == "html"

    @pytest.mark.parametrize("packed", ["", "gz", "zst"])
    def test_exactly_the_limit_is_read_and_one_byte_more_is_refused(self, tmp_path: Path, packed: str) -> None:
        path = write(tmp_path / f"a.txt.{packed}".rstrip("."), pack(b"x" * 1000, packed))
        assert documents(path, ReadSettings(1000, 500, 250_000, NAMES))[0].payload == b"x" * 1000
        with pytest.raises(ReadError, match=r"more than read\.max_document_bytes \(999\); raise it"):
            documents(path, ReadSettings(999, 500, 250_000, NAMES))


class TestRecords:
    @pytest.mark.parametrize(
        ("own", "id_"),
        [("x", "a.jsonl#x"), (7, "a.jsonl#7"), (0, "a.jsonl#0"), ("", "a.jsonl:7"), (" ", "a.jsonl:7"),
         (None, "a.jsonl:7"), (True, "a.jsonl:7"), (1.5, "a.jsonl:7"), ({"$oid": 1}, "a.jsonl:7")],
    )  # fmt: skip
    def test_the_id_is_the_records_own_or_its_line(self, own: object, id_: str) -> None:
        raw = record({"id": own, "text": TEXT})
        assert (raw.id, raw.origin) == (id_, "a.jsonl")

    def test_fields_pass_through_unchanged_but_for_text_id_and_metadata(self) -> None:
        passed = {"title": "春运", "n": [1, 2.5, None, {"深": True}], "big": 10**30}
        assert record({"id": 1, "text": TEXT, "metadata": {"title": "旧", "language": "zh"}, **passed}).fields == passed

    @pytest.mark.parametrize(
        "metadata", [{"crawler": 9}, {"title": "旧", "n": 1}, {"source": "crawler-7"}, "x", None, []]
    )
    def test_metadata_that_are_not_ours_pass_through_under_another_name(self, metadata: object) -> None:
        assert record({"id": 1, "text": TEXT, "metadata": metadata}).fields == {"input_metadata": metadata}

    def test_metadata_that_are_not_ours_say_nothing_of_the_document(self) -> None:
        foreign = {"source": "crawler-7", "published": "2019-01-01", "language": "zh", "robots": "ok"}
        assert record({"id": 1, "text": TEXT, "metadata": foreign}).hints == Hints()
        assert record({"text": TEXT, "metadata": {"source": "crawler-7", "language": "zh"}}).hints == Hints()
        ours = {"source": "晨光日报", "published": "2026-03-18", "language": "zh"}
        hints = record({"id": 1, "text": TEXT, "metadata": ours}).hints
        assert (hints.source, hints.published) == ("晨光日报", "2026-03-18")

    def test_fields_of_a_foreign_object_are_believed_where_the_config_names_them(self) -> None:
        names = replace(NAMES, published="metadata.date")
        raw = record({"id": 1, "text": TEXT, "metadata": {"date": "2026-03-18", "robots": "ok"}}, names)
        assert raw.hints.published == "2026-03-18"
        assert raw.fields == {"input_metadata": {"date": "2026-03-18", "robots": "ok"}}

    def test_nor_is_a_field_lost_whose_name_the_output_takes(self) -> None:
        names = FieldNames("body.text", "url", "title", "url", "published", "source", "authors", "language")
        given = {
            "text": "摘要",
            "body": {"text": TEXT},
            "id": 7,
            "input_id": 8,
            "metadata": {"title": "旧"},
            "url": "u",
        }
        raw = record(given, names)
        assert (raw.id, raw.payload) == ("a.jsonl#u", TEXT)
        assert raw.fields == {
            "input_text": "摘要", "body": {}, "input_input_id": 7, "input_id": 8, "input_metadata": {"title": "旧"},
        }  # fmt: skip

    @pytest.mark.parametrize(("own", "passed"), [(1.5, {"input_id": 1.5}), ("", {}), (None, {}), (7, {})])
    def test_an_id_that_can_be_none_passes_through(self, own: object, passed: object) -> None:
        assert record({"id": own, "text": TEXT}).fields == passed

    @pytest.mark.parametrize(
        ("line", "remedy"),
        [(b'[{"text": "x"}]', r"jq -c '\.\[\]'"), (b"[", r"one line: jq -c \."), (b" {\r", r"one line: jq -c \.")],
    )
    def test_json_that_is_not_in_lines_is_told_how_to_become_so(self, line: bytes, remedy: str) -> None:
        with pytest.raises(ReadError, match=remedy):
            record(line)

    def test_hints_are_the_fields_that_are_strings(self) -> None:
        fields = {
            "title": " 春运 ",
            "url": "u",
            "published": 20260122,
            "source": "",
            "authors": ["甲", 1, "乙"],
            "language": "zh",
        }
        assert record({"text": "", **fields}).hints == Hints(title="春运", authors=("甲", "乙"), url="u", language="zh")

    def test_one_author_may_be_a_string(self) -> None:
        assert record({"text": "", "authors": "甲"}).hints.authors == ("甲",)

    def test_names_may_lead_into_objects(self) -> None:
        names = FieldNames("body.text", "_id.$oid", "meta.title", "url", "published", "source", "authors", "language")
        raw = record({"_id": {"$oid": "f0"}, "meta": {"title": "春运"}, "body": {"text": TEXT, "n": 1}}, names)
        assert (raw.id, raw.payload, raw.hints.title) == ("a.jsonl#f0", TEXT, "春运")
        assert raw.fields == {"_id": {}, "meta": {"title": "春运"}, "body": {"n": 1}}

    def test_a_key_with_a_dot_is_found_before_a_path(self) -> None:
        names = FieldNames("a.b", "id", "title", "url", "published", "source", "authors", "language")
        raw = record({"a.b": "flat", "a": {"b": "deep"}}, names)
        assert (raw.payload, raw.fields) == ("flat", {"a": {"b": "deep"}})

    def test_of_two_equal_keys_the_last_wins(self) -> None:
        assert record(b'{"text": "one", "text": "two"}').payload == "two"

    def test_a_line_that_is_not_utf8_is_decoded_by_whoever_can(self) -> None:
        line = json.dumps({"text": TEXT}, ensure_ascii=False).encode("gb18030")
        item = Item("a.jsonl:1", "a.jsonl", "records", data=line, line=1)
        assert load(item, SETTINGS, lambda data: data.decode("gb18030")).payload == TEXT
        with pytest.raises(ReadError, match="line 1: is not UTF-8 at byte 12"):
            load(item, SETTINGS)
