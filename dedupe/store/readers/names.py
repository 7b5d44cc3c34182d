"""What a file's name tells: its form, its compression, and its part of an id."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe.store.readers.compression import Compression

Form = Literal["text", "html", "records", "csv", "tsv", "parquet", "warc", "wet"]

_FORMS: Final[dict[str, Form]] = {
    "txt": "text",
    "text": "text",
    "html": "html",
    "htm": "html",
    "shtml": "html",
    "xhtml": "html",
    "jsonl": "records",
    "ndjson": "records",
    "csv": "csv",
    "tsv": "tsv",
    "parquet": "parquet",
    "warc": "warc",
    "wet": "wet",
}
_COMPRESSIONS: Final[dict[str, Compression]] = {"gz": "gz", "zst": "zst", "bz2": "bz2"}
KNOWN: Final = " ".join(f".{suffix}" for suffix in _FORMS) + ", each plain or with .gz, .zst or .bz2"
# A suffix worth counting by name. Crawls name files after URLs, and ".html?page=2" is not a suffix.
_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{0,9}(\.(gz|zst|bz2))?$")
_ODD: Final = re.compile("[\ud800-\udfff]")


def form_of(name: str) -> tuple[Form, Compression] | None:
    """
    Tell from a file's name what it contains; None if it is not a file to read.

    >>> form_of("2026/01/News.HTML.gz"), form_of("news.pdf"), form_of("news.gz")
    (('html', 'gz'), None, None)
    """
    stem, _, suffix = name.lower().rpartition(".")
    compression: Compression = ""
    if suffix in _COMPRESSIONS:
        compression = _COMPRESSIONS[suffix]
        stem, _, suffix = stem.rpartition(".")
    if not stem or suffix not in _FORMS or (suffix == "parquet" and compression):
        return None  # Parquet is compressed internally, and must be read from its end
    return _FORMS[suffix], compression


def suffix_of(name: str) -> str:
    """Return the suffix under which a skipped file is counted, or ``other``."""
    found = _SUFFIX.search(name.lower())
    return found[0] if found else "other"


def clean_names(names: Iterable[str]) -> dict[str, str]:
    r"""
    Map the names in one directory to distinct UTF-8 names; nearly all map to themselves.

    A byte that is not UTF-8 becomes ``%XX``. If a file of exactly that name exists beside it,
    that file keeps its name, and the percent sign is encoded as well.

    >>> clean_names(["新闻.txt", "\udcd0.txt", "%D0.txt"])
    {'新闻.txt': '新闻.txt', '%D0.txt': '%D0.txt', '\udcd0.txt': '%25D0.txt'}
    """
    # Via the bytes, because Python decodes names with the locale's encoding, and an id must not
    # depend on the locale of the job.
    read = {name: os.fsencode(name).decode("utf-8", "surrogateescape") for name in names}
    clean = {name: text for name, text in read.items() if not _ODD.search(text)}
    taken = set(clean.values())
    for name, text in sorted(read.items(), key=lambda pair: pair[1]):
        if name in clean:
            continue
        new = _ODD.sub(lambda odd: f"%{ord(odd[0]) - 0xDC00:02X}", text)
        while new in taken:
            new = new.replace("%", "%25")
        taken.add(new)
        clean[name] = new
    return clean
