"""
How a run is carried out, as opposed to how it decides; and the libraries that this requires.
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

    ``index`` is the memory between runs; the run waits for its lock up to ``lock_timeout`` seconds
    (None: as configured).
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
        """The options that affect the bytes of the output."""
        return self.format, self.packing, self.shard_size


def check_layout(options: RunOptions) -> None:
    """Refuse options that do not go together, or that need a library which is not installed."""
    form, packing, shard_size = options.layout
    if form == "text" and (packing or shard_size):
        raise OutputError("--format text writes one file per document; for --compress and --shard-size choose jsonl")
    if form == "parquet" and packing:
        raise OutputError("--format parquet is compressed internally (zstd); omit --compress")
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
"""Form, its name in the plural and singular, the library it needs, and the extra that installs it."""


def require_extras(discovery: Discovery) -> None:
    """Refuse files whose libraries are not installed; the error counts the files and names everything they need."""
    counts = Counter(file.form for file in discovery.files)
    said, extras = [], []
    for form, (many, one), library, extra in _NEEDS:
        if counts[form] and find_spec(library) is None:
            said.append(f"1 {one} needs {library}" if counts[form] == 1 else f"{counts[form]} {many} need {library}")
            extras.append(extra)
    if said:
        raise MissingExtraError.of(" and ".join(said), ",".join(dict.fromkeys(extras)))
