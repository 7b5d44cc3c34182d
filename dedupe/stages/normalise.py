"""
Repair decoded text; afterwards the text never changes again.

Errors are repaired; differences of style are kept. Full-width punctuation, curly quotes and the
U+3000 between two words are correct Chinese typography.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe.kernels.survey import UNTIDY, marked, survey
from dedupe.kernels.view import CodePoints, code_points
from dedupe.model import Repair
from dedupe.patterns import pattern
from dedupe.stages import mojibake
from dedupe.stages.ftfy_gate import ENTITY, FTFY, SURE, Flags, gate, has_entity, unescape_html

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dedupe.settings import NormaliseSettings

_INVISIBLE = 16
_BLANK = 32
_MOJIBAKE = mojibake.WESTERN | mojibake.TWISTED

_MAX_PASSES = 16  # a repair may uncover something for a further pass; real text needs two

# NEL is a line end, but in "å\x9c\x85" (UTF-8 read as Latin-1) it is one byte of a three-byte character.
_LINE_ENDS = pattern("\r\n|[\r\x0b\x0c\u2028\u2029]")
_OTHER_LATIN_1 = pattern("[\x80-\x84\x86-\xff]")
_THREE_LINE_ENDS = pattern("\n{3,}")
_BLANKS = "\t\u00a0\u2007\u202f"

# &amp;amp;amp;... loses one level per round, and each round reads the whole line: a hostile page with
# 100,000 levels would take hours. Nobody escapes a text more often than this by accident.
_MAX_ESCAPES = 8

_JOINED_SCRIPTS = "\u0600-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
_EMOJI = (
    "\u203c\u2049\u20e3\u2139\u2190-\u21ff\u231a-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
)
# The character set comes first, because a pattern that begins with one is searched several times faster.
_ZERO_WIDTH = pattern(
    "[\x80-\x9f\u00ad\u200b-\u200d\u2060-\u2064\ufeff]"
    f"(?:(?<![\u200c\u200d])|(?<=\u200c)(?<![{_JOINED_SCRIPTS}].)"
    f"|(?<=\u200d)(?:(?<![{_JOINED_SCRIPTS}].)(?<![{_EMOJI}].)|(?<=[{_EMOJI}].)(?![{_EMOJI}])))"
)
_BIDI = pattern("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = pattern("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


Notes = defaultdict[tuple[str, str], int]
"""What was repaired (name and detail), and how often."""


class Normalised(NamedTuple):
    """The text that all later offsets refer to, and the repairs that produced it."""

    text: str
    repairs: tuple[Repair, ...] = ()


def normalise(text: str, settings: NormaliseSettings) -> Normalised:
    """
    Repair the text; normalising the result again changes nothing, and it can be encoded as UTF-8.

    >>> from dedupe.settings import NormaliseSettings
    >>> settings = NormaliseSettings(enabled=True, repair_mojibake=True)
    >>> done = normalise("\\u3000\\u3000ÖÐ¹úÇàÄê±¨\\r\\n\\u3000你好，&quot;世界&quot;\\u200b  ", settings)
    >>> done.text
    '中国青年报\\n你好，"世界"'
    """
    notes: Notes = defaultdict(int)
    if settings.enabled:
        for _ in range(_MAX_PASSES):
            before = text
            text, again = _once(text, settings, notes)
            if not again or text == before:
                break
    else:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if whole != text:
            text = whole
            notes["surrogates", "paired or replaced"] += 1
    return Normalised(text, _summary(notes) if notes else ())


def _summary(notes: Notes) -> tuple[Repair, ...]:
    return tuple([Repair("normalise", name, what if n == 1 else f"{n} x {what}") for (name, what), n in notes.items()])


def _once(text: str, settings: NormaliseSettings, notes: Notes) -> tuple[str, bool]:
    """One pass over the text; also whether it may have uncovered something for another pass."""
    table = _table()
    codes = code_points(text)
    seen = survey(codes, table)
    if not seen:
        return text, False
    fixed = text
    again = seen & ~(_BLANK | UNTIDY)  # blanks uncover nothing; a dropped character may have split &am and p;
    if seen & SURE:
        fixed = _line_ends(fixed, notes)
    if settings.repair_mojibake and seen & _MOJIBAKE:
        fixed, settled = _mojibake(fixed, codes if fixed is text else code_points(fixed), notes)
        again &= ~_MOJIBAKE if settled else ~0
    if seen & FTFY and not (seen & FTFY == ENTITY and not has_entity(fixed)):
        fixed = _by_ftfy(fixed, codes if fixed is text else code_points(fixed), settings, notes)
    now = seen if fixed is text else survey(code_points(fixed), table)
    if now & _INVISIBLE:
        fixed = _invisible(fixed, notes)
    if now & _BLANK:
        fixed = _blanks(fixed, notes)
    if now & UNTIDY or fixed is not text:
        fixed = _trim(fixed, notes)
    return fixed, bool(again)


def _line_ends(text: str, notes: Notes) -> str:
    fixed = _LINE_ENDS.sub("\n", text)
    if "\x85" in fixed:
        lines = (line if _OTHER_LATIN_1.search(line) else line.replace("\x85", "\n") for line in fixed.split("\n"))
        fixed = "\n".join(lines)
    if fixed == text:
        return text
    notes["line ends", "CRLF" if "\r\n" in text else "CR, NEL, U+2028 or the like"] = 1
    return fixed


def _mojibake(text: str, codes: CodePoints, notes: Notes) -> tuple[str, bool]:
    """
    Repair the lines of a text; also tell whether the result is settled, so that another pass would not differ.

    It is settled if no line was repaired, and none contains a blank that is yet to be replaced.
    """
    out: list[str] = []
    done, settled = 0, True
    for start, end in _lines_with(text, marked(codes, _table(), _MOJIBAKE)):
        core = mojibake.core(text[start:end])
        # Printable text has no blank except the space, so the line's ends will not change any more.
        settled = settled and core.isprintable()
        found = mojibake.repair(core)
        if found is not None:
            at = text.index(core, start)
            out += (text[done:at], found[0])
            done = at + len(core)
            notes["mojibake", found[1]] += 1
    return ("".join([*out, text[done:]]), False) if out else (text, settled)


def _lines_with(text: str, hot: NDArray[np.int64]) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    for at in hot.tolist():
        if not lines or at >= lines[-1][1]:
            end = text.find("\n", at)
            lines.append((text.rfind("\n", 0, at) + 1, end if end >= 0 else len(text)))
    return lines


def _by_ftfy(text: str, codes: CodePoints, settings: NormaliseSettings, notes: Notes) -> str:
    unescape = "&" not in text or _is_unescaped_soon(text)
    ftfy = gate(fix_encoding=settings.repair_mojibake, unescape_html="auto" if unescape else False)
    fixed, did = ftfy.fix(text, codes)
    for name, n in did.items():
        notes["mojibake" if " read as " in name or "utf8" in name else "ftfy", name] += n
    return fixed


def _is_unescaped_soon(text: str) -> bool:
    text = "\n".join(line for line in text.split("\n") if "&" in line)  # an entity never spans lines
    for _ in range(_MAX_ESCAPES):
        before, text = text, unescape_html(text)
        if text == before:
            return True
    return False


def _invisible(text: str, notes: Notes) -> str:
    fixed, n = _ZERO_WIDTH.subn("", text)
    if n:
        notes["invisible", "zero-width and control characters"] += n
    if _BIDI.search(fixed) and not _RIGHT_TO_LEFT.search(fixed):
        fixed, n = _BIDI.subn("", fixed)
        notes["invisible", "marks of direction"] += n
    return fixed


def _blanks(text: str, notes: Notes) -> str:
    for blank in _BLANKS:
        if blank in text:
            notes["blanks", f"U+{ord(blank):04X} is a space"] += text.count(blank)
            text = text.replace(blank, " ")
    return text


def _trim(text: str, notes: Notes) -> str:
    """Strip blanks (including U+3000) from the ends of lines, join empty lines into one, drop those at the ends."""
    fixed = "\n".join(map(str.strip, text.split("\n")))
    if "\n\n\n" in fixed:
        fixed = _THREE_LINE_ENDS.sub("\n\n", fixed)
    fixed = fixed.strip()
    if fixed != text:
        notes["blanks", "at the ends of lines"] = 1
        return fixed
    return text


@cache
def _table() -> Flags:
    """The gate's flags and our own in one table, so that one lookup per text is enough."""
    table = gate().table.copy()
    mojibake.mark(table)
    table[0x0C] |= SURE  # a form feed is a line end for us but not for ftfy
    table[list(map(ord, _BLANKS))] |= _BLANK
    table[
        [*range(0x80, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
    ] |= _INVISIBLE
    return table
