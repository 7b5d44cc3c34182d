"""
What is fuzzed, as plain functions of bytes: each raises where a promise is broken, and nowhere else.

The first byte chooses between variants (a label, a form of file); what follows is the content. Any fuzzer can
call them; `__main__.py` does it with atheris, and `test_targets.py` with what was found so far.
"""

from __future__ import annotations

import bz2
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import zstandard

from dedupe.config import load_settings
from dedupe.errors import ConfigError, DecodeError, DocumentError, RuleError
from dedupe.rules.loader import load_rulebook
from dedupe.settings import Settings
from dedupe.stages.decode import decode
from dedupe.stages.extract import extract
from dedupe.stages.normalise import normalise
from dedupe.store.readers import discover, items, load

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
sys.path.append(str(Path(__file__).resolve().parents[1]))

from hostile import CASES
from scrapes import warc_record

LABELS = (None, "gb2312", "utf-8", "big5", "shift_jis", "euc-kr", "iso-2022-jp", "hz", "utf-16", "koi8-r", "x-none")
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstandard.compress,
}  # fmt: skip
FORMS = ("txt", "html", "jsonl", "csv", "tsv", "warc")
FILES = (*(f"a.{form}{packing}" for form in FORMS for packing in PACKINGS), "a.parquet")


@cache
def _settings() -> Settings:
    """The defaults, with limits that a fuzzer's small files reach."""
    settings = load_settings()
    return replace(settings, read=replace(settings.read, max_document_bytes=1 << 20, max_characters=100_000))


def decoded(data: bytes) -> None:
    """Any bytes under any label are a text that can be written, or no text for a reason."""
    label, media = LABELS[data[0] % len(LABELS)], ("text", "html")[data[0] // len(LABELS) % 2]
    try:
        found = decode(data[1:], label, media, _settings().decode)
    except DecodeError as error:
        _sayable(str(error))
        return
    _sayable(found.text)
    once = normalise(found.text, _settings().normalise).text
    assert normalise(once, _settings().normalise).text == once, "a second run changes the text"


def page(data: bytes) -> None:
    """Any page has a text and metadata, or none for a reason."""
    html = replace(_settings().html, extract=("main", "all")[data[0] % 2])
    try:
        found = extract(data[1:].decode("utf-8", "replace"), None, html)
    except DecodeError as error:
        _sayable(str(error))
        return
    for text in (found.text, found.hints.title, found.hints.published, *found.hints.authors):
        _sayable(text or "")


def file(data: bytes) -> None:
    """Any file of any form and packing is documents, or failed documents with reasons."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        Path(place, FILES[data[0] % len(FILES)]).write_bytes(data[1:])
        for item in items(discover([Path(place)]), _settings().read):
            try:
                raw = load(item, _settings().read, lambda line: decode(line, None, "text", _settings().decode).text)
            except DocumentError as error:
                _sayable(str(error))
            else:
                _sayable(json.dumps([raw.id, raw.fields], ensure_ascii=False, allow_nan=False))


def rules(data: bytes) -> None:
    """Any rule file loads, or is refused with its place."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        path = Path(place, "rules.yaml")
        path.write_bytes(data)
        try:
            load_rulebook((), (str(path),))
        except RuleError as error:
            _sayable(str(error))


def config(data: bytes) -> None:
    """Any config and any override is taken, or refused with its place."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        path = Path(place, "config.yaml")
        path.write_bytes(data)
        for source, overrides in ((path, []), (None, [data.decode("utf-8", "surrogateescape")])):
            try:
                load_settings(source, overrides)
            except ConfigError as error:
                _sayable(str(error))


def _sayable(text: str) -> None:
    text.encode()  # no half surrogates: what cannot be written down breaks whoever writes it


def seeds(name: str) -> Iterator[bytes]:
    """Inputs to begin with: what is sound, and the small files of the hostile corpus."""
    root = Path(__file__).resolve().parents[2]
    news = "雨下了一夜，河水涨到了堤边，居民清早来看。The river rose overnight, and people came to look.\n"
    body = f'<html><head><meta charset="gbk"><title>x</title></head><body><p>{news * 3}</p></body></html>'
    if name == "decoded":
        for at, label in enumerate(LABELS):
            yield bytes([at]) + news.encode("gbk" if label in (None, "x-none") else label, "ignore")
            yield bytes([at]) + (news.encode().decode("latin-1") + news.encode().decode("gb18030", "replace")).encode()
    elif name == "page":
        yield from (bytes([at]) + body.encode() for at in range(2))
        yield from (b"\0" + case for form, case in _hostile() if form.startswith("html"))
    elif name == "file":
        sound = {
            "txt": news.encode("gbk"),
            "html": body.encode("gbk"),
            "jsonl": f'{{"id": 1, "text": "{news[:-1]}", "m": {{"k": [1.5, null]}}}}\n'.encode() * 2,
            "csv": f'id,text,n\n1,"{news} ""x""\nb",2\n2,{news[:-1]},3\n'.encode(),
            "tsv": f"id\ttext\n1\t{news}".encode(),
            "warc": warc_record(1, body.encode("gbk"))
            + warc_record(
                2, gzip.compress(body.encode(), mtime=0), head="Content-Type: text/html\r\nContent-Encoding: gzip"
            ),
        }
        for form, data in sound.items():
            for packing, pack in PACKINGS.items():
                yield bytes([FILES.index(f"a.{form}{packing}")]) + pack(data)
        for suffix, data in _hostile():
            yield bytes([FILES.index(f"a.{suffix}")]) + data
    elif name == "rules":
        yield from (path.read_bytes()[:8000] for path in sorted((root / "configs" / "rules").glob("*.yaml")))
        yield from (
            path.read_bytes()
            for path in sorted((root / "tests" / "cases").rglob("*.yaml"))
            if path.stat().st_size < 8000
        )
    else:
        yield from (
            root.joinpath("configs/default.yaml").read_bytes(),
            b"repeats: {min_length: 50}",
            b"read.fields.text=x",
        )


def _hostile() -> Iterator[tuple[str, bytes]]:
    """The hostile files of at most 20 kB."""
    for case in CASES:
        if "MB" not in case.what and "GB" not in case.what and len(data := case.make()) < 20_000:
            yield case.name.partition(".")[2], data


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoded": decoded, "page": page, "file": file, "rules": rules, "config": config,
}  # fmt: skip
