"""
Load rule packs and rule files into a `Rulebook`: the only module here that reads YAML.

A bundled pack is ``configs/rules/<pack>.yaml``, inside the installed package or beside it in a
source checkout. Every entry remembers its line, so that errors point to the place of a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from dedupe.bundled import PACKS
from dedupe.errors import RuleError
from dedupe.rules.matcher import Rulebook
from dedupe.rules.parsing import Reader, compiled, expand, nearest, parse, pointed
from dedupe.rules.rule import Rule, RuleSource

_TOP: Final = ("version", "fragments", "starts", "rules")
_VERSION: Final = 1
_SHOWN: Final = 100  # characters of a line on either side of a mistake
_EXAMPLES: Final = re.compile(r"^    examples:\n(?:      .*\n)+", re.MULTILINE)  # of a rule in a pack


def load_rulebook(packs: tuple[str, ...], files: tuple[str, ...] = (), *, examples: bool = True) -> Rulebook:
    """
    Load the rules of the named packs, then those of the files, in this order.

    With ``examples=False`` the examples of the packs are skipped, which halves the time: cleaning needs none.

    >>> len(load_rulebook(("zh",))) > 10
    True
    >>> load_rulebook(("zn",))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    dedupe.errors.RuleError: no rule pack 'zn'; did you mean 'zh'? Packs: ...
    """
    return _load(tuple(_pack(name) for name in packs) + tuple(Path(f) for f in files), examples)


def pack_names() -> tuple[str, ...]:
    """
    Return the names of the packs that come with this package.

    >>> "zh" in pack_names()
    True
    """
    return tuple(sorted(path.stem for path in PACKS.glob("*.yaml")))


def _pack(name: str) -> Path:
    if name in pack_names():
        return PACKS / f"{name}.yaml"
    raise RuleError(f"no rule pack {name!r}{nearest(name, pack_names()) or '.'} Packs: {', '.join(pack_names())}")


def _load(paths: tuple[Path, ...], examples: bool) -> Rulebook:
    rules: list[Rule] = []
    starts: list[str] = []
    seen: dict[str, Rule] = {}
    for path in dict.fromkeys(paths):
        more, begins = _read(path, examples)
        for rule in more:
            if twin := seen.get(rule.id):
                raise RuleError(
                    f"{rule.file}:{rule.line}: rule {rule.id}: this id is taken by {twin.file}:{twin.line}; "
                    "give the later rule another id"
                )
            seen[rule.id] = rule
        rules += more
        starts += begins
    return Rulebook(rules, starts)


def _read(path: Path, examples: bool) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        pack = f"{path.name} is a pack: name it in the config under bylines.packs"
        raise RuleError(f"no rule file {path}; {pack if path.name in pack_names() else 'check the path'}") from None
    except UnicodeDecodeError:
        raise RuleError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except OSError as wrong:
        raise RuleError(f"{path}: cannot be read: {wrong.strerror}; name a file of rules") from None
    if path.parent == PACKS and not examples:
        text = _EXAMPLES.sub(lambda m: "\n" * m[0].count("\n"), text)  # each rule stays on its line
    return _parsed(str(path), text)


@lru_cache(maxsize=64)
def _parsed(file: str, text: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    bundled = Path(file).parent == PACKS
    if not bundled:
        _refuse_anchors(file, text)
    top = _mapping(file, text)
    place = RuleSource(file, 1, top, bundled, text)
    fragments = _fragments(place, top.get("fragments") or {})
    starts = tuple(_expanded(place, s, fragments, "starts", "'starts'") for s in top.get("starts") or [])
    sources = []
    for entry in top.get("rules") or []:
        if not isinstance(entry, _Entry):
            raise RuleError(f"{file}: every rule must be a mapping that begins with '- id:', not {entry!r}")
        sources.append(RuleSource(file, entry.line, entry, bundled, text))
    return tuple(parse(source, fragments) for source in sources), starts


def _mapping(file: str, text: str) -> Mapping[str, Any]:
    with _yaml_errors(file, text):
        top = yaml.load(text, Loader=_Loader)
    if not isinstance(top, _Entry):
        raise RuleError(f"{file}:1: a rule file is a mapping with: {', '.join(_TOP)}")
    for key in top:
        if key not in _TOP:
            hint = nearest(str(key), _TOP) or "."
            line = top.lines[key]
            shown = pointed(text, line, key)
            raise RuleError(f"{file}:{line}: unknown key {key!r}{hint} One of: {', '.join(_TOP)}{shown}")
    if top.get("version") != _VERSION:
        version = f"'version' is {top['version']!r}" if "version" in top else "'version' is missing"
        raise RuleError(f"{file}: {version}; write 'version: {_VERSION}' as the first line")
    for key, kind, word in (("fragments", Mapping, "mapping"), ("starts", list, "list"), ("rules", list, "list")):
        if top.get(key) is not None and not isinstance(top[key], kind):
            raise RuleError(f"{file}: {key!r} must be a {word}")
    return top


def _fragments(place: RuleSource, raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the fragments by name, each with the earlier ones expanded."""
    done: dict[str, str] = {}
    for name, pattern in raw.items():
        done[str(name)] = _expanded(replace(place, entry=raw), pattern, done, str(name), f"fragment {name!r}")
    return done


def _expanded(place: RuleSource, pattern: object, fragments: Mapping[str, str], key: str, what: str) -> str:
    check = Reader(place)
    if not isinstance(pattern, str):
        check.refuse(f"{what} must be text; put it in 'single quotes'", key=key)
    whole = expand(pattern, fragments, check, key)
    if not place.bundled:
        compiled(whole, lambda why: check.refuse(f"{what} is not valid RE2: {why}", key=key))
    return whole


@contextmanager
def _yaml_errors(file: str, text: str) -> Iterator[None]:
    try:
        yield
    except yaml.MarkedYAMLError as wrong:
        raise RuleError(_caret(file, text, wrong)) from None
    except yaml.YAMLError as wrong:
        raise RuleError(f"{file}: not valid YAML: {wrong}") from None


_REMEDIES = {
    "escape": "; put a pattern in single quotes",
    "mapping values": "; put text that holds a colon in single quotes, and set the keys of a rule below each other",
}
"""Remedies for complaints of the YAML parser, by a word in the complaint."""


def _caret(file: str, text: str, wrong: yaml.MarkedYAMLError) -> str:
    mark = wrong.problem_mark or wrong.context_mark
    if mark is None:
        return f"{file}: not valid YAML: {wrong.problem}"
    lines = text.rstrip().split("\n")
    # If something is missing at the end, the mark lies after it; point to the last line instead.
    line, column = (mark.line, mark.column) if mark.line < len(lines) else (len(lines) - 1, len(lines[-1]))
    begin = max(0, column - _SHOWN)  # a line may be a megabyte
    shown = lines[line][begin : column + _SHOWN]
    remedy = next((told for word, told in _REMEDIES.items() if word in str(wrong.problem)), "")
    if lines[line][column : column + 1] == "\t":
        remedy = "; indent with spaces, not tabs"
    return f"{file}:{line + 1}: {wrong.problem}{remedy}\n    {shown}\n    {' ' * (column - begin)}^"


class _Entry(dict[str, Any]):
    """A mapping that knows the line it began on, and the line of each key."""

    line = 0
    lines: dict[str, int]


# libyaml if available: it reads a pack in a tenth of the time.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _refuse_anchors(file: str, text: str) -> None:
    """Refuse anchors and aliases: a line of them can expand to a gigabyte. The bundled packs have none."""
    event: Any
    with _yaml_errors(file, text):
        for event in yaml.parse(text, Loader=_Base):
            if isinstance(event, yaml.AliasEvent):
                _refuse(f"an alias (*{event.anchor}) is not allowed here; write the text out", event.start_mark)
            if getattr(event, "anchor", None):
                _refuse(f"an anchor (&{event.anchor}) is not allowed here; delete it", event.start_mark)


class _Loader(_Base):  # type: ignore[misc]
    """Loads YAML without repeated keys or Python types; mappings know their lines."""

    def construct_entry(self, node: Any) -> Any:
        entry = _Entry()
        entry.line = node.start_mark.line + 1
        entry.lines = {}
        yield entry
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                _refuse(f"a key must be text, not {key!r}; put it in quotes", key_node.start_mark)
            if key in entry:
                _refuse(f"the key {key!r} appears twice; delete one", key_node.start_mark)
            entry.lines[key] = key_node.start_mark.line + 1
            entry[key] = self.construct_object(value_node, deep=True)


def _refuse(problem: str, mark: Any) -> NoReturn:
    raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_entry)
# A date in an example is text, and so are yes and no: only integers and null have types of their own.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rsplit(":", 1)[1] in ("int", "null", "merge")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
