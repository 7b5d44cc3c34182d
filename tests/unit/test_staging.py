"""An unfinished run: continued by the same one, emptied by another, never seen by anybody else."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dedupe.errors import LockBusyError, OutputError, StorageError
from dedupe.store.parts import Part, PartReader
from dedupe.store.staging import Staging, check_output, finished_identity, storage_errors

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "clean"


def finish(staging: Staging, number: int, text: str = "x") -> None:
    staging.part(number).write(dict.fromkeys(("documents", "decisions", "signatures"), text.encode()), text)


def listing(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


# Continuing


def test_a_run_of_the_same_identity_finds_its_finished_parts_again(out: Path) -> None:
    with Staging(out, "one") as staging:
        assert not staging.resumed
        finish(staging, 0)
        staging.part(1).path("documents").write_text("half", "utf-8")
    with Staging(out, "one") as staging:
        assert staging.resumed
        assert staging.part(0).finished
        assert staging.part(0).path("documents").read_text("utf-8") == "x"
        assert not staging.part(1).finished
        assert not staging.part(2).finished


def test_a_run_of_another_identity_starts_afresh(out: Path) -> None:
    with Staging(out, "one") as staging:
        finish(staging, 0)
    with Staging(out, "two") as staging:
        assert not staging.resumed
        assert not staging.part(0).finished
        finish(staging, 1)
    with Staging(out, "one") as staging:
        assert not staging.resumed
        assert not staging.part(1).finished


@pytest.mark.parametrize("marker", ["", "{", "[]", "{}", '"one"', "null"])
def test_a_broken_marker_is_another_identity(out: Path, marker: str) -> None:
    with Staging(out, "one") as staging:
        finish(staging, 0)
    (staging.root / "run.json").write_text(marker, "utf-8")
    with Staging(out, "one") as staging:
        assert not staging.resumed
        assert not staging.part(0).finished
    assert json.loads((staging.root / "run.json").read_text("utf-8")) == {"identity": "one"}


def test_a_half_written_result_is_thrown_away(out: Path) -> None:
    with Staging(out, "one") as staging:
        staging.result.mkdir()
        (staging.result / "documents.jsonl").write_text("half", "utf-8")
    with Staging(out, "one") as staging:
        assert staging.resumed
        assert not staging.result.exists()


def test_parts_of_different_batches_never_share_a_file(out: Path) -> None:
    staging = Staging(out, "one")
    files = [path for number in (0, 1, 99_999_999, 100_000_000) for path in _paths(staging, number)]
    assert len(set(files)) == len(files) == 16
    assert {path.parent for path in files} == {staging.root / "parts"}


def _paths(staging: Staging, number: int) -> list[Path]:
    part = staging.part(number)
    return [part.path(kind) for kind in ("documents", "decisions", "signatures", "entries")]


# Parts


def test_a_part_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    part = Part(tmp_path / "00000007")
    assert not part.finished
    files = {"documents": "文档\n".encode(), "decisions": "判决\n".encode(), "signatures": b"\x00\r\n\xff"}
    part.write(files, '{"id": ["一", "\u2028"]}')
    assert part.finished
    assert part.entries() == '{"id": ["一", "\u2028"]}'
    assert part.read("signatures") == b"\x00\r\n\xff"
    with PartReader() as reader:
        assert reader.read(part, "documents", 0, 6) == "文档".encode()
        assert reader.read(part, "decisions", 3, 3) == "决".encode()
        assert reader.read(part, "documents", 3, 3) == "档".encode()
    assert len(listing(tmp_path)) == 4


def test_a_part_without_its_entries_is_not_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, real = Part(tmp_path / "0"), Part._write

    def fail_at_entries(self: Part, kind: str, content: bytes) -> None:
        if kind == "entries":
            raise OSError(errno.ENOSPC, "full")
        real(self, kind, content)

    monkeypatch.setattr(Part, "_write", fail_at_entries)
    with pytest.raises(OSError, match="full"):
        part.write({"documents": b"d", "decisions": b"d"}, "e")
    assert listing(tmp_path) == ["0.decisions", "0.documents"]
    assert not part.finished


def test_a_part_written_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    part = Part(tmp_path / "0")
    part.write({"documents": b"one"}, "")
    part.write({"documents": b"two"}, "")
    with PartReader() as reader:
        assert reader.read(part, "documents", 0, 3) == b"two"
    assert len(listing(tmp_path)) == 2


def test_more_parts_can_be_read_than_files_can_be_open(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    parts = [Part(tmp_path / f"{k:08}") for k in range(400)]
    for k, part in enumerate(parts):
        part.write({"documents": f"{k:04}".encode()}, "")
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, limits[1]))
    try:
        with PartReader() as reader:
            for order in (parts, parts[::-1]):
                assert [reader.read(part, "documents", 0, 4) for part in order] == [
                    part.stem.name[4:].encode() for part in order
                ]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


# Publishing


@pytest.mark.parametrize("empty", [False, True], ids=["new", "empty"])
def test_out_appears_whole_and_nothing_is_left_beside_it(out: Path, *, empty: bool) -> None:
    if empty:
        out.mkdir()
    with Staging(out, "one") as staging:
        finish(staging, 0)
        staging.result.mkdir()
        (staging.result / "summary.json").write_text("{}", "utf-8")
        assert not out.exists() or not listing(out)
        staging.publish()
    assert listing(out) == ["summary.json"]
    assert listing(out.parent) == ["clean"]


def test_nothing_of_out_is_there_before_it_is_published(out: Path) -> None:
    with Staging(out, "one") as staging:
        finish(staging, 0)
        staging.result.mkdir()
    assert listing(out.parent) == [".clean.dedupe"]


def test_a_directory_that_was_filled_meanwhile_is_not_replaced(out: Path) -> None:
    with Staging(out, "one") as staging:
        staging.result.mkdir()
        out.mkdir()
        (out / "precious").touch()
        with pytest.raises(OutputError, match=r"cannot be replaced by the finished run .*choose a directory inside it"):
            staging.publish()
        assert staging.result.is_dir()
    assert listing(out) == ["precious"]


def test_a_missing_parent_is_made(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "clean"
    with Staging(out, "one") as staging:
        staging.result.mkdir()
        staging.publish()
    assert out.is_dir()


def test_the_identity_of_a_run_that_was_not_tidied_up_can_be_read(out: Path) -> None:
    assert finished_identity(out) is None
    with Staging(out, "one") as staging:
        assert finished_identity(out) == "one"
        staging.discard()
    assert finished_identity(out) is None
    assert listing(out.parent) == []


# One at a time

IMPORTS = "import os, sys\nfrom pathlib import Path\nfrom dedupe.store.staging import Staging\n"


def test_two_processes_never_work_on_one_out(out: Path) -> None:
    code = f"{IMPORTS}with Staging(Path(sys.argv[1]), 'one'):\n    print('in', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with (
            pytest.raises(LockBusyError, match=rf"process {other.pid}\); wait for it or stop it") as busy,
            Staging(out, "two"),
        ):
            pass
        assert busy.value.exit_code == 75
        other.stdin.close()
        assert other.wait(10) == 0
    with Staging(out, "one") as staging:
        assert staging.resumed  # the one that was refused has touched nothing


def test_a_lock_of_a_killed_process_is_none(out: Path) -> None:
    code = f"{IMPORTS}Staging(Path(sys.argv[1]), 'one').__enter__(); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code, str(out)], check=False).returncode == -9
    with Staging(out, "one") as staging:
        assert staging.resumed


def test_a_run_that_fails_lets_go_of_the_lock(out: Path) -> None:
    with pytest.raises(KeyError), Staging(out, "one"):
        raise KeyError
    code = f"{IMPORTS}with Staging(Path(sys.argv[1]), 'one') as s: print(s.resumed)"
    done = subprocess.run([sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


# What is refused as OUT


def test_a_directory_with_anything_in_it_is_refused(out: Path) -> None:
    out.mkdir()
    check_output(out, [])
    (out / ".hidden").touch()
    with pytest.raises(OutputError, match="is not empty; choose a new or empty directory"):
        check_output(out, [])


def test_a_finished_run_is_called_one(out: Path) -> None:
    out.mkdir()
    (out / "decisions.jsonl").touch()
    with pytest.raises(OutputError, match="holds a finished run; choose a new directory"):
        check_output(out, [])


def test_a_file_or_a_link_is_refused(out: Path) -> None:
    out.touch()
    with pytest.raises(OutputError, match="is not a directory"):
        check_output(out, [])
    out.unlink()
    target = out.parent / "elsewhere"
    target.mkdir()
    out.symlink_to(target)
    with pytest.raises(OutputError, match="is a symbolic link, not a directory; name"):
        check_output(out, [])
    out.unlink()
    out.symlink_to(out.parent / "nowhere")
    with pytest.raises(OutputError, match="is a symbolic link"):
        check_output(out, [])


def test_out_inside_a_source_is_refused_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "scrape"
    (source / "2026").mkdir(parents=True)
    (tmp_path / "link").symlink_to(source)
    monkeypatch.chdir(tmp_path)
    for out in ("scrape", "scrape/clean", "scrape/2026/clean", "link/clean", "other/../scrape/clean", "./scrape/."):
        with pytest.raises(OutputError, match=r"lies inside the source .*; choose a directory outside it"):
            check_output(type(tmp_path)(out), [source])
        with pytest.raises(OutputError, match="lies inside the source"):
            check_output(type(tmp_path)(out), [tmp_path / "else", type(tmp_path)("link")])
    check_output(tmp_path / "scrape-clean", [source])
    check_output(tmp_path / "new" / "clean", [source])


def test_a_source_that_is_a_file_refuses_only_itself(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.touch()
    check_output(tmp_path / "clean", [source])
    with pytest.raises(OutputError):
        check_output(source, [source])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_to_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written to; choose another place"):
        check_output(tmp_path / "clean", [])


# Trouble with the disk


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG])
def test_a_full_disk_can_be_tried_again(out: Path, number: int) -> None:
    with (
        pytest.raises(StorageError, match="free some space and run the same command again") as full,
        storage_errors(out),
    ):
        raise OSError(number, os.strerror(number))
    assert full.value.exit_code == 75
    assert str(out) in str(full.value)


def test_other_trouble_is_not_called_a_full_disk(out: Path) -> None:
    with pytest.raises(PermissionError), storage_errors(out):
        raise PermissionError(errno.EACCES, "no")
