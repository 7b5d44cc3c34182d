"""
What a crawl leaves behind on a bad night, as real files: each is reported, none stops its
neighbours, none is waited for, and none takes more memory than it may.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

from dedupe.errors import ReadError, SourceError
from dedupe.settings import FieldNames, ReadSettings
from dedupe.store.readers import discover, items, load, open_stream, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.store.readers import ByteStream, Compression

NAMES = FieldNames("text", "id", "title", "url", "published", "source", "authors", "language")
LIMIT = 1 << 20
SETTINGS = ReadSettings(LIMIT, 500, 250_000, NAMES)
GOOD = b'{"id":"good","text":"x"}\n'
NUMBERED = b"".join(b'{"id":%d,"text":"%s"}\n' % (number, os.urandom(30).hex().encode()) for number in range(12_000))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes, links and names of arbitrary bytes")


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def outcomes(source: Path, settings: ReadSettings = SETTINGS) -> dict[str, str]:
    """What becomes of each document: its text's length, or the reason why it failed."""
    found = {}
    for item in items(discover([source]), settings):
        try:
            raw = load(item, settings)
        except ReadError as error:
            str(error).encode()  # a reason must be fit for the decisions, whatever the file's name
            found[item.id] = str(error)
        else:
            found[raw.id] = f"{len(raw.payload)} read"
    return found


def until_it_breaks(stream: ByteStream) -> Iterator[bytes]:
    try:
        while data := stream.read(1000):
            yield data
    except ReadError:
        return
    pytest.fail("the stream did not break")


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
    assert peak < megabytes, f"{peak:.1f} MB were held"


def refusal(line: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        parse_record(line, origin="a.jsonl", number=7, settings=SETTINGS)
    str(caught.value).encode()
    return str(caught.value)


class TestFiles:
    def test_empty_files_are_documents_without_text(self, tmp_path: Path) -> None:
        for name in ("a.txt", "b.html", "c.jsonl"):
            write(tmp_path / name, b"")
        assert outcomes(tmp_path) == {"a.txt": "0 read", "b.html": "0 read"}

    def test_empty_content_in_a_sound_archive_is_no_failure(self, tmp_path: Path) -> None:
        write(tmp_path / "a.txt.gz", gzip.compress(b""))
        write(tmp_path / "b.txt.zst", zstandard.compress(b""))
        assert outcomes(tmp_path) == {"a.txt.gz": "0 read", "b.txt.zst": "0 read"}

    def test_binaries_are_handed_on_for_the_decoder_to_judge(self, tmp_path: Path) -> None:
        data = bytes(range(256)) * 40
        (item,) = items(discover([write(tmp_path / "a.txt", data)]), SETTINGS)
        assert load(item, SETTINGS).payload == data

    def test_a_binary_among_records_fails_line_by_line(self, tmp_path: Path) -> None:
        found = outcomes(write(tmp_path / "a.jsonl", b"\x7fELF\0\n" + GOOD + b"\x89PNG\r\n\x1a\n"))
        assert list(found) == ["a.jsonl:1", "a.jsonl#good", "a.jsonl:3", "a.jsonl:4"]
        assert "is not valid JSON" in found["a.jsonl:1"]
        assert "is not UTF-8" in found["a.jsonl:3"]

    def test_utf16_records_fail_once_and_not_line_by_line(self, tmp_path: Path) -> None:
        found = outcomes(write(tmp_path / "a.jsonl", (GOOD * 100).decode().encode("utf-16")))
        assert found == {"a.jsonl:1": "line 1: the file is UTF-16, and records must be UTF-8; convert it"}

    def test_closed_files_and_directories_fail_and_say_so(self, tmp_path: Path) -> None:
        write(tmp_path / "a.txt", b"x").chmod(0)
        write(tmp_path / "c.jsonl", GOOD).chmod(0)
        closed = write(tmp_path / "b/x.txt", b"x").parent
        closed.chmod(0)
        if os.access(closed, os.R_OK):
            pytest.skip("root may read everything")
        found = outcomes(tmp_path)
        closed.chmod(0o700)
        assert found == dict.fromkeys(["a.txt", "c.jsonl", "b"], "cannot be read: Permission denied")

    def test_a_dangling_link_is_a_failed_document_only_if_it_would_have_been_ours(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to("gone.txt")
        (tmp_path / "b.pdf").symlink_to("gone.pdf")
        assert outcomes(tmp_path) == {"a.txt": "cannot be read: No such file or directory"}
        assert discover([tmp_path]).skipped == {".pdf": 1}

    @pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a.txt.zst", "a.jsonl", "a.jsonl.gz"])
    def test_a_file_that_goes_after_it_was_found_is_a_failed_document(self, tmp_path: Path, name: str) -> None:
        path = write(tmp_path / name, b"x")
        found = discover([tmp_path])
        path.unlink()
        (item,) = items(found, SETTINGS)
        assert item.id == name
        with pytest.raises(ReadError, match="cannot be read: No such file"):
            load(item, SETTINGS)

    def test_a_file_that_became_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.txt", b"x")
        (item,) = items(discover([tmp_path]), SETTINGS)
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(ReadError, match="not a regular file"):
            load(item, SETTINGS)

    def test_a_file_that_became_a_directory_fails(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.txt", b"x")
        (item,) = items(discover([tmp_path]), SETTINGS)
        path.unlink()
        path.mkdir()
        with pytest.raises(ReadError, match="not a regular file"):
            load(item, SETTINGS)

    def test_a_file_that_grows_is_read_to_its_new_end(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.txt", b"x")
        (item,) = items(discover([tmp_path]), SETTINGS)
        write(path, b"x" * 1000)
        assert load(item, SETTINGS).payload == b"x" * 1000

    def test_no_descriptor_is_left_open_by_failures(self, tmp_path: Path) -> None:
        write(tmp_path / "a.txt.gz", b"no gzip")
        write(tmp_path / "b.jsonl.zst", b"no zstd")
        write(tmp_path / "c.txt", b"x" * (LIMIT + 1))
        before = len(list(Path("/dev/fd").iterdir()))
        assert len(outcomes(tmp_path)) == 3
        assert len(list(Path("/dev/fd").iterdir())) == before


class TestTrees:
    def test_a_directory_named_like_a_file_is_a_directory(self, tmp_path: Path) -> None:
        write(tmp_path / "x.txt/y.txt", b"x")
        assert outcomes(tmp_path) == {"x.txt/y.txt": "1 read"}

    def test_loops_of_links_end(self, tmp_path: Path) -> None:
        write(tmp_path / "a/x.txt", b"x")
        (tmp_path / "a/up").symlink_to(tmp_path)
        (tmp_path / "a/self.txt").symlink_to("self.txt")
        found = outcomes(tmp_path)
        assert found.pop("a/self.txt").startswith("cannot be read: ")
        assert found == {"a/x.txt": "1 read"}
        assert discover([tmp_path]).skipped == {"link": 1}

    def test_links_to_files_are_read_also_outside_the_tree(self, tmp_path: Path) -> None:
        write(tmp_path / "outside.txt", b"x")
        (tmp_path / "in").mkdir()
        (tmp_path / "in/a.txt").symlink_to("../outside.txt")
        assert outcomes(tmp_path / "in") == {"a.txt": "1 read"}

    def test_names_that_are_not_utf8_get_clean_ids_of_their_own(self, tmp_path: Path) -> None:
        for name in (b"\xd0\xc2.txt", "新.txt".encode(), b"%D0%C2.txt", b"\xce\xc5/a.txt"):
            path = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            with open(path, "wb") as file:  # noqa: PTH123
                file.write(name)
        assert outcomes(tmp_path) == {
            "%25D0%25C2.txt": "6 read",
            "%CE%C5/a.txt": "8 read",
            "%D0%C2.txt": "10 read",
            "新.txt": "7 read",
        }

    def test_pipes_and_sockets_are_counted_and_never_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        os.mkfifo(tmp_path / "a.txt")
        monkeypatch.chdir(tmp_path)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("b.txt")
            found = discover([tmp_path])
        assert (found.files, dict(found.skipped)) == ((), {"special": 2})

    def test_a_pipe_as_the_source_is_refused_with_the_way_to_do_it(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.jsonl")
        with pytest.raises(SourceError, match="pipe it in as the source '-'"):
            discover([tmp_path / "a.jsonl"])

    def test_an_empty_directory_has_no_documents(self, tmp_path: Path) -> None:
        assert outcomes(tmp_path) == {}


class TestArchives:
    @pytest.mark.parametrize("cut", [0, 1, 5, 17, 100, 5000, -9, -8, -1])
    def test_a_truncated_gzip_file_is_a_failed_document(self, tmp_path: Path, cut: int) -> None:
        found = outcomes(write(tmp_path / "a.txt.gz", gzip.compress(NUMBERED)[:cut]))
        assert "gzip stream ends early after" in found["a.txt.gz"]

    @pytest.mark.parametrize("cut", [0, 1, 5, 17, 100, 5000, -9, -4, -1])
    @pytest.mark.parametrize("checksum", [True, False])
    def test_a_truncated_zstd_file_is_a_failed_document(self, tmp_path: Path, cut: int, checksum: bool) -> None:
        packed = zstandard.ZstdCompressor(write_checksum=checksum).compress(NUMBERED)
        found = outcomes(write(tmp_path / "a.txt.zst", packed[:cut]))
        assert "zstd stream ends early after" in found["a.txt.zst"]

    def test_a_zstd_file_cut_anywhere_is_noticed(self, tmp_path: Path) -> None:
        note = b"\x5f\x2a\x4d\x18\x02\0\0\0ab"
        first = zstandard.ZstdCompressor(write_checksum=True).compress(b"abc" * 99)
        second = zstandard.ZstdCompressor(write_content_size=False).compress(b"x")
        packed = first + note + second
        sound = {len(first), len(first + note), len(packed)}  # between frames there is nothing to notice
        for cut in range(len(packed) + 1):
            (found,) = outcomes(write(tmp_path / "a.txt.zst", packed[:cut])).values()
            assert found.endswith(" read") == (cut in sound), cut

    @pytest.mark.parametrize("suffix", ["gz", "zst"])
    def test_records_before_a_truncation_are_kept_and_the_break_is_one_failure(
        self, tmp_path: Path, suffix: Compression
    ) -> None:
        packed = gzip.compress(NUMBERED) if suffix == "gz" else zstandard.compress(NUMBERED)
        *read, (last, reason) = outcomes(write(tmp_path / f"a.jsonl.{suffix}", packed[: len(packed) // 2])).items()
        assert len(read) > 1000
        assert {text for _, text in read} == {"60 read"}
        with open_stream(tmp_path / f"a.jsonl.{suffix}", suffix, 500) as stream:
            readable = b"".join(until_it_breaks(stream))
        assert NUMBERED.startswith(readable)
        breaks = readable.count(b"\n") + 1
        assert (last, len(read)) == (f"a.jsonl.{suffix}:{breaks}", breaks - 1)
        assert reason.startswith(f"line {breaks}: ")
        assert f"stream ends early after {len(readable)} bytes" in reason

    @pytest.mark.parametrize(("suffix", "kind"), [("gz", "gzip"), ("zst", "zstd")])
    def test_what_only_bears_the_suffix_is_a_failed_document(self, tmp_path: Path, suffix: str, kind: str) -> None:
        found = outcomes(write(tmp_path / f"a.html.{suffix}", b"<html>404 Not Found</html>"))
        assert f"is not a valid {kind} stream" in found[f"a.html.{suffix}"]

    @pytest.mark.parametrize(("suffix", "kind"), [("gz", "gzip"), ("zst", "zstd")])
    def test_damage_inside_is_noticed(self, tmp_path: Path, suffix: str, kind: str) -> None:
        packed = (
            gzip.compress(NUMBERED)
            if suffix == "gz"
            else zstandard.ZstdCompressor(write_checksum=True).compress(NUMBERED)
        )
        middle = len(packed) // 2
        damaged = packed[:middle] + bytes([packed[middle] ^ 255]) + packed[middle + 1 :]
        found = outcomes(write(tmp_path / f"a.txt.{suffix}", damaged))
        assert f"{kind} stream is damaged" in found[f"a.txt.{suffix}"]

    @pytest.mark.parametrize("suffix", ["gz", "zst"])
    def test_what_stood_before_garbage_is_still_read(self, tmp_path: Path, suffix: str) -> None:
        packed = gzip.compress(GOOD) if suffix == "gz" else zstandard.compress(GOOD)
        found = outcomes(write(tmp_path / f"a.jsonl.{suffix}", packed + b"<html>"))
        assert list(found) == [f"a.jsonl.{suffix}#good", f"a.jsonl.{suffix}:2"]
        assert "damaged after 25 bytes" in found[f"a.jsonl.{suffix}:2"]


def bomb(suffix: str, megabytes: int, tail: bytes = b"") -> bytes:
    """An archive of zeros a thousand times its size; made of equal parts, so that it is quickly made."""
    pack = gzip.compress if suffix == "gz" else zstandard.compress
    return pack(bytes(10_000_000)) * (megabytes // 10) + (pack(tail) if tail else b"")


class TestMemory:
    @pytest.mark.parametrize("suffix", ["gz", "zst"])
    def test_a_bomb_is_refused_at_the_limit(self, tmp_path: Path, suffix: str) -> None:
        path = write(tmp_path / f"a.txt.{suffix}", bomb(suffix, 2000))
        with at_most(6):
            found = outcomes(path)
        assert "more than read.max_document_bytes" in found[path.name]

    @pytest.mark.parametrize("suffix", ["gz", "zst"])
    def test_a_bomb_among_records_is_one_failed_line(self, tmp_path: Path, suffix: str) -> None:
        path = write(tmp_path / f"a.jsonl.{suffix}", bomb(suffix, 60, b"\n" + GOOD))
        with at_most(6):
            found = outcomes(path)
        assert list(found) == [f"{path.name}:1", f"{path.name}#good"]

    def test_a_line_of_200_mb_is_skipped_over_and_its_neighbours_are_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        with path.open("wb") as file:
            file.write(b'{"id":1,"text":""}\n')
            file.seek(200_000_000, os.SEEK_CUR)  # a hole: no disk is used
            file.write(b'\n{"id":3,"text":""}\n')
        with at_most(6):
            found = outcomes(path)
        assert found == {
            "a.jsonl#1": "0 read",
            "a.jsonl:2": f"line 2 is longer than read.max_document_bytes ({LIMIT}); raise it to read this document",
            "a.jsonl#3": "0 read",
        }

    def test_a_file_beyond_the_limit_is_not_read_at_all(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.txt", b"")
        os.truncate(path, 10**12)
        with at_most(1):
            found = outcomes(path)
        assert "more than read.max_document_bytes" in found["a.txt"]


class TestRecords:
    def test_bad_lines_fail_alone(self, tmp_path: Path) -> None:
        lines = [b"{", b"[1]", b'{"text": 5}', b"{}", b"null", GOOD.strip()]
        found = outcomes(write(tmp_path / "a.jsonl", b"\n".join(lines)))
        assert [number for number in range(1, 6) if f"line {number}:" in found[f"a.jsonl:{number}"]] == [1, 2, 3, 4, 5]
        assert found["a.jsonl#good"] == "1 read"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b'{"text": "x"', "line 7: is not valid JSON: Expecting ',' delimiter at character 13"),
            (b'{"text": NaN}', "line 7: is not valid JSON: NaN is not a valid JSON number"),
            (b'{"text": "x", "n": -Infinity}', "line 7: is not valid JSON: -Infinity is not a valid JSON number"),
            (b'{"text": "x", "n": 1e999}', "line 7: is not valid JSON: 1e999 is not a valid JSON number"),
            (
                b'["text"]',
                "line 7: is an array, not an object with named fields; jq -c '.[]' FILE turns each element into a line",
            ),
            (b"null", "line 7: is null, not an object with named fields"),
            (b'"text"', "line 7: is a string, not an object with named fields"),
            (b'{"text": ["x"]}', 'line 7: has no text in field "text" (read.fields.text), but an array'),
            (b'{"text": null}', 'line 7: has no text in field "text" (read.fields.text), but null'),
            (b'{"id": "a"}', 'line 7: has no text in field "text" (read.fields.text); it has "id"'),
            (b'{"text": "a', "line 7: is not valid JSON: Unterminated string starting at character 10"),
            (b'{"text": true}', 'line 7: has no text in field "text" (read.fields.text), but true or false'),
            (b"{}", 'line 7: has no text in field "text" (read.fields.text); it has no field at all'),
        ],
    )
    def test_the_reason_says_line_and_fault(self, line: bytes, reason: str) -> None:
        assert refusal(line) == reason

    def test_a_record_without_text_is_told_the_nearest_name(self) -> None:
        assert refusal(b'{"Text": "x", "title": "longer"}').endswith('it has "Text", "title"; did you mean "Text"?')

    def test_or_else_the_field_where_most_text_stands(self) -> None:
        assert refusal(b'{"url": "u", "content": "long"}').endswith('it has "url", "content"; did you mean "content"?')

    def test_a_thousand_long_keys_do_not_make_a_long_message(self) -> None:
        assert len(refusal(json.dumps({f"{number:0500}": "x" for number in range(1000)}).encode())) < 1000

    @pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
    @pytest.mark.parametrize("depth", [100, 101, 900, 100_000])
    def test_nesting_beyond_100_levels_fails_on_every_python(self, depth: int, brackets: tuple[str, str]) -> None:
        begin, end = brackets
        line = '{"text":"x","n":' + begin * (depth - 1) + "1" + end * (depth - 1) + "}"
        if depth == 100:
            assert parse_record(line, origin="", number=1, settings=SETTINGS).payload == "x"
        else:
            assert refusal(line.encode()) == "line 7: is nested deeper than 100 levels"

    def test_many_brackets_are_not_deep_nesting(self) -> None:
        parse_record('{"text":"' + "[" * 5000 + '"}', origin="", number=1, settings=SETTINGS)

    def test_an_endless_number_fails(self) -> None:
        assert "is not valid JSON" in refusal(b'{"text": "x", "n": ' + b"9" * 5000 + b"}")

    def test_half_a_surrogate_pair_becomes_a_replacement_and_whole_pairs_stay(self) -> None:
        line = rb'{"id":"\ud800","text":"a\udc00\ud83d\ude00","title":"\uDFFF","\ud800k":[{"v":"\udbff"}]}'
        raw = parse_record(line, origin="a.jsonl", number=1, settings=SETTINGS)
        assert (raw.id, raw.payload, raw.hints.title) == ("a.jsonl#\ufffd", "a\ufffd😀", "\ufffd")
        assert raw.fields == {"title": "\ufffd", "\ufffdk": [{"v": "\ufffd"}]}

    def test_a_line_of_text_that_nothing_could_encode_is_mended(self) -> None:
        assert parse_record('{"text":"\udcd0"}', origin="", number=1, settings=SETTINGS).payload == "\ufffd"
