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
  dedupe report OUT --examples 20       ... with more examples per rule
  dedupe report OUT --to - | mail ...   to stdout"""
)
@click.argument("out", type=Place(path_type=Path), metavar="OUT")
@click.option(
    "--to", type=Place(path_type=Path), metavar="FILE", help="Output file; - for stdout.  [default: OUT/report.html]"
)
@click.option("--examples", type=click.IntRange(min=0), default=EXAMPLES, show_default=True, help="Examples per rule.")
@log_option
def report(out: Path, to: Path | None, examples: int) -> int:
    """
    Write an HTML report of a finished run, in one self-contained file.

    It shows what became of the documents, what each rule removed (with examples), the stories with
    the most copies, what each source lost, and what failed.
    """
    html = report_of(out, examples=examples)
    if to == Path("-"):
        sys.stdout.buffer.write(html.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
        return 0
    write_report(to or out / REPORT, html)
    current_log().tell("info", f"wrote {to or out / REPORT}")
    return 0
