"""
Make a rule of a mapping, or refuse it and say what is wrong.

Pure: the mapping arrives parsed, with its file and line. Any mistake in it raises `RuleError`, which
names the place, the nearest valid word and the remedy.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn, cast, get_args

import re2

from dedupe.errors import RuleError
from dedupe.rules.rule import (
    CAPTURES,
    CLASSES,
    FURNITURE,
    SENTENCE,
    WINDOW,
    Example,
    Needs,
    Place,
    Rule,
    RuleSource,
    Zone,
    capture_name,
)

KEYS: Final = ("id", "class", "reason", "zone", "as", "max_length", "match", "not",
               "preceded_by", "followed_by", "needs", "split", "examples")  # fmt: skip
_TO_READ: Final = ("id", "class", "reason", "zone", "as", "match")
REQUIRED: Final = (*_TO_READ, "examples")
EXAMPLE_KEYS: Final = ("strip", "keep", "known_misses")
_REMEDIES: Final = (
    ("perl operator", "; there is no look-around: describe what stands beside it with 'followed_by' or 'preceded_by'"),
    ("repetition", "; nested counts grow too large: write * for the outer one, since 'max_length' bounds it"),
)
_SHOWN: Final = 100  # characters shown of a long line, from the word in question on
_FRAGMENT: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)+")


def parse(source: RuleSource, fragments: Mapping[str, str]) -> Rule:
    """
    Make a rule of a mapping, or raise `RuleError` saying what is wrong with it.

    >>> entry = {"id": "x.end", "class": "end_mark", "reason": "End.", "zone": "tail", "as": "line",
    ...          "match": "{stop}", "examples": {"strip": ["###"], "keep": ["#"]}}
    >>> parse(RuleSource("x.yaml", 1, entry), {"stop": "#{3}"}).pattern
    '(?:#{3})'
    >>> parse(RuleSource("x.yaml", 1, entry | {"as": "lines"}), {"stop": "#{3}"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    dedupe.errors.RuleError: x.yaml:1: rule x.end: 'as' is 'lines'; did you mean 'line'? One of: line, peel, ...
    """
    check = Reader(source)
    check.keys(source.entry, KEYS, _TO_READ if source.bundled else REQUIRED)
    examples = check.examples() if "examples" in source.entry else {"strip": (), "keep": ()}
    rule = Rule(
        id=check.id(),
        credit=check.choice("class", CLASSES),
        reason=check.text("reason"),
        zone=cast("Zone", check.choice("zone", get_args(Zone))),
        place=cast("Place", check.choice("as", get_args(Place))),
        pattern=check.pattern("match", fragments) or "",
        max_length=check.length(),
        unless=check.pattern("not", fragments),
        preceded_by=check.pattern("preceded_by", fragments),
        followed_by=check.pattern("followed_by", fragments),
        needs=cast("Needs", check.choice("needs", get_args(Needs), "nothing")),
        split=check.split(),
        strip=tuple(check.example(x) for x in examples["strip"]),
        keep=tuple(str(x) for x in examples["keep"]),
        known_misses=tuple(check.example(x) for x in examples.get("known_misses", ())),
        file=source.file,
        line=source.line,
    )
    check.contexts(rule)
    return rule


def expand(pattern: str, fragments: Mapping[str, str], check: Reader, key: str = "") -> str:
    """
    Replace the names of fragments in a pattern by the fragments.

    >>> expand("{a}+", {"a": "b"}, Reader(RuleSource("f", 1, {})))
    '(?:b)+'
    """

    def piece(m: re.Match[str]) -> str:
        if m[1] not in fragments:
            check.refuse(f"no fragment {{{m[1]}}}{nearest(m[1], fragments)}", fragments, key)
        return f"(?:{fragments[m[1]]})"

    return _FRAGMENT.sub(piece, pattern)


def nearest(word: str, words: Iterable[str]) -> str:
    """
    Return a hint for a mistyped word, or nothing; for the first part of a word, all words that begin with it.

    >>> nearest("reson", ["reason", "match"])
    "; did you mean 'reason'?"
    >>> nearest("author", ["author_byline", "source_line", "author_bio"])
    "; did you mean 'author_byline' or 'author_bio'?"
    """
    known = list(words)
    begun = [one for one in known if one.startswith(f"{word}_")]
    found = begun or difflib.get_close_matches(word, known, 1, 0.5)
    return f"; did you mean {' or '.join(map(repr, found))}?" if found else ""


def pointed(text: str, line: int, word: str = "") -> str:
    """
    Return a line of a file, and below it a caret at the word in question, or at the beginning of the line.

    >>> print(pointed("version: 1\\n  zone: tial", 2, "zone"))
    <BLANKLINE>
          zone: tial
          ^
    """
    lines = text.split("\n")
    if not 0 < line <= len(lines) or not lines[line - 1].strip():
        return ""
    shown = lines[line - 1].rstrip()
    column = shown.find(word) if word in shown else len(shown) - len(shown.lstrip())
    if len(shown) > column + _SHOWN:
        shown = shown[: column + _SHOWN] + "..."
    return f"\n    {shown}\n    {' ' * column}^"


class Reader:
    """Reads one mapping key by key; its refusals name the place of the mistake."""

    def __init__(self, source: RuleSource) -> None:
        self.source = source
        self.entry = source.entry

    def refuse(
        self, text: str, names: Iterable[str] = (), key: str = "", within: Mapping[str, Any] | None = None
    ) -> NoReturn:
        """Raise `RuleError` with the place of the key, the rule, the valid names, and the line itself."""
        rule = f"rule {self.entry['id']}: " if "id" in self.entry else ""
        known = ", ".join(names)
        end = "" if not known else f" One of: {known}" if text.endswith("?") else f"; one of: {known}"
        line = getattr(within or self.entry, "lines", {}).get(key, self.source.line)
        shown = pointed(self.source.text, line, key)
        raise RuleError(f"{self.source.file}:{line}: {rule}{text}{end}{shown}")

    def keys(self, entry: Mapping[str, Any], known: tuple[str, ...], required: tuple[str, ...]) -> None:
        """Refuse unknown and missing keys."""
        for key in entry:
            if key not in known:
                self.refuse(f"unknown key {key!r}{nearest(str(key), known)}", known, str(key), entry)
        for key in required:
            if entry.get(key) in (None, "", [], {}):
                self.refuse(f"{key!r} is missing; every rule has: {', '.join(required)}")

    def id(self) -> str:
        """Return the rule's id."""
        name = self.text("id")
        if not _ID.fullmatch(name):
            parts = "lower-case letters, digits and dashes in two or more parts, like zh.page.paper"
            self.refuse(f"'id' must be {parts}", key="id")
        return name

    def text(self, key: str) -> str:
        """Return the value of a key that must be text."""
        value = self.entry[key]
        if not isinstance(value, str):
            self.refuse(f"{key!r} must be text, not {type(value).__name__}; put it in 'single quotes'", key=key)
        return value

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        """Return the value of a key that must be one of the ``known`` words."""
        value = self.entry.get(key, default)
        if value not in known:
            self.refuse(f"{key!r} is {value!r}{nearest(str(value), known)}", known, key)
        return str(value)

    def length(self) -> int:
        """Return the maximum length of the rule's credits."""
        value = self.entry.get("max_length", 80)
        most = SENTENCE if self.entry.get("as") == "sentence" else WINDOW
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.refuse(f"'max_length' is {value!r}; it must be a whole number from 1 to {most}", key="max_length")
        return value

    def pattern(self, key: str, fragments: Mapping[str, str]) -> str | None:
        """Return an RE2 pattern with its fragments expanded; None if the key is missing."""
        if key not in self.entry:
            return None
        text = expand(self.text(key), fragments, self, key)
        if self.source.bundled:
            return text
        found = compiled(text, lambda why: self.refuse(f"{key!r} is not valid RE2: {why}", key=key))
        for group in found.groupindex if key == "match" else ():
            if capture_name(group) not in CAPTURES:
                self.refuse(f"unknown capture {group!r}{nearest(group, CAPTURES)}", CAPTURES, key)
        if key == "match" and found.search("") is not None:
            self.refuse("'match' matches the empty text; make at least one part of it mandatory", key=key)
        return text

    def split(self) -> dict[str, str]:
        """Return the patterns that split lists, by capture."""
        raw = self.entry.get("split", {})
        if not isinstance(raw, Mapping):
            self.refuse("'split' must be a mapping from a capture to a pattern, like {source: '[、,]'}", key="split")
        for name, pattern in raw.items():
            if name not in CAPTURES:
                self.refuse(f"'split': unknown capture {name!r}{nearest(str(name), CAPTURES)}", CAPTURES, "split")
            if not self.source.bundled:
                compiled(str(pattern), lambda why: self.refuse(f"'split' is not valid RE2: {why}", key="split"))
        return {str(k): str(v) for k, v in raw.items()}

    def contexts(self, rule: Rule) -> None:
        """Refuse context conditions that do not go with the place, the zone or the class."""
        if rule.followed_by and rule.place != "prefix":
            self.refuse("'followed_by' goes with 'as: prefix' only; delete it or change 'as'", key="followed_by")
        if rule.preceded_by and rule.place != "suffix":
            self.refuse("'preceded_by' goes with 'as: suffix' only; delete it or change 'as'", key="preceded_by")
        if rule.needs == "row" and (rule.place != "line" or rule.credit not in FURNITURE or rule.zone == "any"):
            wanted = f"'as: line', a zone other than any, and one of the classes {', '.join(sorted(FURNITURE))}"
            self.refuse(f"'needs: row' goes with {wanted}", key="needs")

    def examples(self) -> Mapping[str, Any]:
        """Return the examples, refusing a rule without those that are required."""
        raw = self.entry["examples"]
        if not isinstance(raw, Mapping):
            self.refuse("'examples' must be a mapping with 'strip' and 'keep'", key="examples")
        self.keys(raw, EXAMPLE_KEYS, ("strip", "keep"))
        for key, value in raw.items():
            if not isinstance(value, list):
                self.refuse(f"'examples: {key}' must be a list", key="examples")
        return raw

    def example(self, raw: object) -> Example:
        """Return one example to strip, with its expected result."""
        if isinstance(raw, str):
            return Example(raw)
        if not isinstance(raw, Mapping) or not isinstance(raw.get("text"), str):
            self.refuse(f"an example must be text, or a mapping with 'text', not {raw!r}", key="examples")
        self.keys(raw, ("text", "rest", "fields"), ("text",))
        fields = {k: tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in raw.get("fields", {}).items()}
        for name in fields:
            if name not in CAPTURES:
                self.refuse(f"examples: unknown capture {name!r}{nearest(name, CAPTURES)}", CAPTURES, "examples")
        return Example(raw["text"], str(raw.get("rest", "")), fields)


def compiled(pattern: str | bytes, refuse: Callable[[str], NoReturn] | None = None) -> Any:
    """Compile an RE2 pattern for str or bytes; the reason of a failure is passed to ``refuse``, not to stderr."""
    try:
        return _compiled(pattern)
    except re2.error as wrong:
        why = wrong.args[0].decode() if isinstance(wrong.args[0], bytes) else str(wrong)
        if refuse is None:
            raise
        refuse(why + next((remedy for sign, remedy in _REMEDIES if sign in why), ""))


@lru_cache(maxsize=4096)
def _compiled(pattern: str | bytes) -> Any:
    # RE2's own cache does not recognise two equal sets of options as equal.
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile(pattern, options)
