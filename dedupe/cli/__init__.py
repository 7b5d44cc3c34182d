"""
The command line: one command a file; each parses, calls `dedupe.api`, prints and exits.

Results go to stdout, everything else to stderr. Exit codes: 0 done; 1 done, some documents
failed; 2 refused; 70 a bug; 75 try again; 130 and 143 interrupted.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from dedupe.cli.log import Log, log_format_of, log_option
from dedupe.errors import DedupeError

_COMMANDS = {
    "clean": ("clean", "Clean scraped files into single-copy documents."),
    "explain": ("explain", "Show what is removed from a document, and why."),
    "restore": ("restore", "Print a document as it was before anything was cut."),
    "report": ("report", "Write an HTML report of a finished run."),
    "rules": ("rules", "Test, list, explain and suggest byline rules."),
    "index": ("index", "Inspect and maintain the index of earlier runs."),
    "init": ("init", "Write a commented config to start from."),
}


class _Lazy(click.Group):
    """Loads a command's module when it is called: ``--help`` must not pay for NumPy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        if ctx.resilient_parsing:
            return click.Command(cmd_name, help=_COMMANDS[cmd_name][1])
        command = getattr(import_module(f"dedupe.cli.{_COMMANDS[cmd_name][0]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in _COMMANDS and not name.startswith("-"):
            ctx.fail(f"no command {name!r}; commands: {', '.join(_COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dedupe-news", prog_name="dedupe")
@log_option
def cli() -> None:
    """
    Turn a directory of scraped news into clean, single-copy documents, with an account of every
    character that was removed.

    \b
    dedupe clean SCRAPE_DIR --out OUT      clean a scrape
    dedupe explain OUT ID                  see what was removed from a document, and why
    dedupe restore OUT ID                  get it back
    dedupe report OUT                      see what was removed from all of them, by rule
    """


class Terminated(KeyboardInterrupt):
    """The process was asked to stop (SIGTERM)."""


def main() -> NoReturn:
    """Run the command line and exit with the contract's code."""
    signal.signal(signal.SIGTERM, _terminate)
    # Rules and tables are made once and stay, by the hundred thousand: looking through them for garbage
    # again and again is an eighth of a start. What documents need goes by reference counts.
    gc.set_threshold(100_000)
    _fit_streams()
    log = Log(log_format_of(sys.argv[1:]))
    try:
        # Not `cli.main()`: that turns a reader who has gone (`| head`) into exit code 1.
        with cli.make_context("dedupe", sys.argv[1:], obj=log) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.ClickException as error:
        code = 2
        if log.form == "json":
            log.tell("error", error.format_message(), exit_code=code)
        else:
            error.show()
    except Terminated as stopped:
        code = _interrupted(log, "terminated", 143, stopped)
    except (KeyboardInterrupt, click.exceptions.Abort) as stopped:
        code = _interrupted(log, "interrupted", 130, stopped)
    except DedupeError as error:
        code = error.exit_code
        log.tell("error", str(error), lead="dedupe: ", exit_code=code)
    except OSError as error:
        code = _lost_place(log) or _lost_stream(log, error)
    except Exception:
        code = _told_bug(log)
    sys.exit(code if isinstance(code, int) else 0)


def _fit_streams() -> None:
    """Streams that are there, though the caller closed them (``>&-``), and that take every character of the news."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  (for good)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal lacks that is not UTF-8, by its number


def _lost_place(log: Log) -> int:
    """2 where the directory that we were started in is gone, as a release is from under its nightly job; else 0."""
    with suppress(FileNotFoundError):
        Path.cwd()
        return 0
    log.tell("error", "the working directory is gone; change to one that is there", lead="dedupe: ", exit_code=2)
    return 2


def _lost_stream(log: Log, error: OSError) -> int:
    """Our output has no reader any more (`| head`), which nobody need be told; or its disk is full; or it is a bug."""
    if error.errno not in {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return _told_bug(log)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or leaving would fail once more
    if error.errno == errno.EPIPE:
        return 0
    message = f"writing the output failed: {error.strerror}; free some space and run the same command again"
    with suppress(OSError):  # the log may lie on the same disk
        log.tell("error", message, lead="dedupe: ", exit_code=75)
    return 75


def _interrupted(log: Log, how: str, code: int, stopped: BaseException) -> int:
    """What was interrupted may have left a note on what to do next."""
    log.tell("error", "; ".join([how, *getattr(stopped, "__notes__", ())]), lead="dedupe: ", exit_code=code)
    return code


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise Terminated


def _told_bug(log: Log) -> int:
    """The last door: a bug is told in a line, with its trace in a file."""
    log.tell("error", f"this is a bug in dedupe; its log lies at {_log_bug()}", lead="dedupe: ", exit_code=70)
    return 70


def _log_bug() -> Path:
    """Write the trace of the exception at hand to a file of its own."""
    handle, name = tempfile.mkstemp(prefix="dedupe-bug-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write(f"arguments: {sys.argv[1:]!r}\npython: {sys.version}\n\n{traceback.format_exc()}")
    return Path(name)
