"""Who is measured: our command in its forms, the floor under it, and other tools in environments of their own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Contestant:
    """
    One command to measure; without a script it is ``dedupe clean``.

    ``home`` is the directory of its environment among those of the peers; without one it runs in ours.
    ``requirements`` are arguments of ``pip install``, a call for each. ``files`` takes one file per document.
    """

    name: str
    does: str
    script: str = ""
    home: str = ""
    requirements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    files: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def python(self, peers: Path | None) -> Path | None:
        """Its interpreter; None where it is not installed."""
        if not self.home:
            return Path(sys.executable)
        found = peers / self.home / "bin" / "python" if peers else None
        return found if found and found.exists() else None

    def ready(self, peers: Path | None) -> bool:
        """Whether it can be run here."""
        return self.python(peers) is not None and (self.name != FAST or find_spec("numba") is not None)

    def command(self, source: Path, out: Path, workers: int, peers: Path | None) -> list[str]:
        """The command line that reads a corpus and writes into a directory that is not there yet."""
        python = str(self.python(peers))
        if self.script:
            return [python, str(HERE / "peers" / self.script), str(source), str(out), str(workers), *self.options]
        form = "text" if self.files else "jsonl"
        options = ["--out", str(out), "--format", form, "--workers", str(workers), "--quiet"]
        return [python, "-m", "dedupe", "clean", str(source), *options]


FAST = "dedupe [fast]"
CONTESTANTS = (
    Contestant("floor", "parses and writes", "floor.py"),
    Contestant("floor, orjson", "parses and writes", "floor.py", "orjson", ("orjson==3.13.0",)),
    Contestant("floor, files", "reads and writes", "floor.py", files=True),
    Contestant(FAST, "everything"),
    Contestant("dedupe", "everything", environment={"DEDUPE_KERNELS": "numpy"}),
    Contestant("dedupe [fast], files", "everything", files=True),
    Contestant("daft", "near copies", "with_daft.py", "daft", ("daft==0.7.26",)),
    Contestant(
        "rensa",
        "near copies",
        "with_rensa.py",
        "rensa",
        ("rensa==0.5.0 ftfy==6.3.1",),
        ("without-ftfy",),
    ),
    Contestant("rensa + ftfy", "repair, near copies", "with_rensa.py", "rensa"),
    Contestant(
        "text-dedup",
        "near copies",
        "with_text_dedup.py",
        "text-dedup",
        # What it pins keeps pip busy for ten minutes, for modules that the MinHash program does not import.
        (
            "--no-deps text-dedup==0.4.0",
            "bitarray click<9 click-option-group<0.6 datasets==5.2.0 ftfy numpy psutil regex rich<14 scipy tqdm xxhash",
        ),
    ),
    Contestant(
        "datatrove",
        "near copies",
        "with_datatrove.py",
        "datatrove",
        # Its extra for this takes in fastText and more; these are what the four steps import.
        ("datatrove==0.10.1 orjson regex spacy==3.8.18 tokenizers xxhash<4",),
    ),
    Contestant(
        "datasketch + ftfy",
        "repair, near copies",
        "with_datasketch.py",
        "datasketch",
        ("datasketch==2.0.0 ftfy==6.3.1",),
    ),
)
"""In the order of the tables; a form that differs from another in an option alone shares its environment."""


def chosen(only: Iterable[str], peers: Path | None) -> list[Contestant]:
    """Those that are named, or all; without those that are not installed, which standard error is told."""
    names = set(only)
    asked = [one for one in CONTESTANTS if not names or one.name in names]
    for one in asked:
        if not one.ready(peers):
            print(f"{one.name}: not installed, left out", file=sys.stderr)
    return [one for one in asked if one.ready(peers)]


def install(place: Path, only: Iterable[str]) -> Iterator[str]:
    """Make the environments of the peers, each of its own; a line for each, as soon as it is there or has failed."""
    names = set(only)
    for one in CONTESTANTS:
        if not one.requirements or (names and one.name not in names):
            continue
        home = place / one.home
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for arguments in one.requirements:
            done = subprocess.run([*pip, *arguments.split()], capture_output=True, text=True, check=False)
            if done.returncode:
                yield f"{one.home}: not installed: {done.stderr.strip().splitlines()[-1]}"
                break
        else:
            yield f"{one.home}: installed in {home}"


def versions(running: Iterable[Contestant], peers: Path) -> str:
    """What is installed of the tools that others are made of, as ``rensa 0.5.0, daft 0.7.26``."""
    found = []
    for home in dict.fromkeys(one.home for one in running if one.home):
        for path in sorted((peers / home / "lib").glob("python*/site-packages/*.dist-info")):
            name, _, number = path.name.removesuffix(".dist-info").replace("_", "-").rpartition("-")
            if name == home:
                found.append(f"{name} {number}")
    return ", ".join(found)
