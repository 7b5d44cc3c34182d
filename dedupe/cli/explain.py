"""``dedupe explain``."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import click

from dedupe.api import Account, account_of_file, account_of_run
from dedupe.api.differences import Stretch, restyled, stretches
from dedupe.cli.options import config_option, plain, set_option, settings_from
from dedupe.cli.sidebyside import Run, painted, shortened, side_by_side
from dedupe.edits import kept_spans
from dedupe.model import Removal


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

    Lines that go are marked with "-" (and red), lines of which a part goes with "~"; below stand
    the judge, the rule, the reason and what was read. A second copy that differs from its twin
    stands beside it, with the differences marked.
    """
    if document_id is None:
        if Path(where).is_dir():
            raise click.UsageError(f"{where} is a directory: name a document of that run, dedupe explain {where} ID")
        account = account_of_file(where, settings_from(config, overrides))
    else:
        account = account_of_run(Path(where), document_id)
    page = _Page(account, shutil.get_terminal_size().columns, colour=_colour(), full=full)
    click.get_current_context().color = page.colour
    for line in _header(account):
        click.echo(line)
    if account.outcome != "failed":
        for line in page.lines():
            click.echo(line)
    return 0


def _colour() -> bool:
    """Whether there is a terminal to colour, and nobody who minds (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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
    for name, value in account.metadata.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        lines.append(f"  {name:<18} {plain(shown)}")
    lines += [click.style(f"  repaired: {plain(repair)}", fg="cyan") for repair in account.repairs]
    return [*lines, ""]


class _Part(NamedTuple):
    """A part of a line, and the removal it went with, if it went."""

    text: str
    removal: Removal | None


class _Page:
    """The original of a document, line by line: what stays, and what goes with the reason under it."""

    def __init__(self, account: Account, width: int, *, colour: bool, full: bool) -> None:
        self.colour = colour
        self._account = account
        self._original = account.original
        self._width = width
        self._full = full
        self._copies = {removal: found for removal in account.removals if (found := self._differing(removal))}

    def lines(self) -> Iterator[str]:
        """What to print."""
        parts_of_lines = list(self._split())
        last = {part.removal: number for number, line in enumerate(parts_of_lines) for part in line if part.removal}
        for kind, group in groupby(enumerate(parts_of_lines), key=lambda item: _kind(item[1])):
            numbers, lines = zip(*group, strict=True)
            if isinstance(kind, Removal) and kind in self._copies:
                yield from self._copy(kind)
                continue
            if kind == "mixed":
                for number, line in zip(numbers, lines, strict=True):
                    yield self._mixed(line)
                    for removal in dict.fromkeys(part.removal for part in line):
                        if removal and last[removal] == number:
                            yield from self._reason(removal)
                continue
            texts = ["".join(part.text for part in line) for line in lines]
            sign, colour = ("-", "red") if kind else (" ", None)
            for text in texts if self._full else self._abbreviated(texts):
                yield click.style(f"{sign} {text}", fg=colour) if colour else f"{sign} {text}"
            if isinstance(kind, Removal) and last[kind] == numbers[-1]:
                yield from self._reason(kind)

    def _split(self) -> Iterator[list[_Part]]:
        """The lines of the original that are not blank; a copy that is shown beside its twin is one line."""
        text, removals = self._original, self._account.removals
        pieces = [(span.start, text[span.start : span.end], None) for span in kept_spans(len(text), removals)]
        line: list[_Part] = []
        for _, piece, removal in sorted(
            [*pieces, *((r.span.start, r.text, r) for r in removals)], key=lambda item: item[0]
        ):
            if removal in self._copies:
                yield from (one for one in (line, [_Part(piece, removal)]) if one)
                line = []
                continue
            for number, part in enumerate(plain(piece).split("\n")):
                if number:
                    yield from (one for one in (line,) if one)
                    line = []
                if part.strip():
                    line.append(_Part(part, removal))
        yield from (one for one in (line,) if one)

    def _mixed(self, line: list[_Part]) -> str:
        """A line that goes with several findings, or in part."""
        marks = 4 * sum(part.removal is not None for part in line)
        room = max(24, (self._width - 2 - marks) // len(line))
        texts = [part.text if self._full else shortened(part.text, room) for part in line]
        if all(part.removal for part in line):
            return click.style(f"- {''.join(texts)}", fg="red")
        runs = [Run("removed" if part.removal else "equal", text) for part, text in zip(line, texts, strict=True)]
        return f"{click.style('~', fg='red')} {painted(runs, colour=self.colour)}"

    def _reason(self, removal: Removal) -> Iterator[str]:
        finding = removal.finding
        line = f"{finding.stage}/{finding.rule}: {plain(finding.reason)}"
        if finding.twin is not None:
            line += f" ({self._place(*finding.twin)}), {self._likeness(self._beside(removal))}"
        yield click.style(f"    {line}", dim=True)
        for name, value, _ in finding.captures:
            yield click.style(f"      {name} = {plain(value)}", dim=True)

    def _copy(self, removal: Removal) -> Iterator[str]:
        """A copy beside its twin."""
        found, finding = self._copies[removal], removal.finding
        assert finding.twin is not None
        assert finding.similarity is not None
        number = sum(stretch.likeness == "other" for stretch in found)
        places = self._place(*finding.twin), self._place(*removal.span)
        yield ""
        yield click.style(
            f"    {finding.stage}/{finding.rule}: {plain(finding.reason)} ({places[0]}),"
            f" {math.floor(finding.similarity * 1000) / 10:.1f}% equal, {number:,} difference{'s'[: number > 1]}",
            dim=True,
        )
        titles = (f"goes ({places[1]})", f"stays ({places[0]})")
        yield from side_by_side(found, titles, self._width, colour=self.colour, full=self._full)
        yield ""

    def _differing(self, removal: Removal) -> list[Stretch]:
        """The copy beside its twin, if the two differ."""
        found = self._beside(removal)
        return found if any(stretch.likeness == "other" for stretch in found) else []

    def _beside(self, removal: Removal) -> list[Stretch]:
        """The removed passage and its twin, without what the twin has before and behind it."""
        twin = self._account.twin_of(removal)
        found = [] if twin is None else stretches(plain(removal.text.strip()), plain(twin))
        while found and not found[0].one and found[0].likeness == "other":
            del found[0]
        while found and not found[-1].one and found[-1].likeness == "other":
            del found[-1]
        return found

    def _likeness(self, found: list[Stretch]) -> str:
        forms = restyled(found)
        return "word for word" + (f" but for {_listed(forms)}" if forms else "")

    def _place(self, start: int, end: int) -> str:
        """
        The lines of a stretch of the original.
        """
        text = self._original[start:end]
        start += len(text) - len(text.lstrip())
        first = self._original.count("\n", 0, start) + 1
        last = first + text.strip().count("\n")
        return f"line {first}" if first == last else f"lines {first}-{last}"

    def _abbreviated(self, lines: list[str]) -> list[str]:
        if len(lines) > 6:
            lines = [*lines[:3], f"... {len(lines) - 5} lines ...", *lines[-2:]]
        return [shortened(line, self._width - 2) for line in lines]


def _kind(line: list[_Part]) -> Removal | str | None:
    """The one removal that a line goes with, None for a line that stays, "mixed" for any other."""
    kinds = dict.fromkeys(part.removal for part in line)
    return next(iter(kinds)) if len(kinds) == 1 else "mixed"


def _listed(words: list[str]) -> str:
    """
    The words as in a sentence.

    >>> _listed(["line breaks", "width", "script"])
    'line breaks, width and script'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
