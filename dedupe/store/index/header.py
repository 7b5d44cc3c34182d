"""
What an index was made with. The signatures of pipelines that differ in this cannot be compared: every
look-up would silently miss. A mismatch is therefore refused, naming the difference and its remedy.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from importlib.metadata import version
from pathlib import Path

from dedupe.errors import IndexMismatchError
from dedupe.factkey import fact_key
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.settings import NeardupSettings

FORMAT = 1

Header = dict[str, int | str]

_SAMPLE = "漢字，Ａｂｃ １２３：ﬁ ß 天氣預報 Straße 2026-01-22 — 臺灣「新聞」 -3.5%；Ωμέγα 한국어 ㎏"
"""A sample of everything that the comparison view folds."""

_FACTS = "€45, 1.5, -3 °C, BB+, C#, 61 000, ↑3, ☑"
"""A sample of the facts that distinguish texts with equal views, and so their digests."""

_SETTINGS = frozenset({"seed", "shingle", "num_perm", "bands", "rows"})


def header_of(settings: NeardupSettings) -> Header:
    """
    Return the header of an index made with these settings here and now.

    The view is identified by its result for the sample and the Basic Multilingual Plane, and the kernels
    by known answers, so that even an unannounced change to a table or a loop is noticed.
    """
    plane = "".join(map(chr, range(0x20, 0xD800)))
    sample = comparison_view(_SAMPLE)
    shingles = shingle_hashes(sample.codes, settings.shingle)
    vector = sign(shingles, settings.num_perm, settings.seed)
    stated = "|".join(fact_key(_FACTS)).encode()
    return {
        "format": FORMAT,
        "scheme": "affine32",
        "seed": settings.seed,
        "shingle": settings.shingle,
        "num_perm": settings.num_perm,
        "bands": settings.bands,
        "rows": settings.rows,
        "view": hashlib.blake2b(comparison_view(plane).codes.tobytes(), digest_size=8).hexdigest(),
        "unicode": unicodedata.unidata_version,
        "ftfy": version("ftfy"),
        "known_answers": hashlib.blake2b(sample.packed() + vector.tobytes() + stated, digest_size=8).hexdigest(),
    }


def check_header(there: Header, here: Header, where: Path) -> None:
    """Refuse an index that was made differently; the error says what differs and what to do."""
    for field, wanted in here.items():
        if (found := there.get(field)) != wanted:
            raise IndexMismatchError(
                f"the index {where} was made with {field} {found}, but this run uses {field} {wanted}; "
                f"{_remedy(field, found)}, or convert it into a new one: dedupe index merge NEW {where}"
            )


def _remedy(field: str, found: int | str | None) -> str:
    if field in _SETTINGS:
        return f"set neardup.{field} to {found}"
    if field == "ftfy":
        return f"install ftfy=={found}"
    if field == "unicode":
        return f"use a Python whose unicodedata is {found}"
    return "use the version of dedupe that made it"


def read_header(path: Path) -> Header | None:
    """Return the header in a file, or None if the file does not exist."""
    try:
        header = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise IndexMismatchError(f"{path} cannot be read ({error}); is {path.parent} an index?") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise IndexMismatchError(
            f"{path} is not in format {FORMAT}, which this version of dedupe reads; use the version that made it"
        )
    return header


def write_header(path: Path, header: Header) -> None:
    """Write the header, completely or not at all."""
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(header, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
