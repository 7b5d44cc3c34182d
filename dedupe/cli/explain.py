"""``dedupe explain``."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import click

from dedupe.api import Account, account_of_file, account_of_run
from dedupe.cli.columns import Run
from dedupe.cli.differences import Stretch, restyled, stretches
from dedupe.cli.harmless import counted, on_one_line, plain
from dedupe.cli.log import log_option
from dedupe.cli.options import Place, config_option, set_option, settings_from
from dedupe.cli.sidebyside import painted, shortened, side_by_side
from dedupe.edits import kept_spans
from dedupe.model import Json, Removal


@click.command(
    epilog="""\b
Examples:
  dedupe explain page.txt                 what would be removed from a file
  dedupe explain news.jsonl#17            ... from a record, by its id (news.jsonl:17: by its line)
  dedupe explain OUT 2026/page.txt        what was removed in a finished run"""
)
@click.argument("where", type=Place(), metavar="FILE|OUT")
@click.argument("document_id", metavar="[ID]", required=False)
@click.option("--full", is_flag=True, help="Do not shorten long lines.")
@config_option
@set_option
@log_option
def explain(where: str, document_id: str | None, full: bool, config: Path | None, overrides: tuple[str, ...]) -> int:
    """
    Show what is removed from a document, and why.

    Removed lines are marked with "-" (and red), partly removed ones with "~"; below each stand the
    judge, the rule, its reason and the fields it read. A second copy that differs from the first is
    shown beside it, with the differences marked.

    A FILE is judged by --config and --set. OUT shows what was decided, by the settings of that run.
    """
    if document_id is None:
        if Path(where).is_dir():
            name = f"a file in it, dedupe explain {Path(where) / 'FILE'}"
            if (Path(where) / "decisions.jsonl").exists():
                name = f"a document of that run, dedupe explain {where} ID"
            raise click.UsageError(f"{where} is a directory: name {name}")
        account = account_of_file(where, settings_from(config, overrides))
    elif config or overrides:
        given = "--config" if config else "--set"
        remedy = f"to see what {given} changes, explain the file that the document came from"
        raise click.UsageError(f"{where} was decided with the settings of its run; {remedy}")
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
    lines = [f"{on_one_line(account.id)}: {click.style(account.outcome, fg=colour, bold=True)}"]
    if account.error:
        return [*lines, f"  {plain(account.error)}"]
    lines[0] += f", {gone:,} of {original:,} characters removed"
    if account.duplicate_of:
        lines.append(
            f"  {_RELATIONS.get(account.relation or '', account.relation)} {on_one_line(account.duplicate_of)}"
            f" (Jaccard {account.jaccard:.2f}, containment {account.containment:.2f})"
        )
    if account.kept_in:
        lines.append(f"  {on_one_line(_kept_in(account.kept_in))}")
    lines += [f"  stands for {on_one_line(_copy(copy))}" for copy in account.copies]
    for name, value in account.metadata.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        lines.append(f"  {name:<18} {plain(shown)}")
    lines += [click.style(f"  repaired: {plain(repair)}", fg="cyan") for repair in account.repairs]
    return [*lines, ""]


_RELATIONS: Final = {"same": "same as", "contained": "contained in", "superseded": "superseded by"}


def _kept_in(earlier: Mapping[str, Json]) -> str:
    """Where an earlier run kept what this document is a copy of."""
    return ": ".join(filter(None, (f"kept by run {earlier['run']} on {earlier['date']}", _known(earlier))))


def _copy(copy: Mapping[str, Json]) -> str:
    """A copy that went, and who carried it."""
    return ", ".join(filter(None, (copy["id"], _known(copy))))


def _known(document: Mapping[str, Json]) -> str:
    """Who published a document, when and where, as far as it is known."""
    published = document["published"] and f"published {document['published']}"
    return ", ".join(one for one in (document["source"], published, document["url"]) if one)


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
        self._beside = {removal: self._twins(removal) for removal in account.removals if removal.finding.twin}
        self._copies = {
            removal for removal, found in self._beside.items() if any(one.likeness == "other" for one in found)
        }

    def lines(self) -> Iterator[str]:
        """What to print."""
        lines = list(self._split())
        last = {part.removal: number for number, line in enumerate(lines) for part in line}
        for removals, group in groupby(enumerate(lines), key=lambda item: _removals(item[1])):
            numbers, alike = zip(*group, strict=True)
            if removals[0] in self._copies:
                yield from self._copy(removals[0])
                continue
            yield from self._whole(alike) if len(removals) == 1 else map(self._mixed, alike)
            for removal in removals:
                if removal and last[removal] in numbers:
                    yield from self._reason(removal)

    def _split(self) -> Iterator[list[_Part]]:
        """The lines of the original that are not blank; a copy that stands beside its twin is one line."""
        text, removals = self._original, self._account.removals
        kept = [(span.start, text[span.start : span.end], None) for span in kept_spans(len(text), removals)]
        gone = [(removal.span.start, removal.text, removal) for removal in removals]
        line: list[_Part] = []
        for _, piece, removal in sorted([*kept, *gone], key=lambda item: item[0]):
            copy = removal in self._copies
            for number, part in enumerate([piece] if copy else plain(piece).split("\n")):
                if line and (number or copy):
                    yield line
                    line = []
                if part.strip():
                    line.append(_Part(part, removal))
            if copy:
                yield line
                line = []
        if line:
            yield line

    def _whole(self, lines: Sequence[list[_Part]]) -> Iterator[str]:
        """Neighbouring lines that stay, or go with one finding."""
        texts = ["".join(part.text for part in line).rstrip() for line in lines]
        if not self._full:
            if len(texts) > 6:
                texts = [*texts[:3], f"... {len(texts) - 5} lines ...", *texts[-2:]]
            texts = [shortened(text, self._width - 2) for text in texts]
        for text in texts:
            yield click.style(f"- {text}", fg="red") if lines[0][0].removal else f"  {text}"

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
        yield click.style(f"    {self._judgement(removal)}", dim=True)
        for name, value, _ in removal.finding.captures:
            yield click.style(f"      {name} = {plain(value)}", dim=True)

    def _copy(self, removal: Removal) -> Iterator[str]:
        """A copy beside its twin."""
        places = self._place(*removal.span), self._place(*(removal.finding.twin or removal.span))
        titles = f"goes ({places[0]})", f"stays ({places[1]})"
        yield ""
        yield from self._reason(removal)
        yield from side_by_side(self._beside[removal], titles, self._width, colour=self.colour, full=self._full)
        yield ""

    def _twins(self, removal: Removal) -> list[Stretch]:
        """The removed passage and its twin, without what the twin has before and behind it."""
        found = stretches(plain(removal.text.strip()), plain(self._account.twin_of(removal)))
        while found and not found[0].one and found[0].likeness == "other":
            del found[0]
        while found and not found[-1].one and found[-1].likeness == "other":
            del found[-1]
        return found

    def _judgement(self, removal: Removal) -> str:
        """Who says what goes, and why; of a copy, how like its twin it is."""
        finding = removal.finding
        judgement = f"{finding.stage}/{finding.rule}: {plain(finding.reason)}"
        if finding.twin is None or finding.similarity is None:
            return judgement
        return f"{judgement} ({self._place(*finding.twin)}), {_likeness(self._beside[removal], finding.similarity)}"

    def _place(self, start: int, end: int) -> str:
        """The lines that a stretch of the original begins and ends in."""
        text = self._original[start:end]
        start += len(text) - len(text.lstrip())
        first = self._original.count("\n", 0, start) + 1
        last = first + text.strip().count("\n")
        return f"line {first}" if first == last else f"lines {first}-{last}"


def _removals(line: list[_Part]) -> tuple[Removal | None, ...]:
    """What a line goes with, None for what stays of it."""
    return tuple(dict.fromkeys(part.removal for part in line))


def _likeness(found: list[Stretch], similarity: float) -> str:
    """
    How like a copy is to its twin, in words.

    >>> _likeness([Stretch("other", "一", "两"), Stretch("restyled", "，", ",")], 0.99996)
    '99.9% equal, 1 difference besides punctuation'
    """
    forms, differing = restyled(found), [stretch for stretch in found if stretch.likeness == "other"]
    if not any(stretch.one for stretch in differing):
        added = [counted(len(differing), "addition") + " there"] if differing else []
        return "word for word" + (f" but for {_listed([*added, *forms])}" if added or forms else "")
    share = f"{math.floor(similarity * 1000) / 10:.1f}% equal, {counted(len(differing), 'difference')}"
    return share + (f" besides {_listed(forms)}" if forms else "")


def _listed(words: list[str]) -> str:
    """
    The words as in a sentence.

    >>> _listed(["line breaks", "width", "script"])
    'line breaks, width and script'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
