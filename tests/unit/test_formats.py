"""Tables, Parquet files and web archives: every row and page is a document, under an id that stays."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b32encode, b64decode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapes import warc_record, wet_record

import dedupe.api.options
from dedupe import clean
from dedupe.errors import MissingExtraError, ReadError
from dedupe.model import RawDocument
from dedupe.settings import FieldNames, ReadSettings
from dedupe.store.readers import discover, items, load
from dedupe.store.readers.delimited import cells, split_rows
from dedupe.store.readers.lines import Line
from dedupe.store.readers.parquet import parquet_items

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fastwarc")

NAMES = FieldNames("text", "id", "title", "url", "published", "source", "authors", "language")
SETTINGS = ReadSettings(100_000, 500, 250_000, NAMES)
TEXT = "1月22日，春运第一天。"


def read(path: Path, settings: ReadSettings = SETTINGS) -> dict[str, RawDocument | str]:
    """Every document by its id, and the reason for each that failed."""
    found: dict[str, RawDocument | str] = {}
    for item in items(discover([path]), settings):
        try:
            raw = load(item, settings, decode_line=lambda line: line.decode("gb18030"))
        except ReadError as error:
            found[item.id] = str(error)
        else:
            found[raw.id] = raw
    return found


def texts(path: Path, settings: ReadSettings = SETTINGS) -> dict[str, Any]:
    return {id_: one if isinstance(one, str) else one.payload for id_, one in read(path, settings).items()}


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


class TestTables:
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("put", ["", " ", "x", '"'])
    def test_a_header_that_has_lost_its_line_end_takes_no_row_with_it_in_silence(
        self, tmp_path: Path, put: str, end: str
    ) -> None:
        header, *rows = f"id,text,n{end}1,第一条,1{end}2,第二条,2{end}".splitlines(keepends=True)
        found = read(write(tmp_path / "a.csv", header[:-1] + put + "".join(rows)))
        assert found["a.csv:1"] in (
            "line 1: names 5 columns, and no row has more than 3; has it lost its line end?",
            "line 1: a quote opens here and is never closed",
        )

    def test_rows_may_all_lack_columns_that_have_no_name(self, tmp_path: Path) -> None:
        found = read(write(tmp_path / "a.csv", "id,text,,\n1,第一条\n2,第二条\n"))
        assert list(found) == ["a.csv#1", "a.csv#2"]

    def test_a_row_is_a_record_with_the_headers_names(self, tmp_path: Path) -> None:
        found = read(write(tmp_path / "a.csv", f'id,title,text,views\r\n7,春运,"{TEXT}",12\r\n,无号,第二条,\r\n'))
        assert list(found) == ["a.csv#7", "a.csv:3"]
        raw = found["a.csv#7"]
        assert isinstance(raw, RawDocument)
        assert (raw.payload, raw.hints.title, raw.fields) == (TEXT, "春运", {"title": "春运", "views": "12"})

    def test_cells_hold_line_ends_delimiters_and_quotes(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", 'text,id\n"第一行，\n\n第二行, ""引用""",1\n尾,2\n')
        assert texts(path) == {"a.csv#1": '第一行，\n\n第二行, "引用"', "a.csv#2": "尾"}

    @pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t")])
    def test_the_header_says_what_parts_the_cells(self, tmp_path: Path, name: str, sign: str) -> None:
        path = write(tmp_path / name, f'id{sign}text{sign}note\n1{sign}"a{sign}b, c; d"{sign}\n')
        assert texts(path) == {f"{name}#1": f"a{sign}b, c; d"}

    def test_a_table_whose_lines_end_as_on_old_macs_is_no_empty_one(self, tmp_path: Path) -> None:
        [(id_, why)] = texts(write(tmp_path / "a.csv", f"id,text\r1,{TEXT}\r2,二\r")).items()
        assert (id_, "end in a carriage return alone; convert" in why) == ("a.csv:1", True)
        assert texts(write(tmp_path / "b.csv", "id,text\r\n")) == {}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_rows_of_any_encoding_are_rows(self, tmp_path: Path, encoding: str) -> None:
        rows = f'编号,text\n一,"{TEXT}\n第二行"\n二,镕，\n'
        assert list(texts(write(tmp_path / "a.csv", rows.encode(encoding))).values()) == [f"{TEXT}\n第二行", "镕，"]

    def test_a_quote_that_nobody_closes_costs_its_own_row_and_no_other(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", 'id,text\n1,一\n2,"二\n3,三\n4,四\n')
        found = texts(path)
        assert found.pop("a.csv:3") == "line 3: a quote opens here and is never closed"
        assert found == {"a.csv#1": "一", "a.csv#3": "三", "a.csv#4": "四"}

    @pytest.mark.parametrize("third", ['3,"三"', '3,"三\n又三"', '3,""'])
    def test_nor_does_it_cost_the_next_quoted_row(self, tmp_path: Path, third: str) -> None:
        found = texts(write(tmp_path / "a.csv", f'id,text,url\n2,"二\n{third},u\n4,"四",u\n'))
        assert found.pop("a.csv:2") == "line 2: a quote opens here and is never closed"
        assert found == {"a.csv#3": third[3:].strip('"'), "a.csv#4": "四"}

    def test_quotes_that_nobody_doubled_end_no_row(self, tmp_path: Path) -> None:
        found = texts(write(tmp_path / "a.csv", 'id,text,url\n1,"第一段\n他说"好"。",u\n2,"b",u\n'))
        assert list(found) == ["a.csv#1", "a.csv#2"]
        assert found["a.csv#1"].startswith("第一段\n他说")

    def test_a_row_with_too_many_cells_fails_and_one_with_too_few_lacks_the_last(self, tmp_path: Path) -> None:
        found = read(write(tmp_path / "a.csv", "id,text,note\n1,a,b,c\n2,b\n3\n"))
        assert found["a.csv:2"] == "line 2: has 4 cells under 3 columns; is a quote missing?"
        assert isinstance(found["a.csv#2"], RawDocument)
        assert "has no text in field" in str(found["a.csv:4"])

    def test_columns_without_a_name_or_with_an_earlier_ones_lose_nothing(self, tmp_path: Path) -> None:
        raw = read(write(tmp_path / "a.csv", ",text,n,n\n0,x,1,2\n"))["a.csv:2"]
        assert isinstance(raw, RawDocument)
        assert raw.fields == {"column 1": "0", "n": "1", "n 4": "2"}

    def test_a_cell_may_be_longer_than_pythons_own_reader_allows(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", f"id,text\n1,{'长' * 30_000}\n2,{'x' * 100_001}\n3,c\n")
        found = texts(path)
        assert len(found["a.csv#1"]) == 30_000
        assert "longer than read.max_document_bytes" in found["a.csv:3"]
        assert found["a.csv#3"] == "c"

    def test_a_header_alone_is_no_document(self, tmp_path: Path) -> None:
        assert texts(write(tmp_path / "a.csv", "id,text\n")) == texts(write(tmp_path / "b.csv", "")) == {}

    @given(st.lists(st.lists(st.text(st.sampled_from('a",\n; 新')), min_size=2, max_size=3), min_size=1, max_size=5))
    def test_what_was_quoted_by_the_rules_comes_back(self, table: list[list[str]]) -> None:
        text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)
        lines = (Line(number, line) for number, line in enumerate(text.encode().split(b"\n"), 1))
        assert [cells(row.data.decode(), ",") for row in split_rows(lines, limit=10_000, tab=False)] == table

    @given(st.lists(st.text(st.sampled_from('a",\t;新')), max_size=8))
    def test_any_lines_are_rows_or_failures_and_none_is_lost(self, lines: list[str]) -> None:
        rows = list(split_rows((Line(n, t.encode()) for n, t in enumerate(lines, 1)), limit=50, tab=False))
        seen = sum(1 if row.error else row.data.count(b"\n") + 1 for row in rows)
        assert seen >= sum(bool(line.strip()) for line in lines)


class TestParquet:
    def test_rows_that_a_damaged_footer_leaves_out_are_missed(self, tmp_path: Path) -> None:
        rows = 12
        sound = pa.BufferOutputStream()
        pq.write_table(pa.table({"text": [TEXT] * rows}), sound, store_schema=False, write_statistics=False)
        data = sound.getvalue().to_pybytes()
        footer = int.from_bytes(data[-8:-4], "little") + 8
        for place in range(len(data) - footer, len(data)):
            damaged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            found = read(write(tmp_path / f"{place}.parquet", damaged)).values()
            reasons = [one for one in found if isinstance(one, str)]
            assert len(found) >= rows or reasons, place

    def table(self, path: Path, **columns: list[Any]) -> Path:
        pq.write_table(pa.table(columns), path)
        return path

    def test_a_row_is_a_record(self, tmp_path: Path) -> None:
        path = self.table(tmp_path / "a.parquet", id=[7, None], text=[TEXT, "二"], title=["春运", None], n=[1, 2])
        found = read(path)
        assert list(found) == ["a.parquet#7", "a.parquet:2"]
        raw = found["a.parquet#7"]
        assert isinstance(raw, RawDocument)
        assert (raw.payload, raw.hints.title, raw.fields) == (TEXT, "春运", {"title": "春运", "n": 1})

    def test_dotted_names_reach_into_structs(self, tmp_path: Path) -> None:
        path = self.table(tmp_path / "a.parquet", doc=[{"body": TEXT, "pages": [1, 2]}])
        names = FieldNames("doc.body", "id", "title", "url", "published", "source", "authors", "language")
        (raw,) = read(path, ReadSettings(100_000, 500, 250_000, names)).values()
        assert isinstance(raw, RawDocument)
        assert (raw.payload, raw.fields) == (TEXT, {"doc": {"pages": [1, 2]}})

    def test_what_json_has_no_kind_for_passes_as_text(self, tmp_path: Path) -> None:
        path = self.table(
            tmp_path / "a.parquet",
            text=[TEXT.encode()], published=[datetime(2026, 1, 22, 8, tzinfo=UTC)], day=[date(2026, 1, 22)],
            price=[Decimal("1.50")], rate=[float("nan")], image=[b"\x89PNG\xff"],
        )  # fmt: skip
        (raw,) = read(path).values()
        assert isinstance(raw, RawDocument)
        assert raw.payload == TEXT
        assert raw.hints.published == "2026-01-22T08:00:00+00:00"
        assert raw.fields["day"] == "2026-01-22"
        assert raw.fields["price"] == "1.50"
        assert raw.fields["rate"] is None
        assert raw.fields["image"] == "iVBOR/8="

    def test_rows_come_a_few_at_a_time_however_many_a_group_has(self, tmp_path: Path) -> None:
        path = self.table(tmp_path / "a.parquet", text=[f"第{n}条" for n in range(1000)])
        assert list(texts(path).values()) == [f"第{n}条" for n in range(1000)]

    @pytest.mark.parametrize("damage", ["cut", "no parquet", "empty", "zeroed"])
    def test_a_broken_file_is_one_failed_document(self, tmp_path: Path, damage: str) -> None:
        data = self.table(tmp_path / "a.parquet", text=["x" * 50] * 5000).read_bytes()
        broken = {
            "cut": data[:-20], "no parquet": b"<html>404</html>" * 9, "empty": b"",
            "zeroed": data[:4] + bytes(400) + data[404:],
        }[damage]  # fmt: skip
        [(id_, reason)] = texts(write(tmp_path / "a.parquet", broken)).items()
        assert id_ == "a.parquet:1"
        assert reason.startswith("row 1 cannot be read: ")

    def test_a_row_beyond_the_limit_fails_alone(self, tmp_path: Path) -> None:
        path = self.table(tmp_path / "a.parquet", text=["一", "长" * 40_000, "三"])
        found = texts(path)
        assert "row 2 is longer than read.max_document_bytes" in found["a.parquet:2"]
        assert (found["a.parquet:1"], found["a.parquet:3"]) == ("一", "三")

    def test_a_column_that_unpacks_a_thousandfold_is_not_unpacked(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"text": ["x" * 30_000_000]}), tmp_path / "a.parquet", compression="zstd")
        [reason] = texts(tmp_path / "a.parquet").values()
        assert "read.max_ratio (500)" in reason


PAGE = f"<html><body><p>{TEXT}</p></body></html>"


BROTLI_PAGE = b64decode("Cx+APGh0bWw+PGJvZHk+PHA+MeaciDIy5pel77yM5pil6L+Q56ys5LiA5aSp44CCPC9wPjwvYm9keT48L2h0bWw+Aw==")
BROTLI_MEGABYTE_OF_NUL = b64decode("Wz9Cj38CIB4LBPJzHgA=")
BROTLI = "Content-Type: text/html\r\nContent-Encoding: br"


class TestArchives:
    def test_pages_are_documents_by_their_records_id_and_nothing_else_is(self, tmp_path: Path) -> None:
        data = b"".join(
            [
                warc_record(1, b"", kind="warcinfo"),
                warc_record(
                    2, PAGE.encode("gbk"), url="http://news.example/2", head="Content-Type: text/html; charset=gbk"
                ),
                warc_record(3, b"\x89PNG", head="Content-Type: image/png"),
                warc_record(4, b"<p>Not found", status="404 Not Found"),
                warc_record(5, PAGE.encode(), kind="request"),
                warc_record(6, b"", status="301 Moved"),
            ]
        )
        [(id_, raw)] = read(write(tmp_path / "a.warc", data)).items()
        assert id_ == "a.warc#urn:uuid:00000000-0000-4000-8000-000000000002"
        assert isinstance(raw, RawDocument)
        assert (raw.payload, raw.charset, raw.media) == (PAGE.encode("gbk"), "gbk", "html")
        assert raw.hints.url == "http://news.example/2"
        assert raw.fields == {"url": "http://news.example/2", "crawled": "2026-01-22T08:00:00Z"}
        assert raw.hints.published is None, "the day of the crawl is not that of the article"

    def test_one_address_twice_is_two_documents(self, tmp_path: Path) -> None:
        data = warc_record(1, PAGE.encode()) + warc_record(2, PAGE.encode())
        assert len(texts(write(tmp_path / "a.warc.gz", gzip.compress(data)))) == 2

    def test_a_record_without_an_id_goes_by_its_number(self, tmp_path: Path) -> None:
        data = warc_record(1, PAGE.encode()).replace(b"WARC-Record-ID", b"X-Record-ID")
        assert list(texts(write(tmp_path / "a.warc", data))) == ["a.warc:1"]

    @pytest.mark.parametrize(
        ("body", "head"),
        [
            (PAGE.encode(), ""),
            (gzip.compress(PAGE.encode()), "Content-Encoding: gzip"),
            (PAGE.encode(), "Content-Encoding: gzip"),
            (zlib.compress(PAGE.encode()), "Content-Encoding: deflate"),
            (BROTLI_PAGE, "Content-Encoding: br"),
            (PAGE.encode(), "Content-Encoding: br"),
            (PAGE.encode(), "Content-Encoding: zstd"),
            (b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE.encode()), PAGE.encode()), "Transfer-Encoding: chunked"),
            (PAGE.encode(), "Transfer-Encoding: chunked"),
        ],
        ids=[
            "plain",
            "gzip",
            "no gzip",
            "deflate",
            "br",
            "no br",
            "no zstd",
            "chunked",
            "not chunked",
        ],
    )
    def test_pages_are_unpacked_where_they_are_packed_whatever_the_header_says(
        self, tmp_path: Path, body: bytes, head: str
    ) -> None:
        head = "\r\n".join(filter(None, ["Content-Type: text/html", head]))
        assert list(texts(write(tmp_path / "a.warc", warc_record(1, body, head=head))).values()) == [PAGE.encode()]

    def test_garbage_between_records_costs_none_of_them_and_is_reported(self, tmp_path: Path) -> None:
        one = warc_record(1, PAGE.encode())
        data = one + b"garbage\n" * 99 + warc_record(2, PAGE.encode())
        first, garbage, second = texts(write(tmp_path / "a.warc", data)).values()
        assert first == second == PAGE.encode()
        assert garbage == f"at byte {len(one)} begins no record; fetch the file again"

    def test_a_record_of_another_length_than_it_says_swallows_no_other(self, tmp_path: Path) -> None:
        one, two = warc_record(1, PAGE.encode()), warc_record(2, PAGE.encode())
        for said in ("1", "9", "99999999", "999999999999999999", "9" * 30, "x", ""):
            wrong = one.replace(b"Content-Length: ", f"Content-Length: {said}".encode())
            found = read(write(tmp_path / "a.warc", two + wrong + two.replace(b"0002>", b"0003>")))
            reasons = [str(one) for one in found.values() if not isinstance(one, RawDocument)]
            assert len(found) == 3
            assert len(reasons) == (said != ""), (said, reasons)

    def test_what_is_no_page_is_passed_over_only_while_its_digest_holds(self, tmp_path: Path) -> None:
        picture = warc_record(1, b"\x89PNG", head="Content-Type: image/png")
        block = picture.partition(b"\r\n\r\n")[2][:-4]
        for digest in (b32encode(sha1(block).digest()).decode(), sha1(block).hexdigest()):
            told = picture.replace(b"\r\nWARC-Date", f"\r\nWARC-Block-Digest: sha1:{digest}\r\nWARC-Date".encode())
            assert read(write(tmp_path / "a.warc", told)) == {}
            [reason] = texts(write(tmp_path / "a.warc", told.replace(b"200 OK", b"200 OH"))).values()
            assert "not what its digest says" in reason

    @pytest.mark.parametrize("packed", [True, False])
    def test_a_cut_archive_gives_what_is_whole_and_says_so(self, tmp_path: Path, packed: bool) -> None:
        pack = gzip.compress if packed else bytes  # an archive is packed record by record
        cut = b"".join(pack(warc_record(number, PAGE.encode())) for number in (1, 2))[:-30]
        first, *rest = texts(write(tmp_path / f"a.warc{'.gz' if packed else ''}", cut)).values()
        assert first == PAGE.encode()
        assert rest
        assert all("ends early" in reason for reason in rest)

    def test_wherever_a_plain_archive_is_cut_somebody_is_told(self, tmp_path: Path) -> None:
        one, two = warc_record(1, PAGE.encode()), warc_record(2, PAGE.encode())
        for length in range(1, len(two) - len("\r\n\r\n")):
            first, *rest = texts(write(tmp_path / "a.warc", one + two[:length])).values()
            assert first == PAGE.encode()
            assert [reason for reason in rest if "ends early" in reason] == rest != [], two[:length]

    def test_pages_beyond_the_limit_fail_alone_also_packed_ones(self, tmp_path: Path) -> None:
        data = b"".join(
            [
                warc_record(1, b"x" * 100_001),
                warc_record(
                    2, gzip.compress(bytes(10_000_000)), head="Content-Type: text/html\r\nContent-Encoding: gzip"
                ),
                warc_record(3, PAGE.encode()),
                warc_record(4, BROTLI_MEGABYTE_OF_NUL, head=BROTLI),
            ]
        )
        found = list(texts(write(tmp_path / "a.warc", data)).values())
        assert found.pop(2) == PAGE.encode()
        assert all("read.max_document_bytes" in reason for reason in found)

    def test_pages_whose_packing_is_damaged_or_not_known_fail_alone(self, tmp_path: Path) -> None:
        data = warc_record(1, b"\xff" * 99, head=BROTLI) + warc_record(
            2, b"\xff" * 99, head=BROTLI.replace("br", "zstd")
        )
        damaged, unknown, whole = texts(write(tmp_path / "a.warc", data + warc_record(3, PAGE.encode()))).values()
        assert "the page is damaged" in damaged
        assert "compressed with zstd" in unknown
        assert whole == PAGE.encode()

    @pytest.mark.parametrize("name", ["a.wet", "a.warc.wet.gz", "a.warc"])
    def test_texts_of_wet_files_are_documents(self, tmp_path: Path, name: str) -> None:
        told = warc_record(1, b"", kind="warcinfo") + wet_record(2, f"春运第一天\n{TEXT}\n") + wet_record(3, TEXT)
        found = read(write(tmp_path / name, gzip.compress(told) if name.endswith("gz") else told))
        first, second = found.values()
        assert isinstance(first, RawDocument)
        assert isinstance(second, RawDocument)
        assert (first.payload, first.media) == (f"春运第一天\n{TEXT}\n".encode(), "text")
        assert first.id == f"{name}#urn:uuid:00000000-0000-4000-8000-000000000002"
        assert first.hints.url == first.fields["url"] == "http://news.example/page"
        assert first.fields["crawled"] == "2026-01-22T08:00:00Z"
        assert second.payload == TEXT.encode()

    def test_a_cut_wet_file_gives_what_is_whole_and_says_so(self, tmp_path: Path) -> None:
        data = (wet_record(1, TEXT) + wet_record(2, TEXT))[:-20]
        first, *rest = texts(write(tmp_path / "a.wet", data)).values()
        assert first == TEXT.encode()
        assert rest
        assert all("ends early" in reason for reason in rest)

    @pytest.mark.parametrize("data", [b"<html>404</html>" * 99, bytes(range(256)) * 20])
    def test_what_only_bears_the_suffix_is_a_failed_document(self, tmp_path: Path, data: bytes) -> None:
        [reason] = texts(write(tmp_path / "a.warc", data)).values()
        assert "fetch the file again" in reason


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def hide(library: str) -> None:
        found = dedupe.api.options.find_spec
        monkeypatch.setattr(dedupe.api.options, "find_spec", lambda name: None if name == library else found(name))

    return hide


@pytest.mark.parametrize(
    ("library", "name", "words"),
    [
        ("pyarrow", "parquet", "2 Parquet files need pyarrow; install it with: pip install 'dedupe-news[parquet]'"),
        ("fastwarc", "wet.gz", "2 WET files need fastwarc; install it with: pip install 'dedupe-news[warc]'"),
        ("fastwarc", "warc.gz", "2 WARC files need fastwarc; install it with: pip install 'dedupe-news[warc]'"),
        (
            "trafilatura",
            "warc",
            "2 WARC files, whose pages are HTML, need trafilatura; install it with: pip install 'de",
        ),
        ("trafilatura", "html", "2 HTML pages need trafilatura; install it with: pip install 'dedupe-news[html]'"),
    ],
)
def test_a_missing_extra_is_refused_with_the_number_of_files_and_the_remedy(
    library: str, name: str, words: str, without: Any, tmp_path: Path
) -> None:
    without(library)
    (tmp_path / "in").mkdir()
    for stem in "ab":
        (tmp_path / "in" / f"{stem}.{name}").touch()
    with pytest.raises(MissingExtraError) as caught:
        clean([tmp_path / "in"], tmp_path / "out")
    assert str(caught.value).startswith(words)
    assert not (tmp_path / "out").exists()


def test_a_missing_extra_for_one_file_is_told_of_one(without: Any, tmp_path: Path) -> None:
    without("trafilatura")
    (tmp_path / "a.html").touch()
    with pytest.raises(MissingExtraError, match=r"^1 HTML page needs trafilatura;"):
        clean([tmp_path / "a.html"], tmp_path / "out")


def test_all_missing_extras_are_told_at_once(without: Any, tmp_path: Path) -> None:
    without("trafilatura")
    without("pyarrow")
    for name in ("a.html", "b.parquet", "c.parquet"):
        (tmp_path / name).touch()
    with pytest.raises(MissingExtraError) as caught:
        clean([tmp_path], tmp_path.parent / "out")
    assert str(caught.value) == (
        "1 HTML page needs trafilatura and 2 Parquet files need pyarrow; "
        "install it with: pip install 'dedupe-news[html,parquet]'"
    )


def test_paths_may_be_text_and_one_of_them_is_no_list(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXT)
    assert clean([str(tmp_path / "a.txt")], str(tmp_path / "out")).totals.outcomes["kept"] == 1
    with pytest.raises(TypeError, match="sources must be a list of paths"):
        clean(str(tmp_path / "a.txt"), tmp_path / "out")


def test_our_own_parquet_read_again_has_its_fields_where_they_were(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    record = {"id": "a", "text": TEXT, "source": "晨光日报", "views": 12, "meta": {"tags": ["雨"]}}
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(record), "utf-8")
    clean([tmp_path / "in"], tmp_path / "out", options=dedupe.RunOptions(format="parquet", workers=1))
    (raw,) = (load(item, SETTINGS) for item in items(discover([tmp_path / "out" / "documents.parquet"]), SETTINGS))
    assert raw.id == "documents.parquet#a.jsonl#a"
    assert raw.fields == {"source": "晨光日报", "views": 12, "meta": {"tags": ["雨"]}}
    assert callable(parquet_items)
