"""Whatever happens to a file's bytes, the readers answer with documents and reasons, and with nothing else."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scrapes import warc_record

from dedupe.errors import DocumentError
from dedupe.settings import Settings
from dedupe.stages.decode import decode
from dedupe.store.readers import discover, items, load

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fastwarc")

NEWS = "雨下了一夜，河水涨到了堤边，居民清早来看。"
PAGE = f"<html><body><p>{NEWS}</p></body></html>".encode()


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2, 3], "text": [NEWS] * 3, "x": [[1], None, [2, 3]]}), file)
    return file.getvalue()


PACKED = "Content-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"
FILES = {
    "a.parquet": parquet(),
    "a.warc": warc_record(1, PAGE) + warc_record(2, gzip.compress(PAGE, mtime=0), head=PACKED) + warc_record(3, PAGE),
    "a.csv": f'id,text,n\n1,"{NEWS} ""x""\nb",2\n2,{NEWS},3\n'.encode(),
    "a.jsonl": f'{{"id": 1, "text": "{NEWS}", "m": {{"k": [1.5, null]}}}}\n'.encode() * 2,
    "a.csv.gz": gzip.compress(f'id,text\n1,"{NEWS}"\n'.encode(), mtime=0),
}
MARKS = [b'"', b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: 9\r\n", b"\0", b","]
PIECES = st.binary(max_size=9) | st.sampled_from(MARKS)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=5)


@pytest.mark.parametrize("name", FILES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_any_damage_ends_in_documents_and_reasons(
    name: str, edits: list[tuple[float, int, bytes]], tmp_path: Path, settings: Settings
) -> None:
    data = FILES[name]
    for place, gone, put in edits:
        at = int(place * len(data))
        data = data[:at] + put + data[at + gone :]
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).write_bytes(data)
    for item in items(discover([tmp_path]), settings.read):
        try:
            load(item, settings.read, lambda line: decode(line, None, "text", settings.decode).text)
        except DocumentError as error:
            str(error).encode()  # a reason must be fit for the decisions


ROWS = [f"{NEWS}有{n}人。" for n in range(9)]


def _lines(rows: list[str]) -> bytes:
    return "".join(f'{{"id": "{row[-3]}", "text": "{row}"}}\n' for row in rows).encode()


def _table(delimiter: str) -> bytes:
    rows = "".join(f'{n}{delimiter}"{row}, ""x""\n{n}"\r\n' for n, row in enumerate(ROWS))
    return f"id{delimiter}text\r\n{rows}".encode()


def _packed(pack: Callable[[bytes], bytes]) -> bytes:
    return pack(_lines(ROWS[:4])) + pack(_lines(ROWS[4:]))  # as crawlers append


def _rows() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ROWS}), file, row_group_size=4)
    return file.getvalue()


DOORS = {
    "a.jsonl": _lines(ROWS),
    "a.csv": _table(","),
    "a.tsv": _table("\t"),
    "a.jsonl.gz": _packed(lambda data: gzip.compress(data, mtime=0)),
    "a.jsonl.bz2": _packed(bz2.compress),
    "a.jsonl.zst": _packed(zstandard.ZstdCompressor(write_checksum=True).compress),
    "a.csv.gz": gzip.compress(_table(","), mtime=0),
    "a.parquet": _rows(),
}


@pytest.mark.parametrize("name", DOORS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), put=st.binary(max_size=2) | st.sampled_from([b"\n", b'"', b"\0"]))
def test_documents_that_one_damaged_byte_costs_are_missed(
    name: str, place: float, put: bytes, tmp_path: Path, settings: Settings
) -> None:
    data = DOORS[name]
    at = int(place * len(data))
    (tmp_path / name).unlink(missing_ok=True)  # some file systems wait for the disk where a file is cut to nothing
    (tmp_path / name).write_bytes(data[:at] + put + data[at + 1 :])
    read = failed = 0
    for item in items(discover([tmp_path]), settings.read):
        try:
            load(item, settings.read, lambda line: decode(line, None, "text", settings.decode).text)
            read += 1
        except DocumentError:
            failed += 1
    assert read >= len(ROWS) or failed
