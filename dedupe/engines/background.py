"""Background work during a run, which nothing waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_NICE = 19


@contextmanager
def in_background(module: str) -> Iterator[None]:
    """
    Run ``python -m module`` in the background at low priority while the block runs.

    The process is ended with the block, whether it has finished or not.
    """
    work = subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        os.setpriority(os.PRIO_PROCESS, work.pid, _NICE)
        yield
    finally:
        work.terminate()
        work.wait()
