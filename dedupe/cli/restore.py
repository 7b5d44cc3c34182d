"""``dedupe restore``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dedupe.api import account_of_run
from dedupe.cli.log import log_option
from dedupe.cli.options import Place
from dedupe.errors import OutputError


@click.command(epilog="Example:  dedupe restore OUT 2026/page.txt > page.txt")
@click.argument("out", type=Place(path_type=Path), metavar="OUT")
@click.argument("document_id", metavar="ID")
@log_option
def restore(out: Path, document_id: str) -> int:
    """
    Print a document as it was before anything was cut.

    OUT is a finished run and ID one of its documents: kept, duplicate or empty. The result is the
    normalised text, exact to the character; a failed document has none.
    """
    account = account_of_run(out, document_id)
    if account.outcome == "failed":
        raise OutputError(f"{document_id} failed ({account.error}): there is no text to give back")
    sys.stdout.buffer.write(account.original.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0
