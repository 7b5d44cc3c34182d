"""
Rules made ready to be asked: their patterns compiled, and all of them asked at once; each when first wanted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import re2

from dedupe.rules.needles import necessary
from dedupe.rules.parsing import compiled
from dedupe.rules.rule import Rule, Zone, capture_name

HEAD: Final = 1
TAIL: Final = 2
ANY: Final = 4
EVERYWHERE: Final = HEAD | TAIL | ANY
ZONE: Final[Mapping[Zone, int]] = {"head": HEAD, "tail": TAIL, "edge": HEAD | TAIL, "any": ANY}
_MANY: Final = 4
_MANY_HAN: Final = re.compile(r"\[[\u3400-\u9fff]{20,}\]")
_COUNT: Final = re.compile(r"(?<!\\)\{(\d+)(?:,(\d*))?\}\??")
_PROPERTY: Final = re.compile(r"\\p\{\w+\}")
_BRACE_IN_CLASS: Final = re.compile(r"\[[^\]]*\{")
_NONE: Final[tuple[Ready, ...]] = ()


class Ready:
    """A rule with its patterns, each compiled when it is first wanted: of a big book a corpus asks few."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.zone = ZONE[rule.zone]

    @cached_property
    def pattern(self) -> Any:
        """What the credit reads like."""
        return compiled(self.rule.pattern)

    @cached_property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The captures, and the number of the group that fills each."""
        return tuple((capture_name(group), k) for group, k in self.pattern.groupindex.items())

    @cached_property
    def unless(self) -> Any:
        """What no credit of this rule has in it, if anything."""
        return None if self.rule.unless is None else compiled(self.rule.unless)

    @cached_property
    def before(self) -> Any:
        """How the rest of the line must end, if that matters."""
        return None if self.rule.preceded_by is None else compiled(f"(?:{self.rule.preceded_by})$")

    @cached_property
    def after(self) -> Any:
        """How the rest of the line must begin, if that matters."""
        return None if self.rule.followed_by is None else compiled(self.rule.followed_by)

    @cached_property
    def split(self) -> Mapping[str, Any]:
        """What parts the lists of each capture."""
        return {name: compiled(pattern) for name, pattern in self.rule.split.items()}


class Chooser:
    """All rules of one kind, asked together; the answer is in the order of the book."""

    def __init__(self, ready: Sequence[Ready], make: Any, template: str) -> None:
        self._ready = ready
        self._make = make
        self._template = template

    def ask(self, text: str) -> Sequence[Ready]:
        """The rules whose patterns may match."""
        found = self._set.Match(text) if self._ready else None
        return [self._ready[k] for k in sorted(found)] if found else _NONE

    @cached_property
    def _set(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 256 << 20
        joint = self._make(options)
        for one in self._ready:
            joint.Add(self._template.format(_wider(one.rule.pattern)))
        joint.Compile()
        return joint


def gate(ready: Sequence[Ready]) -> re.Pattern[str] | None:
    """What finds the characters without which none of these rules can match; None if there are none such."""
    needles: set[str] = set()
    for one in ready:
        needs = necessary(one.rule.pattern)
        if needs is None:
            return None
        needles |= needs
    return re.compile("[" + re.escape("".join(sorted(needles))) + "]") if needles else None


def _wider(pattern: str) -> str:
    r"""
    A pattern that matches all this one does, and more, without counting.

    The sets ask this one, and the rule's own pattern decides after it: an automaton that need
    not count nor tell surnames from other characters stays small, and small is fast.

    >>> _wider(r"a{2,9}b{1,2}c{3}[\p{Han}0-9]{1,8}")
    'a+b{1,2}c{3}[\\p{Han}0-9]+'
    """
    if _BRACE_IN_CLASS.search(_PROPERTY.sub("", pattern)):
        return pattern
    wide = _MANY_HAN.sub(r"\\p{Han}", pattern)
    return _COUNT.sub(lambda m: m[0] if int(m[2] or m[1]) < _MANY else "*" if m[1] == "0" else "+", wide)
