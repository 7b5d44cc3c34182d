"""
The records of a web archive, and the stretches of it that are not records.

The iterator of the library that reads the pages is not used: it continues at the next record it can recognise, and
does not report what it skipped. Here a record is accepted if another one, or the end of the file, follows it.
Otherwise it is damaged, or its length is, and the next record is searched for right from its own beginning, inside
what it would have swallowed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from dedupe.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dedupe.store.readers.streams import ByteStream

_CHUNK: Final = 1 << 16
_MAX_HEADER: Final = 1 << 15  # headers have about a thousand bytes; anything longer is not a header
_MAX_BLANKS: Final = 1 << 10  # after a record, where there should be four
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
    A record: the fields of its header by lower-case name, and its block; with an ``error``, a stretch that is lost.

    ``at`` is its offset in the unpacked archive. A block longer than the limit is represented by its beginning.
    """

    at: int
    head: Mapping[str, str]
    length: int = 0
    block: bytes = b""
    error: str | None = None


def records(stream: ByteStream, limit: int) -> Iterator[Record]:
    r"""
    Yield everything in an archive, in order: every byte belongs to a record, is blank, or is reported as lost.

    Holds at most ``limit`` bytes of a record in memory, and a little more to see what follows it.

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
    """The part of a stream under examination, ``data`` from ``begin`` on, and the error that ended the stream."""

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
        """The offset of the window in the stream."""
        return self._left + self.begin

    @property
    def held(self) -> int:
        """The number of bytes in the window."""
        return len(self.data) - self.begin

    def fill(self, size: int) -> bool:
        """Read on until the window holds that many bytes; return False if the stream has fewer."""
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
        """Skip blanks; return False at the end of the file."""
        while self.fill(1):
            if blanks := _BLANKS.match(self.data, self.begin):
                self.begin = blanks.end()
            if self.held:
                return True
        return self.broken is not None

    def broke_within(self) -> bool:
        """Whether the stream broke in the member that the last bytes came from, so that they are unreliable."""
        return self.broken is not None and self._member == getattr(self._stream, "member", 0)

    def to_next_start(self) -> None:
        """Move to where the next record may begin, after the first byte and past any break of the stream."""
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
    """Read the record at the beginning of the window and move past it, or return a record with an error."""
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
    """Return the fields by name, the first of each; None if they belong to two records joined by a gap."""
    head: dict[str, str] = {}
    for name, value in _FIELD.findall(lines):
        key = name.decode("latin-1").lower()
        if key in _ONCE and key in head:
            return None
        head.setdefault(key, value.decode("utf-8", "replace"))
    return None if _NEVER_IN_HEADERS.search(lines) else head


def _with_block(window: _Window, record: Record, header: int, limit: int) -> Record:
    size = header + record.length
    if record.length > limit:  # its end is not computed, but searched for
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
