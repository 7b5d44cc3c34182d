"""Bytes out of files as they lie there, and what every stream of bytes promises: bounded, and no break passed over."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Protocol, Self

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

_FREE = 1 << 26  # so much may come out of any file: only beyond it a ratio tells a bomb from a small file


class Readable(Protocol):
    """Whatever hands over some bytes at a time: our streams, a binary stdin, a `BytesIO`."""

    def read(self, size: int, /) -> bytes:
        """Return 1 to ``size`` bytes; none at the end."""


class ByteStream:
    """
    A plain file. ``read(size)`` returns 1 to ``size`` bytes, ``b""`` at the end.

    It never holds more than one chunk beyond what was asked for, however well the file is
    packed. Where the file breaks off, the next ``read`` raises ReadError, after every byte before
    that place was returned; where it is damaged, the last ``size`` bytes before may be lost too.
    ``member`` is where in the file the member begins that the last bytes, or the last error, came from.
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
        """After an error, whether there is another member to read: one that is packed by itself."""
        return False

    def _count(self, data: bytes) -> bytes:
        """Pass on what was unpacked, unless the file has been unpacking for too long to be one of news."""
        self._unpacked += len(data)
        if self._unpacked > self._allowed:
            raise ReadError(
                f"unpacks to more than {self._allowed:,} bytes, from {self.size:,}; raise read.max_ratio to read on"
            )
        return data

    def close(self) -> None:
        """Give the file back; a second time is harmless."""
        if not self._closed:
            self._closed = True
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class Section(ByteStream):
    """The bytes of a plain file from one place to another; to find fewer there now is a break."""

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
    """Open without ever waiting: a file that became a pipe since it was discovered would block."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _cannot(error) from None
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        os.close(file)
        raise ReadError("cannot be read: it is no regular file")
    return file, status.st_size


def read_some(file: int, size: int) -> bytes:
    """Bytes of an open file; raises ReadError where it cannot be read."""
    try:
        return os.read(file, size)
    except OSError as error:
        raise _cannot(error) from None


def _cannot(error: OSError) -> ReadError:
    return ReadError(f"cannot be read: {error.strerror or type(error).__name__}")
