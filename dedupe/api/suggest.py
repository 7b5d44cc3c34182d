"""What a finished run's sites print again and again, proposed as rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dedupe.errors import OutputError
from dedupe.rules.suggest import Floors, Kept, Proposal, proposals
from dedupe.settings import SuggestSettings
from dedupe.store.results import decisions, kept_texts

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_HOST: Final = re.compile(r"[a-z]+://(?:www\.)?([^/:?#]+)", re.I)


def suggest(out: Path, settings: SuggestSettings) -> list[Proposal]:
    """The lines that a site of this run repeats, as proposals; OutputError if OUT is no finished run."""
    floors = Floors(settings.min_documents, settings.min_days, settings.min_share)
    return proposals(lambda: _kept(out), floors)


def _kept(out: Path) -> Iterator[Kept]:
    try:
        kept = {d["id"]: (_house(d), _day(d)) for d in map(json.loads, decisions(out)) if d["outcome"] == "kept"}
        for name, text in kept_texts(out, kept):
            house, day = kept[name]
            yield Kept(house, day, text)
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError(
            f"{out} cannot be read back ({error!r}); was it edited, or written by another version?"
        ) from None


def _day(decision: Mapping[str, Any]) -> str | None:
    found = _DAY.match(str(decision["metadata"].get("published", "")))
    return found[0] if found else None


def _house(decision: Mapping[str, Any]) -> str:
    """
    The site that a document is from: the host of its address, its folder, its source, or its file.

    >>> _house({"id": "lanchuan/2026/a.txt", "source": "lanchuan/2026/a.txt", "metadata": {}})
    'lanchuan'
    >>> _house({"id": "a.jsonl#7", "source": "a.jsonl", "metadata": {"url": "https://www.harbour.example/7"}})
    'harbour.example'
    """
    host = _HOST.match(str(decision["metadata"].get("url", "")))
    folder, slash, _ = decision["source"].partition("/")
    if host:
        return host[1].lower()
    if slash and decision["id"] == decision["source"]:
        return str(folder)
    return str(decision["metadata"].get("source") or decision["source"])
