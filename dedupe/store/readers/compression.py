"""
Bytes out of plain, gzip, bzip2 and Zstandard files: bounded, and with every break reported.

The standard readers fit neither need of a crawl. `gzip.GzipFile` drops what it has unpacked
when it meets the break of a truncated file, and a truncated Zstandard file simply looks
finished. Here a stream first returns all bytes before the break, then raises.
"""

from __future__ import annotations

import bz2
import os
import stat
import sys
import zlib
from functools import partial
from typing import IO, TYPE_CHECKING, Literal, Protocol, Self, cast

import zstandard

from dedupe.errors import ReadError
from dedupe.store.readers.frames import Frames

if TYPE_CHECKING:
    from pathlib import Path

Compression = Literal["", "gz", "bz2", "zst"]

_CHUNK = 1 << 16
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
    """

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        self._file, self.size = _open(path)
        self._closed = False
        self._unpacked = 0
        self._allowed = max(_FREE, max_ratio * self.size)

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes."""
        return _read(self._file, size)

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


class _Gzip(ByteStream):
    """The content of a gzip file of one or many members (crawlers append); zero padding is no damage."""

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        super().__init__(path, max_ratio)
        self._member = zlib.decompressobj(wbits=31)
        self._packed = b""

    def read(self, size: int, /) -> bytes:
        while True:
            if self._member.eof and not self._next_member():
                return b""
            packed = self._packed or super().read(_CHUNK)
            try:
                # The limit is what tames a bomb: one packed chunk may hold a thousand times its size.
                data = self._member.decompress(packed, size)
            except zlib.error as error:
                raise _damaged("gzip", self._unpacked, error) from None
            self._packed = self._member.unconsumed_tail
            if data:
                return self._count(data)
            if not packed and not self._member.eof:
                raise _ends_early("gzip", self._unpacked)

    def _next_member(self) -> bool:
        rest = self._member.unused_data.lstrip(b"\0")
        while not rest:
            packed = super().read(_CHUNK)
            if not packed:
                return False
            rest = packed.lstrip(b"\0")
        self._member = zlib.decompressobj(wbits=31)
        self._packed = rest
        return True


class _Bzip2(ByteStream):
    """The content of a bzip2 file of one or many streams."""

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        super().__init__(path, max_ratio)
        self._member = bz2.BZ2Decompressor()

    def read(self, size: int, /) -> bytes:
        while True:
            packed = b""
            if self._member.eof:
                packed = self._member.unused_data or super().read(_CHUNK)
                if not packed:
                    return b""
                self._member = bz2.BZ2Decompressor()
            elif self._member.needs_input:
                packed = super().read(_CHUNK)
                if not packed:
                    raise _ends_early("bzip2", self._unpacked)
            try:
                data = self._member.decompress(packed, size)
            except (OSError, ValueError) as error:
                raise _damaged("bzip2", self._unpacked, error) from None
            if data:
                return self._count(data)


class _Zstd(ByteStream):
    """The content of a Zstandard file of one or many frames, with a window of at most 128 MiB."""

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        super().__init__(path, max_ratio)
        # Not super().read: that would tie a knot which holds the library's buffers until the next collection.
        self._frames = Frames(partial(_read, self._file))
        self._reader = zstandard.ZstdDecompressor().stream_reader(
            cast("IO[bytes]", self._frames), read_size=_CHUNK, read_across_frames=True, closefd=False
        )

    def read(self, size: int, /) -> bytes:
        try:
            # read1, not read: on damage further on, read would drop what it had gathered.
            data = self._reader.read1(size)
        except zstandard.ZstdError as error:
            raise _damaged("zstd", self._unpacked, error) from None
        if not data and not self._frames.complete:
            raise _ends_early("zstd", self._unpacked)
        return self._count(data)


def open_stream(path: str | Path, compression: Compression, max_ratio: int) -> ByteStream:
    """
    Open a file for reading its unpacked bytes; use it in a ``with`` statement.

    Raises ReadError if the file is missing, not readable, or not a regular file. Damage and
    truncation are reported when reading reaches them, and so is a decompression bomb: more than
    64 MiB, and more than ``max_ratio`` times the file's size.

    >>> open_stream("no/such/file.txt", "", 500)
    Traceback (most recent call last):
    dedupe.errors.ReadError: cannot be read: No such file or directory
    """
    return {"": ByteStream, "gz": _Gzip, "bz2": _Bzip2, "zst": _Zstd}[compression](path, max_ratio)


def read_file(path: str | Path, compression: Compression, limit: int) -> bytes:
    """
    Return the whole unpacked content of a file, or raise ReadError if it exceeds ``limit`` bytes.

    Of a larger file, never more than the limit plus one chunk is held in memory.
    """
    parts: list[bytes] = []
    held = 0
    with open_stream(path, compression, sys.maxsize) as stream:  # the limit is what bounds it
        if not compression:
            if stream.size > limit:
                raise _over(limit)
            # Nearly every file of a crawl takes this path: a single read of one byte more than
            # there should be, so that a short result also proves the end of the file.
            parts = [stream.read(stream.size + 1)]
            held = len(parts[0])
            if held == stream.size:
                return parts[0]
        while held <= limit and (data := stream.read(min(_CHUNK, limit + 1 - held))):
            parts.append(data)
            held += len(data)
    if held > limit:
        raise _over(limit)
    return b"".join(parts)


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


def _read(file: int, size: int) -> bytes:
    try:
        return os.read(file, size)
    except OSError as error:
        raise _cannot(error) from None


def _cannot(error: OSError) -> ReadError:
    return ReadError(f"cannot be read: {error.strerror or type(error).__name__}")


def _ends_early(kind: str, count: int) -> ReadError:
    return ReadError(f"{kind} stream ends early after {count} bytes; fetch the file again")


def _damaged(kind: str, count: int, error: Exception) -> ReadError:
    what = f"{kind} stream is damaged after {count} bytes" if count else f"is not a valid {kind} stream"
    return ReadError(f"{what} ({error}); fetch the file again")


def _over(limit: int) -> ReadError:
    return ReadError(f"holds more than read.max_document_bytes ({limit}); raise it to read this document")
