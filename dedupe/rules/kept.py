"""
The telltale of a book's patterns, cached on disk between runs.

Analysing five hundred patterns takes half a second, most of the time of a run over one file; reading the result
back takes a thirtieth of that. Its name is a digest of the patterns and of the code that analyses them, so it is never
out of date. It is also dispensable: a damaged file is replaced, and if nothing can be written, nothing is cached.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from dedupe.kernels.signs import Told
from dedupe.rules.telltale import Mask, Telltale, telltale

PLACE: Final = "DEDUPE_CACHE_DIR"
"""Environment variable with a directory to use instead of the user's cache directory; empty disables the cache."""

_MOST: Final = 8  # books that are cached, of two thirds of a megabyte each
_LEAST: Final = 1 << 16  # characters of patterns; fewer are analysed as fast as a file is read
_HERE: Final = Path(__file__).parent
_READERS: Final = (
    *(_HERE / f"{name}.py" for name in ("telltale", "needles", "pieces", "ranges", "rarity", "kept")),
    _HERE.parent / "kernels" / "needles.py",  # defines the length of a needle, and the number of letters
)


def kept(patterns: Sequence[str], starts: Sequence[str]) -> Telltale:
    """Return the telltale of these patterns from the cache, or compute and cache it."""
    place = _place()
    if place is None or sum(map(len, patterns)) < _LEAST:
        return telltale(patterns, starts)
    path = place / f"rules-{_digest(patterns, starts)}.json"
    with suppress(OSError, ValueError):
        return _read(path.read_bytes())
    told = telltale(patterns, starts)
    with suppress(OSError):
        _keep(path, _written(told))
    return told


def _place() -> Path | None:
    """Return the cache directory by the conventions of the system; None if caching is disabled."""
    named = os.environ.get(PLACE)
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):  # a user without a home
        return (Path(home) if home else Path.home() / ".cache") / "dedupe"
    return None


def _digest(patterns: Sequence[str], starts: Sequence[str]) -> str:
    told = json.dumps([unicodedata.unidata_version, list(patterns), list(starts)], ensure_ascii=False)
    data = told.encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"\0".join([data, *(path.read_bytes() for path in _READERS)])).hexdigest()[:32]


def _keep(path: Path, data: bytes) -> None:
    """Write a file completely or not at all, and delete the oldest beyond ``_MOST``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="rules-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink()
        raise
    there = sorted(path.parent.glob("rules-*"), key=lambda one: one.stat().st_mtime)
    for old in there[:-_MOST]:
        old.unlink()


def _written(told: Telltale) -> bytes:
    """Serialise in columns, which load several times as fast as rows; each set is stored once. A digest comes first."""
    rows: dict[Mask, int] = {}

    def row(mask: Mask) -> int:
        return rows.setdefault(mask, len(rows))

    words = [one for found in told.words.values() for one in found]
    tells = [tell for _, _, tells in words for tell in tells]
    columns = [
        *([list(turns), [row(mask) for mask in turns.values()]] for turns in (told.first, told.last)),
        [row(mask) for mask in told.begun],
        [[*told.words], [len(found) for found in told.words.values()]],
        [[word for word, _, _ in words], [shift for _, shift, _ in words], [len(tells) for _, _, tells in words]],
        [[stage for stage, _ in tells], [row(mask) for _, mask in tells]],
        told.least,
    ]
    data = json.dumps([[f"{mask:x}" for mask in rows], *columns], separators=(",", ":")).encode()
    return hashlib.sha256(data).hexdigest().encode() + data


def _read(data: bytes) -> Telltale:
    """Restore what `_written` returned; raises `ValueError` if the data is damaged."""
    if hashlib.sha256(data[64:]).hexdigest().encode() != data[:64]:
        raise ValueError("not as it was written")
    columns: list[Any] = json.loads(data[64:])
    masks = [int(one, 16) for one in columns[0]]
    first, last, begun, (needles, counts), (words, shifts, lengths), (stages, rows), least = columns[1:]
    tells = _shared(zip(stages, map(masks.__getitem__, rows), strict=True), lengths)
    found = _shared(zip(words, shifts, tells, strict=True), counts)
    told: dict[str, Told] = dict(zip(needles, found, strict=True))
    edges = [dict(zip(at, map(masks.__getitem__, of), strict=True)) for at, of in (first, last)]
    return Telltale(edges[0], edges[1], [masks[k] for k in begun], told, least)


def _shared(items: Iterator[Any], sizes: Sequence[int]) -> Iterator[list[Any]]:
    """Split the items into lists of these sizes."""
    return (list(islice(items, size)) for size in sizes)
