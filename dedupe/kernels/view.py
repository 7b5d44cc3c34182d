"""
The comparison view: what two texts must share to say the same, and where it stands in the text.

Letters and digits only, width, case and Chinese script folded (NFKC, case folding, traditional
to simplified); punctuation and white space dropped, so that lost line breaks, full-width commas
and another script do not make a copy look new. Digits stay as they are: with digits folded, two
days' weather reports agree almost wholly. The view is only ever compared, never written.

One character of the view stands for one of the text (the first letter of an expansion: ``㎏`` is
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
"""Offsets by the million, in half the memory: no document has two thousand million characters."""

N = TypeVar("N", bound=np.generic)

_UNSEEN = np.uint32(0xFFFFFFFF)
_PIECE = 1 << 16
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10)
"""Arabic, Persian, Hindi, Bengali and full-width digits begin here."""


@dataclass(frozen=True, slots=True)
class View:
    """
    Folded code points, and for each the offset of its character in the text.

    >>> view = comparison_view("漢字, ＡＢ。")
    >>> view.text(), view.offsets.tolist()
    ('汉字ab', [0, 1, 4, 5])
    """

    codes: CodePoints
    offsets: Places

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> str:
        """The view as a string."""
        return self.codes.tobytes().decode("utf-32-le")

    def packed(self) -> bytes:
        """
        The code points in as few bytes as hold them, and how many a character takes: equal for equal views.

        >>> len(comparison_view("漢字").packed()), comparison_view("ab").packed()
        (5, b'\\x01ab')
        """
        highest = int(np.maximum.reduce(self.codes, initial=0))
        width = 1 if highest < 1 << 8 else 2 if highest < 1 << 16 else 4
        return bytes((width,)) + self.codes.astype(f"<u{width}").tobytes()

    def positions(self, offsets: Offsets) -> Offsets:
        """For offsets in the text, the index of the first view character at or after each."""
        # Of one type, lest NumPy copy the long array to widen it.
        return np.searchsorted(self.offsets, offsets.astype(np.int32))


def comparison_view(text: str, codes: CodePoints | None = None) -> View:
    """
    Fold a text for comparison; ``codes`` are its code points, where the caller has them.

    Linear in the text; a character costs a table look-up.
    """
    return View(*folded(code_points(text) if codes is None else codes))


@twinned
def folded(codes: CodePoints) -> tuple[CodePoints, Places]:
    """The folded code points of a text, and where they stand in it."""
    letters = looked_up(_TABLE, codes)
    if letters.max(initial=0) == _UNSEEN:
        learn(codes[letters == _UNSEEN])
        letters = looked_up(_TABLE, codes)
    [offsets] = letters.astype(np.bool_).nonzero()
    return letters.take(offsets), offsets.astype(np.int32)


def looked_up(table: NDArray[N], codes: CodePoints) -> NDArray[N]:
    """What a table with a place for every code point says of these."""
    # All lie within; NumPy is told to clip, for then it looks none of them over before.
    return table.take(codes, mode="clip")


def code_points(text: str) -> CodePoints:
    """
    The text as an array of code points.

    >>> code_points("aß").tolist()
    [97, 223]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold(char: str) -> str:
    """
    The character's form in the view, or nothing.

    A number that is one character and several letters stays what it is: of Ⅲ and Ⅳ, ½ and ¼, the first are equal.

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
    # One simplified form (苧, of 薴) is itself the traditional form of another: all three are one.
    return {old: table.get(new, new) for old, new in table.items()}


def plain_script(text: str) -> str:
    """
    The text as it stands, with its Chinese simplified and its digits and letters as ASCII has them, one for one.

    Whoever reads names, credits and numbers needs what the view drops: blanks, punctuation and capitals.

    >>> plain_script("記者在臺北報導：１２人，٣ أيام，Ａ級。")
    '记者在台北报导：12人，3 أيام，A级。'
    """
    if text.isascii() or _plain()[1].isdisjoint(text):
        return text  # looked for, they take a third of the time of being put in
    return text.translate(_plain()[0])


@cache
def _plain() -> tuple[dict[int, str], frozenset[str]]:
    """What stands for which code point, and the characters for which something else stands."""
    wide = {0xFEE0 + ord(c): c for c in ascii_letters}
    narrow = {zero + k: str(k) for zero in _ZEROS for k in range(10)}
    table = {ord(old): new for old, new in _simplified().items()} | wide | narrow
    return table, frozenset(map(chr, table))


def table() -> CodePoints:
    """What each code point is folded to: 0 for nothing, all bits set where `learn` was not told of it."""
    return _TABLE


def learn(codes: CodePoints) -> None:
    """Fold characters that no text has shown before: a pure function's answers, written down."""
    for code in strangers(codes, _TABLE, _UNSEEN):
        letter = fold(chr(code)) if not 0xD800 <= code < 0xE000 else ""
        _TABLE[code] = ord(letter) if letter else 0


def strangers(codes: CodePoints, table: NDArray[N], unknown: N) -> Iterator[int]:
    """
    The code points among these that are unknown to the table, which whoever asks fills in as they come.

    Piece by piece: of a long text only the first has many, and the others need no sorting.
    """
    for at in range(0, len(codes), _PIECE):
        piece = codes[at : at + _PIECE]
        yield from sorted(set(piece[looked_up(table, piece) == unknown].tolist()))


# Filled on demand: folding all 1.1 million code points up front would cost every start a second.
_TABLE = np.full(0x110000, _UNSEEN, dtype=np.uint32)
