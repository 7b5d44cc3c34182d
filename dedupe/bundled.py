"""What ships beside the code: the default configuration and the rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def configs_in(package: Path) -> Path:
    """
    Where ``default.yaml`` and ``rules/`` lie: in an installed package, or beside that of a checkout.

    Never both: beside an installed package lie those of others, and what a pack says is trusted.
    """
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


CONFIGS: Final = configs_in(_PACKAGE)
PACKS: Final = CONFIGS / "rules"
