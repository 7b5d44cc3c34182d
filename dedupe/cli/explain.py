"""``dedupe explain``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from dedupe.api import Account, account_of_file, account_of_run
from dedupe.cli.options import config_option, plain, set_option, settings_from
from dedupe.edits import kept_spans
from dedupe.model import Json, Removal

_WIDTH = 76


@click.command(
    epilog="""\b
Examples:
  dedupe explain page.txt                 what would go from a file
  dedupe explain news.jsonl#17            ... from a record, by its id
  dedupe explain OUT 2026/page.txt        what went in a finished run"""
)
@click.argument("where", metavar="FILE|OUT")
@click.argument("document_id", metavar="[ID]", required=False)
@click.option("--full", is_flag=True, help="Print every line whole.")
@config_option
@set_option
def explain(where: str, document_id: str | None, full: bool, config: Path | None, overrides: tuple[str, ...]) -> int:
    """
    Show what goes from a document, and why.

    Lines that go are red and marked with "-"; below each stands the judge, the rule and the
    reason; for a second copy, where its twin stands and in what the two differ.
    """
    if document_id is None:
        if Path(where).is_dir():
            raise click.UsageError(f"{where} is a directory: name a document of that run, dedupe explain {where} ID")
        account = account_of_file(where, settings_from(config, overrides))
    else:
        account = account_of_run(Path(where), document_id)
    for line in _header(account):
        click.echo(line)
    if account.outcome != "failed":
        for line in _body(account, full=full):
            click.echo(line)
    return 0


def _header(account: Account) -> list[str]:
    original = len(account.original)
    gone = original - len(account.text)
    colour = {"kept": "green", "duplicate": "yellow"}.get(account.outcome, "red")
    lines = [f"{plain(account.id)}: {click.style(account.outcome, fg=colour, bold=True)}"]
    if account.error:
        return [*lines, f"  {plain(account.error)}"]
    lines[0] += f", {gone:,} of {original:,} characters removed"
    if account.duplicate_of:
        lines.append(
            f"  {account.relation} as {plain(account.duplicate_of)}"
            f" (Jaccard {account.jaccard:.2f}, containment {account.containment:.2f})"
        )
    if account.kept_in:
        lines.append(f"  {plain(_kept_in(account.kept_in))}")
    for name, value in account.metadata.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        lines.append(f"  {name:<18} {plain(shown)}")
    lines += [click.style(f"  repaired: {plain(repair)}", fg="cyan") for repair in account.repairs]
    return [*lines, ""]


def _kept_in(earlier: Mapping[str, Json]) -> str:
    """Where an earlier run kept what this document is a copy of."""
    published = earlier["published"] and f"published {earlier['published']}"
    known = (earlier["source"], published, earlier["url"])
    return f"kept by run {earlier['run']} on {earlier['date']}: {', '.join(one for one in known if one)}"


def _body(account: Account, *, full: bool) -> list[str]:
    """The original in order: what stays, and what goes with the reason under it."""
    text = account.original
    pieces = sorted(
        [(span.start, text[span.start : span.end], None) for span in kept_spans(len(text), account.removals)]
        + [(removal.span.start, removal.text, removal) for removal in account.removals],
        key=lambda piece: piece[0],
    )
    lines: list[str] = []
    for _, piece, removal in pieces:
        shown = [plain(line) for line in piece.strip("\n").split("\n") if line.strip()]
        if not full:
            shown = _abbreviated(shown)
        if removal is None:
            lines += [f"  {line}" for line in shown]
        else:
            lines += [click.style(f"- {line}", fg="red") for line in shown]
            lines += [click.style(f"    {line}", dim=True) for line in _reason(text, removal)]
    return lines


def _reason(text: str, removal: Removal) -> list[str]:
    finding = removal.finding
    lines = [f"{finding.stage}/{finding.rule}: {plain(finding.reason)}"]
    if finding.twin is not None:
        line = text.count("\n", 0, finding.twin.start) + 1
        opening = plain(text[finding.twin.start : finding.twin.start + 24]).replace("\n", " ")
        lines[0] += f" (line {line}, “{opening}…”, {finding.similarity:.1%} equal)"
    lines += [
        f"differs: {plain(one) or '(nothing)'} | there: {plain(two) or '(nothing)'}" for one, two in finding.differences
    ]
    return lines


def _abbreviated(lines: list[str]) -> list[str]:
    if len(lines) > 6:
        lines = [*lines[:3], f"... {len(lines) - 5} lines ...", *lines[-2:]]
    return [line if len(line) <= _WIDTH else f"{line[: _WIDTH - 26]} ... {line[-20:]}" for line in lines]
