"""
Write the golden directories anew: ``python -m tests.golden.regenerate`` at the top of the checkout.

Only when a change of behaviour is wanted; read the difference before it is committed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dedupe import RunOptions, clean

if TYPE_CHECKING:
    from dedupe.store.writers import Format

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "samples"
FORMATS: tuple[Format, ...] = ("text", "jsonl")


def golden(form: Format) -> Path:
    """Where the golden run of a format lies."""
    return HERE / f"samples-{form}"


def run(form: Format, out: Path) -> dict[str, bytes]:
    """Clean the samples; every file of the output, the summary without versions."""
    clean([SAMPLES], out, options=RunOptions(format=form, workers=1))
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    summary = json.loads(files["summary.json"])
    summary["versions"] = dict.fromkeys(summary["versions"], "*")
    files["summary.json"] = (json.dumps(summary, ensure_ascii=False, indent=2) + "\n").encode()
    return files


def main() -> None:
    """Replace both golden directories."""
    for form in FORMATS:
        with tempfile.TemporaryDirectory() as directory:
            files = run(form, Path(directory) / "out")
        shutil.rmtree(golden(form), ignore_errors=True)
        for name, data in files.items():
            path = golden(form) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    main()
