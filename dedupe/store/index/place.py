"""Where an index may be located, and what can be checked before it is opened."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dedupe.errors import ConfigError
from dedupe.settings import NeardupSettings
from dedupe.store.index.header import Header, check_header, header_of, read_header


def prepare_index(
    where: Path, near: NeardupSettings, apart: Iterable[Path] = (), *, readonly: bool = False
) -> None:  # fmt: skip
    """
    Refuse a directory that cannot serve as this run's index, before any work is done.

    It must not lie inside a source or the output (``apart``) or contain them, hold anything else, or have been made
    differently; and unless ``readonly``, it must be writable.
    """
    if ":/" in str(where):
        raise ConfigError(f"--index {where}: an index must be a directory, not an address")
    if not near.enabled:
        raise ConfigError("--index compares documents with those of earlier runs, but neardup.enabled is false")
    header = header_at(where)
    place = where.resolve()
    for other in apart:
        inside = other.resolve()
        if place == inside or inside in place.parents:
            raise ConfigError(f"--index {where} lies inside {other}; choose a directory outside it")
        if place in inside.parents:
            raise ConfigError(f"{other} lies inside the index {where}; choose a place outside it")
    if header is not None:
        check_header(header, header_of(near), where)
    there = next(one for one in (place, *place.parents) if one.exists())
    if not readonly and not os.access(there, os.W_OK | os.X_OK):
        raise ConfigError(f"--index {where}: {there} cannot be written to; choose another place")


def header_at(where: Path) -> Header | None:
    """Return the header of the index in this directory, or None if an index can be created there."""
    try:
        header = read_header(where / "header.json")
        if header is None and where.exists() and any(p.name not in _OURS for p in where.iterdir()):
            raise ConfigError(f"--index {where} is not an index; choose one, or a new or empty directory")
    except OSError as error:
        raise ConfigError(f"--index {where} cannot be used: {error.strerror}; choose another place") from None
    return header


_OURS = frozenset({"lock", "db", "header.new"})
"""What a process killed while creating an index may have left behind."""
