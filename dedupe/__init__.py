"""
Clean, single-copy documents from scraped news, with an account of every character removed.

    from dedupe import Cleaner
    with Cleaner.from_config() as cleaner:
        result = cleaner.clean(text, id=url)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedupe.api import Cleaner, Result, RunOptions, RunReport, clean
    from dedupe.config import load_settings
    from dedupe.errors import DedupeError
    from dedupe.model import Hints, Metadata, RawDocument, Removal
    from dedupe.settings import Settings

__all__ = [
    "Cleaner",
    "DedupeError",
    "Hints",
    "Metadata",
    "RawDocument",
    "Removal",
    "Result",
    "RunOptions",
    "RunReport",
    "Settings",
    "clean",
    "load_settings",
]

_HOME = {
    "Cleaner": "api",
    "DedupeError": "errors",
    "Hints": "model",
    "Metadata": "model",
    "RawDocument": "model",
    "Removal": "model",
    "Result": "api",
    "RunOptions": "api",
    "RunReport": "api",
    "Settings": "settings",
    "clean": "api",
    "load_settings": "config",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # hidden from type checkers, so that they report a misspelt name

    def __getattr__(name: str) -> Any:
        # Loaded on first use, so that `dedupe --help` does not pay for importing NumPy.
        if name not in _HOME:
            raise AttributeError(f"module 'dedupe' has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(f"dedupe.{_HOME[name]}"), name)
