"""Track where the frames of a Zstandard file end, which the library that unpacks them does not report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Frames:
    """
    Passes compressed bytes to the library, and knows whether they end where a frame ends.

    The library does not report that: it takes a truncated file for a complete one. The block headers
    (RFC 8878, 3.1.1), one for every 128 KiB of content, are enough to know.
    """

    def __init__(self, read: Callable[[int], bytes], at: int = 0) -> None:
        self._source = read
        self._data = b""
        self._next = 0
        self._read = at
        self.begun = at
        """Offset in the file of the frame passed on last."""
        self._head = b""
        self._skip = 0
        self._in_frame = False
        self._checksum = 0
        self._seen = False

    @property
    def complete(self) -> bool:
        """Whether at least one frame was read, and none is incomplete."""
        return self._seen and not (self._in_frame or self._head or self._skip)

    def read(self, size: int, /) -> bytes:
        """Pass on compressed bytes of a single frame, so that it is known which frame is damaged."""
        if self._next == len(self._data):
            self._data, self._next = self._source(size), 0
            self._read += len(self._data)
        data, begin = self._data, self._next
        at = begin
        while at < len(data):
            if not (self._in_frame or self._head or self._skip):
                if at > begin:
                    break
                self.begun = self._read - len(data) + at
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
            else:
                step = 1
                self._head += data[at : at + 1]
                (self._block if self._in_frame else self._frame)()
            at += step
        self._next = at
        return data[begin:at]

    def _frame(self) -> None:
        head = self._head
        if len(head) < 5:
            return
        if head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5:  # a skippable frame: its length, then its bytes
            if len(head) == 8:
                self._seen, self._head, self._skip = True, b"", int.from_bytes(head[4:], "little")
            return
        descriptor = head[4]
        single = descriptor >> 5 & 1
        length = 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + (single, 2, 4, 8)[descriptor >> 6]
        if len(head) == length:
            self._seen, self._head, self._in_frame = True, b"", True
            self._checksum = 4 * (descriptor >> 2 & 1)

    def _block(self) -> None:
        if len(self._head) < 3:
            return
        header = int.from_bytes(self._head, "little")
        self._head = b""
        last, run = header & 1, header >> 1 & 3 == 1
        self._skip = 1 if run else header >> 3
        if last:
            self._skip += self._checksum
            self._in_frame = False
