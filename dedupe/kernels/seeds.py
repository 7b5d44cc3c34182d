"""
Seeds and blocks: the exact matches of a sequence of code points with itself.

A seed is a run of equal characters of a fixed length; consecutive seeds at one distance from their
twins form a block. Sorting links each place to the nearest earlier one with the same seed; following
the links yields at most ``MAX_SEEDS`` places. Apart from that sort the cost is linear, and nothing loops
over blocks in Python: a hostile page has as many blocks as characters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import Hashes64
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, Offsets

MAX_SEEDS = 8
"""Maximum number of earlier occurrences a seed is compared with; further copies are found through each other."""

MAX_BLOCKS = 1 << 16
"""Maximum number of blocks examined in one document, the longest; a real page has less than a hundredth of that."""

BRIDGE = 1.5
"""Maximum length of a gap, as a multiple of the shorter of the two blocks around it."""

_MAX_COMPARED = 1 << 24
"""Maximum comparisons in one document: beyond two million characters, each place gets fewer than ``MAX_SEEDS``."""

_FEW = 1 << 17
"""Up to this many places, a table that fits in the cache first picks out those that matter, to sort fewer."""

_PIECE = 1 << 18
_STEP = 16
_LOW = 0xFFFFFFFF
_SECOND = 1 << 30
"""Offset that separates the stripes of the second grid from those of the first."""

Links = NDArray[np.int32]
"""For each place, the nearest earlier one with the same seed, or -1; one more -1 closes the array."""

Points = NDArray[np.int64]
"""Places on diagonals, each as one number: the diagonal in the upper 32 bits, the place in the lower 32."""

BlockRows = NDArray[np.int64]
"""Blocks as rows (at, twin, length), ordered by place, then by diagonal."""


_NO_BLOCKS = np.empty((0, 3), dtype=np.int64)


class Block(NamedTuple):
    """Characters ``[at, at + length)`` equal those at ``[twin, twin + length)``, and ``twin < at``."""

    at: int
    twin: int
    length: int

    @property
    def diagonal(self) -> int:
        """The distance of the copy from its twin."""
        return self.at - self.twin


def find_blocks(codes: CodePoints, hashes: Hashes64, least: int, max_gap: int) -> BlockRows:
    """
    Return the exact matches of at least seed length that could be part of a chain; ``hashes`` are those of
    every seed.

    Omitted are matches less than ``least`` characters after their twin (a rhythm), and matches
    shorter than ``least`` with no other within a chain's reach (a name, a common phrase).

    >>> from dedupe.kernels.shingles import shingle_hashes
    >>> text = "abcdefgh" + "X" + "abcdefgh"
    >>> codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    >>> find_blocks(codes, shingle_hashes(codes, 4), 8, 3).tolist()
    [[9, 0, 8]]
    """
    earlier = links(hashes)
    seed_length = len(codes) - len(hashes) + 1
    places = max(1, min(MAX_SEEDS, _MAX_COMPARED // max(1, len(codes))))
    reach = min(max_gap, int(BRIDGE * (least - 1)))
    blocks = matches(codes, hashes, earlier, seed_length, places, least, 2 * max_gap, reach)
    if len(blocks) > MAX_BLOCKS:
        blocks = blocks[np.sort(np.argsort(-blocks[:, 2], kind="stable")[:MAX_BLOCKS])]
    return blocks


@twinned
def links(hashes: Hashes64) -> Links:
    """
    Return, for each place, the nearest earlier one with the same seed.

    Sorts numbers that hold a hash in the upper bits and its place in the lower ones, which is several times
    as fast as an ``argsort``. The hash bits displaced by the place are not compared.
    """
    bits = np.uint64(len(hashes).bit_length())
    keys = hashes >> bits
    if len(keys) <= _FEW:
        crowded = _crowded(keys)
        keys = keys[crowded] << bits | crowded.astype(np.uint64)
    else:
        keys <<= bits
        for at in range(0, len(keys), _PIECE):
            keys[at : at + _PIECE] |= np.arange(at, min(at + _PIECE, len(keys)), dtype=np.uint64)
    keys.sort()
    places = np.uint64((1 << int(bits)) - 1)
    earlier = np.full(len(hashes) + 1, -1, dtype=np.int32)
    for begin in range(0, len(keys) - 1, _PIECE):
        piece = keys[begin : begin + _PIECE + 1]
        same = np.flatnonzero((piece[1:] ^ piece[:-1]) <= places)
        place = (piece & places).astype(np.int32)
        earlier[place[same + 1]] = place[same]
    return earlier


def _crowded(keys: Hashes64) -> NDArray[np.intp]:
    """Return the places whose keys may occur elsewhere too: all that do, and one in sixteen of the others."""
    size = 1 << (8 * len(keys)).bit_length()
    slots = (keys & np.uint64(size - 1)).view(np.int64)
    places = np.arange(len(keys), dtype=np.int32)
    latest = np.empty(size, dtype=np.int32)
    latest[slots] = places
    last = latest[slots]
    crowded = last != places
    crowded[last[crowded]] = True
    return np.flatnonzero(crowded)


@twinned
def matches(
    codes: CodePoints,
    hashes: Hashes64,
    earlier: Links,
    seed_length: int,
    places: int,
    least: int,
    max_lost: int,
    reach: int,
) -> BlockRows:
    """
    Return the blocks that these links form, following at most ``places`` links from each place.

    ``max_lost`` is the longest stretch without links that a block may contain; ``reach`` is how far
    from another block one shorter than ``least`` may lie, along its diagonal and across diagonals.
    """
    starts, lasts = _runs(hashes, earlier, places, least)
    ends = lasts + seed_length
    if (ends - starts).sum() < least:
        return _NO_BLOCKS
    starts, ends = _mended(codes, starts, ends, max_lost)
    at, diagonal, lengths = starts & _LOW, starts >> 32, ends - starts
    [kept] = _in_company(at, diagonal, lengths, least, reach).nonzero()
    if not len(kept):
        return _NO_BLOCKS
    kept = kept[np.argsort(at[kept] << 32 | diagonal[kept])]
    return np.stack((at[kept], at[kept] - diagonal[kept], lengths[kept]), axis=1)


def _runs(hashes: Hashes64, earlier: Links, places: int, least: int) -> tuple[Points, Points]:
    """
    Return the first and last seed of each run of consecutive seeds on a diagonal.

    Both arrays are sorted, so that they pair up row by row: the runs of a diagonal never overlap.
    """
    firsts, lasts = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for begin in range(0, len(hashes), _PIECE):
        [at] = (earlier[begin : min(begin + _PIECE, len(hashes))] >= 0).nonzero()
        if not len(at):
            continue
        at, twin = _pairs(earlier, at + begin, places)
        diagonal = at - twin
        on = (diagonal << 32 | at)[(hashes[at] == hashes[twin]) & (diagonal >= least)]
        [breaks] = (on[1:] - on[:-1] != 1).nonzero()
        firsts += [on[:1], on[1:][breaks]]
        lasts += [on[breaks], on[-1:]]
    return np.sort(np.concatenate(firsts)), np.sort(np.concatenate(lasts))


def _pairs(earlier: Links, at: Offsets, places: int) -> tuple[Offsets, Links]:
    """Pair places with up to ``places`` earlier ones along their links: first the nearest of every place."""
    twin = earlier[at]
    ats, twins = [at], [twin]
    while len(ats) < places:
        twin = earlier[twin]
        more = twin >= 0
        if not more.any():
            break
        at, twin = at[more], twin[more]
        ats.append(at)
        twins.append(twin)
    return np.concatenate(ats), np.concatenate(twins)


def _mended(codes: CodePoints, starts: Points, ends: Points, max_lost: int) -> tuple[Points, Points]:
    """
    Join blocks of a diagonal that touch, or between which the text turns out to be equal: a phrase that
    occurs more than ``MAX_SEEDS`` times in between had no seed left for this copy.
    """
    gaps = starts[1:] - ends[:-1]  # huge from one diagonal to the next, since the diagonal is in the upper bits
    if not (gaps <= max_lost).any():
        return starts, ends
    joined = gaps <= 0
    rows = np.flatnonzero((gaps > 0) & (gaps <= max_lost))
    done, width = 0, 1
    while len(rows):
        at = (ends[rows] & _LOW)[:, None] + np.arange(done, done + width)
        at = np.minimum(at, (starts[rows + 1] & _LOW)[:, None])
        rows = rows[(codes[at] == codes[at - (ends[rows] >> 32)[:, None]]).all(axis=1)]
        done, width = done + width, _STEP
        joined[rows[gaps[rows] <= done]] = True
        rows = rows[gaps[rows] > done]
    return starts[np.append(True, ~joined)[: len(starts)]], ends[np.append(~joined, True)[: len(ends)]]


def _in_company(
    at: NDArray[np.int64], diagonal: NDArray[np.int64], lengths: NDArray[np.int64], least: int, reach: int
) -> NDArray[np.bool_]:
    """
    Tell which blocks have at least ``least`` characters, alone or together with those around them.

    Diagonals are divided into stripes, and the blocks of a stripe into groups within reach of one another. Two
    grids of stripes overlap, so that any two blocks on nearby diagonals share a stripe of one of them. The blocks
    come sorted by diagonal, and usually no two diagonals are near each other.
    """
    kept, width = lengths >= least, max(1, 2 * reach)
    if not (diagonal[1:] - diagonal[:-1] < width).any():
        return kept
    grids = (diagonal + np.array([[0], [reach]])) // width + np.array([[0], [_SECOND]])
    starts = grids << 32 | at
    ends = (starts + lengths).ravel()
    order = starts.ravel().argsort()
    starts, ends = starts.ravel()[order], ends[order]
    group = np.zeros(len(order), dtype=np.int64)
    np.cumsum(starts[1:] > np.maximum.accumulate(ends)[:-1] + reach, out=group[1:])
    total = np.bincount(group, weights=ends - starts)
    kept[order[total[group] >= least] % len(at)] = True
    return kept
