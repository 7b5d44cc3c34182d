"""
The records of a web archive, and the stretches of it that are none.

Not the walk of the library that reads the pages: it goes on at the next record it can make out, and does not say
what it passed over. Here a record counts where another one, or the end of the file, follows it. Where none does, it
is damaged, or its length is; then the next one is looked for from its own beginning, among what it would swallow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dedupe.store.readers.streams import ByteStream

_CHUNK: Final = 1 << 16
_MAX_HEADER: Final = 1 << 15  # of headers with a thousand bytes: what is longer is none
_MAX_BLANKS: Final = 1 << 10  # behind a record that has four
_START: Final = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_TORN_START: Final = re.compile(rb"W|WA|WAR|WARC|WARC/[\d.]{0,4}\r?")
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_BLANKS: Final = re.compile(rb"[\r\n\t ]*")
_FIELD: Final = re.compile(rb"^([^\s:]+)[ \t]*:[ \t]*(.*?)[ \t\r]*$", re.M)
_FOLLOWS: Final = re.compile(rb"\r\n\r\n|[\r\n\t ]*(?:WARC/|\Z)|[\r\n\t ]{1024}")
_NEVER_IN_HEADERS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ONCE: Final = frozenset(["warc-type", "warc-record-id", "content-length"])
_LENGTH: Final = re.compile(r"[0-9]{1,18}", re.A)


class Record(NamedTuple):
    """
    A record: its head's fields by their names in lower case, and its block; or with an ``error`` what is lost.

    ``at`` is where it begins in the unpacked archive. Of a block longer than the limit only the beginning is here.
    """

    at: int
    head: Mapping[str, str]
    length: int = 0
    block: bytes = b""
    error: str | None = None


def records(stream: ByteStream, limit: int) -> Iterator[Record]:
    r"""
    All that an archive holds, in its order; every byte of it is of a record, blank, or of a stretch that is reported.

    Holds no more than ``limit`` bytes, of a record, and some more to see what follows it.

    >>> import io
    >>> one = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
    >>> for record in records(io.BytesIO(one + one.replace(b"3", b"9") + one), 99):
    ...     print(record.at, record.block, record.error)
    0 b'abc' None
    59 b'' the record at byte 59 is not as long as it says (9 bytes)
    118 b'abc' None
    """
    window = _Window(stream)
    while window.past_blanks():
        record = _read(window, limit)
        if record.error is not None or record.length > limit:
            window.to_next_start()
        yield record


class _Window:
    """The part of a stream that is looked at, ``data`` from ``begin`` on, and what broke the stream behind it."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._ended = False
        self._member = 0
        self._left = 0
        self.data = b""
        self.begin = 0
        self.broken: ReadError | None = None

    @property
    def at(self) -> int:
        """Where in the stream it begins."""
        return self._left + self.begin

    @property
    def held(self) -> int:
        """How many bytes it holds."""
        return len(self.data) - self.begin

    def fill(self, size: int) -> bool:
        """Hold that many bytes, or as many as there are."""
        if self.held >= size or self._ended or self.broken:
            return self.held >= size
        parts, held = [self.data[self.begin :]], self.held
        self._left, self.begin = self.at, 0
        while held < size and not self._ended:
            try:
                parts.append(self._stream.read(_CHUNK))
            except ReadError as error:
                self.broken = error
                break
            self._ended = not parts[-1]
            self._member = getattr(self._stream, "member", 0)
            held += len(parts[-1])
        self.data = b"".join(parts)
        return held >= size

    def past_blanks(self) -> bool:
        """Leave blanks behind; False at the end of the file."""
        while self.fill(1):
            if blanks := _BLANKS.match(self.data, self.begin):
                self.begin = blanks.end()
            if self.held:
                return True
        return self.broken is not None

    def broke_within(self) -> bool:
        """Whether what broke the stream is in the member that the last bytes came from: then they are not sound."""
        return self.broken is not None and self._member == getattr(self._stream, "member", 0)

    def to_next_start(self) -> None:
        """Go on to where the next record may begin, from behind the first byte and past what breaks the stream."""
        behind = 1
        while True:
            if found := _START.search(self.data, self.begin + behind):
                self.begin = found.start()
                return
            self.begin = max(self.begin, len(self.data) - 16)  # a start may be cut in two
            if not self.fill(self.held + 1):
                self.begin = len(self.data)
                if self.broken is None or not self._stream.go_on():
                    self.broken, self._ended = None, True
                    return
                self.broken, behind = None, 0


def _read(window: _Window, limit: int) -> Record:
    """The record at the window's beginning, which moves on behind it; or why there is none."""
    at = window.at
    if not window.held:
        return Record(at, {}, error=str(window.broken))
    window.fill(_MAX_HEADER)
    data, begin = window.data, window.begin
    start = _START.match(data, begin)
    if start is None and not _TORN_START.fullmatch(data, begin):
        return Record(at, {}, error=f"at byte {at} begins no record" if at else "does not begin as a WARC file")
    end = BLANK_LINE.search(data, begin, begin + _MAX_HEADER)
    if start is None or end is None:
        what = "is too long" if window.held >= _MAX_HEADER else f"ends early ({window.broken or 'end of file'})"
        return Record(at, {}, error=f"the header of the record at byte {at} {what}")
    head = _head(data[start.end() : end.start()])
    if head is None:
        return Record(at, {}, error=f"the header of the record at byte {at} is damaged")
    if not _LENGTH.fullmatch(head.get("content-length", "")):
        return Record(at, head, error=f"the record at byte {at} does not say how long it is (Content-Length)")
    return _with_block(window, Record(at, head, int(head["content-length"])), end.end() - begin, limit)


def _head(lines: bytes) -> dict[str, str] | None:
    """The fields by their names, the first of a name; None where they are not one record's, as a gap joins two."""
    head: dict[str, str] = {}
    for name, value in _FIELD.findall(lines):
        key = name.decode("latin-1").lower()
        if key in _ONCE and key in head:
            return None
        head.setdefault(key, value.decode("utf-8", "replace"))
    return None if _NEVER_IN_HEADERS.search(lines) else head


def _with_block(window: _Window, record: Record, header: int, limit: int) -> Record:
    size = header + record.length
    if record.length > limit:  # where it ends is not tried, but looked for
        window.fill(header + _MAX_HEADER)
        return record._replace(block=window.data[window.begin + header : window.begin + header + _MAX_HEADER])
    window.fill(size + _MAX_BLANKS)
    begin, end = window.begin + header, window.begin + size
    if len(window.data) < end:
        had = max(0, len(window.data) - begin)
        why = f" ({window.broken})" if window.broken else ""
        return record._replace(error=f"the record ends early after {had} of {record.length} bytes{why}")
    if window.broke_within() and not window.data[end:].strip():
        return record._replace(error=f"the record at byte {record.at} is damaged ({window.broken})")
    if not _FOLLOWS.match(window.data, end):
        why = f"is not as long as it says ({record.length} bytes)"
        return record._replace(error=f"the record at byte {record.at} {why}")
    window.begin = end
    return record._replace(block=window.data[begin:end])
