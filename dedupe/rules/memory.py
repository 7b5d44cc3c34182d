"""
What was found out about short texts, kept while there is room.
"""

from __future__ import annotations

from typing import Any, Final

from dedupe.rules.rule import WINDOW

_MOST_TEXTS: Final = 4096  # that are remembered for sure; at most twice as many take ten megabytes


class Memory:
    """
    What was found out about short texts, by question: a site writes the same few lines under every story.

    What was not asked for longest is forgotten first. The same book gives the same answers, whoever asks, so that
    threads may share one.
    """

    def __init__(self) -> None:
        self._lately: dict[str, dict[object, Any]] = {}
        self._before: dict[str, dict[object, Any]] = {}

    def of(self, text: str) -> dict[object, Any]:
        """The answers about a text so far, and the place for more."""
        known = self._lately.get(text)
        if known is None:
            known = self._before.get(text, {})
            if len(text) <= WINDOW:
                if len(self._lately) >= _MOST_TEXTS:
                    self._before, self._lately = self._lately, {}
                self._lately[text] = known
        return known
