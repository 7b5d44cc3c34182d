"""
A whole run over ``samples/``, compared byte for byte with one that was read and found good.

A difference here is a change that users see. If it is wanted: ``python -m tests.golden.regenerate``.
"""

from __future__ import annotations

import difflib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapes import tree

if TYPE_CHECKING:
    from dedupe.store.writers import Format

_SPEC = importlib.util.spec_from_file_location("golden_regenerate", Path(__file__).with_name("regenerate.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
regenerate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(regenerate)


def difference(name: str, wanted: bytes, got: bytes) -> str:
    pairs = difflib.unified_diff(
        wanted.decode().splitlines(), got.decode().splitlines(), f"golden {name}", f"now {name}", lineterm="", n=1
    )
    return "\n".join(line if len(line) < 2000 else f"{line[:2000]} ..." for line in pairs)


@pytest.mark.parametrize("form", regenerate.FORMATS)
def test_a_run_over_the_samples_is_as_it_was(form: Format, tmp_path: Path) -> None:
    wanted = tree(regenerate.golden(form))
    got = regenerate.run(form, tmp_path / "out")
    assert sorted(got) == sorted(wanted)
    changed = [difference(name, wanted[name], got[name]) for name in wanted if wanted[name] != got[name]]
    assert not changed, "\n".join([*changed, "", "if this is wanted: python -m tests.golden.regenerate"])


@pytest.mark.parametrize("form", regenerate.FORMATS)
def test_the_golden_run_names_no_machine(form: Format) -> None:
    for name, data in tree(regenerate.golden(form)).items():
        assert str(Path.home()).encode() not in data, name
        assert b"/tmp/" not in data, name


def test_both_formats_hold_the_same_texts_and_decisions() -> None:
    text, jsonl = (tree(regenerate.golden(form)) for form in regenerate.FORMATS)
    assert text["decisions.jsonl"] == jsonl["decisions.jsonl"]
    assert text["summary.json"] == jsonl["summary.json"]
    assert len([name for name in text if name.startswith("documents/")]) == jsonl["documents.jsonl"].count(b"\n")
