"""
Parse YAML text into a tree whose values know their line numbers.

Strict, since people write configs: duplicate keys are refused, and so is what can explode (aliases, tags, depth).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from dedupe.errors import ConfigError

_HALF = re.compile(r"[\ud800-\udfff]|\\(?:u|U0000)[dD][89a-fA-F]")  # a surrogate, or an escape that makes one


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value and its line number."""

    value: Any
    line: int


def parse_tree(text: str, where: str) -> dict[str, Node]:
    """The top-level mapping of a YAML text; ``where`` names the text in error messages."""
    try:
        root = yaml.compose(whole(text, where), Loader=yaml.SafeLoader)
        node = _plain(root, where, set()) if root is not None else Node({}, 1)
    except RecursionError:
        raise ConfigError(f"{where}: is nested hundreds of levels deep; is this a config file?") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark and not where.startswith("--set") else where
        snippet = f"\n{mark.get_snippet()}" if mark and mark.get_snippet() else ""
        problem = str(getattr(error, "problem", error))
        remedy = "; indent with spaces, not tabs" if r"'\t'" in problem else ""
        raise ConfigError(f"{place}: not valid YAML: {problem}{remedy}{snippet}") from None
    if node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise ConfigError(f"{where}: settings must be grouped by stage, like repeats: {{enabled: false}}")
    return node.value


def whole(text: str, where: str) -> str:
    """Return the text; refuse lone surrogates, which no message or file could encode."""
    if half := _HALF.search(text):
        raise ConfigError(f"{where}: contains half a character ({half[0]!a}, a surrogate); write it whole, in UTF-8")
    return text


def _plain(node: yaml.Node, where: str, seen: set[int]) -> Node:
    """The node as plain values with line numbers; aliases are refused, because they can explode."""
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise ConfigError(f"{where}:{line}: YAML aliases (*name) are not used here; write the value out")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(f"{where}:{key.start_mark.line + 1}: a key must be a name, not a list or a mapping")
            if key.value in out:
                raise ConfigError(f"{where}:{key.start_mark.line + 1}: {key.value} appears twice; keep one")
            out[key.value] = Node(_plain(value, where, seen).value, key.start_mark.line + 1)
        return Node(out, line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_plain(item, where, seen).value for item in node.value], line)
    try:
        return Node(SafeConstructor().construct_document(node), line)
    except (yaml.YAMLError, ValueError, KeyError, AttributeError):
        said = f"{where}:{line}: {node.value} is not a plain value ({node.tag}); put text in quotes"
        raise ConfigError(said) from None
