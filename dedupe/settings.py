"""
All settings as frozen types, one block per stage. The values, each with its reason, are in
``configs/default.yaml`` and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Policy = Literal["longest", "earliest", "latest", "source"]


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The keys under which a record (a JSON object or a table row) holds what the pipeline needs."""

    text: str
    id: str
    title: str
    url: str
    published: str
    source: str
    authors: str
    language: str


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What is read, and its size limits."""

    max_document_bytes: int
    max_ratio: int
    max_characters: int
    fields: FieldNames


@dataclass(frozen=True, slots=True)
class HtmlSettings:
    """Which part of an HTML page is the document."""

    extract: Literal["main", "all"]
    min_article: float
    other_stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecodeSettings:
    """How sure the decoder must be of an encoding that nobody declared."""

    enabled: bool
    sample_bytes: int
    min_plausibility: float
    max_broken: float
    max_controls: float
    sparse: float


@dataclass(frozen=True, slots=True)
class NormaliseSettings:
    """Which repairs are made."""

    enabled: bool
    repair_mojibake: bool


@dataclass(frozen=True, slots=True)
class BylineSettings:
    """Which rules run, and how much of a page they may remove."""

    enabled: bool
    packs: tuple[str, ...]
    rules: tuple[str, ...]
    max_share: float


@dataclass(frozen=True, slots=True)
class RepeatSettings:
    """What counts as a second copy inside a document."""

    enabled: bool
    min_length: int
    latin_factor: float
    seed_length: int
    max_gap: int
    min_alike: float
    min_run: int
    min_share: float
    min_sentences: int
    min_density: float
    max_insertion: int
    max_distance: int
    touching: int
    max_head: int
    max_quote: int
    max_verbatim: int
    min_doubled: int
    min_doubled_lines: float
    min_return: int
    max_return: float
    max_chance: int
    min_line: int
    max_verse: int
    min_verse: float
    min_once: float
    short_copy: int
    min_agreement: float
    max_exchanged: float
    slip_rate: float
    max_slip: int
    min_equal: float
    keep: Literal["better", "first", "last"]
    min_breaks: float
    max_passage: int


@dataclass(frozen=True, slots=True)
class NeardupSettings:
    """What counts as a copy of another document, and which of two copies stays."""

    enabled: bool
    shingle: int
    num_perm: int
    seed: int
    bands: int
    rows: int
    jaccard: float
    containment: float
    max_length_ratio: float
    min_shingles: int
    max_other_facts: float
    max_exchanged: int
    max_candidates: int
    keep: Policy
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What an index remembers between runs, and how it is used."""

    evidence: Literal["text", "none"]
    unchanged: Literal["keep", "omit"]
    compare_within: str
    lock_timeout: float
    batch: int
    cache_mb: int

    @property
    def window(self) -> int | None:
        """Maximum number of days between two documents that are compared; None for no limit."""
        return None if self.compare_within == "none" else int(self.compare_within.removesuffix("d"))


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """When a source's losses become a warning, and what the summary lists."""

    max_removal_rate: float
    min_documents: int
    max_furniture: int


@dataclass(frozen=True, slots=True)
class SuggestSettings:
    """When a line that a site repeats is proposed as a rule."""

    min_documents: int
    min_days: int
    min_share: float


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run."""

    read: ReadSettings
    html: HtmlSettings
    decode: DecodeSettings
    normalise: NormaliseSettings
    bylines: BylineSettings
    repeats: RepeatSettings
    neardup: NeardupSettings
    index: IndexSettings
    report: ReportSettings
    suggest: SuggestSettings

    def fingerprint(self) -> str:
        """
        A short name of these settings; equal settings have equal names on every machine.

        16 hex digits: the 8-byte BLAKE2b digest of the settings' canonical text. The ``suggest`` block, which is used
        on finished runs, does not count: no run depends on it.
        """
        settings = sorted((name, block) for name, block in asdict(self).items() if name != "suggest")
        return hashlib.blake2b(repr(settings).encode(), digest_size=8).hexdigest()


RANGES: Mapping[str, tuple[float, float]] = {
    "read.max_document_bytes": (1, 1 << 40),
    "read.max_ratio": (1, 1 << 20),
    "read.max_characters": (1, 1 << 40),
    "html.min_article": (0, 1),
    "decode.sample_bytes": (256, 1 << 30),
    "decode.min_plausibility": (0, 1),
    "decode.max_broken": (0, 1),
    "decode.max_controls": (0, 1),
    "decode.sparse": (0, 1),
    "bylines.max_share": (0, 1),
    "repeats.min_length": (8, 1 << 20),
    "repeats.latin_factor": (1, 10),
    "repeats.seed_length": (4, 64),
    "repeats.max_gap": (0, 1000),
    "repeats.min_alike": (0, 1),
    "repeats.min_run": (1, 8),
    "repeats.min_share": (0, 1),
    "repeats.min_sentences": (1, 1 << 20),
    "repeats.min_density": (0, 1),
    "repeats.max_insertion": (0, 1 << 20),
    "repeats.max_distance": (0, 1 << 20),
    "repeats.touching": (0, 1 << 20),
    "repeats.max_head": (0, 1 << 20),
    "repeats.max_quote": (0, 1 << 20),
    "repeats.max_verbatim": (0, 1 << 20),
    "repeats.min_doubled": (2, 1 << 20),
    "repeats.min_doubled_lines": (0, 1),
    "repeats.min_return": (0, 1 << 20),
    "repeats.max_return": (0, 100),
    "repeats.max_chance": (0, 1 << 20),
    "repeats.min_line": (0, 1 << 20),
    "repeats.max_verse": (0, 1 << 20),
    "repeats.min_verse": (0, 1),
    "repeats.min_once": (0, 1),
    "repeats.short_copy": (0, 1 << 20),
    "repeats.min_agreement": (0.5, 1),
    "repeats.max_exchanged": (0, 1),
    "repeats.slip_rate": (0, 1),
    "repeats.max_slip": (0, 1 << 20),
    "repeats.min_equal": (0, 1),
    "repeats.min_breaks": (0, 1),
    "repeats.max_passage": (50, 1 << 20),
    "neardup.shingle": (1, 64),
    "neardup.num_perm": (16, 1024),
    "neardup.seed": (0, 2**32 - 1),
    "neardup.bands": (1, 1024),
    "neardup.rows": (1, 1024),
    "neardup.jaccard": (0.5, 1),
    "neardup.containment": (0.5, 1),
    "neardup.max_length_ratio": (1, 1000),
    "neardup.min_shingles": (1, 1 << 20),
    "neardup.max_other_facts": (0, 1),
    "neardup.max_exchanged": (0, 1 << 20),
    "neardup.max_candidates": (1, 1 << 20),
    "index.lock_timeout": (0, 1 << 20),
    "index.batch": (1, 1 << 20),
    "index.cache_mb": (1, 1 << 20),
    "report.max_removal_rate": (0, 1),
    "report.min_documents": (1, 1 << 40),
    "report.max_furniture": (0, 1 << 20),
    "suggest.min_documents": (2, 1 << 40),
    "suggest.min_days": (1, 1 << 20),
    "suggest.min_share": (0, 1),
}
"""The range in which a value is meaningful, whether or not it is wise."""
