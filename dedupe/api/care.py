"""
Looking after an index: what it holds, whether it is consistent, and what it should forget.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from dedupe.model import Json
from dedupe.neardup.candidates import detection_probability
from dedupe.pipeline.claimer import merge
from dedupe.settings import Settings
from dedupe.store.index import Index, Record, forget, prepare_index, verify

_CURVE = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


def index_info(where: Path, settings: Settings, lock_timeout: float | None = None) -> dict[str, Json]:
    """
    Return an index in numbers: documents, runs, sizes, header, and the detection curve.

    The detection curve gives, for each Jaccard, the share of pairs that become candidates.
    """
    with Index(where, None, settings.index, lock_timeout=lock_timeout, readonly=True) as index:
        info = index.info()
    documents = info.counts.kept + info.counts.duplicates
    days = sorted(run.date.isoformat() for run in info.runs)
    bands, rows = int(info.header["bands"]), int(info.header["rows"])
    return {
        "documents": {"all": documents, "kept": info.counts.kept, "duplicates": info.counts.duplicates},
        "runs": {"count": len(days), "first": days[0] if days else None, "last": days[-1] if days else None},
        "bytes": {"all": sum(info.sizes.values()), **info.sizes},
        "header": info.header,
        "detection": {str(jaccard): round(detection_probability(jaccard, bands, rows), 4) for jaccard in _CURVE},
    }


def verify_index(where: Path, settings: Settings, lock_timeout: float | None = None) -> tuple[int, list[str]]:
    """Return the number of documents in an index, and its inconsistencies in words."""
    with Index(where, None, settings.index, lock_timeout=lock_timeout, readonly=True) as index:
        return index.counts.kept + index.counts.duplicates, verify(index)


def forget_documents(
    where: Path, settings: Settings, which: str | date | Path, lock_timeout: float | None = None
) -> int:
    """
    Forget documents and the verdicts that rest on them; return how many.

    ``which`` is a document id, a day (everything that arrived before it), or an OUT (what the runs into it claimed).
    """
    with Index(where, None, settings.index, lock_timeout=lock_timeout) as index:
        match which:
            case Path():
                return forget(index, out=which)
            case date():
                return forget(index, before=which)
            case _:
                return forget(index, document_id=which)


def export_index(where: Path, settings: Settings, lock_timeout: float | None = None) -> Iterator[str]:
    """Yield every document of an index as a line of JSON, in order of arrival."""
    with Index(where, None, settings.index, lock_timeout=lock_timeout, readonly=True) as index:
        runs: dict[int, str] = {}
        for number, record in index.scan():
            if record.run not in runs:
                runs[record.run] = index.run(record.run).name
            twin = index.documents([record.twin])[record.twin].id if record.twin else None
            text = index.text(number) if record.evidence else None
            yield json.dumps(_exported(record, runs[record.run], twin, text), ensure_ascii=False)


def _exported(record: Record, run: str, twin: str | None, text: str | None) -> Mapping[str, Json]:
    return {
        "id": record.id,
        "outcome": "kept" if record.kept else "duplicate",
        "duplicate_of": twin,
        "relation": record.relation,
        "jaccard": record.jaccard,
        "containment": record.containment,
        "origin": record.origin,
        "source": record.source,
        "url": record.url,
        "published": record.published,
        "arrived": record.arrived.isoformat(),
        "run": run,
        "digest": record.digest.hex(),
        "keys": record.keys.hex(),
        "text": text,
    }


def merge_indexes(into: Path, others: list[Path], settings: Settings, lock_timeout: float | None = None) -> int:
    """Merge other indexes into one; return how many documents were added."""
    for other in others:
        with Index(other, None, settings.index, lock_timeout=lock_timeout, readonly=True):
            pass  # anything that is not an index is refused before one is created
    prepare_index(into, settings.neardup, others)
    taken = 0
    with Index(into, settings.neardup, settings.index, lock_timeout=lock_timeout) as index:
        for other in others:
            with Index(other, None, settings.index, lock_timeout=lock_timeout, readonly=True) as source:
                taken += merge(index, source, settings.neardup)
    return taken
