"""``dedupe clean``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import get_args

import click

from dedupe.api import RunOptions, RunReport, stream
from dedupe.api import clean as clean_run
from dedupe.cli.filter import pass_on
from dedupe.cli.harmless import counted, harmless_json, on_one_line
from dedupe.cli.log import current_log, log_option
from dedupe.cli.options import Place, config_option, lock_option, set_option, settings_from
from dedupe.cli.progress import Progress
from dedupe.store.writers import Format, Packing


@click.command(
    epilog="""\b
Examples:
  dedupe clean scrape/ --out clean/
  dedupe clean a/ b/ export.jsonl.gz --out clean/ --format jsonl --workers 4
  dedupe clean 2026-01-22/ --out clean/2026-01-22 --index news.dedupe
  dedupe clean crawl/ --out clean/ --format jsonl --compress zst --shard-size 100000
  dedupe clean - --decisions why.jsonl < in.jsonl > out.jsonl

\b
Exit codes:
  0  done                             70  a bug; a log is written
  1  done, some documents failed      75  try again later (locked, disk full)
  2  refused, nothing was written     130, 143  interrupted; run again to continue"""
)
@click.argument("sources", nargs=-1, required=True, type=Place(), metavar="SOURCE...")
@click.option("--out", type=Place(path_type=Path), metavar="DIR", help="A new or empty directory for the result.")
@config_option
@set_option
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="text",
    show_default=True,
    help="A tree of .txt files, documents.jsonl or documents.parquet.",
)
@click.option("--compress", "packing", type=click.Choice(["gz", "zst"]), help="Compress the .jsonl files.")
@click.option("--shard-size", type=click.IntRange(min=1), metavar="N", help="At most N documents per file.")
@click.option(
    "--index",
    type=Place(path_type=Path),
    metavar="WHERE",
    help="Directory that remembers earlier runs: compare with their documents, and add these.",
)
@lock_option
@click.option("--workers", type=click.IntRange(min=1), help="Number of worker processes.  [default: all cores]")
@click.option(
    "--decisions",
    type=Place(path_type=Path),
    metavar="FILE",
    help="With -: write the decision on every line to FILE, as in decisions.jsonl.",
)
@click.option("--report", is_flag=True, help="Also write report.html; see dedupe report.")
@click.option("--dry-run", is_flag=True, help="Decide everything, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("--quiet", is_flag=True, help="Print only what stops the run.")
@log_option
def clean(
    sources: tuple[str, ...],
    out: Path | None,
    config: Path | None,
    overrides: tuple[str, ...],
    form: Format,
    packing: Packing | None,
    shard_size: int | None,
    index: Path | None,
    lock_timeout: float | None,
    workers: int | None,
    decisions: Path | None,
    report: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """
    Clean scraped files into single-copy documents.

    SOURCE is a file, or a directory with any mix of .txt, .html, .jsonl, .csv, .tsv, .parquet, .warc and
    .wet files, plain or compressed (.gz, .zst, .bz2); or - for JSON Lines from stdin to stdout. DIR
    receives the kept documents, decisions.jsonl (what became of every document, and why) and summary.json.
    """
    settings = settings_from(config, overrides)
    if "-" in sources:
        of_runs = (out, dry_run, report, as_json, workers, packing, shard_size, form == "parquet")
        if len(sources) > 1 or any(of_runs):
            raise click.UsageError(
                "- reads JSON Lines from stdin and writes them to stdout: it takes no other SOURCE and no --out, "
                "--dry-run, --report, --json, --workers, --compress, --shard-size or --format parquet"
            )
        if decisions == Path("-"):
            raise click.UsageError("--decisions - would mix them with the documents on stdout; name a file or a pipe")
        return pass_on(stream(sys.stdin.buffer, settings, index, lock_timeout), decisions, quiet=quiet)
    if decisions is not None:
        raise click.UsageError("--decisions is for a stream (dedupe clean -); those of a run are in --out DIR")
    if out == Path("-"):
        raise click.UsageError("--out is a directory; to write to stdout, read from stdin: dedupe clean - < in.jsonl")
    if out is None and not dry_run:
        raise click.UsageError("--out DIR is missing: where should the result go?")
    if report and dry_run:
        raise click.UsageError("--report goes into --out DIR, and --dry-run writes nothing")
    progress = Progress(visible=sys.stderr.isatty() and not quiet and current_log().form == "text")
    options = RunOptions(
        form,
        workers,
        dry_run,
        index,
        lock_timeout,
        progress.start,
        progress.advance,
        lambda note: None if quiet else current_log().tell("info", note, lead="dedupe: "),
        packing=packing or "",
        shard_size=shard_size,
        report=report,
    )
    try:
        done = clean_run([Path(source) for source in sources], out, settings, options)
    except KeyboardInterrupt as stopped:
        if not dry_run:
            stopped.add_note("the same command continues where it stopped")
        raise
    finally:
        progress.clear()
    _tell(done, None if dry_run else out, as_json=as_json, quiet=quiet)
    return done.exit_code


def _tell(report: RunReport, out: Path | None, *, as_json: bool, quiet: bool) -> None:
    """The closing words: failures on stderr, the table or the JSON object on stdout."""
    summary = json.loads(report.summary)
    failed = summary["documents"]["failed"]
    if not quiet:
        log = current_log()
        for name, error in report.failed:
            log.tell("error", error, lead=f"failed: {on_one_line(name)}: ", document=name)
        if failed > len(report.failed) and report.failed:
            where = f"; see {out / 'decisions.jsonl'}" if out else ""
            log.tell("error", f"{failed - len(report.failed):,} more{where}", lead="... and ")
        if report.resumed:
            done = "1 batch was" if report.resumed == 1 else f"{report.resumed:,} batches were"
            log.tell("info", f"{done} done already", lead="continued: ")
        for warning in summary["warnings"]:
            log.tell("warning", warning, lead="warning: ")
        if report.already_done:
            log.tell("info", "the run was complete already")
    if as_json:
        click.echo(harmless_json(summary).encode())
    elif not quiet:
        click.echo(_table(summary, out))


def _table(summary: dict[str, dict[str, int]], out: Path | None) -> str:
    documents, characters = summary["documents"], summary["characters"]
    lines = [
        f"{counted(documents['read'], 'document', width=12)} read",
        f"{documents['kept']:>12,} kept",
    ]
    if summary.get("kept_by_earlier_runs"):
        lines.append(f"{'':>12}   {summary['kept_by_earlier_runs']:,} by earlier runs already: same id, same text")
    lines.append(counted(documents["duplicate"], "duplicate", width=12))
    if "duplicates_of_earlier_runs" in summary:
        lines.append(f"{'':>12}   {summary['duplicates_of_earlier_runs']:,} of what earlier runs kept")
    lines += [f"{documents[name]:>12,} {name}" for name in ("empty", "failed") if documents[name]]
    removed = characters["read"] - characters["kept"]
    share = removed / characters["read"] if characters["read"] else 0.0
    lines.append(f"{removed:>12,} of {characters['read']:,} characters removed ({share:.1%})")
    by_stage = characters["removed"]
    assert isinstance(by_stage, dict)
    lines += [f"{'':>12}   {count:,} by {stage}" for stage, count in by_stage.items()]
    if repeated := summary["furniture"]["lines"]:
        stay = "that a site repeats day after day stays" if repeated == 1 else "that sites repeat day after day stay"
        how = f": dedupe rules suggest {out}" if out else ""
        lines.append(f"{counted(repeated, 'line', width=12)} {stay}{how}")
    if skipped := sum(summary["skipped_files"].values()):
        kinds = ", ".join(sorted(summary["skipped_files"])[:6])
        unread = "of another kind was not read" if skipped == 1 else "of other kinds were not read"
        lines.append(f"{counted(skipped, 'file', width=12)} {unread} ({kinds})")
    lines.append(f"written to {out}" if out else "dry run: nothing was written")
    return "\n".join(lines)
