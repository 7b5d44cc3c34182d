"""
The kernels that find seeds and the blocks they form, compiled by Numba.

Each reference documents what its twin does.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedupe.kernels.view import CodePoints

FEW = 1 << 17

_AT, _TWIN, _LENGTH = 0, 1, 2
_NONE = -1
_LOT = np.uint64(16)
"""Bits that number the places within one lot, if all lots have the same size."""
_SHARES = 4
"""Number of passes over the lots; there are at least as many lots."""

_kernel = njit(cache=True, nogil=True)


@_kernel
def links(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    return _links_of_few(hashes) if len(hashes) <= FEW else _links_of_many(hashes)


@_kernel
def _links_of_few(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Find links with a table of each seed's latest place, which beats sorting while it fits in the cache."""
    earlier = np.full(len(hashes) + 1, _NONE, dtype=np.int32)
    crowded = _crowded(hashes)
    bits = 4
    while 1 << bits < 2 * len(crowded):
        bits += 1
    last, shift = (1 << bits) - 1, np.uint64(64 - bits)
    latest = np.full(1 << bits, _NONE, dtype=np.int32)
    for at in crowded:
        slot = np.int64(hashes[at] >> shift)
        while latest[slot] >= 0 and hashes[latest[slot]] != hashes[at]:
            slot = (slot + 1) & last
        earlier[at] = latest[slot]
        latest[slot] = at
    return earlier


@_kernel
def _crowded(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return the places whose seeds may occur elsewhere too: all that do, and one in eight of the others."""
    size = 64
    while size < 8 * len(hashes):
        size *= 2
    mask = np.uint64(size - 1)
    once, twice = np.zeros(size >> 6, dtype=np.uint64), np.zeros(size >> 6, dtype=np.uint64)
    for at in range(len(hashes)):
        word, bit = (hashes[at] & mask) >> np.uint64(6), np.uint64(1) << (hashes[at] & np.uint64(63))
        twice[word] |= once[word] & bit
        once[word] |= bit
    places, count = np.empty(len(hashes), dtype=np.int32), np.int64(0)
    for at in range(len(hashes)):
        places[count] = at
        count += np.int64(twice[(hashes[at] & mask) >> np.uint64(6)] >> (hashes[at] & np.uint64(63)) & np.uint64(1))
    return places[:count]


@_kernel
def _links_of_many(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """
    Find links lot by lot; a lot holds the seeds whose hashes share their leading bits, and fits in the cache.

    Only a share of the lots is built at a time, because the keys of all would take as much memory as the hashes.
    """
    bits = _bits(len(hashes))
    starts = _lot_starts(hashes, bits)
    earlier = np.full(len(hashes) + 1, _NONE, dtype=np.int32)
    latest = np.empty(1 << 10, dtype=np.int32)
    share = (len(starts) - 1) // _SHARES
    for first in range(0, len(starts) - 1, share):
        bounds = starts[first : first + share + 1] - starts[first]
        keys = _keys(hashes, bits, first, bounds)
        for lot in range(share):
            latest = _link_lot(keys[bounds[lot] : bounds[lot + 1]], bits, latest, earlier)
    return earlier


@_kernel
def _lot_starts(hashes: NDArray[np.uint64], bits: np.uint64) -> NDArray[np.int64]:
    """Return the number of seeds in the lots before each lot, and the total as a last entry."""
    shift = np.uint64(64) - (bits - _LOT)
    starts = np.zeros((1 << np.int64(bits - _LOT)) + 1, dtype=np.int64)
    for at in range(len(hashes)):
        starts[np.int64(hashes[at] >> shift) + 1] += 1
    return np.cumsum(starts)


@_kernel
def _keys(hashes: NDArray[np.uint64], bits: np.uint64, first: int, bounds: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the reference's keys for the lots from ``first`` on, split by ``bounds``, ordered by place in a lot."""
    shift = np.uint64(64) - (bits - _LOT)
    keys, free = np.empty(bounds[-1], dtype=np.uint64), bounds[:-1].copy()
    for at in range(len(hashes)):
        lot = np.int64(hashes[at] >> shift) - first
        if 0 <= lot < len(free):
            keys[free[lot]] = hashes[at] >> bits << bits | np.uint64(at)
            free[lot] += 1
    return keys


@_kernel
def _link_lot(
    keys: NDArray[np.uint64], bits: np.uint64, latest: NDArray[np.int32], earlier: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Enter the links of a lot; return the table of latest places for reuse. It doubles when half full."""
    places = (np.uint64(1) << bits) - np.uint64(1)
    latest[:] = _NONE
    free = len(latest) // 2
    for k in range(len(keys)):
        slot = _slot(keys, keys[k], bits, latest)
        if latest[slot] >= 0:
            earlier[keys[k] & places] = np.int32(keys[latest[slot]] & places)
        elif free:
            free -= 1
        else:
            free = len(latest) // 2 - 1
            fuller, latest = latest, np.full(2 * len(latest), _NONE, dtype=np.int32)
            for other in fuller:
                if other >= 0:
                    latest[_slot(keys, keys[other], bits, latest)] = other
            slot = _slot(keys, keys[k], bits, latest)
        latest[slot] = k
    return latest


@_kernel
def _slot(keys: NDArray[np.uint64], key: np.uint64, bits: np.uint64, latest: NDArray[np.int32]) -> int:
    """Return the slot that holds the seed of this key, or the free slot for it."""
    last = len(latest) - 1
    slot = np.int64(key >> bits) & last
    while latest[slot] >= 0 and (keys[latest[slot]] ^ key) >> bits:
        slot = (slot + 1) & last
    return int(slot)


@_kernel
def _bits(count: int) -> np.uint64:
    """Return the number of bits that a place needs."""
    bits = np.uint64(0)
    while count >> bits:
        bits += np.uint64(1)
    return bits


@_kernel
def matches(
    codes: CodePoints,
    hashes: NDArray[np.uint64],
    earlier: NDArray[np.int32],
    seed_length: int,
    places: int,
    least: int,
    max_lost: int,
    reach: int,
) -> NDArray[np.int64]:
    runs = _runs(hashes, earlier, seed_length, places, least)
    if not len(runs):
        return np.empty((0, 3), dtype=np.int64)
    _mend(codes, runs, max_lost)
    kept = _in_company(runs, least, reach)
    out = np.empty((kept.sum(), 3), dtype=np.int64)
    k = 0
    for run in range(len(runs)):
        if kept[run]:
            at, end, diagonal = runs[run]
            out[k, _AT], out[k, _TWIN], out[k, _LENGTH] = at, at - diagonal, end - at
            k += 1
    return out


@_kernel
def _runs(
    hashes: NDArray[np.uint64], earlier: NDArray[np.int32], seed_length: int, places: int, least: int
) -> NDArray[np.int32]:
    """
    Return rows (at, end, diagonal) ordered by place, then by diagonal.

    The open runs, sorted by diagonal, are carried from place to place and merged with the diagonals
    of the next place's links.
    """
    runs = np.empty((256, 3), dtype=np.int32)
    count = 0
    was, now = np.empty(places, dtype=np.int64), np.empty(places, dtype=np.int64)
    open_before = 0
    for at in range(len(hashes)):
        twin = earlier[at]
        if twin < 0 and not open_before:
            continue
        met = open_now = 0
        for _ in range(places):
            if twin < 0:
                break
            diagonal = at - twin
            if diagonal >= least and hashes[twin] == hashes[at]:
                while met < open_before and runs[was[met], 2] < diagonal:
                    met += 1
                if met < open_before and runs[was[met], 2] == diagonal:
                    now[open_now] = was[met]
                else:
                    if count == len(runs):
                        grown = np.empty((2 * count, 3), dtype=np.int32)
                        grown[:count] = runs
                        runs = grown
                    runs[count, 0], runs[count, 2] = at, diagonal
                    now[open_now] = count
                    count += 1
                runs[now[open_now], 1] = at + seed_length
                open_now += 1
            twin = earlier[twin]
        was, now = now, was
        open_before = open_now
    return runs[:count]


@_kernel
def _mend(codes: CodePoints, runs: NDArray[np.int32], max_lost: int) -> None:
    """Extend the first run of a diagonal over the runs that continue it, and empty those."""
    latest = np.full(len(codes) + 1, _NONE, dtype=np.int32)
    for k in range(len(runs)):
        at, end, diagonal = runs[k]
        first = latest[diagonal]
        if first >= 0 and at - runs[first, 1] <= max_lost:
            lost = runs[first, 1]
            while lost < at and codes[lost] == codes[lost - diagonal]:
                lost += 1
            if lost >= at:
                runs[first, 1] = end
                runs[k, 1] = at
                continue
        latest[diagonal] = k


@_kernel
def _in_company(runs: NDArray[np.int32], least: int, reach: int) -> NDArray[np.bool_]:
    width, widest = max(1, 2 * reach), 0
    for k in range(len(runs)):
        widest = max(widest, runs[k, 2])
    kept = np.zeros(len(runs), dtype=np.bool_)
    group = np.empty(len(runs), dtype=np.int32)
    total = np.empty(len(runs), dtype=np.int64)
    for shift in (0, reach):
        latest = np.full((widest + shift) // width + 1, _NONE, dtype=np.int32)
        farthest = np.empty(len(latest), dtype=np.int32)
        groups = 0
        for k in range(len(runs)):
            at, end, diagonal = runs[k]
            if end == at:
                continue
            stripe = (diagonal + shift) // width
            if latest[stripe] < 0 or at > farthest[stripe] + reach:
                latest[stripe], farthest[stripe] = groups, end
                total[groups] = 0
                groups += 1
            group[k] = latest[stripe]
            total[group[k]] += end - at
            farthest[stripe] = max(farthest[stripe], end)
        for k in range(len(runs)):
            kept[k] |= runs[k, 1] > runs[k, 0] and total[group[k]] >= least
    return kept
