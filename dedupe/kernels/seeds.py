"""
Seeds and blocks: the exact matches of a sequence of code points with itself.

A seed is a run of equal characters, of one length; seeds that follow one another at one distance
are a block. Sorting finds for each place the nearest earlier one that says the same; from there
the links lead on, to at most ``MAX_SEEDS`` places. Linear but for that sort, and no step is taken
block by block in Python: a hostile page has as many blocks as characters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.shingles import Hashes64
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, Offsets

MAX_SEEDS = 8
"""Earlier occurrences a seed is compared with; more copies than that are found through each other."""

MAX_BLOCKS = 1 << 16
"""Blocks of one document that are looked at, the longest of them; no page has a hundredth of that."""

BRIDGE = 1.5
"""How much longer than the shorter of the blocks on both its sides a gap may be."""

_MAX_COMPARED = 1 << 24
"""Comparisons of one document: of more than two million characters, each has fewer than ``MAX_SEEDS``."""

_FEW = 1 << 17
"""Places for which a table finds those that matter: one that the cache holds, which beats sorting them all."""

_PIECE = 1 << 18
_STEP = 16
_LOW = 0xFFFFFFFF
_SECOND = 1 << 30
"""Above the stripes of one grid, those of the other."""

Links = NDArray[np.int32]
"""For each place the nearest earlier one with the same seed, or -1; behind the last stands one -1 more."""

Points = NDArray[np.int64]
"""Places on diagonals, in one number: the diagonal above, the place below, 32 bits each."""

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
        """How far the copy stands behind its twin."""
        return self.at - self.twin


def find_blocks(codes: CodePoints, hashes: Hashes64, least: int, max_gap: int) -> BlockRows:
    """
    The exact matches, none shorter than a seed, that could be part of a chain; ``hashes`` are those of
    every seed.

    Left out are those less than ``least`` characters behind their twin (a rhythm), and those
    shorter than ``least`` that have no other within a chain's reach (a name, a common phrase).

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
    For each place, the nearest earlier one of the same seed.

    Found by sorting numbers that hold a hash above and its place below, which is several times as
    fast as an ``argsort``. The bits that the place takes from the hash are no longer compared.
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
    """The places whose keys may stand elsewhere too: all that do, and one in sixteen of the others."""
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
    The blocks that these links make, at most ``places`` of them from each place on.

    ``max_lost`` is the longest stretch inside a block that may be without links; ``reach`` how
    far from another block one shorter than ``least`` may stand, along its diagonal and across.
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
    Where seeds begin and cease to follow one another on a diagonal: the first and last of each run.

    Both in order, so that they belong together row by row: the runs of a diagonal never overlap.
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
    """These places, each with as many earlier ones as its links lead to: the nearest of all of them first."""
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
    Join blocks of a diagonal that touch, or between which the text is equal after all: a phrase that
    stands more than ``MAX_SEEDS`` times in between had no seed left for this copy.
    """
    gaps = starts[1:] - ends[:-1]  # from one diagonal to the next it is far, in these numbers
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
    Which blocks are ``least`` characters long, alone or with those around them.

    Diagonals are taken in stripes, a stripe's blocks in groups within reach of one another; in two
    grids, so that of blocks on near diagonals any two share a stripe of one. The blocks come in the order
    of their diagonals: mostly no two are near.
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
