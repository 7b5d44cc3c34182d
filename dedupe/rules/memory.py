"""
A bounded cache of findings about short texts.
"""

from __future__ import annotations

from typing import Any, Final

from dedupe.rules.rule import WINDOW

_MOST_TEXTS: Final = 4096  # remembered for certain; at most twice as many, which take ten megabytes


class Memory:
    """
    Caches findings about short texts, by question: a site prints the same few lines under every story.

    The least recently used texts are forgotten first. A book always gives the same answers, so threads may share one
    cache.
    """

    def __init__(self) -> None:
        self._lately: dict[str, dict[object, Any]] = {}
        self._before: dict[str, dict[object, Any]] = {}

    def of(self, text: str) -> dict[object, Any]:
        """Return the answers about a text so far, as a mapping that takes further ones."""
        known = self._lately.get(text)
        if known is None:
            known = self._before.get(text, {})
            if len(text) <= WINDOW:
                if len(self._lately) >= _MOST_TEXTS:
                    self._before, self._lately = self._lately, {}
                self._lately[text] = known
        return known
