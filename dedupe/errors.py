"""
Every error of this package, grouped by what the caller should do about it.

    DedupeError
    ├── RefusedError        exit 2: nothing was written, do not retry
    │   ├── ConfigError         a setting or a config file
    │   ├── RuleError           a byline rule, with file and line
    │   ├── SourceError         an input that is missing or ambiguous
    │   ├── OutputError         an output place that cannot be used, or a finished run that cannot be read back
    │   ├── IndexMismatchError  an index made with other settings or versions
    │   ├── IndexDamagedError   an index that cannot be read
    │   ├── IndexForkedError    an index that was opened in another process
    │   └── MissingExtraError   an optional library that these files need
    ├── TemporaryError      exit 75: try again
    │   ├── LockBusyError       another run is using the same output or index
    │   ├── WorkerLostError     a worker process died
    │   └── StorageError        the disk is full or has gone away
    └── DocumentError       one document becomes ``failed``; the others continue
        ├── ReadError           it could not be read
        └── DecodeError         its bytes are not text

A message says what happened, where, and what to do next: its reader is on call at 3 a.m.
"""

from __future__ import annotations


class DedupeError(Exception):
    """The base of everything that this package raises on purpose."""

    exit_code = 70


class RefusedError(DedupeError):
    """The run was refused before anything was written."""

    exit_code = 2


class ConfigError(RefusedError):
    """A setting is unknown, of the wrong type or out of range."""


class RuleError(RefusedError):
    """A byline rule cannot be used."""


class SourceError(RefusedError):
    """The source does not exist, or cannot be distinguished from another one."""


class OutputError(RefusedError):
    """The output place cannot be used, or a finished run cannot be read back."""


class IndexMismatchError(RefusedError):
    """The index was made with other settings or versions, so its signatures cannot be compared with ours."""


class IndexDamagedError(RefusedError):
    """The index cannot be read, or is inconsistent."""


class IndexForkedError(RefusedError):
    """The index was opened before a fork, so two processes would write to it."""


class MissingExtraError(RefusedError):
    """An optional library is not installed."""

    @classmethod
    def of(cls, what: str, extra: str) -> MissingExtraError:
        """
        The error for a library that an extra installs.

        >>> print(MissingExtraError.of("2 HTML pages need trafilatura", "html"))
        2 HTML pages need trafilatura; install it with: pip install 'dedupe-news[html]'
        """
        return cls(f"{what}; install it with: pip install 'dedupe-news[{extra}]'")


class TemporaryError(DedupeError):
    """The run stopped for a temporary reason; the same command continues it."""

    exit_code = 75


class LockBusyError(TemporaryError):
    """Another process is using the same output or index."""


class WorkerLostError(TemporaryError):
    """A worker process died without reporting an error."""


class StorageError(TemporaryError):
    """Writing failed: the disk is full, or a file has gone away."""


class DocumentError(DedupeError):
    """One document cannot be cleaned; it is reported as ``failed``, under its ``id`` where that can be read."""

    def __init__(self, message: str, document: str | None = None) -> None:
        super().__init__(message)
        self.id = document


class ReadError(DocumentError):
    """The document's bytes or its record could not be read."""


class DecodeError(DocumentError):
    """The document's bytes are not text in any known encoding."""
