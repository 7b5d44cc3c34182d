"""``dedupe init``."""

from __future__ import annotations

from pathlib import Path

import click

from dedupe.cli.log import current_log, log_option
from dedupe.cli.options import Place
from dedupe.config import default_text
from dedupe.errors import OutputError, StorageError
from dedupe.store.staging import storage_errors


@click.command(epilog="Example:  dedupe init dedupe.yaml && dedupe clean scrape/ --out clean/ --config dedupe.yaml")
@click.argument("path", type=Place(path_type=Path), metavar="[FILE]", required=False)
@log_option
def init(path: Path | None) -> int:
    """
    Write a commented config to start from, to FILE or to stdout.

    It holds every setting with its default and the reason for it; keep what you change.
    """
    if path is None:
        click.echo(default_text().encode(), nl=False)
        return 0
    try:
        with storage_errors(path), path.open("x", encoding="utf-8") as file:
            file.write(default_text())
    except FileExistsError:
        raise OutputError(f"{path} is there already; choose another name") from None
    except StorageError:
        path.unlink(missing_ok=True)  # half of it
        raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    current_log().tell("info", f"wrote {path}")
    return 0
