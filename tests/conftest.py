"""
What every test runs under: a home and a temporary directory of its own, no network, and property
tests that are the same on every machine of the CI.
"""

from __future__ import annotations

import os
import socket
import tempfile
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings as hypothesis_settings

from dedupe.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.settings import Settings

# Scripts of other tools, each for an environment of its own.
collect_ignore = ["benchmarks/peers"]

hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """HOME and TMPDIR in the tests' own directory: nothing is read from the developer's, nothing left in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """No test waits for a server, and none gives anything away."""
    connect = socket.socket.connect

    def refuse(address: object) -> NoReturn:
        raise AssertionError(f"a test reached for the network: {address!r}")

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            refuse(address)
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        patch.setattr(socket, "getaddrinfo", lambda *address, **_: refuse(address))
        yield


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The defaults as they ship."""
    return load_settings()
