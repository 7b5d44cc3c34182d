"""``dedupe report``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dedupe.api import report as report_of
from dedupe.api.report import EXAMPLES, REPORT
from dedupe.cli.log import current_log, log_option
from dedupe.cli.options import Place
from dedupe.store.writers import write_report


@click.command(
    epilog="""\b
Examples:
  dedupe report OUT                     OUT/report.html, to open in a browser
  dedupe report OUT --examples 20       ... with more to read of each rule
  dedupe report OUT --to - | mail ...   onto stdout"""
)
@click.argument("out", type=Place(path_type=Path), metavar="OUT")
@click.option("--to", type=Place(path_type=Path), metavar="FILE", help="Where it goes; - for stdout.")
@click.option(
    "--examples", type=click.IntRange(min=0), default=EXAMPLES, show_default=True, help="To be shown of each rule."
)
@log_option
def report(out: Path, to: Path | None, examples: int) -> int:
    """
    Write the report of a finished run: one HTML file that needs nothing else.

    What became of the documents, what every rule took, with examples to judge it by, the stories with the
    most copies, what each source lost, and what failed.
    """
    html = report_of(out, examples=examples)
    if to == Path("-"):
        sys.stdout.buffer.write(html.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
        return 0
    write_report(to or out / REPORT, html)
    current_log().tell("info", f"wrote {to or out / REPORT}")
    return 0
