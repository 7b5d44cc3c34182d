"""The seeds of every target, and what fuzzing found: each breaks no promise."""

from __future__ import annotations

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

from .targets import TARGETS, seeds

FINDINGS = [
    ("config", b"repeats: {m\xff\xffin_length: 50}", "an override that is no UTF-8 made a message that is none"),
    ("config", rb'neardup: {sources: ["\ud800"]}', "half a character in a config went on into the settings"),
]
"""Target, the smallest input that broke its promise, and how."""


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_keeps_the_promise(name: str) -> None:
    beginnings = list(seeds(name))
    assert beginnings
    for seed in beginnings:
        TARGETS[name](seed)


@pytest.mark.parametrize(("name", "data", "what"), FINDINGS, ids=[what for _, _, what in FINDINGS])
def test_what_was_found_stays_mended(name: str, data: bytes, what: str) -> None:
    TARGETS[name](data)
