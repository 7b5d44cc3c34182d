"""When a run has the compiled kernels: from the start, from some time on, or never."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dedupe.engines.background import in_background
from dedupe.kernels import twins

compiled: Any = pytest.importorskip("dedupe.kernels.compiled")

LARGE = 1 << 30


def test_a_small_run_never_loads_them() -> None:
    face = twins.Face("")
    assert face.expect(1 << 20) is False
    assert face.twins(1) is None


def test_a_large_run_has_them_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda: True)
    face = twins.Face("")
    assert (face.expect(LARGE), face.twins(1)) == (False, compiled)


def test_where_they_were_never_compiled_a_run_begins_without_and_takes_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda: False)
    face = twins.Face("")
    assert face.expect(LARGE) is True
    face.ask_again()
    assert face.twins(1 << 40) is None
    monkeypatch.setattr(compiled, "is_compiled", lambda: True)
    face.ask_again()
    assert face.twins(1) is compiled


@pytest.mark.parametrize(("wanted", "there"), [("numpy", False), ("numba", True)])
def test_the_environment_may_choose(wanted: str, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda: False)
    face = twins.Face(wanted)
    assert face.expect(LARGE) is False
    assert face.compiled is there


def printed(code: str) -> list[str]:
    """The words that a process prints which has the compiled kernels from the start."""
    environment = {**os.environ, "DEDUPE_KERNELS": "numba"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()


def test_the_warm_up_calls_every_kernel_that_common_texts_need() -> None:
    code = (
        "from dedupe.kernels import compiled, compiled_counts, compiled_text\n"
        "from dedupe.pipeline.warm import warm\n"
        "from dedupe.rules.matcher import Rulebook\n"
        "warm(Rulebook(()))\n"
        "print(*sorted(name for module in (compiled, compiled_counts, compiled_text)\n"
        "              for name, kernel in vars(module).items() if getattr(kernel, 'signatures', None)))"
    )
    called = {"shingle_hashes", "widened", "minima", "matches", "chained", "survey", "shared", "equal_runs"}
    called |= {"count_between", "marked"}
    texts = {"_folded", "_sentence_starts", "_joined_numbers", "_line_crcs", "_letters_and_words"}
    assert called | texts <= set(printed(code))


def test_the_kernels_do_without_scipy_and_who_comes_later_has_it() -> None:
    code = (
        "import sys\n"
        "from dedupe.pipeline.warm import warm\n"
        "from dedupe.rules.matcher import Rulebook\n"
        "warm(Rulebook(()))\n"
        "print('scipy.linalg' in sys.modules)\n"
        "import numba, numpy as np\n"
        "ones = np.ones((2, 2))\n"
        "print(numba.njit(lambda one, two: np.dot(one, two))(ones, ones).sum())"
    )
    assert printed(code) == ["False", "8.0"]


def test_work_in_the_background_ends_with_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "endless_work.py"
    module.write_text("import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)\n")
    monkeypatch.chdir(tmp_path)
    with in_background("endless_work"):
        until = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
