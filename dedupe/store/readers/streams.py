"""Plain files as byte streams, and the contract of every byte stream: bounded memory, and every break reported."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Protocol, Self

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

_FREE = 1 << 26  # allowed for any file: only beyond this does a ratio tell a bomb from a small file


class Readable(Protocol):
    """Anything that delivers bytes in pieces: a `ByteStream`, a binary stdin, a `BytesIO`."""

    def read(self, size: int, /) -> bytes:
        """Return 1 to ``size`` bytes; none at the end."""


class ByteStream:
    """
    A plain file. ``read(size)`` returns 1 to ``size`` bytes, ``b""`` at the end.

    It never holds more than one chunk beyond the bytes requested, however well the file is
    compressed. If the file is truncated, every byte before the break is returned before ``read`` raises
    ReadError; if it is damaged, up to ``size`` bytes before the damage may be lost too.
    ``member`` is the offset in the file of the member that the last bytes, or the last error, came from.
    """

    member = 0

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        self._file, self.size = _open(path)
        self._closed = False
        self._unpacked = 0
        self._allowed = max(_FREE, max_ratio * self.size)

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes."""
        return read_some(self._file, size)

    def go_on(self) -> bool:
        """After an error, move on to the next independently compressed member; return whether there is one."""
        return False

    def _count(self, data: bytes) -> bytes:
        """Return unpacked data, or raise ReadError if the file has unpacked to more than any file of news would."""
        self._unpacked += len(data)
        if self._unpacked > self._allowed:
            raise ReadError(
                f"unpacks to more than {self._allowed:,} bytes, from {self.size:,}; raise read.max_ratio to read on"
            )
        return data

    def close(self) -> None:
        """Close the file; closing it again is harmless."""
        if not self._closed:
            self._closed = True
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class Section(ByteStream):
    """A byte range of a plain file; if the file has since become shorter, reading raises ReadError."""

    def __init__(self, path: str | Path, begin: int, end: int) -> None:
        super().__init__(path, 1)
        os.lseek(self._file, begin, os.SEEK_SET)
        self._left = end - begin

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes."""
        data = super().read(min(size, self._left))
        if self._left and not data:
            raise ReadError("the file has become shorter since the run began; run again when it is complete")
        self._left -= len(data)
        return data


def _open(path: str | Path) -> tuple[int, int]:
    """Open without blocking: a file may have become a pipe since it was discovered."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _cannot(error) from None
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        os.close(file)
        raise ReadError("cannot be read: it is not a regular file")
    return file, status.st_size


def read_some(file: int, size: int) -> bytes:
    """Read from an open file; raises ReadError if that fails."""
    try:
        return os.read(file, size)
    except OSError as error:
        raise _cannot(error) from None


def _cannot(error: OSError) -> ReadError:
    return ReadError(f"cannot be read: {error.strerror or type(error).__name__}")
