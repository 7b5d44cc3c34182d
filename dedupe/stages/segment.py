"""
Text -> passages: sentences, and lines that hold no sentence.

Sentences and not lines, because line breaks are the first thing a second copy loses. A passage
carries its closing quotation marks and the white space behind it; a decimal point, an initial
and ``No. 5`` end nothing.
"""

from __future__ import annotations

import numpy as np

from dedupe.kernels.view import Offsets, code_points

_STOPS = "\n。！？!?؟।…."
_CLOSING = frozenset("”’」』）》】〉\"')]")
_ENDING = frozenset(_STOPS) | _CLOSING
# A full stop after these ends no sentence, however the next word is written.
_TITLES = "mr mrs ms dr prof st no vs gen sen rep gov lt col sgt capt rev hon jr sr inc corp co ltd dept"
_OTHERS = "est fig vol art jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
_ABROAD = "bzw ca nr str av bd sra srta dra"
_ABBREVIATIONS = frozenset(f"{_TITLES} {_OTHERS} {_ABROAD}".split())
_HORIZON = 16
"""How far behind a full stop the next word is looked for."""

_IS_STOP = np.zeros(0x110000, dtype=bool)
_IS_STOP[[ord(c) for c in _STOPS]] = True


def passage_starts(text: str, max_passage: int) -> Offsets:
    """
    Where each passage begins, ascending, the first at 0; the next one's start is a passage's end.

    A stretch of more than ``max_passage`` characters without an end (Thai, tables, one endless
    line) is split there, so that no passage is too long to be compared.

    >>> passage_starts("雨停了。“走吧！”他说。\\nNo. 5 won. It ran.", 400).tolist()
    [0, 4, 9, 13, 24]
    """
    starts = [0]
    done = 0
    for at in np.flatnonzero(_IS_STOP[code_points(text)]).tolist():
        if at < done or (text[at] == "." and not _ends_sentence(text, at)):
            continue
        done = at + 1
        while done < len(text) and (text[done] in _ENDING or text[done].isspace()):
            if text[done] in "\"'" and text[done - 1].isspace():
                break  # an opening quotation mark that looks like a closing one
            done += 1
        if done < len(text):
            starts.append(done)
    return np.array(_split_long(starts, len(text), max_passage), dtype=np.int64)


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the full stop at this offset ends a sentence."""
    after, horizon = at + 1, min(len(text), at + _HORIZON)
    while after < horizon and text[after] in _CLOSING:
        after += 1
    if after < horizon and not text[after].isspace():
        return _is_fused(text, at)
    while after < horizon and not text[after].isalnum():
        after += 1
    if after < horizon and text[after].islower():
        return False
    start = at
    while start > 0 and text[start - 1].isalpha() and at - start < 6:
        start -= 1
    word = text[start:at]
    return not (len(word) == 1 and word.isupper()) and word.lower() not in _ABBREVIATIONS


def _is_fused(text: str, at: int) -> bool:
    """Whether a sentence ends here and the next begins at once, as where a page lost its blanks."""
    around = text[at - 1 : at] + text[at + 1 : at + 3]
    return len(around) == 3 and around[0].islower() and around[1].isupper() and around[2].islower()


def _split_long(starts: list[int], length: int, max_passage: int) -> list[int]:
    bounds = [*starts, length]
    return [at for k, start in enumerate(starts) for at in range(start, max(bounds[k + 1], start + 1), max_passage)]
