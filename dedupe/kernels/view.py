"""
The comparison view: what two texts must share to say the same, and its offsets in the text.

It keeps letters and digits only and folds width, case and Chinese script (NFKC, case folding, traditional
to simplified); it drops punctuation and white space, so that lost line breaks, full-width commas
or the other Chinese script do not make a copy look new. Digits stay as they are: with digits folded, the
weather reports of two days would be almost identical. The view is only compared, never written.

Each character of the view stands for one of the text (the first letter of an expansion: ``㎏`` becomes
``k``), so the map back is a plain array of offsets.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_letters
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.twins import twinned

CodePoints = NDArray[np.uint32]
Offsets = NDArray[np.int64]
Places = NDArray[np.int32]
"""Offsets in large numbers, at half the memory: no document has two billion characters."""

N = TypeVar("N", bound=np.generic)

_UNSEEN = np.uint32(0xFFFFFFFF)
_PIECE = 1 << 16
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10)
"""The zeros of the Arabic, Persian, Hindi, Bengali and full-width digits."""


@dataclass(frozen=True, slots=True)
class View:
    """
    Folded code points, each with the offset of its character in the text.

    >>> view = comparison_view("漢字, ＡＢ。")
    >>> view.text(), view.offsets.tolist()
    ('汉字ab', [0, 1, 4, 5])
    """

    codes: CodePoints
    offsets: Places

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> str:
        """Return the view as a string."""
        return self.codes.tobytes().decode("utf-32-le")

    def packed(self) -> bytes:
        """
        Return the code points at the smallest width that holds them, after a byte with that width.

        The result is equal for equal views.

        >>> len(comparison_view("漢字").packed()), comparison_view("ab").packed()
        (5, b'\\x01ab')
        """
        highest = int(np.maximum.reduce(self.codes, initial=0))
        width = 1 if highest < 1 << 8 else 2 if highest < 1 << 16 else 4
        return bytes((width,)) + self.codes.astype(f"<u{width}").tobytes()

    def positions(self, offsets: Offsets) -> Offsets:
        """Map offsets in the text to the index of the first view character at or after each."""
        # Same type on both sides, so that NumPy does not copy the long array to widen it.
        return np.searchsorted(self.offsets, offsets.astype(np.int32))


def comparison_view(text: str, codes: CodePoints | None = None) -> View:
    """
    Fold a text for comparison; ``codes`` are its code points, if the caller already has them.

    Takes linear time: one table look-up per character.
    """
    return View(*folded(code_points(text) if codes is None else codes))


@twinned
def folded(codes: CodePoints) -> tuple[CodePoints, Places]:
    """Return the folded code points of a text, and their offsets in it."""
    letters = looked_up(_TABLE, codes)
    if letters.max(initial=0) == _UNSEEN:
        learn(codes[letters == _UNSEEN])
        letters = looked_up(_TABLE, codes)
    [offsets] = letters.astype(np.bool_).nonzero()
    return letters.take(offsets), offsets.astype(np.int32)


def looked_up(table: NDArray[N], codes: CodePoints) -> NDArray[N]:
    """Look up code points in a table with an entry for every code point."""
    # All indices are valid; "clip" only spares NumPy the bounds check.
    return table.take(codes, mode="clip")


def code_points(text: str) -> CodePoints:
    """
    Return the text as an array of code points.

    >>> code_points("aß").tolist()
    [97, 223]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold(char: str) -> str:
    """
    Return the character's form in the view, or an empty string.

    A numeric character that expands to several is kept: reduced to their first letters, Ⅲ and Ⅳ, or ½ and ¼,
    would be equal.

    >>> [fold(c) for c in "Ａ漢㎏，ßⅢ½"]
    ['a', '汉', 'k', '', 's', 'ⅲ', '½']
    """
    letters = [letter for letter in unicodedata.normalize("NFKC", char).casefold() if letter.isalnum()]
    if len(letters) > 1 and char.isnumeric():
        return char.casefold()
    return _simplified().get(letters[0], letters[0]) if letters else ""


@cache
def _simplified() -> dict[str, str]:
    pairs = Path(__file__).with_name("simplified.txt").read_text("utf-8")
    flat = "".join(line for line in pairs.splitlines() if not line.startswith("#"))
    table = dict(zip(flat[::2], flat[1::2], strict=True))
    # One simplified form (苧, of 薴) is itself the traditional form of another: all three fold to one.
    return {old: table.get(new, new) for old, new in table.items()}


def plain_script(text: str) -> str:
    """
    Return the text with Chinese simplified and wide letters and foreign digits turned into ASCII, one for one.

    Readers of names, credits and numbers need what the view drops: blanks, punctuation and capitals.

    >>> plain_script("記者在臺北報導：１２人，٣ أيام，Ａ級。")
    '记者在台北报导：12人，3 أيام，A级。'
    """
    if text.isascii() or _plain()[1].isdisjoint(text):
        return text  # checking first takes a third of the time of translating
    return text.translate(_plain()[0])


@cache
def _plain() -> tuple[dict[int, str], frozenset[str]]:
    """Return the replacement table, and the set of characters that it replaces."""
    wide = {0xFEE0 + ord(c): c for c in ascii_letters}
    narrow = {zero + k: str(k) for zero in _ZEROS for k in range(10)}
    table = {ord(old): new for old, new in _simplified().items()} | wide | narrow
    return table, frozenset(map(chr, table))


def table() -> CodePoints:
    """Return the folding table: 0 for a dropped code point, all bits set for one that `learn` has not seen."""
    return _TABLE


def learn(codes: CodePoints) -> None:
    """Enter the folding of new characters; the table only caches a pure function."""
    for code in strangers(codes, _TABLE, _UNSEEN):
        letter = fold(chr(code)) if not 0xD800 <= code < 0xE000 else ""
        _TABLE[code] = ord(letter) if letter else 0


def strangers(codes: CodePoints, table: NDArray[N], unknown: N) -> Iterator[int]:
    """
    Yield the code points that are unknown to the table; the caller enters each one as it comes.

    Works piece by piece: in a long text only the first piece has many, and the others need no sorting.
    """
    for at in range(0, len(codes), _PIECE):
        piece = codes[at : at + _PIECE]
        yield from sorted(set(piece[looked_up(table, piece) == unknown].tolist()))


# Filled on demand: folding all 1.1 million code points up front would cost every start a second.
_TABLE = np.full(0x110000, _UNSEEN, dtype=np.uint32)
