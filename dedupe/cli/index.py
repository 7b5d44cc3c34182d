"""``dedupe index``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from dedupe.api import export_index, forget_documents, index_info, merge_indexes, verify_index
from dedupe.cli.harmless import counted, harmless_json, plain
from dedupe.cli.log import log_option
from dedupe.cli.options import Place, config_option, lock_option, set_option, settings_from
from dedupe.config import load_settings
from dedupe.model import Json

_where = click.argument("where", type=Place(path_type=Path), metavar="WHERE")


@click.group()
def index() -> None:
    """Inspect and maintain the index of earlier runs."""


@index.command(
    short_help="Show what an index holds and which pairs it can find.",
    epilog="Example:  dedupe index info news.dedupe",
)
@_where
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@lock_option
@log_option
def info(where: Path, as_json: bool, lock_timeout: float | None) -> int:
    """
    Show what an index holds, what it was made with, and which pairs it can find.

    The last lines give the detection curve, the share of pairs at each Jaccard similarity that share
    a bucket and are therefore compared: 1 - (1 - jaccard ** rows) ** bands.
    """
    found = index_info(where, load_settings(), lock_timeout)
    click.echo(harmless_json(found).encode() if as_json else _table(found))
    return 0


@index.command(epilog="Example:  dedupe index verify news.dedupe")
@_where
@lock_option
@log_option
def verify(where: Path, lock_timeout: float | None) -> int:
    """
    Check that the whole index is consistent.

    Exits with 2 if it is not: a document that cannot be found, a copy whose kept document is
    gone, a stored text that cannot be read.
    """
    documents, wrong = verify_index(where, load_settings(), lock_timeout)
    for line in wrong[:20]:
        click.echo(plain(line))
    click.echo(f"{counted(documents, 'document')}, {counted(len(wrong), 'fault')}")
    return 2 if wrong else 0


@index.command(
    short_help="Forget one document, all before a date, or an abandoned run.",
    epilog="""\b
Examples:
  dedupe index forget news.dedupe https://example.org/a.html
  dedupe index forget news.dedupe --before 2026-01-01
  dedupe index forget news.dedupe --out clean/2026-01-22    an abandoned night""",
)
@_where
@click.argument("document_id", metavar="[ID]", required=False)
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Everything that arrived before this day."
)
@click.option(
    "--out", type=Place(path_type=Path), metavar="DIR", help="Everything that runs into this directory claimed."
)
@lock_option
@log_option
def forget(
    where: Path, document_id: str | None, before: datetime | None, out: Path | None, lock_timeout: float | None
) -> int:
    """
    Forget one document, everything that arrived before a day, or what a run claimed.

    Forgetting a kept document also forgets its copies: they are judged again when they next arrive.
    Files that a run has written are not touched.
    """
    named = [one for one in (document_id, before and before.date(), out) if one is not None]
    if len(named) != 1:
        raise click.UsageError("name either the ID of a document, --before DATE or --out DIR")
    gone = forget_documents(where, load_settings(), named[0], lock_timeout)
    none = f": {where} holds no document {document_id}" if document_id is not None and not gone else ""
    if out is not None and not gone:
        none = f": no run into {out} claimed any in {where}"
    click.echo(plain(f"{counted(gone, 'document')} forgotten{none}"))
    return 0


@index.command(
    short_help="Print every document of an index as JSON Lines.",
    epilog="Example:  dedupe index export news.dedupe | zstd > news.jsonl.zst",
)
@_where
@lock_option
@log_option
def export(where: Path, lock_timeout: float | None) -> int:
    """Print every document of an index as JSON Lines: its fields, its verdict and its stored text."""
    for line in export_index(where, load_settings(), lock_timeout):
        sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass") + b"\n")
    return 0


@index.command(
    short_help="Merge other indexes into one.",
    epilog="Example:  dedupe index merge news.dedupe crawler-1.dedupe crawler-2.dedupe",
)
@click.argument("into", type=Place(path_type=Path), metavar="INTO")
@click.argument("others", type=Place(path_type=Path), nargs=-1, required=True, metavar="WHERE...")
@config_option
@set_option
@lock_option
@log_option
def merge(
    into: Path, others: tuple[Path, ...], config: Path | None, overrides: tuple[str, ...], lock_timeout: float | None
) -> int:
    """
    Merge other indexes into INTO, which is created if it does not exist.

    No verdict changes: what any of them kept stays kept. An index made with other settings or
    versions is signed again from its stored texts; this is how an index is migrated.
    """
    taken = merge_indexes(into, list(others), settings_from(config, overrides), lock_timeout)
    click.echo(f"{counted(taken, 'document')} merged")
    return 0


def _table(found: dict[str, Json]) -> str:
    documents, runs, size, header = found["documents"], found["runs"], found["bytes"], found["header"]
    lines = [
        counted(documents["all"], "document", width=12),
        f"{documents['kept']:>12,} kept",
        counted(documents["duplicates"], "duplicate", width=12),
        counted(runs["count"], "run", width=12) + (f", {runs['first']} to {runs['last']}" if runs["count"] else ""),
        f"{size['all']:>12,} bytes"
        + (f", {size['all'] / documents['all']:,.0f} a document" if documents["all"] else ""),
        *(f"{'':>12}   {size[name]:,} {name}" for name in size if name != "all" and size[name]),
        "made with",
        *(f"  {name:<14} {value}" for name, value in header.items()),
        f"pairs that are compared ({header['bands']} bands of {header['rows']} rows)",
        *(f"  Jaccard {float(jaccard):.2f} {share:>8.1%}" for jaccard, share in found["detection"].items()),
    ]
    return "\n".join(lines)
