"""Processes take turns: a lock on an index, with a note of who holds it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from dedupe.errors import ConfigError, LockBusyError
from dedupe.store.staging import storage_errors

_PAUSE = 0.05
"""Seconds between two attempts to take a lock that another process holds."""


class Turn:
    """
    The right to work on an index; waits for it up to ``timeout`` seconds, then raises an error naming its holder.

    It is a record lock, as on a run's output: the system releases it when a process dies, and forked
    workers do not inherit it.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._file: IO[str] = path.open("a+", encoding="utf-8")
        deadline = time.monotonic() + timeout
        while not self._taken():
            if time.monotonic() >= deadline:
                self._file.seek(0)
                owner = _owner(self._file.read())
                self._file.close()
                raise LockBusyError(
                    f"the index {path.parent} is in use by {owner}, and {timeout:g} seconds were not enough; "
                    "run the same command again later, or wait longer with --lock-timeout"
                )
            time.sleep(_PAUSE)
        self._file.seek(0)
        self._file.truncate()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"process": os.getpid(), "host": platform.node(), "since": since}, self._file)
        self._file.flush()

    def end(self) -> None:
        """Release the lock."""
        self._file.close()

    def _taken(self) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def take_turn(where: Path, timeout: float) -> Turn:
    """Take the lock on the index in a directory, created if missing; raises ConfigError if that is impossible."""
    try:
        with storage_errors(where):
            where.mkdir(parents=True, exist_ok=True)
            return Turn(where / "lock", timeout)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"--index {where} cannot be used: {error.strerror}; choose another place") from None
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
        raise ConfigError(
            f"--index {where} cannot be used: {error.strerror}; even reading it requires a lock file in it; "
            "copy it to a place where you may write"
        ) from None


def _owner(note: str) -> str:
    """
    Return the holder of the lock, in words.

    >>> _owner('{"process": 7, "host": "crawler", "since": "2026-01-22T03:00:00+00:00"}')
    'process 7 on crawler since 2026-01-22T03:00:00+00:00'
    >>> _owner("")
    'an unknown process'
    """
    try:
        who = json.loads(note)
        return f"process {who['process']} on {who['host']} since {who['since']}"
    except (ValueError, KeyError, TypeError):
        return "an unknown process"
