"""
A whole run: everything under the given sources, cleaned into a directory.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from dedupe.api.options import RunOptions, check_layout, require_extras
from dedupe.api.report import REPORT, report
from dedupe.api.suggest import floors
from dedupe.config import load_settings
from dedupe.engines.background import in_background
from dedupe.engines.local import available_cores, run_batches, spread
from dedupe.kernels.twins import face
from dedupe.pipeline.batch import MAX_BYTES, MAX_ITEMS, Batch, BatchReport, BatchWorker, batch_bytes, group
from dedupe.pipeline.claimer import Claimer
from dedupe.pipeline.corpus import Corpus, Spread, Verdicts, count, decision_lines, write_documents
from dedupe.pipeline.parts import Entries
from dedupe.pipeline.warm import warm
from dedupe.rules.loader import load_rulebook
from dedupe.rules.matcher import Rulebook
from dedupe.rules.rule import fingerprint
from dedupe.settings import Settings
from dedupe.store.index import Index, Run, prepare_index
from dedupe.store.parts import Part
from dedupe.store.readers import Discovery, discover, pieces
from dedupe.store.results import read_summary
from dedupe.store.staging import Staging, check_output, finished_identity, storage_errors
from dedupe.store.writers import open_writer, write_account, write_report
from dedupe.summary import Across, Totals, summary_json, totals_of

_PACKED = 4
"""Minimum factor by which a compressed file of news grows when unpacked."""

FORMAT_VERSION = 6
"""Version of the files a run writes; a working directory of another version is not continued."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """
    The result of a run.

    ``summary`` is the text of ``summary.json``; ``failed`` pairs the first failed documents with their
    reasons; ``resumed`` counts the batches that an interrupted run had already finished.
    """

    totals: Totals
    summary: str
    failed: tuple[tuple[str, str], ...]
    resumed: int
    already_done: bool = False

    @property
    def exit_code(self) -> int:
        """0, or 1 if any document failed."""
        return 1 if self.totals.outcomes["failed"] else 0


def clean(
    sources: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str] | None, settings: Settings | None = None,
    options: RunOptions | None = None,
) -> RunReport:  # fmt: skip
    """
    Clean everything under ``sources`` into ``out``, a new or empty directory.

    The output appears complete or not at all. After an interruption, the same call continues the run.
    Raises a `dedupe.errors.RefusedError` before anything is written, or a `TemporaryError` if trying
    again may help; single bad documents are counted as ``failed``. A dry run needs no ``out``.
    """
    if isinstance(sources, str | os.PathLike):
        raise TypeError(f"sources must be a list of paths: [{str(sources)!r}]")
    paths, out = [Path(source) for source in sources], None if out is None else Path(out)
    settings, options = settings or load_settings(), options or RunOptions()
    rulebook = load_rulebook(settings.bylines.packs, settings.bylines.rules, examples=False)
    discovery = discover(paths)
    require_extras(discovery)
    check_layout(options)
    run = _identity(discovery, settings, rulebook, options)
    identity = run if options.index is None else f"{run} {options.index.resolve()}"
    if options.index is not None:
        apart = [*paths, *([out] if out else [])]
        prepare_index(options.index, settings.neardup, apart, readonly=options.dry_run)
    if options.dry_run or out is None:
        with TemporaryDirectory(prefix="dedupe-") as scratch:
            return _run(discovery, settings, rulebook, options, Staging(Path(scratch) / "out", identity))
    summary = read_summary(out) if finished_identity(out) == identity else None
    if summary is not None:
        return _finish_up(out, identity, summary)
    check_output(out, paths)
    return _run(discovery, settings, rulebook, options, Staging(out, identity))


def _run(
    discovery: Discovery, settings: Settings, rulebook: Rulebook, options: RunOptions, place: Staging
) -> RunReport:
    """Clean all batches, run the corpus pass and, unless it is a dry run, publish the output."""
    options.on_start(discovery)
    with place as staging:
        parts, resumed = _clean_batches(discovery, settings, rulebook, options, staging)
        with Corpus(parts, settings.neardup) as corpus:
            verdicts, across = _duplicates(corpus, settings, options, staging)
            across = replace(across, furniture=corpus.furniture(verdicts.matches, floors(settings.suggest)))
            totals = count(corpus, verdicts.matches)
            summary = summary_json(totals, across, discovery.skipped, _versions(), settings)
            failed = _failures(corpus, verdicts)
            if not options.dry_run:
                with storage_errors(staging.result):
                    _write_result(staging, corpus, verdicts, options, summary)
        if not options.dry_run:
            staging.publish()
    return RunReport(totals, summary, failed, resumed)


def _clean_batches(
    discovery: Discovery, settings: Settings, rulebook: Rulebook, options: RunOptions, staging: Staging
) -> tuple[list[Part], int]:
    """Clean what no interrupted run has cleaned yet; return the parts in order, and how many were already there."""
    parts: list[Part] = []
    resumed = 0

    size = sum(file.size * (_PACKED if file.compression else 1) for file in discovery.files)
    most = batch_bytes(size)

    def unfinished() -> Iterator[Batch]:
        nonlocal resumed
        for number, batch in enumerate(group(pieces(discovery, settings.read, most), most)):
            part = staging.part(number)
            parts.append(part)
            if part.finished:
                resumed += 1
                documents = len(Entries(part))
                options.on_batch(BatchReport(number, documents, 0, sum(item.size for item in batch)))
            else:
                yield Batch(number, batch, part)

    with _prepared(size, len(discovery.files), rulebook, options):
        for report in run_batches(unfinished(), BatchWorker, (settings, rulebook), _workers(options)):
            options.on_batch(report)
    return parts, resumed


@contextmanager
def _prepared(size: int, files: int, rulebook: Rulebook, options: RunOptions) -> Iterator[None]:
    """Load what is worth loading for this much input before workers are started, since they inherit it."""
    cold = face.expect(size)
    if size > MAX_BYTES or files > MAX_ITEMS:  # more than one batch, and so more than one process
        warm(rulebook)
    if not cold:
        yield
        return
    options.on_note("compiling the kernels in the background, once; until then the run continues without them")
    with in_background("dedupe.pipeline.warm"):
        yield


def _duplicates(corpus: Corpus, settings: Settings, options: RunOptions, staging: Staging) -> tuple[Verdicts, Across]:
    """
    Return the verdicts of the corpus pass, and its figures for the summary.

    The index is held only for the claims, not while documents are cleaned or written. The claims are on
    disk before the output is published: a run killed in between comes to the same result again.
    """
    where = options.index
    if where is None or (options.dry_run and not (where / "header.json").exists()):
        verdicts = corpus.duplicates(_over_cores(options))
        return verdicts, Across(verdicts.capped)
    run = Run(staging.name, datetime.now(UTC).date(), str(staging.out))
    with Index(
        where, settings.neardup, settings.index, lock_timeout=options.lock_timeout, readonly=options.dry_run
    ) as index:
        verdicts = corpus.duplicates(
            claimer_of=lambda text_of: Claimer(index, settings.neardup, run, text_of, dry=options.dry_run)
        )
    copies = sum(match.earlier is not None for match in verdicts.matches.values())
    return verdicts, Across(verdicts.capped, (copies, len(verdicts.already)))


def _write_result(staging: Staging, corpus: Corpus, verdicts: Verdicts, options: RunOptions, summary: str) -> None:
    result = staging.result
    result.mkdir()
    writer = open_writer(result, *options.layout)
    write_documents(corpus, verdicts.matches, writer)
    writer.close()
    write_account(result, decision_lines(corpus, verdicts, _over_cores(options)), summary)
    if options.report:
        write_report(result / REPORT, report(result, staging.out.name))


def _over_cores(options: RunOptions) -> Spread:
    return partial(spread, workers=_workers(options))


def _workers(options: RunOptions) -> int:
    return options.workers or available_cores()


def _failures(corpus: Corpus, verdicts: Verdicts) -> tuple[tuple[str, str], ...]:
    """Return the first failed documents and their reasons, for the closing table."""
    lines = (json.loads(corpus.decision_line(number, verdicts)) for number in islice(corpus.failed(), 20))
    return tuple((line["id"], line["error"]) for line in lines)


def _finish_up(out: Path, identity: str, summary: str) -> RunReport:
    """Clean up after a run that was killed between publishing its output and its last step."""
    with Staging(out, identity) as staging:
        staging.discard()
    return RunReport(totals_of(summary), summary, (), 0, already_done=True)


def _identity(discovery: Discovery, settings: Settings, rulebook: Rulebook, options: RunOptions) -> str:
    """Return the identity of a run: the same files, settings, rules and versions give the same output bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for file in discovery.files:
        digest.update(f"{file.id}\0{file.size}\0{file.mtime_ns}\n".encode("utf-8", "surrogateescape"))
    known = [
        settings.fingerprint(),
        fingerprint(rulebook.rules, rulebook.starts),
        options.layout,
        options.report,
        FORMAT_VERSION,
        sorted(_versions().items()),
    ]
    digest.update(json.dumps(known).encode())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    """Return the versions of the packages that can change decisions."""
    found = {}
    for package in ("dedupe-news", "ftfy", "numpy", "trafilatura"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
