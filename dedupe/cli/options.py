"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dedupe.config import load_settings
from dedupe.settings import Settings


class Place(click.Path):
    """The path of a file or directory; an empty one would be the directory that the command is given in."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """The path, of the kind that was asked for."""
        if value == "":
            self.fail("the name is empty; is a variable of the script not set?", param, ctx)
        return super().convert(value, param, ctx)


config_option = click.option(
    "--config", "config", type=Place(path_type=Path), metavar="FILE", help="A YAML file of settings; see dedupe init."
)
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one setting, e.g. repeats.enabled=false."
)
lock_option = click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to wait while another process holds the index.",
)


def settings_from(config: Path | None, overrides: tuple[str, ...]) -> Settings:
    """The settings that the two options ask for."""
    return load_settings(config, overrides)
