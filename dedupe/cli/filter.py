"""``dedupe clean -``: JSON Lines from stdin to stdout, a line at a time."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from dedupe.api import StreamedLine
from dedupe.cli.harmless import counted, on_one_line
from dedupe.cli.log import current_log
from dedupe.store.writers import open_decisions


def pass_on(lines: Iterable[StreamedLine], decisions: Path | None, *, quiet: bool) -> int:
    """Write what is kept, and into a file every decision, each before the next line is read; the exit code."""
    told = Counter[str]()
    with open_decisions(decisions) if decisions else nullcontext() as account:
        for line in lines:
            if line.document is not None:
                sys.stdout.buffer.write(line.document.encode("utf-8") + b"\n")
                sys.stdout.buffer.flush()
            if account is not None:
                account.write(line.decision.encode("utf-8"))
            told[line.outcome.name] += 1
            if line.outcome.name == "failed" and not quiet:
                _tell_failure(line)
    if not quiet:
        _tell_count(told)
    return 1 if told["failed"] else 0


def _tell_failure(line: StreamedLine) -> None:
    name, error = line.outcome.id, line.outcome.error or ""
    lead = "dedupe: failed: " if error.startswith("line ") else f"dedupe: failed: {on_one_line(name)}: "
    current_log().tell("error", error, lead=lead, document=name)


def _tell_count(told: Counter[str]) -> None:
    """How many lines came, and what became of them: one that is missing in the output is accounted for."""
    if not told:
        current_log().tell("warning", "nothing was read: no line came on stdin", lead="warning: ")
        return
    shown = [f"{told['kept']:,} kept", counted(told["duplicate"], "duplicate")]
    shown += [f"{told[name]:,} {name}" for name in ("empty", "failed") if told[name]]
    current_log().tell("info", f"{counted(told.total(), 'document')} read: {', '.join(shown)}", lead="dedupe: ")
