"""
Pages of WARC files (CC-NEWS, wget, Heritrix): what the servers answered, if it was a page; and the texts of
WET files, which were extracted from such answers.

The id is the record's own (`WARC-Record-ID`), the only name that no two pages share: one address is
fetched again and again. A damaged place costs the record that it is in.
"""

from __future__ import annotations

import re
import zlib
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dedupe.errors import MissingExtraError, ReadError
from dedupe.store.readers.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.compression import ByteStream
    from dedupe.store.readers.discover import SourceFile
    from dedupe.store.readers.names import Form

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_CHUNK_HEAD = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n")
_MAGIC = b"WARC/"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_TAIL = 1 << 14
"""Of a file, in which to look for a header that breaks off: headers have a thousand bytes."""


class _Source:
    """A stream as the library wants it: with the place it is at. It keeps what broke it, and its two ends."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._at = 0
        self.head = b""
        self.tail = b""
        self.broken: ReadError | None = None

    def read(self, size: int, /) -> bytes:
        try:
            data = self._stream.read(size)
        except ReadError as error:
            self.broken = error
            data = b""
        if not self._at:
            self.head = data[: len(_MAGIC)]
        if data:
            self.tail = (self.tail + data)[-_TAIL:] if len(data) < _TAIL else data[-_TAIL:]
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at

    def ends_in_a_header(self) -> bool:
        """Whether the file was cut within the header of a record, which the library passes over in silence."""
        last = _BLANK_LINE.split(self.tail)[-1]
        return bool(last) and (last.startswith(_MAGIC) or _MAGIC.startswith(last))


def warc_items(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    """
    An item for every page: a response with status 2xx and a type of HTML, or a conversion to plain text.

    Robots files, pictures, redirects and answers of error are no documents and are passed over.
    """
    try:
        library = import_module("fastwarc.warc")
    except ImportError:
        raise MissingExtraError.of("WARC files need fastwarc", "warc") from None
    source = _Source(stream)
    number = 0
    error = None
    try:
        records = library.ArchiveIterator(
            source,
            record_types=library.WarcRecordType.response | library.WarcRecordType.conversion,
            parse_http=True,
            quirks_mode=True,
            stream_detect=False,
        )
        for number, record in enumerate(records, 1):
            if _is_text(record) or _is_page(record):
                yield _item(file, number, record, settings, source)
            elif record.reader.consume() < record.content_length:  # what would call it a page is cut off, too
                id_ = _id_of(file, number, record)
                yield Item(id_, file.id, "warc", error="the record ends early; fetch the file again")
    except OSError as damage:
        error = str(damage)
    if source.head and source.head != _MAGIC:
        error = "does not begin as a WARC file"
    elif error is None and source.ends_in_a_header():
        error = "the header of the next one ends early"
    if source.broken is not None or error is not None:
        why = str(source.broken or f"{error}; fetch the file again")
        yield Item(f"{file.id}:{number + 1}", file.id, "warc", error=f"after {number} records: {why}")


def _is_page(record: Any) -> bool:
    http = record.http_headers
    if http is None or not 200 <= (http.status_code or 0) < 300:
        return False
    return (record.http_content_type or "").lower() in _PAGES


def _is_text(record: Any) -> bool:
    return record.http_headers is None and (record.headers.get("Content-Type") or "").lower().startswith("text/plain")


def _id_of(file: SourceFile, number: int, record: Any) -> str:
    own = (record.headers.get("WARC-Record-ID") or "").strip("<> ")
    return f"{file.id}#{own}" if own else f"{file.id}:{number}"


def _item(file: SourceFile, number: int, record: Any, settings: ReadSettings, source: _Source) -> Item:
    id_ = _id_of(file, number, record)
    limit, length = settings.max_document_bytes, record.content_length
    try:
        if length > limit:
            raise _over(limit)
        body = record.reader.read(length) if length else b""
        if len(body) < length or source.broken is not None:
            raise ReadError(f"the record ends early after {len(body)} of {length} bytes; fetch the file again")
        if record.http_headers is not None:
            body = _unpacked(body, record.http_headers, limit)
    except (ReadError, OSError) as error:
        return Item(id_, file.id, "warc", error=str(error))
    told = {"url": record.headers.get("WARC-Target-URI"), "crawled": record.headers.get("WARC-Date")}
    form: Form = "warc" if record.http_headers is not None else "wet"
    fields = {name: value for name, value in told.items() if value}
    return Item(id_, file.id, form, data=body, charset=record.http_charset, fields=fields)


def _unpacked(body: bytes, headers: Any, limit: int) -> bytes:
    """
    The page as a browser sees it.

    Crawlers store bodies as they came over the wire, or unpacked and with the old headers: so a
    header is believed only where the bytes agree.
    """
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = _joined_chunks(body)
    coding = (headers.get("Content-Encoding") or "").strip().lower()
    if body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, limit)
    if coding == "deflate" and body[:1] == b"\x78":
        return _inflated(body, 15, limit)
    if coding == "br" and body:
        return _without_brotli(body, limit)
    if coding == "zstd" and b"<" not in body[:1000]:
        raise ReadError(
            "the page is compressed with zstd, which is not supported; let the crawler store pages uncompressed"
        )
    return body


def _without_brotli(body: bytes, limit: int) -> bytes:
    """The page, unpacked by the library, which does so only for a record that it reads; or as it is, if it is one."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
    archive = BytesIO(b"%bContent-Length: %d\r\n\r\n%b\r\n\r\n" % (head, len(answer), answer))
    try:
        records = import_module("fastwarc.warc").ArchiveIterator(archive, auto_decode="content", stream_detect=False)
        data: bytes = next(iter(records)).reader.read(limit + 1)
    except (OSError, ValueError) as error:
        if b"<" in body[:1000]:
            return body
        raise ReadError(f"the page is damaged ({error}); fetch it again") from None
    if len(data) > limit:
        raise _over(limit)
    return data


def _joined_chunks(body: bytes) -> bytes:
    """The chunks without their heads; what is not chunked is left as it is."""
    parts: list[bytes] = []
    at = 0
    while head := _CHUNK_HEAD.match(body, at):
        size = int(head[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[head.end() : head.end() + size])
        at = head.end() + size
    return b"".join(parts) if parts and at >= len(body) else body


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    member = zlib.decompressobj(wbits=wbits)
    try:
        data = member.decompress(body, limit + 1)
    except zlib.error as error:
        raise ReadError(f"the page is damaged ({error}); fetch it again") from None
    if len(data) > limit:
        raise _over(limit)
    if not member.eof:
        raise ReadError(f"the page ends early after {len(data)} bytes; fetch it again")
    return data


def _over(limit: int) -> ReadError:
    return ReadError(f"holds more than read.max_document_bytes ({limit}); raise it to read this document")
