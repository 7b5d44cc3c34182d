"""
What one command costs: wall time, processor time and peak memory, of all its processes together.

Processor time is what the system accounts to the command and to everything that it started, processes
that outlive their parents included. Memory is sampled ten times a second over the whole session, each
page that processes share counted once (PSS): a pool of forked workers is not made to look larger than
it is. Linux; elsewhere no memory is told.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SAMPLES_EVERY = 0.1
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_GRACE = 2.0


@dataclass(frozen=True)
class Cost:
    """Seconds and bytes; the exit code, which is -9 where the time was up."""

    wall: float
    cpu: float
    peak: int
    code: int


def measure(command: Sequence[str], environment: Mapping[str, str], *, log: Path, timeout: float) -> Cost:
    """Run a command to its end, or until its time is up, where the log lies that takes what it prints."""
    _adopt_orphans()
    with log.open("ab") as told:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            env=dict(environment),
            start_new_session=True,
        )
        with _Watch(process.pid, began + timeout) as watch:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:  # Ctrl-C does not reach a session of its own
                _end(process.pid)
                raise
            wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime + _orphans(process.pid)
    return Cost(wall, cpu, watch.peak, process.returncode)


def _adopt_orphans() -> None:
    """Processes whose parents end become ours, so that we can wait for them and read what they used."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans(session: int) -> float:
    """Wait for what a command left behind, end what stays, and tell the processor seconds they used."""
    seconds, until = 0.0, time.monotonic() + _GRACE
    while True:
        try:
            pid, _, usage = os.wait4(-session, os.WNOHANG)
        except ChildProcessError:
            return seconds
        if pid:
            seconds += usage.ru_utime + usage.ru_stime
        elif time.monotonic() > until:
            _end(session)
        else:
            time.sleep(0.01)


def _end(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


class _Watch(threading.Thread):
    """Looks at a session's memory until it is told to stop, and ends the session when its time is up."""

    def __init__(self, session: int, until: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._session = session
        self._until = until
        self._over = threading.Event()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.is_set():
            self.peak = max(self.peak, sum(map(_memory, _members(self._session))))
            if time.perf_counter() > self._until:
                _end(self._session)
                return
            self._over.wait(_SAMPLES_EVERY)


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir() if sys.platform == "linux" else ():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_bytes()
            except OSError:
                continue
            # After the name, which may hold anything: state, parent, group, session.
            if int(stat.rpartition(b")")[2].split()[3]) == session:
                found.append(int(entry.name))
    return found


def _memory(pid: int) -> int:
    """Resident bytes of a process, shared pages divided among those that share them; 0 if it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
