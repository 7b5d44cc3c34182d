"""
Where passages begin: after the end of a sentence, including its closing quotation marks and trailing blanks.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from dedupe.kernels.twins import twinned
from dedupe.kernels.view import CodePoints, Offsets, looked_up

STOPS: Final = "\n。！？!?؟।…."
CLOSING: Final = "”’」』）)》】〉\"']"
# A full stop after one of these never ends a sentence, whatever the case of the next word.
_TITLES = "mr mrs ms dr prof st no vs gen sen rep gov lt col sgt capt rev hon jr sr inc corp co ltd dept"
_OTHERS = "est fig vol art jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
_ABROAD = "bzw ca nr str av bd sra srta dra"
ABBREVIATIONS: Final = frozenset(f"{_TITLES} {_OTHERS} {_ABROAD}".split())
HORIZON: Final = 16
"""How far after a full stop the next word is looked for, in characters."""

_CLOSES = frozenset(CLOSING)
_ENDS = frozenset(STOPS) | _CLOSES
_IS_STOP = np.zeros(0x110000, dtype=bool)
_IS_STOP[[ord(c) for c in STOPS]] = True


@twinned
def sentence_starts(codes: CodePoints, max_passage: int) -> Offsets:
    """
    Return the offset of each passage of a text, ascending, starting with 0.

    >>> from dedupe.kernels.view import code_points
    >>> sentence_starts(code_points("雨停了。No. 5 won. It ran."), 400).tolist()
    [0, 4, 15]
    """
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    starts = [0]
    done = 0
    for at in np.flatnonzero(looked_up(_IS_STOP, codes)).tolist():
        if at < done or (text[at] == "." and not _ends_sentence(text, at)):
            continue
        done = at + 1
        while done < len(text) and (text[done] in _ENDS or text[done].isspace()):
            if text[done] in "\"'" and text[done - 1].isspace():
                break  # an opening quotation mark that looks like a closing one
            done += 1
        if done < len(text):
            starts.append(done)
    return np.array(_split_long(starts, len(text), max_passage), dtype=np.int64)


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the full stop at this offset ends a sentence."""
    after, horizon = at + 1, min(len(text), at + HORIZON)
    while after < horizon and text[after] in _CLOSES:
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
    return not (len(word) == 1 and word.isupper()) and word.lower() not in ABBREVIATIONS


def _is_fused(text: str, at: int) -> bool:
    """Whether a sentence ends here and the next follows without a blank, as on a page that lost its spaces."""
    around = text[at - 1 : at] + text[at + 1 : at + 3]
    return len(around) == 3 and around[0].islower() and around[1].isupper() and around[2].islower()


def _split_long(starts: list[int], length: int, max_passage: int) -> list[int]:
    bounds = [*starts, length]
    return [at for k, start in enumerate(starts) for at in range(start, max(bounds[k + 1], start + 1), max_passage)]
