"""Invented documents to measure with: news in Chinese and English, and 50 MB of whatever a scrape may hold."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice
from random import Random

_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
_LATIN = "etaoinshrdlucmfwypvbgk"


def articles(language: str, count: int, seed: int = 1) -> list[str]:
    """News of about a thousand Han characters, or three thousand letters; every fifth says a part of itself twice."""
    draw = Random(seed)
    words = _words(language, draw)
    return [_article(language, words, draw, twice=k % 5 == 0) for k in range(count)]


def _words(language: str, draw: Random) -> list[str]:
    if language == "zh":
        return ["".join(draw.choices(_HAN, k=draw.choice([1, 2, 2, 2, 4]))) for _ in range(6000)]
    return ["".join(draw.choices(_LATIN, k=draw.randint(2, 10))) for _ in range(6000)]


def _article(language: str, words: list[str], draw: Random, *, twice: bool) -> str:
    # Word k is about k times as rare as the first: phrases come back as they do in real text.
    weights = [1 / k for k in range(1, len(words) + 1)]
    drawn = iter(draw.choices(words, weights, k=600))
    blank, stop = ("", "。") if language == "zh" else (" ", ". ")
    sentences = []
    while sentence := list(islice(drawn, draw.randint(8, 25))):
        sentences.append(blank.join(sentence).capitalize() + stop)
    lines = ["".join(sentences[at : at + 3]).strip() for at in range(0, len(sentences), 3)]
    return "\n".join(lines + lines[2 : len(lines) // 2] if twice else lines)


LONG: dict[str, Callable[[int], str]] = {
    "zh": lambda size: _filled(articles("zh", 400), "\n", size),
    "en": lambda size: _filled(articles("en", 400), "\n", size),
    "phrase of 20": lambda size: _filled(["".join(Random(2).choices(_HAN, k=20))], "", size),
    "phrase of 137": lambda size: _filled(["".join(Random(2).choices(_HAN, k=137))], "", size),
    "phrase of 1000": lambda size: _filled(["".join(Random(2).choices(_HAN, k=1000))], "", size),
    "one character": lambda size: _filled(["雨"], "", size),
    "one line": lambda size: _filled(["雨停了，风也小了。"], "\n", size),
    "two lines": lambda size: _filled(["雨停了，风也小了。", "河水涨到了堤边"], "\n", size),
    "random lines": lambda size: _random("\n", size),
    "random, no line": lambda size: _random("", size),
}
"""Documents by name, each of a given size in bytes."""


def _filled(pieces: list[str], between: str, size: int) -> str:
    whole = between.join(pieces) + between
    return "".join(islice(cycle([whole]), size // len(whole.encode()) + 1)).encode()[:size].decode("utf-8", "ignore")


def _random(between: str, size: int) -> str:
    draw, lines, length = Random(3), [], 0
    while length < size:
        lines.append("".join(draw.choices(_HAN, k=12)) + " ".join("".join(draw.choices(_LATIN, k=6)) for _ in range(3)))
        length += len(lines[-1].encode()) + len(between)
    return between.join(lines).encode()[:size].decode("utf-8", "ignore")
