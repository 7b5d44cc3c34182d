"""
Every error of this package, named by what follows from it.

    DedupeError
    ├── RefusedError        exit 2: nothing was written, do not retry
    │   ├── ConfigError         a setting or a config file
    │   ├── RuleError           a byline rule, with file and line
    │   ├── SourceError         what to read
    │   ├── OutputError         where to write, or a finished run to read back
    │   ├── IndexMismatchError  an index that was made otherwise
    │   ├── IndexDamagedError   an index that cannot be read
    │   ├── IndexForkedError    an index that was opened in another process
    │   └── MissingExtraError   an optional library that these files need
    ├── TemporaryError      exit 75: try again
    │   ├── LockBusyError       another run is at work on the same output or index
    │   ├── WorkerLostError     a worker process died
    │   └── StorageError        the disk is full or went away
    └── DocumentError       one document becomes ``failed``; its neighbours go on
        ├── ReadError           it could not be read
        └── DecodeError         its bytes are no text

A message says what happened, where, and what to do next: its reader is a person at 3 a.m.
"""

from __future__ import annotations


class DedupeError(Exception):
    """Whatever this package raises on purpose."""

    exit_code = 70


class RefusedError(DedupeError):
    """The run was refused before anything was written."""

    exit_code = 2


class ConfigError(RefusedError):
    """A setting is unknown, of the wrong type or out of range."""


class RuleError(RefusedError):
    """A byline rule cannot be used."""


class SourceError(RefusedError):
    """The source does not exist, or cannot be told apart from another one."""


class OutputError(RefusedError):
    """The output place is not usable, or a finished run cannot be read back."""


class IndexMismatchError(RefusedError):
    """The index was made with other settings or versions: its signatures cannot be compared with ours."""


class IndexDamagedError(RefusedError):
    """The index cannot be read, or does not hold together."""


class IndexForkedError(RefusedError):
    """The index was opened before a fork, and two processes would write to it."""


class MissingExtraError(RefusedError):
    """An optional library is not installed."""

    @classmethod
    def of(cls, what: str, extra: str) -> MissingExtraError:
        """
        The error for something that an extra brings.

        >>> print(MissingExtraError.of("2 HTML pages need trafilatura", "html"))
        2 HTML pages need trafilatura; install it with: pip install 'dedupe-news[html]'
        """
        return cls(f"{what}; install it with: pip install 'dedupe-news[{extra}]'")


class TemporaryError(DedupeError):
    """The run stopped for a reason that passes; the same command continues it."""

    exit_code = 75


class LockBusyError(TemporaryError):
    """Another process works on the same output or index."""


class WorkerLostError(TemporaryError):
    """A worker process died without a word."""


class StorageError(TemporaryError):
    """Writing failed: the disk is full, or a file went away."""


class DocumentError(DedupeError):
    """One document cannot be cleaned; it is reported as ``failed``, under its ``id`` where that can be read."""

    def __init__(self, message: str, document: str | None = None) -> None:
        super().__init__(message)
        self.id = document


class ReadError(DocumentError):
    """The document's bytes or its record could not be read."""


class DecodeError(DocumentError):
    """The document's bytes are no text in any known encoding."""
