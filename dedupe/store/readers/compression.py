"""
Unpack gzip, bzip2 and Zstandard files in bounded memory, reporting every break.

The standard readers do not suit a crawl: at the end of a truncated file, `gzip.GzipFile` discards what it
has unpacked, and a truncated Zstandard file simply looks complete. Here a stream first returns all bytes
before the break, then raises.
"""

from __future__ import annotations

import bz2
import os
import re
import sys
import zlib
from functools import partial
from typing import IO, TYPE_CHECKING, ClassVar, Literal, cast

import zstandard

from dedupe.errors import ReadError
from dedupe.store.readers.frames import Frames
from dedupe.store.readers.streams import ByteStream, read_some

if TYPE_CHECKING:
    from pathlib import Path

Compression = Literal["", "gz", "bz2", "zst"]

_CHUNK = 1 << 16
_MAX_BREAKS = 1000  # in one file: more are not damage but noise, which must not be tried at every byte


class _Packed(ByteStream):
    """A file of independently compressed members: a damaged one does not cost the others."""

    _magic: ClassVar[re.Pattern[bytes]]
    _breaks = 0

    def __init__(self, path: str | Path, max_ratio: int) -> None:
        super().__init__(path, max_ratio)
        self._begin()

    def _begin(self) -> None:
        """Start unpacking at the current position in the file."""
        raise NotImplementedError

    def go_on(self) -> bool:
        if self._breaks == _MAX_BREAKS or self._unpacked > self._allowed:
            return False
        self._breaks += 1
        # Do not start where it broke: a damaged header may have led far into other members, and if the last bits of
        # a bzip2 stream are lost, they are taken from the first byte of the next one.
        place, held = os.lseek(self._file, max(0, self.member - 1), os.SEEK_SET), b""
        while packed := read_some(self._file, _CHUNK):
            held += packed
            for found in self._magic.finditer(held):
                if place + found.start() != self.member:
                    self.member = os.lseek(self._file, place + found.start(), os.SEEK_SET)
                    self._begin()
                    return True
            place, held = place + max(0, len(held) - 16), held[-16:]
        return False


class _Gzip(_Packed):
    """The content of a gzip file of one or many members (crawlers append); zero padding is not damage."""

    _magic = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")

    def _begin(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._packed = b""

    def read(self, size: int, /) -> bytes:
        while True:
            if self._member.eof and not self._next_member():
                return b""
            packed = self._packed or super().read(_CHUNK)
            try:
                # The limit defuses a bomb: one compressed chunk may expand a thousandfold.
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
        self._begin()
        self._packed = rest
        self.member = os.lseek(self._file, 0, os.SEEK_CUR) - len(rest)
        return True


class _Bzip2(_Packed):
    """The content of a bzip2 file of one or many streams."""

    _magic = re.compile(rb"BZh[1-9]1AY&SY")

    def _begin(self) -> None:
        self._member = bz2.BZ2Decompressor()

    def read(self, size: int, /) -> bytes:
        while True:
            packed = b""
            if self._member.eof:
                packed = self._member.unused_data or super().read(_CHUNK)
                if not packed:
                    return b""
                self._begin()
                self.member = os.lseek(self._file, 0, os.SEEK_CUR) - len(packed)
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


class _Zstd(_Packed):
    """The content of a Zstandard file of one or many frames, with a window of at most 128 MiB."""

    _magic = re.compile(rb"\x28\xb5\x2f\xfd")

    def _begin(self) -> None:
        # Not super().read: that would create a reference cycle, which keeps the library's buffers until collected.
        self._frames = Frames(partial(read_some, self._file), self.member)
        self._reader = zstandard.ZstdDecompressor().stream_reader(
            cast("IO[bytes]", self._frames), read_size=_CHUNK, read_across_frames=True, closefd=False
        )

    def read(self, size: int, /) -> bytes:
        try:
            # read1, not read: if damage follows, read would discard what it has gathered.
            data = self._reader.read1(size)
        except zstandard.ZstdError as error:
            raise _damaged("zstd", self._unpacked, error) from None
        finally:
            self.member = self._frames.begun
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


def _ends_early(kind: str, count: int) -> ReadError:
    return ReadError(f"{kind} stream ends early after {count} bytes; fetch the file again")


def _damaged(kind: str, count: int, error: Exception) -> ReadError:
    what = f"{kind} stream is damaged after {count} bytes" if count else f"is not a valid {kind} stream"
    return ReadError(f"{what} ({error}); fetch the file again")


def _over(limit: int) -> ReadError:
    return ReadError(f"holds more than read.max_document_bytes ({limit}); raise it to read this document")
