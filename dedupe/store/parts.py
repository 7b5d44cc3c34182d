"""
The files of a finished batch: what a worker leaves on disk for the corpus pass.

Knows bytes and lines; what they mean is said in `dedupe.pipeline.parts`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Literal, Self

Kind = Literal["documents", "decisions"]

_MAX_OPEN = 128


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one batch, all beginning with ``stem``."""

    stem: Path

    @property
    def finished(self) -> bool:
        """Whether the part is whole: its entries are written last."""
        return self.path("entries").exists()

    def path(self, kind: str) -> Path:
        """The file of a kind."""
        return self.stem.with_suffix(f".{kind}")

    def write(self, files: Mapping[str, bytes], entries: str) -> None:
        """Write all files, each by its kind; the last rename makes the part exist."""
        for kind, content in files.items():
            self._write(kind, content)
        self._write("entries", entries.encode("utf-8"))

    def entries(self) -> str:
        """The entries, as they were written."""
        return self.read("entries").decode("utf-8")

    def read(self, kind: str) -> bytes:
        """A whole file."""
        return self.path(kind).read_bytes()

    def _write(self, kind: str, content: bytes) -> None:
        # A worker that outlived its run may write the same part: equal bytes, under another name.
        temporary = self.path(f"{kind}.{os.getpid()}")
        temporary.write_bytes(content)
        temporary.replace(self.path(kind))


class PartReader:
    """Lines of many parts by offset; holds a bounded number of files mapped."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._maps: dict[tuple[Part, Kind], mmap] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all files."""
        self._stack.close()
        self._maps.clear()

    def read(self, part: Part, kind: Kind, offset: int, length: int) -> bytes:
        """Some bytes of a part's file."""
        mapped = self._maps.get((part, kind))
        if mapped is None:
            if len(self._maps) >= _MAX_OPEN:
                self.close()
            with part.path(kind).open("rb") as file:
                mapped = self._stack.enter_context(mmap(file.fileno(), 0, access=ACCESS_READ))
            self._maps[part, kind] = mapped
        return mapped[offset : offset + length]
