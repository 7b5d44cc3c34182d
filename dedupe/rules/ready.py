"""
Rules made ready to be asked: their patterns compiled, and all of them asked at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

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


class Ready(NamedTuple):
    """A rule with its patterns compiled."""

    rule: Rule
    zone: int
    pattern: Any
    groups: tuple[tuple[str, int], ...]
    unless: Any
    before: Any
    after: Any
    split: Mapping[str, Any]


class Chooser:
    """All rules of one kind, asked together; the answer is in the order of the book."""

    def __init__(self, ready: Sequence[Ready], make: Any, shape: str) -> None:
        self._ready = ready
        self._set = None
        if ready:
            options = re2.Options()
            options.log_errors = False
            options.max_mem = 256 << 20
            self._set = make(options)
            for one in ready:
                self._set.Add(shape.format(_wider(one.rule.pattern)))
            self._set.Compile()

    def ask(self, text: str) -> Sequence[Ready]:
        """The rules whose patterns may match."""
        if self._set is None:
            return _NONE
        found = self._set.Match(text)
        return [self._ready[k] for k in sorted(found)] if found else _NONE


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


def make_ready(rule: Rule) -> Ready:
    """The rule with everything compiled that it will be asked for."""
    pattern = compiled(rule.pattern)
    return Ready(
        rule,
        ZONE[rule.zone],
        pattern,
        tuple((capture_name(group), k) for group, k in pattern.groupindex.items()),
        None if rule.unless is None else compiled(rule.unless),
        None if rule.preceded_by is None else compiled(f"(?:{rule.preceded_by})$"),
        None if rule.followed_by is None else compiled(rule.followed_by),
        {name: compiled(pattern) for name, pattern in rule.split.items()},
    )
