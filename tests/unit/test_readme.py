"""
The README, taken at its word: its commands are run and print what it says they print, its Python
runs, its YAML loads, its tables agree with the code.

``console`` blocks run in a directory that holds a copy of ``samples/``, one after another as a
reader would type them; ``...`` in what they print stands for anything. A block after a comment
``<!-- not run: reason -->`` is passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import yaml

from dedupe import load_settings
from dedupe.bundled import CONFIGS
from dedupe.cli.clean import clean
from dedupe.cli.explain import explain
from dedupe.cli.index import index
from dedupe.cli.report import report
from dedupe.cli.rules import rules
from dedupe.errors import RefusedError, TemporaryError
from dedupe.model import Metadata
from dedupe.rules.loader import load_rulebook
from dedupe.rules.selftest import check
from dedupe.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@dataclass(frozen=True)
class Block:
    language: str
    line: int
    text: str
    skipped: bool

    @property
    def name(self) -> str:
        return f"line {self.line}"


def blocks(text: str) -> list[Block]:
    """
    The fenced blocks of a page.

    >>> blocks("a\\n```console\\n$ ls\\n```\\n<!-- not run: b -->\\n```python\\nx\\n```")[1]
    Block(language='python', line=6, text='x\\n', skipped=True)
    """
    found = []
    fence = re.compile(r"(<!-- not run: [^\n]*-->\s*\n)?^```(\w*)\n(.*?)^```$", re.M | re.S)
    for match in fence.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        found.append(Block(match[2], line, match[3], bool(match[1])))
    return found


def of(language: str) -> list[Block]:
    return [block for block in blocks(README) if block.language == language and not block.skipped]


def steps(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it should print."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line.removeprefix("$ ").rstrip("\n"), ""))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line.removeprefix('> ').rstrip()}", "")
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def pattern(printed: str) -> re.Pattern[str]:
    """What is printed, with ``...`` for anything: on a line of its own for any lines, or none."""
    parts = []
    for line in aligned(printed).rstrip("\n").split("\n"):
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(map(re.escape, line.split("..."))) + r"\n")
    return re.compile("".join(parts))


def aligned(text: str) -> str:
    """The text without what only makes columns."""
    return "".join(" ".join(line.split()) + "\n" for line in text.splitlines())


def test_the_readmes_notation() -> None:
    wanted = pattern("a\n...\n1 of ... (...%)\n...\n")
    assert wanted.fullmatch("a\nb\nc\n1 of 7 (3.5%)\n")
    assert wanted.fullmatch("a\n1 of 7 (3.5%)\nx\n")
    assert not wanted.fullmatch("a\n2 of 7 (3.5%)\n")
    assert steps("$ one \\\n>  two\n$ three\nfour\n") == [("one \\\n two", ""), ("three", "four\n")]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the README's commands are typed."""
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "samples", place / "samples")
    return place


def test_every_command_prints_what_the_readme_says(typed: Path) -> None:
    commands = [(block, *step) for block in of("console") for step in steps(block.text)]
    assert commands, "the README shows no command"
    environment = {
        **os.environ,
        "COLUMNS": "80",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for block, command, printed in commands:
        done = subprocess.run(
            command, shell=True, cwd=typed, env=environment, capture_output=True, text=True, check=False
        )
        told = f"README.md, {block.name}: $ {command}\n\n{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, told
        if printed.strip():
            assert pattern(printed).fullmatch(aligned(done.stdout)), f"{told}\n\nthe README says:\n{printed}"


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_every_python_block_runs(block: Block, typed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(typed)
    exec(compile("\n" * block.line + block.text, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize(
    "block", [b for b in of("yaml") if "rules:\n- id:" not in b.text], ids=lambda block: block.name
)
def test_every_config_loads(block: Block, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(block.text, "utf-8")
    assert load_settings(tmp_path / "my.yaml") != load_settings()


@pytest.mark.parametrize("block", [b for b in of("yaml") if "rules:\n- id:" in b.text], ids=lambda block: block.name)
def test_every_rule_passes_its_own_examples(block: Block, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(block.text, "utf-8")
    assert check(load_rulebook(("zh", "en"), (str(tmp_path / "rules.yaml"),))) == []


def section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert found, f"the README has no section {title!r}"
    return found[1]


def test_the_exit_codes_are_those_of_the_code() -> None:
    told = {
        int(code) for cell in re.findall(r"^\| ([\d, ]+) \|", section("Exit codes"), re.M) for code in cell.split(",")
    }
    assert told == {0, 1, RefusedError.exit_code, 70, TemporaryError.exit_code, 130, 143}
    assert clean.epilog is not None
    shown = {
        int(code) for code in re.findall(r"(?:^|  |, )(\d+)(?=,|  )", clean.epilog.partition("Exit codes:")[2], re.M)
    }
    assert shown == told


def test_every_setting_that_is_named_exists() -> None:
    blocks_ = {field.name for field in fields(Settings)}
    named = re.findall(rf"`(?:--set )?((?:{'|'.join(blocks_)})\.(?!html)[a-z_.]+)(?:=[^`]*)?`", README)
    assert named
    settings = load_settings()
    for name in named:
        value: object = settings
        for part in name.split("."):
            assert hasattr(value, part), f"the README names {name}, which is no setting"
            value = getattr(value, part)


def test_every_option_that_is_named_exists() -> None:
    commands = (clean, explain, report, *index.commands.values(), *rules.commands.values())
    options = {option for command in commands for parameter in command.params for option in parameter.opts}
    named = set(re.findall(r"`(--[a-z-]+)", README)) | set(re.findall(r"`dedupe [^`]*?(--[a-z-]+)", README))
    assert named - options == set()


def test_the_metadata_are_those_of_the_model() -> None:
    told = re.search(r"`metadata` has what was found of `([^`]+)`", README)
    assert told
    assert {name.strip() for name in told[1].split(",")} == {field.name for field in fields(Metadata)}


def anchors(page: str) -> set[str]:
    """
    The names by which links reach a page's headings.

    >>> sorted(anchors("# What is read\\n\\n## From cron, or `Airflow`\\n"))
    ['from-cron-or-airflow', 'what-is-read']
    """
    headings = re.findall(r"^#+ (.+)$", page, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ["README.md", "docs/benchmarks.md", "docs/decisions.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", (ROOT / page).read_text("utf-8"))
    assert links
    for target, anchor in links:
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text("utf-8")), f"{target}#{anchor}"


def test_what_init_writes_is_the_default_file() -> None:
    tree = yaml.safe_load((CONFIGS / "default.yaml").read_text("utf-8"))
    assert set(tree) == {field.name for field in fields(Settings)}
    for name, block in tree.items():
        assert set(block) == {field.name for field in fields(getattr(load_settings(), name))}


def test_commands_can_be_split_like_a_shell_does() -> None:
    for block in blocks(README):
        if block.language == "console":
            for command, _ in steps(block.text):
                assert shlex.split(command)


def test_the_nightly_job_runs_as_written(tmp_path: Path) -> None:
    [job] = [block.text for block in of("bash")]
    (tmp_path / "job.sh").write_text(job, "utf-8")
    shutil.copytree(ROOT / "samples", tmp_path / "scrapes" / "2026-05-10")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def run() -> tuple[int, str]:
        command = ["bash", "job.sh", "2026-05-10"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    (tmp_path / "clean").mkdir()
    assert run() == (0, "2026-05-10: done\n")
    [summary] = (tmp_path / "clean-2026-05-10.json").read_text("utf-8").splitlines()
    assert json.loads(summary)["documents"]["kept"] > 30
    assert (tmp_path / "clean" / "2026-05-10" / "documents.jsonl.gz").is_file()
    assert run() == (0, "2026-05-10: done already\n"), "a finished day is not done again"
    assert (tmp_path / "clean-2026-05-10.json").read_text("utf-8").splitlines() == [summary]
    assert (tmp_path / "clean-2026-05-10.log").read_text("utf-8") == ""
    shutil.rmtree(tmp_path / "clean" / "2026-05-10")
    (tmp_path / "clean" / ".2026-05-10.dedupe").mkdir()
    with (tmp_path / "clean" / ".2026-05-10.dedupe" / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        assert run() == (75, "2026-05-10: try again later\n")
