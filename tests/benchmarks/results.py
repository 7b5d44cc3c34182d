"""
What was measured, one JSON object a line, and what follows from it: medians, spreads, ratios.

Every run of the benchmark adds to the file. A report takes of each case and corpus what the last one of
its sessions said, so that a part can be measured again without the rest.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from tests.benchmarks.meter import Cost
from tests.benchmarks.verdicts import Verdict


@dataclass(frozen=True)
class Machine:
    """Where a session was measured, and with what."""

    session: str
    hardware: str
    software: str
    peers: str
    workers: int


@dataclass(frozen=True)
class Sample:
    """One command, run once. A verdict is there where it wrote documents."""

    session: str
    case: str
    corpus: str
    tool: str
    round: int
    documents: int
    bytes: int
    cost: Cost
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Spread:
    """A median with the least and the most."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """
        The spread of some values.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(middle=2.0, least=1.0, most=3.0)
        """
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])


def machine(peers: str, workers: int) -> Machine:
    """This machine, now."""
    hardware = f"{os.cpu_count()} cores of {_processor()}, {_memory() / 1e9:.0f} GB"
    found = ", ".join(filter(None, map(_installed, ("dedupe-news", "numpy", "numba", "ftfy"))))
    software = f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {found}"
    return Machine(datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"), hardware, software, peers, workers)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _installed(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""


def append(path: Path, record: Machine | Sample) -> None:
    """Add a line."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(record)) + "\n")


def load(path: Path) -> tuple[list[Machine], list[Sample]]:
    """All lines of a file."""
    machines, samples = [], []
    for record in map(json.loads, path.read_text("utf-8").splitlines()):
        if "hardware" in record:
            machines.append(Machine(**record))
        else:
            cost, verdict = Cost(**record.pop("cost")), record.pop("verdict")
            samples.append(Sample(**record, cost=cost, verdict=Verdict(**verdict) if verdict else None))
    return machines, samples


def latest(samples: Sequence[Sample], case: str) -> dict[str, list[Sample]]:
    """By corpus, the samples of a case that its last session took."""
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.case == case:
            before = found.setdefault(sample.corpus, [])
            if before and before[0].session < sample.session:
                before.clear()
            before.append(sample)
    return found


def done(samples: Iterable[Sample], tool: str) -> list[Sample]:
    """The runs of a tool that came to their end."""
    return [sample for sample in samples if sample.tool == tool and not sample.cost.code]


def ratios(samples: Sequence[Sample], tool: str, to: str) -> Spread | None:
    """How many times the wall time of another tool one takes, round by round: what slows the machine slows both."""
    walls = {sample.round: sample.cost.wall for sample in done(samples, to)}
    found = [one.cost.wall / walls[one.round] for one in done(samples, tool) if one.round in walls]
    return Spread.of(found) if found else None
