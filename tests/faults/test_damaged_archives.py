"""
Damage at every place of a web archive: what is not touched is read, and what is lost is reported.

The default suite tries a sample of the places, `-m slow` all of them.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import zstandard
from scrapes import warc_record, wet_record

from dedupe.errors import DocumentError
from dedupe.settings import Settings
from dedupe.stages.decode import decode
from dedupe.store.readers import discover, items, load

pytest.importorskip("fastwarc")


def _page(number: int) -> bytes:
    return f"<html><body><p>第{number}天，雨下了一夜，河水涨到了堤边，居民清早来看。</p></body></html>".encode()


def _with_digest(record: bytes) -> bytes:
    head, _, rest = record.partition(b"\r\n\r\n")
    digest = base64.b32encode(hashlib.sha1(rest[:-4], usedforsecurity=False).digest())
    return head + b"\r\nWARC-Block-Digest: sha1:" + digest + b"\r\n\r\n" + rest


PACKED_PAGE = "Content-Type: text/html\r\nContent-Encoding: gzip"
RECORDS = [
    warc_record(1, b"software: none", kind="warcinfo"),
    warc_record(2, _page(2)),
    warc_record(3, b"GET /", kind="request"),
    warc_record(4, gzip.compress(_page(4), mtime=0), head=PACKED_PAGE),
    warc_record(5, b"\x89PNG" * 9, head="Content-Type: image/png"),
    warc_record(6, _page(6)),
    wet_record(7, _page(7).decode()),
    warc_record(8, _page(8)),
]
PAGES = {2, 4, 6, 7, 8}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": _with_digest,  # what nothing else protects
    ".gz": lambda record: gzip.compress(record, mtime=0),
    ".bz2": bz2.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
EDITS: dict[str, Callable[[bytes], bytes]] = {
    "a bit": lambda byte: bytes([byte[0] ^ 1]),
    "case": lambda byte: bytes([byte[0] ^ 32]),
    "all bits": lambda byte: bytes([byte[0] ^ 255]),
    "a line end": lambda _: b"\n",
    "a digit more": lambda byte: byte + b"9",
    "gone": lambda _: b"",
}


def _members(suffix: str) -> list[bytes]:
    return [PACKINGS[suffix](record) for record in RECORDS]


def _read(path: Path, data: bytes, settings: Settings) -> tuple[list[bytes], list[str]]:
    """The pages that are read, and the reasons why others are not."""
    path.unlink(missing_ok=True)  # some file systems wait for the disk where a file is cut to nothing
    path.write_bytes(data)
    pages, reasons = list[bytes](), list[str]()
    for item in items(discover([path]), settings.read):
        try:
            raw = load(item, settings.read)
            decode(raw.payload, raw.charset, raw.media, settings.decode)  # a packed page that no longer looks packed
            pages.append(raw.payload if isinstance(raw.payload, bytes) else raw.payload.encode())
        except DocumentError as error:
            reasons.append(str(error))
    return pages, reasons


def _places(data: bytes, every: int) -> Iterator[int]:
    """Every place, or one of so many."""
    chance = Random(7)
    return (place for place in range(len(data)) if chance.randrange(every) == 0)


def _damage_a_byte(suffix: str, path: Path, settings: Settings, every: int) -> None:
    members = _members(suffix)
    data = b"".join(members)
    owners = [number for number, member in enumerate(members, 1) for _ in member]
    for name, edit in EDITS.items():
        for place in _places(data, every):
            pages, reasons = _read(path, data[:place] + edit(data[place : place + 1]) + data[place + 1 :], settings)
            where = f"{name} at byte {place} of record {owners[place]}: {reasons}"
            for number in PAGES - {owners[place]}:
                assert _page(number) in pages, where
            whole = [page for page in pages if abs(len(page) - len(_page(2))) <= 2]
            assert len(whole) + len(reasons) >= len(PAGES), where
            assert all(reasons), where


@pytest.mark.parametrize("suffix", PACKINGS)
def test_one_damaged_byte_costs_one_record_which_is_reported(suffix: str, tmp_path: Path, settings: Settings) -> None:
    _damage_a_byte(suffix, tmp_path / f"a.warc{suffix}", settings, 40)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", PACKINGS)
def test_so_it_is_at_every_place(suffix: str, tmp_path: Path, settings: Settings) -> None:
    _damage_a_byte(suffix, tmp_path / f"a.warc{suffix}", settings, 1)


@pytest.mark.parametrize("suffix", PACKINGS)
def test_a_stretch_that_is_gone_or_overwritten_costs_what_it_touches_and_is_reported(
    suffix: str, tmp_path: Path, settings: Settings
) -> None:
    members = _members(suffix)
    data = b"".join(members)
    owners = [number for number, member in enumerate(members, 1) for _ in member]
    chance = Random(8)
    for _ in range(100):
        begin = chance.randrange(len(data))
        end = min(len(data), begin + chance.choice([9, 99, 999]))
        put = chance.choice([b"", bytes(end - begin), chance.randbytes(end - begin), b"<p>\r\n\r\n"])
        pages, reasons = _read(tmp_path / f"a.warc{suffix}", data[:begin] + put + data[end:], settings)
        touched = set(owners[begin:end]) | ({owners[begin - 1]} if begin else set())
        for number in PAGES - touched:
            assert _page(number) in pages, (begin, end, put[:9], reasons)
        if put and any(_page(number) not in pages for number in PAGES):  # a gap may well join two halves of records
            assert reasons or len(pages) == len(PAGES), (begin, end, put[:9])
