"""The tables of pages in tests/cases/bylines: text in, text and metadata out."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from dedupe.config import load_settings
from dedupe.edits import cut
from dedupe.model import Hints
from dedupe.rules.loader import load_rulebook
from dedupe.stages.bylines import find_bylines
from dedupe.stages.metadata import gather

FOLDER = Path(__file__).parent.parent / "cases" / "bylines"
SETTINGS = load_settings().bylines
BOOK = load_rulebook(SETTINGS.packs)
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
]


@pytest.mark.parametrize("case", CASES)
def test_page_comes_out_as_its_table_says(case: dict[str, Any]) -> None:
    text = case["text"].strip("\n")
    hints = Hints(**case.get("hints", {}))
    findings = find_bylines(text, BOOK, hints, SETTINGS)
    assert cut(text, findings).text == case["kept"].strip("\n")
    found = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(gather(text, findings, hints)).items()}
    expected = case.get("metadata", {})
    assert {k: found[k] for k in expected} == {k: None if v == "" else v for k, v in expected.items()}


def test_there_are_cases() -> None:
    assert len(CASES) > 15
