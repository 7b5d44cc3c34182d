"""
The floor under everything: read the documents, write them again, decide nothing.

JSON Lines are parsed and serialised with orjson where it is installed, else with the standard library;
of a directory every file is read, decoded and written anew. The same number of processes share the work.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from exchange import LINES, arguments

try:
    import orjson
except ImportError:
    orjson = None


def codec() -> tuple[Callable[[bytes], object], Callable[[object], bytes]]:
    if orjson is not None:
        return orjson.loads, orjson.dumps
    return json.loads, lambda record: json.dumps(record, ensure_ascii=False).encode()


def lines(source: Path, out: Path, first: int, last: int) -> None:
    """Re-write the lines that begin in a range of bytes."""
    loads, dumps = codec()
    with source.open("rb") as read, out.open("wb") as write:
        if first:
            read.seek(first - 1)
            read.readline()
        while read.tell() < last and (line := read.readline()):
            write.write(dumps(loads(line)) + b"\n")


def files(source: Path, out: Path, paths: list[str]) -> None:
    for path in paths:
        text = (source / path).read_text("utf-8")
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, "utf-8", newline="")


def main() -> None:
    source, out, workers = arguments()
    context = get_context("fork" if sys.platform == "linux" else None)
    with context.Pool(workers) as pool:
        if source.is_dir():
            found = sorted(os.path.relpath(path, source) for path in source.rglob("*.txt"))
            shares = [found[number::workers] for number in range(workers)]
            pool.starmap(files, [(source, out / "documents", share) for share in shares])
            return
        size = source.stat().st_size
        bounds = [size * number // workers for number in range(workers + 1)]
        parts = [out / f"part-{number}" for number in range(workers)]
        pool.starmap(lines, [(source, *work) for work in zip(parts, bounds, bounds[1:], strict=False)])
    with (out / LINES).open("wb") as whole:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, whole, 1 << 20)
            part.unlink()


if __name__ == "__main__":
    main()
