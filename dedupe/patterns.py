"""Regular expressions that are compiled on first use: a run over one file needs few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """
    Like `re.compile`, but the pattern is compiled only when it is first used.

    `re` takes up to some milliseconds to compile a character class, and the package has two hundred patterns:
    together they took a tenth of the time of a run over one file. An invalid pattern fails on first use.

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
        setattr(self, name, found)  # later look-ups bypass this method
        return found
