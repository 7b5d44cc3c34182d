"""Options that several commands share."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dedupe.config import load_settings
from dedupe.model import Json
from dedupe.settings import Settings

config_option = click.option(
    "--config", "config", type=click.Path(path_type=Path), metavar="FILE", help="Settings in YAML; see dedupe init."
)
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one setting, e.g. repeats.enabled=false."
)
lock_option = click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to wait for another process that has the index.",
)

_HARMLESS = frozenset("\n\xa0\u3000\u200c\u200d")


def settings_from(config: Path | None, overrides: tuple[str, ...]) -> Settings:
    """The settings that the two options ask for."""
    return load_settings(config, overrides)


def plain(text: str) -> str:
    """
    The text without control characters, so that no document can command the terminal.

    Blanks stay blanks, and what joins letters and emoji stays.

    >>> plain("晚 7点" + chr(27) + "[2J" + chr(9) + "灯亮了")
    '晚 7点�[2J 灯亮了'
    """
    return "".join(c if c in _HARMLESS or c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def harmless_json(value: Json) -> str:
    """The value as JSON on one line, without raw control characters (JSON allows some)."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
