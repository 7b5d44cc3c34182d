"""What is told on stderr: lines for people, or with ``--log-format json`` one object a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import click

from dedupe.cli.harmless import harmless_json, plain

LogFormat = Literal["text", "json"]
Level = Literal["info", "warning", "error"]

log_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    expose_value=False,
    help="Messages on stderr as lines or as JSON Lines.",
)


class Log:
    """
    Messages on stderr; results never come here.

    As JSON, each is an object with ``time`` (UTC), ``level`` (info, warning, error), ``message``, and where
    it applies ``document`` and ``exit_code``.
    """

    def __init__(self, form: LogFormat) -> None:
        self.form = form

    def tell(
        self, level: Level, message: str, *, lead: str = "", document: str | None = None, exit_code: int | None = None
    ) -> None:
        """Write a message; ``lead`` stands before it where people read it."""
        if self.form == "text":
            line = plain(lead + message)
            click.echo(click.style(line, fg="yellow") if level == "warning" else line, err=True)
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        more = {"document": document, "exit_code": exit_code}
        told = {"time": now, "level": level, "message": message, **{k: v for k, v in more.items() if v is not None}}
        click.echo(harmless_json(told).encode(), err=True)


def current_log() -> Log:
    """The log of the command that runs."""
    context = click.get_current_context(silent=True)
    log = None if context is None else context.find_root().obj
    return log if isinstance(log, Log) else Log("text")


def log_format_of(arguments: Sequence[str]) -> LogFormat:
    """
    The format that a command line asks for, before it is parsed: a mistake in it is told that way, too.

    >>> log_format_of(["clean", "in", "--log-format", "json"]), log_format_of(["--log-format=json", "clean"])
    ('json', 'json')
    >>> log_format_of(["clean", "in"])
    'text'
    """
    pairs = ((*one.split("=", 1), two) for one, two in zip(arguments, [*arguments, ""][1:], strict=True))
    said = [value for name, value, *_ in pairs if name == "--log-format"]
    return "json" if said[-1:] == ["json"] else "text"
