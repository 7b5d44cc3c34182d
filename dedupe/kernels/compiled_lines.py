"""
The kernel that looks for the rules' words in lines, compiled by Numba; a module of its own, so that changing
the other kernels does not recompile it.

Its reference documents what it does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from dedupe.kernels.signs import Signs
from dedupe.kernels.view import CodePoints, Offsets

LETTER_BITS = 16
SEEN_BITS = 19
MULTIPLIER = 0x9E3779B97F4A7C15
BLANK, STOP, END, JOINT, CLOSER = 1, 2, 4, 8, 16
EDGES, FIRST, LAST, BEFORE, BEHIND = 3, 6, 9, 12, 15
STARTS, IS_SENTENCE = 1 << 18, 1 << 19

_NEWLINE = ord("\n")
_HEADS, _TAILS, _SENTENCES, _ALONE, _PIECES, _REST, _STARTS, _ZONES, _FIRST = 0, 1, 2, 3, 4, 5, 6, 7, 10

_ROW, _LISTS = 7, 4  # numbers in a hope, and lists of rules in it

_kernel = njit(cache=True, nogil=True)


def hopeful_lines(codes: CodePoints, signs: Signs) -> tuple[list[int], list[int], list[list[int]], list[int]]:
    lines, hopes, *found = _hopeful(codes, tuple(signs.packed)).tolist()
    rules = 2 * lines + _ROW * hopes
    rows = [found[k : k + _ROW] for k in range(2 * lines, rules, _ROW)]
    return found[:lines], found[lines : 2 * lines], rows, found[rules:]


@_kernel
def _hopeful(codes: Any, packed: Any) -> Offsets:
    """
    Return the counts of lines and hopes, then starts, ends, hopes and rules, all in one array.

    Each further array would cost as much as reading a line.
    """
    limits, kinds, sets, depth = packed[0], packed[1], packed[4], packed[5]
    size, width, most = len(codes), sets.shape[1], 1
    for k in range(size):
        most += codes[k] == _NEWLINE
    starts, ends = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    hopes, rules = np.empty((16, _ROW), dtype=np.int64), np.empty(256, dtype=np.int64)
    found = np.empty((6, width), dtype=np.uint64)  # alone, heads, tails, pieces; indicated at head, tail
    work = np.empty(limits.max() + 1, dtype=np.int64), np.empty(depth * width, dtype=np.uint64)
    lines = count = full = at = 0
    while at < size:
        start = end = at
        while end < size and codes[end] != _NEWLINE:
            end += 1
        at = end + 1
        while start < end and kinds[codes[start]] & BLANK:
            start += 1
        while start < end and kinds[codes[end - 1]] & BLANK:
            end -= 1
        if start == end:
            continue
        starts[lines], ends[lines] = start, end
        lines += 1
        reach = _read(codes, start, end, packed, work, found)
        if reach < 0:
            continue
        if count == len(hopes):
            hopes = _grown(hopes, np.empty((2 * count, _ROW), dtype=np.int64))
        if full + _LISTS * 64 * width > len(rules):
            rules = _grown(rules, np.empty(2 * (full + _LISTS * 64 * width), dtype=np.int64))
        hopes[count, 0], hopes[count, 1] = lines - 1, reach
        for which in range(_LISTS):
            hopes[count, 2 + which] = full
            full = _list(found[which], rules, full)
        hopes[count, 2 + _LISTS] = full
        count += 1
    told = np.empty(2 + 2 * lines + _ROW * count + full, dtype=np.int64)
    told[0], told[1] = lines, count
    told[2 : 2 + lines], told[2 + lines : 2 + 2 * lines] = starts[:lines], ends[:lines]
    for k in range(count):
        told[2 + 2 * lines + _ROW * k : 2 + 2 * lines + _ROW * (k + 1)] = hopes[k]
    told[2 + 2 * lines + _ROW * count :] = rules[:full]
    return told


@_kernel
def _read(codes: Any, start: int, end: int, packed: Any, work: Any, found: Any) -> int:
    """Return the reach of a line and fill ``found`` with its rules; -1 if there are none."""
    limits, kinds, first_turns, last_turns, sets, _, lengths = packed[:7]
    short, unended, longest, window = limits
    head, tail, width = found[4], found[5], sets.shape[1]
    length, last = end - start, kinds[codes[end - 1]]
    ended, closes = last & END != 0, last & STOP == 0
    whole = length <= short or (length <= unended and not ended)
    sentence = not whole and ended and length <= longest
    told = _look(codes, start, end if whole or sentence else min(end, start + window), packed, work, head)
    if closes and not whole:
        told |= _look(codes, max(start, end - window), end, packed, work, tail)
    else:
        tail[:] = head
    if not told:
        return -1
    from_first = _FIRST - 1 + np.searchsorted(first_turns, codes[start], side="right")
    from_last = _FIRST - 1 + len(first_turns) + np.searchsorted(last_turns, codes[end - 1], side="right")
    brief = whole and length <= window
    sized = lengths[length] if brief or ((whole or sentence) and length <= longest) else -1
    begins = starting = resting = np.uint64(0)
    for k in range(width):
        begun, behind = head[k] & sets[from_first, k], sets[from_last, k]
        alone = begun & behind & sets[_ALONE, k] & (np.uint64(0) if sized < 0 else sets[sized, k])
        found[0, k] = alone if brief else alone & sets[_SENTENCES, k]
        found[1, k] = begun & sets[_HEADS, k]
        found[2, k] = tail[k] & behind & sets[_TAILS, k] if closes else np.uint64(0)
        begins |= begun
        starting |= head[k] & sets[_STARTS, k]
        resting |= tail[k] & sets[_REST, k]
    row = _row(codes, start, end, head, _PIECES, packed) if whole and begins and starting else 0
    close = _close(codes, max(start, end - window), end, tail, packed) if closes and resting else 0
    sentence = sentence or (whole and not brief and not row)
    reach = row << FIRST | close << BEFORE | (IS_SENTENCE if sentence else 0)
    return _reached(reach, tail if close else head, sets, found)


@_kernel
def _reached(reach: int, words: Any, sets: Any, found: Any) -> int:
    """Add the pieces to the rules found, and return the reach completed by all of them; -1 if there are none."""
    row, chained, some = reach >> FIRST & 7 != 0, reach & ~IS_SENTENCE != 0, np.uint64(0)
    for k in range(sets.shape[1]):
        found[3, k] = words[k] & sets[_PIECES if row else _REST, k] if chained else np.uint64(0)
        edge = found[1, k] | found[2, k]
        some |= found[0, k] | edge | found[3, k]
        if chained and words[k] & sets[_STARTS, k]:
            reach |= STARTS
        if found[0, k] | edge:
            for zone in range(3):
                inside = sets[_ZONES + zone, k]
                reach |= (found[0, k] & inside != 0) << zone | (edge & inside != 0) << (EDGES + zone)
    return reach if some else -1


@_kernel
def _grown(old: Any, new: Any) -> Any:
    new[: len(old)] = old
    return new


@_kernel
def _list(one: Any, rules: Any, full: int) -> int:
    """Append the rules of a set to the list; return its new length."""
    for k in range(len(one)):
        left = one[k]
        bit = 64 * k
        while left:
            while not left & np.uint64(0xFF):
                left >>= np.uint64(8)
                bit += 8
            if left & np.uint64(1):
                rules[full] = bit
                full += 1
            left >>= np.uint64(1)
            bit += 1
    return full


@_kernel
def _row(codes: Any, start: int, end: int, words: Any, which: int, packed: Any) -> int:
    """Return the zones of the first and last of several credits that a stretch may be; 0 if it cannot be any."""
    _, kinds, first_turns, last_turns, sets = packed[:5]
    while start < end and kinds[codes[start]] & JOINT:
        start += 1
    while start < end and kinds[codes[end - 1]] & JOINT:
        end -= 1
    if start == end:
        return 0
    from_first = _FIRST - 1 + np.searchsorted(first_turns, codes[start], side="right")
    from_last = _FIRST - 1 + len(first_turns) + np.searchsorted(last_turns, codes[end - 1], side="right")
    first = last = 0
    for k in range(len(words)):
        one = words[k] & sets[which, k]
        if one:
            for zone in range(3):
                inside = one & sets[_ZONES + zone, k]
                first |= (inside & sets[from_first, k] != 0) << zone
                last |= (inside & sets[from_last, k] != 0) << zone
    return first | last << LAST - FIRST if first and last else 0


@_kernel
def _close(codes: Any, start: int, end: int, words: Any, packed: Any) -> int:
    """Return the same for the last sentence of a stretch; 0 if the stretch is a single sentence."""
    kinds = packed[1]
    at = end - 1
    while at > start and not kinds[codes[at - 1]] & CLOSER:
        at -= 1
    while at < end and kinds[codes[at]] & BLANK:
        at += 1
    return _row(codes, at, end, words, _REST, packed) if at > start else 0


@_kernel
def _look(codes: Any, start: int, end: int, packed: Any, work: Any, out: Any) -> bool:
    """Fill ``out`` with the rules indicated by the words in a stretch of text; return whether there are any."""
    sets, depth, words, tells, spelt = packed[4], packed[5], packed[7], packed[8], packed[9]
    width = sets.shape[1]
    begun = sets[_FIRST + len(packed[2]) + len(packed[3]) :].reshape(-1)
    alphabet, slots = packed[10], packed[13]
    waiting, stages = work
    count = _sift(codes, start, end, packed, waiting)
    for place in range(depth * width):
        stages[place] = begun[place]
    last, shift = len(slots) - 1, np.uint64(64)
    while 1 << (np.uint64(64) - shift) < len(slots):
        shift -= np.uint64(1)
    for one in waiting[:count]:
        k, gram = one >> 4, np.uint64(0)
        for n in range(4):
            letter = np.uint64(alphabet[codes[k - n]]) if k - n >= start else np.uint64(0)
            if not letter:
                break
            gram |= letter << np.uint64(n * LETTER_BITS)
            if not one >> n & 1:
                continue
            slot = np.int64(gram * np.uint64(MULTIPLIER) >> shift)
            while slots[slot, 0] and slots[slot, 0] != gram:
                slot = (slot + 1) & last
            if not slots[slot, 0]:
                continue
            which = slots[slot, 1]
            for w in range(np.int64(which >> np.uint64(32)), np.int64(which & np.uint64(0xFFFFFFFF))):
                at, length, begin = words[w, 0], words[w, 1], k - words[w, 2]
                if length and (begin < start or begin + length > end):
                    continue
                same = 0
                while same < length and spelt[at + same] == codes[begin + same]:
                    same += 1
                if same == length:
                    for t in range(words[w, 3], words[w, 4]):
                        at_stage = np.int64(tells[t, 0])
                        stages[at_stage] |= stages[at_stage - width] & tells[t, 1]
    told = False
    for i in range(width):
        out[i] = stages[(depth - 1) * width + i] & stages[(depth - 3) * width + i]
        told |= out[i] != 0
    return told


@_kernel
def _sift(codes: Any, start: int, end: int, packed: Any, waiting: Any) -> int:
    """
    Collect the places where a needle may end, with a bit for each length it may have; return how many.

    Branch-free, because which characters pass is unpredictable.
    """
    alphabet, alone, seen = packed[10], np.uint64(packed[11]), packed[12]
    bits, shift, low = np.uint64(LETTER_BITS), np.uint64(64 - SEEN_BITS), np.uint64(7)
    two, three = np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFFFFFF)
    count, gram = 0, np.uint64(0)
    for k in range(start, end):
        letter = np.uint64(alphabet[codes[k]])
        gram = (gram << bits | letter) * np.uint64(letter != 0)
        a = (gram & two) * np.uint64(MULTIPLIER) >> shift
        b = (gram & three) * np.uint64(MULTIPLIER) >> shift
        c = gram * np.uint64(MULTIPLIER) >> shift
        found = np.int64(letter >= alone)
        found |= (np.int64(seen[a >> np.uint64(3)]) >> np.int64(a & low) & 1) << 1
        found |= (np.int64(seen[b >> np.uint64(3)]) >> np.int64(b & low) & 1) << 2
        found |= (np.int64(seen[c >> np.uint64(3)]) >> np.int64(c & low) & 1) << 3
        waiting[count] = k << 4 | found
        count += found != 0
    return count
