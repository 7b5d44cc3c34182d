"""The line that moves while a run works; only ever on a terminal."""

from __future__ import annotations

import os
import sys
import time

from dedupe.pipeline.batch import BatchReport
from dedupe.store.readers import Discovery


class Progress:
    """Documents, speed, failures and the time left, on one line of stderr."""

    def __init__(self, *, visible: bool) -> None:
        self._visible = visible
        self._began = self._shown = time.monotonic()
        self._documents = self._failed = self._bytes = self._total = 0

    def start(self, discovery: Discovery) -> None:
        """Learn how much there is; of compressed files the true size is not known."""
        self._began = time.monotonic()
        packed = any(file.compression or file.form in {"parquet", "warc", "wet"} for file in discovery.files)
        self._total = 0 if packed else sum(file.size for file in discovery.files)

    def advance(self, batch: BatchReport) -> None:
        """Count a finished batch."""
        self._documents += batch.documents
        self._failed += batch.failed
        self._bytes += batch.bytes
        now = time.monotonic()
        if self._visible and now - self._shown >= 0.1:
            self._shown = now
            sys.stderr.write(f"\r\x1b[K{self._line(now - self._began)[: _columns() - 1]}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        speed = self._bytes / max(seconds, 1e-6)
        parts = [f"{self._documents:,} documents", f"{speed / 1e6:.1f} MB/s"]
        if self._failed:
            parts.append(f"{self._failed:,} failed")
        if self._total > self._bytes and speed > 0:
            left = round((self._total - self._bytes) / speed)
            parts.append(f"{left // 60}:{left % 60:02d} left")
        return "  ".join(parts)


def _columns() -> int:
    """Of the terminal behind stderr; a line that is broken there would not be taken away."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
