"""
The working directory of an unfinished run, so that output appears complete or not at all.

Everything is written beside OUT, into ``.<OUT>.dedupe``; finished batches are parts that a
restarted run reuses. At the end the finished directory is renamed to OUT in one step.
Only one run at a time works on an OUT; a lock names it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dedupe.errors import LockBusyError, OutputError, StorageError
from dedupe.store.parts import Part

_RUN = "run.json"
_UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EROFS, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}
)
"""Errors of a directory that cannot be created; trying again does not help."""


@contextlib.contextmanager
def storage_errors(where: Path) -> Iterator[None]:
    """Turn the errors of a full or vanished disk into a `StorageError`, which can be retried."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}:
            raise StorageError(
                f"writing to {where} failed: {error.strerror}; free some space and run the same command again, "
                "it continues where it stopped"
            ) from None
        raise


def check_output(out: Path, sources: list[Path]) -> None:
    """Refuse an OUT that is not empty, lies inside a source, or cannot be accessed."""
    target = out.resolve()
    for source in sources:
        inside = source.resolve()
        if target == inside or (source.is_dir() and inside in target.parents):
            raise OutputError(f"--out {out} lies inside the source {source}; choose a directory outside it")
    try:
        if out.is_symlink():
            raise OutputError(f"--out {out} is a symbolic link, not a directory; name the directory that it points to")
        if out.exists() and not out.is_dir():
            raise OutputError(f"--out {out} is not a directory; choose a new or empty one")
        if (out / "decisions.jsonl").exists():
            _sweep(target)
            raise OutputError(f"--out {out} holds a finished run; choose a new directory, or remove it to clean anew")
        if out.is_dir() and any(out.iterdir()):
            raise OutputError(f"--out {out} is not empty; choose a new or empty directory")
        if target.parent.exists() and not os.access(target.parent, os.W_OK | os.X_OK):
            raise OutputError(f"--out {out}: {target.parent} cannot be written to; choose another place")
    except OSError as error:
        raise _unusable(out, error) from None


def _unusable(out: Path, error: OSError) -> OutputError:
    return OutputError(f"--out {out} cannot be created: {error.strerror}; choose another place")


class Staging:
    """
    The working directory of one run.

    ``identity`` identifies the run by its sources, settings, versions and format: a directory left by
    a run with another identity is emptied, one with the same identity is continued.
    """

    def __init__(self, out: Path, identity: str) -> None:
        self.out = Path(os.path.normpath(out))
        self.root = _beside(self.out.resolve())
        self.result = self.root / "result"
        self.resumed = False
        self._identity = identity
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        with storage_errors(self.root):
            try:
                self.root.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                if error.errno in _UNUSABLE:
                    raise _unusable(self.out, error) from None
                raise
            self._take_lock()
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def name(self) -> str:
        """A short name of the run, from its identity without the location of the index."""
        return self._identity.partition(" ")[0][:16]

    def part(self, number: int) -> Part:
        """Return the part for the batch with this number."""
        return Part(self.root / "parts" / f"{number:08d}")

    def publish(self) -> None:
        """Make the finished result appear as OUT, then remove the working directory."""
        with storage_errors(self.out):
            try:
                self.result.rename(self.out.resolve())
            except OSError as error:
                if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY, errno.EXDEV}:
                    raise OutputError(
                        f"--out {self.out} cannot be replaced by the finished run ({error.strerror}); "
                        "it must be new or empty, and no mount point: choose a directory inside it"
                    ) from None
                raise
        self.discard()

    def discard(self) -> None:
        """Remove the working directory; the file that identifies its run goes last, in case this is interrupted."""
        for directory in (self.root / "parts", self.result, self.root):
            shutil.rmtree(directory, ignore_errors=True)

    def _take_lock(self) -> None:
        # lockf, not flock: forked workers do not inherit a record lock, so a worker that outlives
        # a killed run does not block the next one.
        lock = (self.root / "lock").open("a+")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise LockBusyError(
                f"another run is writing to {self.out} (process {owner}); wait for it or stop it, then try again"
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _begin(self) -> None:
        """Continue a run with this identity, or start afresh."""
        marker = self.root / _RUN
        try:
            self.resumed = json.loads(marker.read_text("utf-8"))["identity"] == self._identity
        except (OSError, ValueError, KeyError, TypeError):
            self.resumed = False
        shutil.rmtree(self.result, ignore_errors=True)
        if not self.resumed:
            shutil.rmtree(self.root / "parts", ignore_errors=True)
            (self.root / "parts").mkdir()
            temporary = marker.with_suffix(".tmp")
            temporary.write_text(json.dumps({"identity": self._identity}), "utf-8")
            temporary.replace(marker)


def finished_identity(out: Path) -> str | None:
    """Return the identity of the run whose working directory is still beside a finished OUT, or None."""
    try:
        identity = json.loads((_beside(out.resolve()) / _RUN).read_text("utf-8"))["identity"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(identity)


def _beside(target: Path) -> Path:
    return target.parent / f".{target.name}.dedupe"


def _sweep(target: Path) -> None:
    """Remove the remains of the working directory of a run that was killed in its very last step."""
    root = _beside(target)
    if not (root / _RUN).exists():
        shutil.rmtree(root, ignore_errors=True)
