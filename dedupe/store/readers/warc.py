"""
Pages of WARC files (CC-NEWS, wget, Heritrix): the responses of servers that are pages; and the texts of WET
files, which were extracted from such responses.

The id is the record's own (`WARC-Record-ID`), the only unique name of a page, since the same address is
fetched again and again. Damage costs only the record that contains it, and is reported.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dedupe.errors import MissingExtraError, ReadError
from dedupe.store.readers.archive import BLANK_LINE, records
from dedupe.store.readers.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.settings import ReadSettings
    from dedupe.store.readers.archive import Record
    from dedupe.store.readers.discover import SourceFile
    from dedupe.store.readers.streams import ByteStream

_PAGES = frozenset(["text/html", "application/xhtml+xml"])
_CHUNK_HEAD = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n")
_IS_PAGE = re.compile(rb"\n\s*<")
_MAX_HTTP_HEADER = 1 << 15
_TYPES = frozenset(
    ["warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"],
)
_OTHER_MEDIA = ("application/", "audio/", "font/", "image/", "model/", "multipart/", "video/")
_HEAD = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"


def warc_items(file: SourceFile, stream: ByteStream, settings: ReadSettings) -> Iterator[Item]:
    """
    Yield an item for every page: an HTML response with status 2xx, or a conversion to plain text.

    Robots files, images, redirects and error responses are not documents and are skipped. Whatever cannot be read
    is a failed document.
    """
    library()
    number = 0
    for record in records(stream, settings.max_document_bytes + _MAX_HTTP_HEADER):
        kind = record.head.get("warc-type", "").lower()
        number += kind in ("response", "conversion") or record.error is not None or kind not in _TYPES
        own = record.head.get("warc-record-id", "").strip("<> ")
        id_ = f"{file.id}#{own}" if own else f"{file.id}:{number}"
        try:
            item = _item(Item(id_, file.id, "warc"), record, kind, settings.max_document_bytes)
        except (ReadError, OSError) as error:
            item = Item(id_, file.id, "warc", error=str(error))
        if item is not None:
            yield item


def library() -> Any:
    """Import the library that parses the responses of servers."""
    try:
        return import_module("fastwarc.warc")
    except ImportError:
        raise MissingExtraError.of("WARC files need fastwarc", "warc") from None


def _item(blank: Item, record: Record, kind: str, limit: int) -> Item | None:
    """Return the item of a record, or None if it is not a document; raises ReadError if that cannot be told."""
    if record.error is not None:
        remedy = "" if "fetch the file again" in record.error else "; fetch the file again"
        raise ReadError(f"{record.error}{remedy}")
    if kind not in _TYPES:
        raise ReadError(f"the record at byte {record.at} is of no known type ({kind[:40]!r}); fetch the file again")
    told = {"url": record.head.get("warc-target-uri"), "crawled": record.head.get("warc-date")}
    item = blank._replace(fields={name: value for name, value in told.items() if value})
    if kind == "conversion":
        return _text(item, record, limit)
    return _page(item, record, limit) if kind == "response" else None


def _text(item: Item, record: Record, limit: int) -> Item | None:
    """Return the item of a conversion, or None if its type says that it is not text."""
    type_ = record.head.get("content-type", "").partition(";")[0].strip().lower()
    if type_.startswith(_OTHER_MEDIA) and type_ not in _PAGES:
        return None
    if record.length > limit:
        raise _over(limit)
    return item._replace(form="warc" if type_ in _PAGES else "wet", data=record.block)


def _page(item: Item, record: Record, limit: int) -> Item | None:
    """What a server answered, as the library reads it: from a head of ours, for the record's own may be damaged."""
    if not record.block.startswith(b"HTTP/"):
        if record.block and record.head.get("content-type", "").lower().startswith("application/http"):
            raise ReadError(f"the record at byte {record.at} does not begin as an answer; fetch the file again")
        _check_digest(record)
        return None
    end = BLANK_LINE.search(record.block)
    head = record.block[: end.end()] if end else b""
    if end is None or _IS_PAGE.search(head):
        raise ReadError(f"the record at byte {record.at} has an answer whose header has no end; fetch the file again")
    source = BytesIO(b"%bContent-Length: %d\r\n\r\n%b" % (_HEAD, len(head), head))
    answers = library().ArchiveIterator(source, parse_http=True, quirks_mode=True, stream_detect=False)
    answer = next(iter(answers), None)
    http = answer.http_headers if answer else None
    status = http.status_code if http is not None else None
    if answer is None or not status:
        raise ReadError(f"the record at byte {record.at} has no status; fetch the file again")
    if not 200 <= status < 300 or (answer.http_content_type or "").lower() not in _PAGES:
        _check_digest(record)
        return None
    body = record.block[len(head) :]
    if len(body) > limit or record.length > len(record.block):
        raise _over(limit)
    return item._replace(data=_unpacked(body, http, limit), charset=answer.http_charset)


def _check_digest(record: Record) -> None:
    """Raise ReadError if the digest of a skipped record does not match: undamaged, it might be a page."""
    name, _, told = record.head.get("warc-block-digest", "").partition(":")
    if name.lower() in ("sha1", "sha256", "md5") and len(record.block) == record.length:
        found = hashlib.new(name.lower(), record.block, usedforsecurity=False).digest()
        if told.lower() not in (found.hex(), base64.b32encode(found).decode().lower()):
            raise ReadError(f"the record at byte {record.at} is not what its digest says; fetch the file again")


def _unpacked(body: bytes, headers: Any, limit: int) -> bytes:
    """
    Return the page as a browser sees it.

    Crawlers store bodies as they came over the wire, or unpacked but with the old headers: so a
    header is believed only if the bytes agree.
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
    """Return the page unpacked by the library, which does that only for records that it reads; or as it is, if HTML."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + body
    archive = BytesIO(b"%bContent-Length: %d\r\n\r\n%b\r\n\r\n" % (_HEAD, len(answer), answer))
    try:
        found = library().ArchiveIterator(archive, auto_decode="content", stream_detect=False)
        data: bytes = next(iter(found)).reader.read(limit + 1)
    except (OSError, ValueError) as error:
        if b"<" in body[:1000]:
            return body
        raise ReadError(f"the page is damaged ({error}); fetch it again") from None
    if len(data) > limit:
        raise _over(limit)
    return data


def _joined_chunks(body: bytes) -> bytes:
    """Join the chunks without their headers; a body that is not chunked is left as it is."""
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
