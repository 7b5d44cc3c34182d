"""``dedupe rules``."""

from __future__ import annotations

from pathlib import Path

import click

from dedupe.cli.options import config_option, set_option, settings_from
from dedupe.rules.loader import load_rulebook
from dedupe.rules.matcher import Rulebook
from dedupe.rules.selftest import Failure, report


@click.group()
def rules() -> None:
    """Test and list the byline rules."""


@rules.command(epilog="Example:  dedupe rules test my-rules.yaml")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@set_option
def test(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> int:
    """
    Run every rule's own examples.

    FILEs are rule files of yours, tested together with the packs that the config names: a line
    to keep must survive all of them. Exits with 2 if an example fails; known misses are told and
    do not fail.
    """
    outcome = report(_rulebook(files, config, overrides))
    for failure in outcome.failures:
        click.echo(_told(failure, "FAILS", "red"))
    for miss in outcome.misses:
        click.echo(_told(miss, "known miss", "yellow"))
    for surprise in outcome.surprises:
        click.echo(_told(surprise, "known miss that is found by now: move it to strip", "cyan"))
    click.echo(f"{outcome.rules} rules, {outcome.examples} examples, {len(outcome.failures)} failed")
    return 2 if outcome.failures else 0


@rules.command(name="list")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@set_option
def list_rules(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> int:
    """List the rules with their class and reason."""
    for rule in _rulebook(files, config, overrides).rules:
        click.echo(f"{rule.id:<32} {rule.credit:<16} {rule.reason}")
    return 0


def _rulebook(files: tuple[str, ...], config: Path | None, overrides: tuple[str, ...]) -> Rulebook:
    bylines = settings_from(config, overrides).bylines
    return load_rulebook(bylines.packs, (*bylines.rules, *files))


def _told(failure: Failure, verdict: str, colour: str) -> str:
    head = click.style(f"{failure.file}:{failure.line}: {failure.rule}: {verdict}", fg=colour)
    return f"{head}\n    example   {failure.example}\n    expected  {failure.expected}\n    got       {failure.got}"
