"""
The files of a finished batch: what a worker leaves on disk for the corpus pass.

This module handles bytes and lines; `dedupe.pipeline.parts` knows what they mean.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

Kind = Literal["documents", "decisions"]

_MAX_OPEN = 128


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one batch, whose names all begin with ``stem``."""

    stem: Path

    @property
    def finished(self) -> bool:
        """Whether the part is complete: its entries are written last."""
        return self.path("entries").exists()

    def path(self, kind: str) -> Path:
        """Return the path of the file of a kind."""
        return self.stem.with_suffix(f".{kind}")

    def write(self, files: Mapping[str, bytes], entries: str) -> None:
        """Write all files, given by kind; the last rename makes the part complete."""
        for kind, content in files.items():
            self._write(kind, content)
        self._write("entries", entries.encode("utf-8"))

    def entries(self) -> str:
        """Return the entries as they were written."""
        return self.read("entries").decode("utf-8")

    def read(self, kind: str) -> bytes:
        """Return the whole file of a kind."""
        return self.path(kind).read_bytes()

    def _write(self, kind: str, content: bytes) -> None:
        # A worker that outlived its run may write the same part: equal bytes, but under another temporary name.
        temporary = self.path(f"{kind}.{os.getpid()}")
        temporary.write_bytes(content)
        temporary.replace(self.path(kind))


class PartReader:
    """
    Reads lines of many parts by offset; keeps a bounded number of files open.

    Files are read, not mapped: the candidates of a large run are scattered over its parts, mostly in files that
    are not open, and mapping a file for one line takes several times as long as reading the line.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[Path, Kind], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all files."""
        while self._files:
            os.close(self._files.popitem()[1])

    def read(self, part: Part, kind: Kind, offset: int, length: int) -> bytes:
        """Return ``length`` bytes of a part's file, from ``offset`` on."""
        file = self._files.get((part.stem, kind))
        if file is None:
            if len(self._files) >= _MAX_OPEN:
                os.close(self._files.pop(next(iter(self._files))))
            file = os.open(part.path(kind), os.O_RDONLY | os.O_CLOEXEC)
            self._files[part.stem, kind] = file
        return os.pread(file, length, offset)
