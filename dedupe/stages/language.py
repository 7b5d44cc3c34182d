"""
Guess the language of a page from a short sample.

By script; Russian and Arabic by letters that only they have; languages in Latin script by their
function words. The guess serves dates and metadata only; it never removes text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernels.view import code_points
from dedupe.kernels.words import Words, letters_and_words

_SAMPLE: Final = 400
_LATIN_SAMPLE: Final = 2000  # titles, names and buttons at the head of a page have few function words
_ENGLISH_WORDS: Final = "the and of to in is was for that said it on with you your this from are"
_ENGLISH: Final = Words.of(_ENGLISH_WORDS.split(), script=4)
_WORD: Final = re.compile(r"\w+")
# Letters that distinguish a language from others in its script, and letters that it does not have.
_ALPHABETS: Final = {
    "ru": (re.compile("[ыэё]", re.IGNORECASE), re.compile("[\u0400\u0402-\u040f\u0450\u0452-\u052f]")),
    "ar": (re.compile("[ةأإىال]"), re.compile("[\u0671-\u06d3]")),
}
# Function words that each language does not share with its neighbours, the Scandinavian languages included.
_SMALL_WORDS: Final = {
    word: language
    for language, words in (
        ("de", "und ist nicht mit ein eine einer einem auf im sich für wird auch wurde dass nach bei zum zur vom"),
        ("fr", "les est dans pour une pas aux avec cette été sont au du ses après leur deux être ont plus"),
        ("es", "el los las y más pero fue sus muy también según desde está sobre ayer hasta"),
        ("it", "che della dei delle gli è nel alla sono anche più dal nella degli questo"),
        ("pt", "não uma em são foi ao pelo pela também num às há até mas seu"),
    )
    for word in words.split()
}


def guess_language(text: str) -> str:
    """
    One of zh, ja, ko, ru, ar, en, de, fr, es, it and pt, or other if the text does not tell.

    >>> guess_language("今天下雨"), guess_language("今日は雨です"), guess_language("It rains today")
    ('zh', 'ja', 'en')
    >>> guess_language("Die Brücke ist offen und wird nicht gesperrt"), guess_language("Broen er åben")
    ('de', 'other')
    >>> guess_language("Сегодня дождь, вышли зонты"), guess_language("تمطر اليوم"), guess_language("Сьогодні дощ")
    ('ru', 'ar', 'other')
    """
    sample, head = text[:_SAMPLE], text[:_LATIN_SAMPLE]
    counts, said, english = letters_and_words(code_points(head), _SCRIPT, _SAMPLE, _ENGLISH)
    _, han, kana, hangul, latin, other, cyrillic, arabic = counts
    letters = han + kana + hangul + latin + other + cyrillic + arabic
    if kana * 10 > letters and kana + han > letters // 2:
        return "ja"
    if hangul * 3 > letters or han * 3 > letters:
        return "ko" if hangul * 3 > letters else "zh"
    if max(cyrillic, arabic) * 2 > letters:
        return _by_own_letters(sample, "ru" if cyrillic > arabic else "ar")
    if latin <= 0.8 * letters:
        return "other"
    # Words between blanks are nearly always enough; words next to punctuation are counted only if they are not.
    return "en" if english * 10 > said else _by_words(head, said)


def _by_own_letters(sample: str, language: str) -> str:
    """``language`` if the sample has letters that only it has and none that it lacks; otherwise "other"."""
    own, foreign = _ALPHABETS[language]
    return language if own.search(sample) and not foreign.search(sample) else "other"


def _by_words(sample: str, said: int) -> str:
    """
    English by its function words, else the language whose own occur at least twice as often as any other's.

    ``said`` is the number of words between blanks.
    """
    sample = sample.lower()
    if sum(map(_ENGLISH.words.__contains__, _WORD.findall(sample))) * 10 > said:
        return "en"
    found = [_SMALL_WORDS[word] for word in sample.split() if word in _SMALL_WORDS]
    (best, most), (_, next_most) = [*Counter(found).most_common(2), ("other", 0), ("other", 0)][:2]
    return best if most > 1 and most * 24 > said and most >= 2 * next_most else "other"


def _scripts() -> NDArray[np.uint8]:
    """A script for each code point: 1 Han, 2 kana, 3 Hangul, 4 basic Latin, 5 other, 6 Cyrillic, 7 Arabic; 0 none."""
    table = np.zeros(0x110000, dtype=np.uint8)
    # The few symbols in these ranges do not matter.
    for low, high in ((0xAA, 0x2000), (0xA000, 0xAC00), (0xFB00, 0xFFF0)):
        table[low:high] = 5
    for script, low, high in (
        (1, 0x3400, 0xA000),
        (2, 0x3040, 0x3100),
        (3, 0xAC00, 0xD7B0),
        (4, 0x41, 0x5B),
        (4, 0x61, 0x7B),
        (6, 0x400, 0x530),
        (7, 0x620, 0x660),
        (7, 0x66E, 0x6D4),
    ):
        table[low:high] = script
    return table


_SCRIPT: Final = _scripts()
