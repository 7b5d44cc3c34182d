"""
Measure our speed next to other tools, and write the tables of docs/benchmarks.md and the README.

    python -m tests.benchmarks install PEERS                 make environments for the other tools
    python -m tests.benchmarks all --peers PEERS PAGES       measure everything, and rewrite the tables
    python -m tests.benchmarks speed --corpus zh=NEWS.jsonl --peers PEERS --only dedupe --only daft
    python -m tests.benchmarks growth | million | startup    measure one case
    python -m tests.benchmarks report PAGES                  rewrite the tables from earlier measurements

PAGES is `--page docs/benchmarks.md --readme README.md`: the full tables, and the summary. Every run is
appended to the file of results; the report shows the last session of each case. A corpus is a JSON Lines
file with a `text` field, named by its language; its sentences are recombined. Without one, invented news
is measured, in Chinese and English. Growth and the million are measured on the first corpus.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import cases, contestants, corpora, report, results

_CASES = ("startup", "speed", "growth", "million")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what is asked."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.command == "install":
        for line in contestants.install(asked.place, asked.only):
            print(line, flush=True)
        return
    pages = [(page, told) for page, told in ((asked.page, report.section), (asked.readme, report.brief)) if page]
    for page, _ in pages:
        report.placed(page.read_text("utf-8"), "")  # a page without markers is refused before hours of work
    if asked.command != "report":
        with tempfile.TemporaryDirectory(prefix="dedupe-benchmark-", dir=asked.scratch) as scratch:
            _measure(asked, Path(scratch))
    if not asked.results.exists():
        parser.error(f"there is no {asked.results}; measure first, or name the file with --results")
    measured = results.load(asked.results)
    for page, told in pages:
        page.write_text(report.placed(page.read_text("utf-8"), told(*measured)), "utf-8")
    if not pages:
        print(report.section(*measured))


def _measure(asked: argparse.Namespace, scratch: Path) -> None:
    """Run the cases that are asked for, one after another."""
    due = set(_CASES) if asked.command == "all" else {asked.command}
    running = contestants.chosen(asked.only, asked.peers) if "speed" in due else []
    at = results.machine(contestants.versions(running, asked.peers) if asked.peers else "", asked.workers)
    results.append(asked.results, at)
    bench = cases.Bench(asked.results, scratch, asked.peers, asked.workers, asked.timeout, at.session)
    bench.compile_kernels()
    if "startup" in due:
        cases.startup(bench, asked.startups)
    plan = cases.Plan(asked.megabytes, asked.runs, asked.slow, asked.slow_runs)
    for number, (name, path) in enumerate(asked.corpus or _INVENTED):
        texts = corpora.given(path, name) if due - {"startup"} else []
        if "speed" in due:
            cases.speed(bench, name, texts, running, plan)
        if "growth" in due and not number:
            cases.growth(bench, name, texts, asked.base, asked.growths)
        if "million" in due and not number:
            cases.million(bench, name, texts, asked.documents)


_INVENTED: tuple[tuple[str, Path | None], ...] = (("zh", None), ("en", None))


def _place(value: str) -> Path:
    """A directory; absolute, because what is measured runs elsewhere."""
    return Path(value).expanduser().absolute()


def _corpus(value: str) -> tuple[str, Path]:
    name, equals, path = value.partition("=")
    if not equals or not Path(path).is_file():
        raise argparse.ArgumentTypeError(f"{value!r} is not NAME=FILE with a file that is there")
    return name, Path(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="make the environments of the other tools")
    install.add_argument("place", type=_place)
    _choosing(install)
    for name in (*_CASES, "all", "report"):
        command = commands.add_parser(name, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        command.add_argument("--results", type=Path, default=Path("benchmark.jsonl"), help="where figures are added")
        command.add_argument("--page", type=Path, help="write the full tables here; without any page, print them")
        command.add_argument("--readme", type=Path, help="write the summary here")
        if name != "report":
            _measuring(command)
    return parser


def _choosing(command: argparse.ArgumentParser) -> None:
    names = [one.name for one in contestants.CONTESTANTS]
    told = f"one of: {'; '.join(names)} (repeatable)"
    command.add_argument("--only", action="append", default=[], choices=names, metavar="TOOL", help=told)


def _measuring(command: argparse.ArgumentParser) -> None:
    command.add_argument("--corpus", type=_corpus, action="append", help="NAME=FILE.jsonl; repeatable")
    command.add_argument("--peers", type=_place, help="where `install` put the other tools")
    _choosing(command)
    command.add_argument("--workers", type=int, default=2, help="processes for all that take a number")
    command.add_argument("--scratch", type=_place, help="where corpora and outputs go")
    command.add_argument("--timeout", type=float, default=3600, help="seconds for one run")
    command.add_argument("--megabytes", type=float, default=50, help="speed: size of each corpus")
    command.add_argument("--runs", type=int, default=5, help="speed: turns")
    command.add_argument("--slow", type=float, default=60, help="speed: who takes more seconds ...")
    command.add_argument("--slow-runs", type=int, default=3, help="speed: ... runs in so many turns")
    command.add_argument("--base", type=float, default=10, help="growth: megabytes of the smallest corpus")
    command.add_argument("--growths", type=int, default=3, help="growth: turns")
    command.add_argument("--documents", type=int, default=1_000_000, help="million: how many")
    command.add_argument("--startups", type=int, default=11, help="startup: turns")


if __name__ == "__main__":
    sys.exit(main())
