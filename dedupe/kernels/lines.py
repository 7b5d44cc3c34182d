"""
Which rules may match the lines of a text, judged by words in them and the characters at their ends, in one pass.

Each word or character points to a set of rules. A short line is examined whole, a long one only at its ends,
since most long lines are nothing but text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from dedupe.kernels.needles import find_needles
from dedupe.kernels.signs import Signs
from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, code_points

EDGES, FIRST, LAST, BEFORE, BEHIND = 3, 6, 9, 12, 15
STARTS, IS_SENTENCE = 1 << 18, 1 << 19

_BATCH = 1024  # lines examined together, so that only the results of a long document take memory

Hope = list[int]
"""
A line that a rule may match: its number, its reach, and five positions in the list of rules: where the rules begin
that may match the whole line, its head, its tail, and a piece of it, and where the last of them end.

The reach holds zones, three bits each: of rules for the whole line; from `EDGES` on, of rules for its ends; from
`FIRST` and `LAST` on, of the first and last of several credits that it may consist of; and from `BEFORE` and `BEHIND`
on, of those that its last sentence may consist of. `STARTS` is set if a credit may begin inside the line, and
`IS_SENTENCE` if the line is a sentence.
"""


@twinned
def hopeful_lines(codes: CodePoints, signs: Signs) -> tuple[list[int], list[int], list[Hope], list[int]]:
    """
    Return where the non-blank lines of a text start and end, without surrounding blanks; the hopes among them; and
    the rules of these hopes, each list in ascending order.
    """
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for raw in text.split("\n"):
        if line := raw.strip():
            starts.append(at + (raw.find(line) if len(line) < len(raw) else 0))
            ends.append(starts[-1] + len(line))
        at += len(raw) + 1
    hopes: list[Hope] = []
    rules: list[int] = []
    for k in range(0, len(starts), _BATCH):
        lines = [text[a:b] for a, b in zip(starts[k : k + _BATCH], ends[k : k + _BATCH], strict=True)]
        for number, (line, head, tail) in enumerate(_told(lines, signs)):
            reach, *sets = _read(line, head, tail, signs)
            if any(sets):
                hopes.append([k + number, reach])
                for one in sets:
                    hopes[-1].append(len(rules))
                    rules += members(one)
                hopes[-1].append(len(rules))
    return starts, ends, hopes, rules


def members(rules: int) -> Iterator[int]:
    """
    Yield the numbers of the rules in a set, in ascending order.

    >>> list(members(0b1101))
    [0, 2, 3]
    """
    while rules:
        low = rules & -rules
        yield low.bit_length() - 1
        rules ^= low


def _told(lines: Sequence[str], signs: Signs) -> Iterator[tuple[str, int, int]]:
    """Yield each line with the rules indicated by its head (or all of it) and by its tail."""
    stops, window = signs.marks.stops, signs.limits.window
    texts: list[str] = []
    ways: list[tuple[int, int]] = []  # the index of the text for a line's head, and for its tail, or -1
    for line in lines:
        whole, sentence = _extent(line, signs)
        at = len(texts)
        texts.append(line if whole or sentence else line[:window])
        closes = line[-1] not in stops
        ways.append((at, -1 if not closes else at if whole else at + 1))
        if closes and not whole:
            texts.append(line[-window:])
    found = _found(texts, signs)
    for line, (at, behind) in zip(lines, ways, strict=True):
        yield line, found[at], found[behind] if behind >= 0 else 0


def _found(texts: Sequence[str], signs: Signs) -> list[int]:
    """Return the rules indicated by the words in each text."""
    text, last = "\n".join(texts), len(signs.rules.begun) - 1
    lines = list(accumulate((len(one) + 1 for one in texts), initial=0))
    every: dict[int, list[int]] = {}
    stages, line = list(signs.rules.begun), -1
    told = signs.told
    for end, needle in zip(*(array.tolist() for array in find_needles(code_points(text), signs.table)), strict=True):
        if end >= lines[line + 1]:
            line = bisect_right(lines, end) - 1
            stages = every[line] = list(signs.rules.begun)
        for word, shift, tells in told[needle]:
            if text.startswith(word, end - shift):
                for stage, rules in tells:
                    if come := stages[stage - 1] & rules:
                        stages[stage] |= come
    nothing = signs.rules.begun
    found = (every.get(k, nothing) for k in range(len(texts)))
    return [stages[last] & stages[last - 2] for stages in found]


def _extent(line: str, signs: Signs) -> tuple[bool, bool]:
    """Whether a line is examined whole as possible credits, or whole as a sentence; if neither, only at its ends."""
    short, unended, longest, _ = signs.limits
    n, ended = len(line), line[-1] in signs.marks.ends
    whole = n <= short or (n <= unended and not ended)
    return whole, not whole and ended and n <= longest


def _read(line: str, head: int, tail: int, signs: Signs) -> tuple[int, int, int, int, int]:
    """
    Return the reach of a line, and the rules that may match all of it, its head, its tail, and a piece of it.

    ``head`` and ``tail`` are the rules whose words occur there, or anywhere in the line if it is examined whole.
    """
    _, _, longest, window = signs.limits
    rules, n = signs.rules, len(line)
    whole, sentence = _extent(line, signs)
    begun, short = head & signs.first.of[line[0]], whole and n <= window
    alone = 0
    if short or ((whole or sentence) and n <= longest):
        alone = begun & signs.last.of[line[-1]] & rules.alone & rules.lengths[n]
        alone &= -1 if short else rules.sentences
    row = _row(line, head & rules.pieces, signs) if whole and begun and head & rules.starts else 0
    tails, rest, close = tail & rules.tails & signs.last.of[line[-1]], tail & rules.rest, 0
    if rest:
        text = line[-window:]
        at = last_sentence(text, signs.marks.closers)
        close = _row(text[at:], rest, signs) if at else 0
    heads = begun & rules.heads
    words = tail if close else head if row else 0
    reach = _zones(alone, signs) | _zones(heads | tails, signs) << EDGES | row << FIRST | close << BEFORE
    sentence = sentence or (whole and not short and not row)
    reach |= (STARTS if words & rules.starts else 0) | (IS_SENTENCE if sentence else 0)
    return reach, alone, heads, tails, words & (rules.pieces if row else rules.rest)


def _zones(rules: int, signs: Signs) -> int:
    return sum(1 << k for k, zone in enumerate(signs.rules.zones) if rules & zone)


def _row(text: str, rules: int, signs: Signs) -> int:
    """Return the zones of the first and last of several credits that a text may be; 0 if it cannot be any."""
    inner = text.strip("".join(signs.marks.joints))
    if not inner:
        return 0
    first, last = _zones(rules & signs.first.of[inner[0]], signs), _zones(rules & signs.last.of[inner[-1]], signs)
    return first | last << LAST - FIRST if first and last else 0


def last_sentence(text: str, closers: frozenset[str]) -> int:
    """Return the offset at which the last sentence of a text begins; 0 if it is a single sentence."""
    at = max((text.rfind(c, 0, len(text) - 1) for c in closers), default=-1) + 1
    while at < len(text) and text[at].isspace():
        at += 1
    return at
