"""
How a run is carried out, as opposed to what it decides by; and what it needs for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from dedupe.errors import MissingExtraError, OutputError
from dedupe.pipeline.batch import BatchReport
from dedupe.store.readers import Discovery, Form
from dedupe.store.writers import Format, Packing


@dataclass(frozen=True, slots=True)
class RunOptions:
    """
    How a run is carried out.

    ``index`` is the memory between runs, waited for up to ``lock_timeout`` seconds (None: as
    configured).
    """

    format: Format = "text"
    workers: int | None = None
    dry_run: bool = False
    index: Path | None = None
    lock_timeout: float | None = None
    on_start: Callable[[Discovery], None] = field(default=lambda _: None)
    on_batch: Callable[[BatchReport], None] = field(default=lambda _: None)
    on_note: Callable[[str], None] = field(default=lambda _: None)
    packing: Packing = ""
    shard_size: int | None = None
    report: bool = False

    @property
    def layout(self) -> tuple[Format, Packing, int | None]:
        """What decides the bytes of the output, besides the documents."""
        return self.format, self.packing, self.shard_size


def check_layout(options: RunOptions) -> None:
    """Refuse a layout that does not go together, or that needs a library which is not there."""
    form, packing, shard_size = options.layout
    if form == "text" and (packing or shard_size):
        raise OutputError("--format text is a file for each document: --compress and --shard-size go with jsonl")
    if form == "parquet" and packing:
        raise OutputError("--format parquet is packed inside (zstd): leave --compress away")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError.of("--format parquet needs pyarrow", "parquet")
    if options.report and find_spec("jinja2") is None:
        raise MissingExtraError.of("--report needs Jinja2", "report")


_NEEDS: tuple[tuple[Form, tuple[str, str], str, str], ...] = (
    ("html", ("HTML pages", "HTML page"), "trafilatura", "html"),
    ("warc", ("WARC files", "WARC file"), "fastwarc", "warc"),
    ("wet", ("WET files", "WET file"), "fastwarc", "warc"),
    ("warc", ("WARC files, whose pages are HTML,", "WARC file, whose pages are HTML,"), "trafilatura", "html"),
    ("parquet", ("Parquet files", "Parquet file"), "pyarrow", "parquet"),
)
"""Form, what to call its files and one of them, the library they need, the extra that brings it."""


def require_extras(discovery: Discovery) -> None:
    """Refuse files that libraries must read which are not there, with how many they are and all that they need."""
    counts = Counter(file.form for file in discovery.files)
    said, extras = [], []
    for form, (many, one), library, extra in _NEEDS:
        if counts[form] and find_spec(library) is None:
            said.append(f"1 {one} needs {library}" if counts[form] == 1 else f"{counts[form]} {many} need {library}")
            extras.append(extra)
    if said:
        raise MissingExtraError.of(" and ".join(said), ",".join(dict.fromkeys(extras)))
