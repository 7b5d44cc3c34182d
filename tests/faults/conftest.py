"""What tests of whole runs share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

import dedupe.api.run


@pytest.fixture(scope="module")
def one_rulebook() -> Iterator[None]:
    """Compiling the patterns takes half a second, and all runs in this process can share them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedupe.api.run, "load_rulebook", cache(dedupe.api.run.load_rulebook))
        yield
