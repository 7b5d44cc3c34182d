"""
Which of its two faces a kernel shows: NumPy, the reference, or its twin compiled by Numba.

Both give the same results, bit for bit; the tests hold every twin to its reference. So the choice
is one of time alone, and made for the process as a whole:

- ``DEDUPE_KERNELS=numpy`` and the compiled twins are never loaded, ``=numba`` and they are at once;
- a run that knows how much it will read loads them before it makes its workers (`Face.expect`), or
  never. Where they were never compiled, which takes half a minute, it begins without;
- otherwise they are loaded when they have begun to pay. Loading costs about half a second, which
  a job of a few files does not need at all, so it waits until the process has handled as much as
  NumPy needs that long for;
- without Numba, or without a directory where it can keep what it compiled (``NUMBA_CACHE_DIR``
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
"""Elements that the references handle in about the time that loading the twins takes."""

_WORTH_EXPECTING = 1 << 24
"""Bytes of input over which the twins save two workers as much time as loading them takes."""


class Face:
    """
    The face that the kernels of a process show.

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
        """The compiled kernels, or None where the references are to handle this many elements more."""
        if not self._settled:
            self._left -= elements
            if self._left <= 0:
                self.load()
        return self._compiled

    def load(self) -> None:
        """Show the compiled twins from now on, if they can be had, and though they may have to be compiled."""
        with self._loading:
            if not self._settled:
                self._compiled = _load()
                self._settled = True

    def expect(self, size: int = _WORTH_EXPECTING) -> bool:
        """
        Load the twins now, if a run over so many bytes is worth it: before workers are made, who inherit them.

        True where the twins would pay but were never compiled on this machine: then the references
        begin, and whoever compiles the twins meanwhile (``python -m dedupe.pipeline.warm``) has them taken
        up by `ask_again`.
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
        """Take up the twins that were awaited, if they have been compiled by now."""
        if self._awaited is not None and self._awaited.is_compiled():
            self._compiled, self._awaited = self._awaited, None

    @property
    def compiled(self) -> bool:
        """Whether the compiled twins answer."""
        return self._compiled is not None


def _load() -> ModuleType | None:
    try:
        _spare_scipy()
        return import_module("dedupe.kernels.compiled")
    except RuntimeError:  # Numba finds no directory to keep what it compiles, and compiling takes long
        return None


def _spare_scipy() -> None:
    """
    Have Numba look whether SciPy is installed where it would import it, which takes longer than all of Numba.

    It asks once, for linear algebra, which no kernel has; whoever compiles some imports SciPy then, as ever.
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
    The kernel, answered by its compiled twin of the same name where that is worth loading.

    The first argument's length is the work to be done. The reference stays at hand as ``__wrapped__``.
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
