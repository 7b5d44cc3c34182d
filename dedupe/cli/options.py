"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from dedupe.config import load_settings
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


def settings_from(config: Path | None, overrides: tuple[str, ...]) -> Settings:
    """The settings that the two options ask for."""
    return load_settings(config, overrides)
