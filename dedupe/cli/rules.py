"""``dedupe rules``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from dedupe.api.suggest import suggest as proposed
from dedupe.cli.harmless import counted, plain
from dedupe.cli.log import current_log, log_option
from dedupe.cli.options import Place, config_option, set_option, settings_from
from dedupe.rules.loader import load_rulebook
from dedupe.rules.matcher import Rulebook
from dedupe.rules.reading import WHERE, Around, Reading, Where, read_aloud
from dedupe.rules.rule import Rule
from dedupe.rules.selftest import Failure, report
from dedupe.rules.suggest import as_yaml


@click.group()
def rules() -> None:
    """Test, list, explain and suggest byline rules."""


@rules.command(epilog="Example:  dedupe rules test my-rules.yaml")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@set_option
@log_option
def test(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> int:
    """
    Run every rule's own examples.

    FILEs are your own rule files, tested together with the packs that the config names: a line
    under 'keep' must survive all of them. Exits with 2 if an example fails. Known failures are
    listed (those of your files or, without any, of all packs) and do not count as failures.
    """
    outcome = report(_rulebook(files, config, overrides))
    for failure in outcome.failures:
        click.echo(_told(failure, "FAILS", "red"))
    misses = [miss for miss in outcome.misses if not files or miss.file in files]
    for miss in misses:
        click.echo(_told(miss, "known miss", "yellow"))
    for surprise in outcome.surprises:
        click.echo(_told(surprise, "known miss that is found by now: move it to strip", "cyan"))
    told = f", {len(misses)} known misses" if misses else ""
    click.echo(f"{outcome.rules} rules, {outcome.examples} examples, {len(outcome.failures)} failed{told}")
    if mine := next((f for f in outcome.failures if f.file in files and "\n" not in f.example), None):
        click.echo(f"why:  dedupe rules explain --file {shlex.quote(mine.file)} {shlex.quote(mine.example)}")
    return 2 if outcome.failures else 0


@rules.command(name="list")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@set_option
@log_option
def list_rules(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> int:
    """List the rules with their class and reason."""
    for rule in _rulebook(files, config, overrides).rules:
        click.echo(f"{rule.id:<32} {rule.credit:<16} {rule.reason}")
    return 0


@rules.command(
    epilog="""\b
Examples:
  dedupe rules explain '城南晚报记者 林小禾'
  dedupe rules explain --file my-outlet.yaml --zone tail 'Harbour desk: Mara Quill'"""
)
@click.argument("line")
@click.option("--file", "files", multiple=True, metavar="RULES.yaml", help="A rule file to use as well.")
@click.option("--zone", type=click.Choice(WHERE), help="Where the line stands.  [default: all three]")
@click.option("--title", default="", help="The page's title, shown above a line at the head.")
@click.option("--author", "authors", multiple=True, help="An author that the page's metadata names.")
@config_option
@set_option
@log_option
def explain(
    line: str,
    files: tuple[str, ...],
    zone: Where | None,
    title: str,
    authors: tuple[str, ...],
    config: Path | None,
    overrides: tuple[str, ...],
) -> int:
    """
    Show which rules match LINE, and which nearly do.

    The line is tried on a page of body text: at its head, in the middle of the body, at its tail.
    """
    line, title, *authors_ = (one.encode("utf-8", "replace").decode() for one in (line, title, *authors))
    if not line.strip():
        raise click.UsageError("LINE is blank: give the line to explain in quotes")
    if "\n" in line.strip():
        raise click.UsageError("LINE is several lines: a rule reads one at a time")
    book = _rulebook(files, config, overrides)
    mine = [rule.id for rule in book.rules if rule.file in files]
    for where in (zone,) if zone else WHERE:
        reading = read_aloud(book, line.strip(), Around(where, title, tuple(authors_)), close=mine)
        for told in _read(reading):
            click.echo(told)
    return 0


def _read(reading: Reading) -> list[str]:
    outcome = "goes" if not reading.rest else f"leaves “{plain(reading.rest)}”" if reading.found else "stays"
    lines = [click.style(f"{reading.where}: {outcome}", bold=True)]
    for found in reading.found:
        lines.append(click.style(f"  {_named(found.rule)}: {found.rule.reason}", fg="red"))
        fields = ", ".join(f"{capture.name} {plain(capture.value)}" for capture in found.captures)
        lines.append(f"    took “{plain(found.text)}”" + (f": {fields}" if fields else ""))
    for near in reading.refused:
        lines.append(click.style(f"  {_named(near.rule)}: not taken", fg="yellow"))
        lines.append(f"    reads “{plain(near.text)}”, but {plain(near.why)}")
    if not reading.found and not reading.refused:
        lines.append("  no rule reads it")
    return lines


def _named(rule: Rule) -> str:
    return f"{rule.id} ({rule.credit}, {Path(rule.file).name}:{rule.line})" if rule.file else rule.id


@rules.command(
    short_help="Propose rules for lines that a site repeats.",
    epilog="Example:  dedupe rules suggest OUT > learned.yaml",
)
@click.argument("out", type=Place(path_type=Path), metavar="OUT")
@config_option
@set_option
@log_option
def suggest(out: Path, config: Path | None, overrides: tuple[str, ...]) -> int:
    """
    Propose rules for lines that a site of a finished run repeats.

    Prints a rule file with real examples: read it, delete what is article text, and list the file
    in the config under bylines.rules. OUT is not changed.
    """
    found = proposed(out, settings_from(config, overrides).suggest)
    click.echo(as_yaml(found).encode())
    told = "read what is proposed before it is used" if found else "no site repeats a line as often as suggest wants"
    current_log().tell("info", f"{counted(len(found), 'line')} proposed; {told}")
    return 0


def _rulebook(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> Rulebook:
    bylines = settings_from(config, overrides).bylines
    return load_rulebook(bylines.packs, (*bylines.rules, *files))


def _told(failure: Failure, verdict: str, colour: str) -> str:
    head = click.style(f"{failure.file}:{failure.line}: {failure.rule}: {verdict}", fg=colour)
    return f"{head}\n    example   {failure.example}\n    expected  {failure.expected}\n    got       {failure.got}"
