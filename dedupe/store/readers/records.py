"""
Parse one line of a records file into a document: strict about JSON, helpful about what is missing.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields as fields_of
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NoReturn

from dedupe.errors import DocumentError, ReadError
from dedupe.model import Hints, Json, Metadata, RawDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedupe.settings import FieldNames, ReadSettings

# No news record is nested even a tenth as deep. The bound is fixed because Python's own differs between
# versions, and because a value nested just below it would fail later, when it is pickled or written.
_MAX_NESTING: Final = 100
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NESTS: Final = (dict, list)
_OPENINGS: Final = ("{", "[", "[{")
_OURS: Final = frozenset(["id", "text", "metadata"])
_FOUND: Final = frozenset(item.name for item in fields_of(Metadata))
_KINDS: Final[dict[type, str]] = {
    dict: "an object", list: "an array", str: "a string", int: "a number", float: "a number", bool: "true or false",
}  # fmt: skip


def parse_record(
    data: str | bytes,
    *,
    origin: str,
    number: int,
    settings: ReadSettings,
    decode_line: Callable[[bytes], str] | None = None,
) -> RawDocument:
    """
    Parse one JSON object into a document, or raise ReadError saying what is wrong with which line.

    The id is ``origin#<id field>``, or ``origin:<number>`` if the record has none; with an
    empty ``origin`` (a stream) the record's own id stands alone. A line that is not UTF-8 is passed
    to ``decode_line``, or refused without one. All fields except text and id (and ``metadata`` written by this
    package, for output that is read again) pass through unchanged, except that lone surrogates become U+FFFD: no file
    could hold them. A field whose name is reserved in the output is renamed: ``input_metadata``.

    >>> from dedupe.settings import FieldNames, ReadSettings
    >>> names = FieldNames("body.text", "id", "title", "url", "published", "source", "authors", "language")
    >>> data = '{"id": 7, "title": "春运", "body": {"text": "正文", "pages": 2}}'
    >>> raw = parse_record(data, origin="a.jsonl", number=1, settings=ReadSettings(1000, 500, 250_000, names))
    >>> raw.id, raw.payload, raw.hints.title, dict(raw.fields)
    ('a.jsonl#7', '正文', '春运', {'title': '春运', 'body': {'pages': 2}})
    """
    try:
        record = json_object(decoded(data, decode_line))
        return as_document(record, origin=origin, number=number, settings=settings)
    except DocumentError as error:
        raise ReadError(f"line {number}: {error}", error.id) from None


def as_document(record: dict[str, Json], *, origin: str, number: int, settings: ReadSettings) -> RawDocument:
    """Turn a record of any form into a document: all forms share the same fields and ids."""
    names = settings.fields
    own = _get(record, names.id)
    name = _id(own, origin, number)
    text = _text(record, names, name if _is_id(own) else None)
    fields = _without(record, names.text, record)
    if _is_id(own) or not own:
        fields = _without(fields, names.id, record)
    return RawDocument(
        id=name,
        origin=origin,
        payload=text,
        fields=_beside_ours(fields, record),
        hints=_hints(record, names),
    )


def decoded(data: str | bytes, decode_line: Callable[[bytes], str] | None) -> str:
    """Decode a line, without lone surrogates and byte order mark."""
    if isinstance(data, str):
        text = _SURROGATE.sub("\ufffd", data)
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            if decode_line is None:
                raise ReadError(f"is not UTF-8 at byte {error.start + 1}; convert the file") from None
            text = _SURROGATE.sub("\ufffd", decode_line(data))
    return text.removeprefix("\ufeff")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a valid JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)  # 1e999 would be written back as Infinity


_decode: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).decode


def json_object(line: str) -> dict[str, Json]:
    """Parse a line of JSON that holds one object; NaN, infinities and excessive nesting are refused."""
    try:
        value = _decode(line)
    except RecursionError:
        raise ReadError(f"is nested deeper than {_MAX_NESTING} levels") from None
    except json.JSONDecodeError as error:
        hint = "; a record is one line: jq -c . FILE makes it one" if line.strip() in _OPENINGS else ""
        raise ReadError(
            f"is not valid JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}{hint}"
        ) from None
    except ValueError as error:
        raise ReadError(f"is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        hint = "; jq -c '.[]' FILE turns each element into a line" if isinstance(value, list) and value else ""
        raise ReadError(f"is {_KINDS.get(type(value), 'null')}, not an object with named fields{hint}")
    # Most records contain nothing nested, and no escapes except those of line ends and quotes.
    if any(type(one) in _NESTS for one in value.values()) and _depth(value) > _MAX_NESTING:
        raise ReadError(f"is nested deeper than {_MAX_NESTING} levels")
    if "\\u" in line and ("\\ud" in line or "\\uD" in line):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    return value


def _depth(value: Json) -> int:
    """Return the depth of nesting, counted level by level; recursion must be avoided here."""
    depth, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


def _encodable(value: Json) -> Json:
    """Return the same value with every lone surrogate, in keys too, replaced by U+FFFD."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    return value


def _get(record: dict[str, Json], name: str) -> Json:
    """Return the value of a name; a dotted name leads into nested objects unless it is itself a key of the record."""
    if name in record or "." not in name:
        return record.get(name)
    value: Json = record
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _without(fields: dict[str, Json], name: str, record: dict[str, Json]) -> dict[str, Json]:
    """Return a copy of a record's fields without the value of a name; enclosing objects keep their other fields."""
    if name in record or "." not in name:
        return {key: value for key, value in fields.items() if key != name} if name in fields else fields
    key, _, rest = name.partition(".")
    inner = fields.get(key)
    return {**fields, key: _without(inner, rest, inner)} if isinstance(inner, dict) else fields


def _text(record: dict[str, Json], names: FieldNames, document: str | None) -> str:
    """Return the text of a record; if there is none, the error names the document."""
    value = _get(record, names.text)
    if isinstance(value, str):
        return value
    what = f'has no text in field "{names.text}" (read.fields.text)'
    if value is not None or names.text in record:
        raise ReadError(f"{what}, but {_KINDS.get(type(value), 'null')}", document)
    known = ", ".join(f'"{key[:40]}"' for key in list(record)[:12]) or "no field at all"
    more = f" and {len(record) - 12} more" if len(record) > 12 else ""
    raise ReadError(f"{what}; it has {known}{more}{_likely_text(record, names)}", document)


def _likely_text(record: dict[str, Json], names: FieldNames) -> str:
    """Return a hint at the field that may hold the text: a near miss in the name, or the longest unassigned string."""
    strings = {key: one for key, one in record.items() if isinstance(one, str) and one.strip()}
    others = {names.id, names.title, names.url, names.published, names.source, names.authors, names.language}
    longest = sorted(strings.keys() - others, key=lambda key: (-len(strings[key]), key))
    near = get_close_matches(names.text, strings, n=1) or longest
    return f'; did you mean "{near[0][:40]}"?' if near else ""


def _beside_ours(fields: dict[str, Json], record: dict[str, Json]) -> dict[str, Json]:
    """Return the fields that pass through, under names that are free in the output."""
    if _OURS.isdisjoint(fields):
        return fields
    if _is_output(record):
        fields = {key: value for key, value in fields.items() if key != "metadata"}
    return {_free(key, record) if key in _OURS else key: value for key, value in fields.items()}


def _is_output(record: dict[str, Json]) -> bool:
    """Whether a record is output of this package, which always has a language; its metadata are extracted again."""
    metadata = record.get("metadata")
    if list(record)[:3] != ["id", "text", "metadata"] or not isinstance(metadata, dict):
        return False
    return "language" in metadata and metadata.keys() <= _FOUND


def _free(key: str, record: dict[str, Json]) -> str:
    while key in record:
        key = f"input_{key}"
    return key


def _is_id(own: Json) -> bool:
    return isinstance(own, str | int) and not isinstance(own, bool) and bool(str(own).strip())


def _id(own: Json, origin: str, number: int) -> str:
    if not _is_id(own):
        return f"{origin}:{number}"
    return f"{origin}#{own}" if origin else str(own)


def _hints(record: dict[str, Json], names: FieldNames) -> Hints:
    def said(name: str) -> str | None:
        value = _get(record, name)
        return value.strip() or None if isinstance(value, str) else None

    # In output read again, the metadata alone still say what a cut line once said. Other people's metadata mean
    # whatever they like.
    ours = record["metadata"] if _is_output(record) else None
    found = {k: v for k, v in ours.items() if isinstance(v, str)} if isinstance(ours, dict) else {}
    authors = _get(record, names.authors)
    listed = authors if isinstance(authors, list) else [authors]
    return Hints(
        title=said(names.title),
        authors=tuple(one.strip() for one in listed if isinstance(one, str) and one.strip()),
        source=said(names.source) or found.get("source"),
        published=said(names.published) or found.get("published"),
        url=said(names.url),
        language=said(names.language),
    )
