"""Texts kept on disk for the duration of a stream."""

from __future__ import annotations

import os
import tempfile
import weakref
from pathlib import Path

from dedupe.store.staging import storage_errors


class Spool:
    """
    Stores texts by number in an unnamed file; memory only holds where each begins and ends.

    The file disappears with the object, or with the process, however that ends.

    >>> spool = Spool()
    >>> spool.put(7, "雨下了一夜。"), spool.put(9, "")
    (None, None)
    >>> spool.get(7), spool.get(9)
    ('雨下了一夜。', '')
    """

    def __init__(self) -> None:
        self._place = Path(tempfile.gettempdir())
        with storage_errors(self._place):
            self._file, name = tempfile.mkstemp(prefix="dedupe-")
            Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self._end = 0
        self._spans: dict[int, tuple[int, int]] = {}

    def put(self, number: int, text: str) -> None:
        """Store a text."""
        data = text.encode("utf-8", "surrogatepass")
        self._spans[number] = self._end, len(data)
        with storage_errors(self._place):
            while data:
                written = os.pwrite(self._file, data, self._end)
                self._end += written
                data = data[written:]

    def get(self, number: int) -> str:
        """Return a stored text."""
        begin, length = self._spans[number]
        with storage_errors(self._place):
            return os.pread(self._file, length, begin).decode("utf-8", "surrogatepass")
