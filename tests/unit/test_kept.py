"""What a book's patterns tell of is kept between runs, and is never anything else than what is read from them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dedupe.rules.kept
from dedupe.rules.kept import PLACE, kept
from dedupe.rules.loader import load_rulebook, pack_names
from dedupe.rules.telltale import Telltale, telltale

BOOK = load_rulebook(pack_names())
PATTERNS = [rule.pattern for rule in BOOK.rules[:60]]
READ = telltale(PATTERNS, BOOK.starts)
SMALL = telltale(["晨光日报"])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path / "cache"))
    monkeypatch.setattr(dedupe.rules.kept, "_LEAST", sum(map(len, PATTERNS)))
    return tmp_path / "cache"


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on reading patterns gives another answer, so that a kept one is known by its own."""
    monkeypatch.setattr(dedupe.rules.kept, "telltale", lambda *_: SMALL)


def the_file(place: Path) -> Path:
    (file,) = place.iterdir()
    return file


def all_kept() -> Telltale:
    return kept(PATTERNS, BOOK.starts)


def test_what_is_kept_is_what_was_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all_kept() == READ
    unread(monkeypatch)
    assert all_kept() == READ
    assert the_file(place).suffix == ".json"


@pytest.mark.usefixtures("place")
def test_so_it_is_with_all_patterns_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [rule.pattern for rule in BOOK.rules]
    read = kept(every, BOOK.starts)
    unread(monkeypatch)
    assert kept(every, BOOK.starts) == read != SMALL


@pytest.mark.usefixtures("place")
def test_other_patterns_and_other_starts_have_answers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    all_kept()
    unread(monkeypatch)
    assert kept([*PATTERNS, "晨光"], BOOK.starts) is SMALL
    assert kept(PATTERNS, [*BOOK.starts, "晨光"]) is SMALL
    assert kept(PATTERNS[::-1], BOOK.starts) is SMALL


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-9], lambda b: b[:0], lambda b: b.replace(b"2", b"3"), lambda b: b * 2],
    ids=["cut short", "empty", "changed", "twice"],
)
def test_a_damaged_file_is_made_anew(
    place: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_kept()
    whole = the_file(place).read_bytes()
    the_file(place).write_bytes(damage(whole))
    assert all_kept() == READ
    assert the_file(place).read_bytes() == whole
    unread(monkeypatch)
    assert all_kept() == READ


def test_a_change_of_the_code_that_reads_patterns_makes_it_anew(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_kept()
    other = tmp_path / "needles.py"
    other.write_text("changed")
    unread(monkeypatch)
    monkeypatch.setattr(dedupe.rules.kept, "_READERS", (other,))
    assert all_kept() is SMALL
    assert len(list(place.iterdir())) == 2


def test_nothing_is_kept_where_the_variable_is_empty_or_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv(PLACE, "")
    assert all_kept() == READ
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(PLACE, str(tmp_path / "file" / "below"))
    assert all_kept() == READ
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_few_rules_are_read_each_time(place: Path) -> None:
    assert kept(["晨光日报"], ()) == SMALL
    assert not place.exists()


def test_of_many_books_the_last_few_stay(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unread(monkeypatch)
    for number in range(12):
        kept([*PATTERNS, str(number)], BOOK.starts)
        for age, path in enumerate(sorted(place.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)):
            os.utime(path, (1_000_000 - age, 1_000_000 - age))
    files = list(place.iterdir())
    assert len(files) == 8
    for number in range(4, 12):
        kept([*PATTERNS, str(number)], BOOK.starts)
    assert sorted(files) == sorted(place.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="another variable names the place there")
def test_the_command_keeps_it_in_the_users_cache_directory(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("城南晚报记者 林小禾\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。", "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != PLACE}
    environment["XDG_CACHE_HOME"] = str(tmp_path / "xdg")
    outs = []
    for name in ("first", "second"):
        command = [sys.executable, "-m", "dedupe", "clean", page, "--out", tmp_path / name, "--quiet"]
        subprocess.run(command, env=environment, check=True)
        outs.append({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()})
    assert outs[0] == outs[1]
    assert [path.suffix for path in (tmp_path / "xdg" / "dedupe").iterdir()] == [".json"]
