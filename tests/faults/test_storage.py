"""
Where output cannot go: full disks, closed directories, places that are taken. A refusal touches
nothing; a full disk loses nothing.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapes import corpus, tree

from dedupe import RunOptions, clean
from dedupe.errors import OutputError, StorageError
from dedupe.store.staging import storage_errors

DOCUMENTS = 300

slow = pytest.mark.slow
pytestmark = pytest.mark.usefixtures("one_rulebook")


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("storage") / "scrape", DOCUMENTS, seed=3)


@pytest.fixture(scope="module")
def wanted(scrape: Path) -> dict[str, bytes]:
    """What a run with room writes."""
    clean([scrape], scrape.parent / "wanted", options=RunOptions(workers=1))
    return tree(scrape.parent / "wanted")


def run(source: Path, out: Path, *options: str, largest_file: int | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in which no file may grow beyond ``largest_file`` bytes."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", "dedupe", "clean", str(source), "--out", str(out), "--workers", "1", *options]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


@contextlib.contextmanager
def small_disk(at: Path, kilobytes: int) -> Iterator[None]:
    """A file system of this size; skips the test where none can be mounted."""
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(at)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError:
        pytest.skip("no mount command")
    if done.returncode:
        pytest.skip(f"may not mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@pytest.mark.parametrize("room", [pytest.param(0.1, marks=slow), pytest.param(0.8, marks=slow), 1.8])
def test_a_full_disk_can_be_retried(room: float, scrape: Path, wanted: dict[str, bytes], tmp_path: Path) -> None:
    """Full at the first part, at a later one, or when the output is written."""
    disk = tmp_path / "disk"
    with small_disk(disk, round(room * sum(map(len, wanted.values())) / 1024)):
        done = run(scrape, disk / "out")
        assert done.returncode == 75, done.stderr
        assert done.stdout == ""
        assert "No space left on device" in done.stderr
        assert "run the same command again" in done.stderr
        assert not (disk / "out").exists()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert clean([scrape], disk / "out", options=RunOptions(workers=1)).resumed > 0 or room < 1
        assert tree(disk / "out") == wanted
        assert [p.name for p in disk.iterdir()] == ["out"]


@pytest.mark.parametrize("largest", [100, pytest.param(10_000, marks=slow), pytest.param(200_000, marks=slow)])
def test_files_that_may_not_grow_can_be_retried(
    largest: int, scrape: Path, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    """The same where nothing can be mounted: the kernel refuses to let a file grow."""
    out = tmp_path / "out"
    done = run(scrape, out, "--format", "jsonl", largest_file=largest)
    assert done.returncode == 75, done.stderr
    assert "File too large" in done.stderr
    assert not out.exists()
    clean([scrape], out, options=RunOptions(workers=1))
    assert tree(out) == wanted
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_errors_of_storage_are_temporary_and_others_are_not(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No space left"), storage_errors(tmp_path):
        raise OSError(28, "No space left on device")
    with pytest.raises(PermissionError), storage_errors(tmp_path):
        raise PermissionError(13, "Permission denied")


# ---------------------------------------------------------------- places that are refused


@pytest.fixture
def small(tmp_path: Path) -> Path:
    source = tmp_path / "scrape"
    (source / "inner").mkdir(parents=True)
    (source / "a.txt").write_text("第一座桥今天通车。", "utf-8")
    (source / "inner" / "b.txt").write_text("第二座桥明天通车。", "utf-8")
    return source


def refuse(source: Path, out: Path, *words: str) -> None:
    """Refused for good, in words that name the place; and nothing has changed on disk."""
    around = source.parent
    before = {p: p.lstat().st_mtime_ns for p in around.rglob("*")}
    with pytest.raises(OutputError) as caught:
        clean([source], out)
    assert caught.value.exit_code == 2
    for word in (str(out), *words):
        assert word in str(caught.value)
    assert {p: p.lstat().st_mtime_ns for p in around.rglob("*")} == before


def test_out_inside_the_source(small: Path) -> None:
    refuse(small, small / "inner" / "out", "inside the source", "outside it")


def test_out_is_the_source(small: Path) -> None:
    refuse(small, small, "inside the source")


def test_out_is_inside_the_source_by_way_of_a_link(small: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(small / "inner")
    refuse(small, tmp_path / "link" / "out", "inside the source")


def test_out_is_inside_the_source_by_way_of_dots(small: Path) -> None:
    refuse(small, small.parent / "elsewhere" / ".." / "scrape" / "out", "inside the source")


def test_out_is_the_source_file(small: Path) -> None:
    refuse(small / "a.txt", small / "a.txt")


def test_out_holds_something(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".hidden").touch()
    refuse(small, tmp_path / "out", "not empty", "new or empty")


def test_out_is_a_file(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    refuse(small, tmp_path / "out", "not a directory")


@pytest.mark.parametrize("aim", ["nowhere", "empty"])
def test_out_is_a_link(aim: str, small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / aim)
    refuse(small, tmp_path / "out", "not a directory")


def test_out_holds_the_source(small: Path, tmp_path: Path) -> None:
    refuse(small, tmp_path, "not empty")


def test_a_part_of_outs_path_is_a_file(small: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    refuse(small, tmp_path / "notes" / "out")


def test_outs_name_is_too_long(small: Path, tmp_path: Path) -> None:
    refuse(small, tmp_path / ("o" * 300))


def test_out_cannot_be_made(small: Path) -> None:
    nowhere = Path("/proc/self/fdinfo")
    if not nowhere.is_dir():
        pytest.skip("no directory at hand in which nobody may write")
    refuse(small, nowhere / "out")


def test_out_below_a_read_only_directory(small: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "shut").mkdir(mode=0o500)
    refuse(small, tmp_path / "shut" / "out", "cannot be written")
    refuse(small, tmp_path / "shut" / "deeper" / "out")


def test_out_on_a_read_only_file_system(small: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, 64):
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        refuse(small, disk / "out", "cannot be written")
        refuse(small, disk / "deeper" / "out")


def test_out_is_a_mount_point(small: Path, tmp_path: Path) -> None:
    """An empty directory that cannot be renamed away: refused with a remedy, and the work is not lost."""
    with small_disk(tmp_path / "disk", 1000):
        with pytest.raises(OutputError, match="mount point"):
            clean([small], tmp_path / "disk")
        assert list((tmp_path / "disk").iterdir()) == []


# ---------------------------------------------------------------- places that are fine


def test_out_is_an_empty_directory(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    clean([small], tmp_path / "out")
    clean([small], tmp_path / "new")
    assert tree(tmp_path / "out") == tree(tmp_path / "new")
    assert len(tree(tmp_path / "out")) == 4


@pytest.mark.parametrize("name", ["out", "deeper/and/deeper/out", "名字 with spaces", ".hidden", "a/../out", "out/"])
def test_out_is_new(name: str, small: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    clean([small], Path(f"{tmp_path}/{name}"))
    out = Path(os.path.normpath(tmp_path / name))
    assert (out / "documents" / "inner" / "b.txt").read_text("utf-8") == "第二座桥明天通车。\n"
    assert not list(out.parent.glob("*.dedupe"))


def test_out_may_be_named_from_where_we_stand(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)
    clean([Path()], Path("../out"))
    assert sorted(tree(tmp_path / "out")) == [
        "decisions.jsonl",
        "documents/a.txt",
        "documents/inner/b.txt",
        "summary.json",
    ]


def test_out_beside_the_source_is_no_part_of_it(small: Path, tmp_path: Path) -> None:
    clean([small], tmp_path / "scrape-clean")
    assert len(tree(tmp_path / "scrape-clean")) == 4


def test_many_long_and_strange_names_all_get_a_file(tmp_path: Path) -> None:
    source = tmp_path / "scrape"
    names = [
        "a.txt",
        "a.txt.txt",
        "a.html.txt",
        "b:c.txt",
        "b%3Ac.txt",
        "长" * 80 + ".txt",
        "长" * 79 + "短.txt",
        "CON.txt",
        " .txt",
    ]
    for number, name in enumerate(names):
        path = source / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"第{number}座桥今天通车，{number}个村子都来看。", "utf-8")
    clean([source], tmp_path / "out")
    texts = {data for name, data in tree(tmp_path / "out").items() if name.startswith("documents/")}
    assert len(texts) == len(names)
