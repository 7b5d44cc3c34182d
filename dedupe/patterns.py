"""Patterns of `re` that are compiled when they are first asked: a run over one file asks few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """
    What `re.compile` gives, but at no cost before it is used.

    To compile a class of characters takes `re` up to some milliseconds, and the package has two hundred patterns:
    together they took a tenth of the time of a run over one file. A wrong pattern shows when it is first asked.

    >>> word = pattern("[a-z]+")
    >>> word.fullmatch("rain")[0], word.pattern
    ('rain', '[a-z]+')
    """
    return cast("re.Pattern[AnyStr]", _Pattern(source, flags))


class _Pattern:
    def __init__(self, source: Any, flags: int) -> None:
        self._source = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)  # from now on without a detour
        return found
