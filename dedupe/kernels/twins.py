"""
Which of its two faces a kernel shows: the NumPy reference, or its twin compiled by Numba.

Both give the same results, bit for bit; tests compare every twin with its reference. The choice
only affects speed, and is made for the process as a whole:

- ``DEDUPE_KERNELS=numpy`` never loads the compiled twins, ``DEDUPE_KERNELS=numba`` loads them at once;
- a run that knows how much it will read loads them before it starts its workers (`Face.expect`), or
  never. If they have not been compiled yet, which takes half a minute, it begins without them;
- otherwise they are loaded once they would have paid off. Loading takes about half a second, which
  a job of a few files should not spend, so it waits until the process has handled as much work as
  NumPy does in that time;
- without Numba, or without a directory where Numba can cache what it compiles (``NUMBA_CACHE_DIR``
  names one), NumPy does the work.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound=NDArray[np.generic])

_WORTH_LOADING = 1 << 25
"""Number of elements that the references process in about the time it takes to load the twins."""

_WORTH_EXPECTING = 1 << 24
"""Bytes of input from which on the twins save two workers more time than loading them takes."""


class Face:
    """
    Chooses the face that the kernels of a process show.

    >>> Face("numpy").twins(10**12) is None
    True
    """

    def __init__(self, wanted: str) -> None:
        self._compiled: ModuleType | None = None
        self._wanted = wanted
        self._settled = wanted == "numpy" or find_spec("numba") is None
        self._left = 0 if wanted == "numba" else _WORTH_LOADING
        self._awaited: ModuleType | None = None
        self._loading = Lock()

    def twins(self, elements: int) -> ModuleType | None:
        """Return the compiled kernels, or None if the references are to process these ``elements`` too."""
        if not self._settled:
            self._left -= elements
            if self._left <= 0:
                self.load()
        return self._compiled

    def load(self) -> None:
        """Use the compiled twins from now on if they are available, even if they must be compiled first."""
        with self._loading:
            if not self._settled:
                self._compiled = _load()
                self._settled = True

    def expect(self, size: int = _WORTH_EXPECTING) -> bool:
        """
        Load the twins now if a run over ``size`` bytes is worth it, before starting workers, which inherit them.

        Returns True if the twins would pay off but have never been compiled on this machine. The run then
        begins with the references; once the twins have been compiled in the background
        (``python -m dedupe.pipeline.warm``), `ask_again` switches to them.
        """
        if self._wanted == "numba":
            self.load()
        with self._loading:
            if self._settled or size < _WORTH_EXPECTING:
                return False
            self._awaited = _load()
            self._settled = True
        self.ask_again()
        return self._awaited is not None

    def ask_again(self) -> None:
        """Switch to the awaited twins if they have been compiled by now."""
        if self._awaited is not None and self._awaited.is_compiled():
            self._compiled, self._awaited = self._awaited, None

    @property
    def compiled(self) -> bool:
        """Whether the compiled twins are in use."""
        return self._compiled is not None


def _load() -> ModuleType | None:
    try:
        _spare_scipy()
        return import_module("dedupe.kernels.compiled")
    except RuntimeError:  # Numba has no cache directory; compiling in every process would take too long
        return None


def _spare_scipy() -> None:
    """
    Make Numba only check that SciPy is installed instead of importing it, which takes longer than Numba itself.

    Numba imports it once, for linear algebra, which no kernel uses; code that compiles some still imports SciPy then.
    """
    linalg: Any = import_module("numba.np.linalg")
    if "numba.np.arraymath" in sys.modules or not hasattr(linalg, "ensure_blas"):
        return
    ensure_blas = linalg.ensure_blas
    linalg.ensure_blas = _require_scipy
    try:
        import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = ensure_blas


def _require_scipy() -> None:
    if find_spec("scipy") is None:
        raise ImportError("SciPy is not installed")


face = Face(os.environ.get("DEDUPE_KERNELS", ""))


def twinned(reference: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """
    Wrap a reference so that its compiled twin of the same name answers once that is worth loading.

    The length of the first argument measures the work. The reference remains available as ``__wrapped__``.
    """
    name = reference.__name__

    @wraps(reference)
    def kernel(array: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
        compiled = face.twins(len(array))
        if compiled is None:
            return reference(array, *args, **kwargs)
        answer: R = getattr(compiled, name)(array, *args, **kwargs)
        return answer

    return kernel
