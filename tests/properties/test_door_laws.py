"""Whatever happens to a file's bytes, the readers answer with documents and reasons, and with nothing else."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
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
    (tmp_path / name).write_bytes(data)
    for item in items(discover([tmp_path]), settings.read):
        try:
            load(item, settings.read, lambda line: decode(line, None, "text", settings.decode).text)
        except DocumentError as error:
            str(error).encode()  # a reason must be fit for the decisions
