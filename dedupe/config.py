"""
Load YAML into `Settings`: strict, with errors that name the file, the line, the nearest name and the remedy.

``configs/default.yaml`` is the schema: a key that is not in it does not exist, and a value must have the
type of the default.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from dedupe.bundled import CONFIGS
from dedupe.configtree import Node, parse_tree, whole
from dedupe.errors import ConfigError
from dedupe.settings import RANGES, Settings

_MAX_CONFIG_BYTES = 1 << 20


@cache
def default_text() -> str:
    """The commented default configuration, as ``dedupe init`` writes it."""
    return (CONFIGS / "default.yaml").read_text("utf-8")


def load_settings(path: Path | None = None, overrides: Iterable[str] = ()) -> Settings:
    """
    The defaults, overridden by a config file and then by ``KEY=VALUE`` overrides.

    Paths of rule files in a config file are relative to that file.

    >>> load_settings(overrides=["repeats.min_length=50"]).repeats.min_length
    50
    """
    settings = _defaults()
    if path is not None:
        tree = parse_tree(_read(path), str(path))
        settings = _merge(settings, tree, str(path), "")
        if anchored := tuple(os.fspath(path.parent / rule) for rule in _rules_of(tree)):
            settings = replace(settings, bylines=replace(settings.bylines, rules=anchored))
    for override in overrides:
        settings = _merge(settings, _override(override), f"--set {override}", "")
    return _checked(settings, str(path) if path else "--set")


@cache
def _defaults() -> Settings:
    tree = parse_tree(default_text(), "default.yaml")
    built = _build(Settings, tree, "default.yaml")
    assert isinstance(built, Settings)
    return built


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise ConfigError(f"{path}: larger than 1 MiB; is this a config file?")
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); dedupe init writes one to start from") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8") from None


def _override(text: str) -> dict[str, Node]:
    key, sign, value = whole(text, "--set").partition("=")
    if not sign or not all(part.strip() for part in key.split(".")):
        raise ConfigError(f"--set {text}: write KEY=VALUE, for example --set repeats.enabled=false")
    leaf: Any = parse_tree(f"value: {value}", f"--set {text}")["value"].value
    for part in reversed(key.strip().split(".")):
        leaf = {part: Node(leaf, 1)}
    assert isinstance(leaf, dict)
    return leaf


def _rules_of(tree: Mapping[str, Node]) -> list[str]:
    block = tree.get("bylines")
    rules = block.value.get("rules") if block and isinstance(block.value, dict) else None
    return list(rules.value) if rules and isinstance(rules.value, list) else []


def _build(kind: type, tree: Mapping[str, Node], where: str) -> Any:
    """Build the dataclass from a complete tree; only ``default.yaml`` has to be complete."""
    hints = get_type_hints(kind)
    values = {}
    for item in fields(kind):
        node, hint = tree[item.name], hints[item.name]
        values[item.name] = (
            _build(hint, node.value, where)
            if isinstance(hint, type) and is_dataclass(hint)
            else _typed(node, hint, where, item.name)
        )
    extra = set(tree) - set(values)
    assert not extra, f"default.yaml has keys that no setting reads: {extra}"
    return kind(**values)


def _merge(settings: Any, tree: Mapping[str, Node], where: str, path: str) -> Any:
    hints = get_type_hints(type(settings))
    changed = {}
    for key, node in tree.items():
        full = f"{path}{key}"
        if key not in hints:
            raise ConfigError(f"{_at(where, node)}: unknown key {full}{_nearest(key, path, type(settings))}")
        if is_dataclass(hints[key]):
            if node.value is None:
                continue
            if not isinstance(node.value, dict):
                one = next(iter(get_type_hints(hints[key])))
                wanted = f"a block of settings, each with a colon ({one}: ...)"
                raise ConfigError(f"{_at(where, node)}: {full} is {node.value!r}; it must be {wanted}")
            changed[key] = _merge(getattr(settings, key), node.value, where, f"{full}.")
        else:
            changed[key] = _in_range(_typed(node, hints[key], where, full), full, _at(where, node))
    return replace(settings, **changed)


def _nearest(key: str, path: str, kind: type) -> str:
    """A suggestion for an unknown key: a name in this block, or in a block below it."""
    hints = get_type_hints(kind)
    deeper = [f"{name}.{inner}" for name, hint in hints.items() if is_dataclass(hint) for inner in get_type_hints(hint)]
    if key in deeper:
        return f"; write it as two levels, {key.replace('.', ': {')}: ...}}"
    near = difflib.get_close_matches(key, hints, n=1) or [name for name in deeper if name.partition(".")[2] == key]
    if near:
        return f"; did you mean {' or '.join(path + name for name in near)}?"
    return f"; known keys: {', '.join(sorted(hints))}"


def _shown(node: Node) -> str:
    """A value as error messages show it."""
    return "a block of settings" if isinstance(node.value, dict) else repr(node.value)


def _typed(node: Node, hint: Any, where: str, full: str) -> Any:
    """The value, if it has the type of the setting."""
    value, choices = node.value, get_args(hint)
    if hint == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        wanted = "a list of names, like [zh, en]"
    elif choices:
        if value in choices:
            return value
        near = difflib.get_close_matches(str(value), choices, n=1)
        wanted = f"one of {', '.join(choices)}" + (f" (did you mean {near[0]}?)" if near else "")
    else:
        # To Python a bool is an int; to everybody else it is not a number.
        if isinstance(value, _KINDS[hint]) and (hint is bool or not isinstance(value, bool)):
            return hint(value)
        wanted = _WANTED[hint]
    raise ConfigError(f"{_at(where, node)}: {full} is {_shown(node)}; it must be {wanted}")


_KINDS: Mapping[type, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}
_WANTED: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text; put a number in quotes",
}


def _at(where: str, node: Node) -> str:
    return where if where.startswith("--set") else f"{where}:{node.line}"


def _in_range(value: Any, name: str, at: str) -> Any:
    low, high = RANGES.get(name, (None, None))
    if low is not None and high is not None and not low <= value <= high:
        raise ConfigError(f"{at}: {name} is {value}; it must be between {low} and {high}")
    return value


def _checked(settings: Settings, where: str) -> Settings:
    near = settings.neardup
    if near.bands * near.rows > near.num_perm:
        raise ConfigError(
            f"{where}: neardup.bands x neardup.rows is {near.bands * near.rows}, more than neardup.num_perm "
            f"({near.num_perm}); lower bands or rows, or raise num_perm"
        )
    if near.keep == "source" and not near.sources:
        raise ConfigError(
            f"{where}: neardup.keep is source, but neardup.sources is empty; list the sources, best first"
        )
    if not re.fullmatch(r"none|[1-9]\d{0,4}d", settings.index.compare_within):
        raise ConfigError(
            f"{where}: index.compare_within is {settings.index.compare_within}; write days, like 30d, or none"
        )
    return settings
