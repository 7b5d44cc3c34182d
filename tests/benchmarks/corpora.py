"""
Corpora to measure with: documents recombined from the sentences of others, and copies planted among them.

What a few thousand articles say is put together anew, so that a corpus of any size has the words, the
sentences and the characters of real news, and hardly any likeness that was not planted. The same texts,
size and seed give the same bytes. A document's id tells what it is: ``000007``, or ``000042-of-000007``.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import inf
from pathlib import Path
from random import Random

from tests.benchmarks.documents import articles

_SENTENCE = re.compile(r"\S.*?(?:[。！？]|[.!?](?=\s)|$)", re.M)
_COPY = "-of-"
_STRETCHES = 3
_RECENT = 1000
"""Copies are made of the last so many originals: a corpus of any size is written in bounded memory."""


@dataclass(frozen=True)
class Recipe:
    """
    How a corpus is made: bytes of a document at least, sentences of a stretch at most, the share of copies,
    and where chance begins. Three stretches and more: two documents with one in common are not alike for it.
    """

    length: int = 2700
    sentences: int = 4
    copies: float = 0.1
    seed: int = 1


@dataclass(frozen=True)
class Corpus:
    """
    A corpus on disk: a JSON Lines file, or a directory of text files that were written from one.

    The bytes are those of the texts.
    """

    path: Path
    lines: Path
    documents: int
    bytes: int


def given(path: Path | None, language: str) -> list[str]:
    """The texts of a JSON Lines file; invented ones without a file."""
    if path is None:
        return articles(language, 2000)
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def recombined(texts: Sequence[str], recipe: Recipe) -> Iterator[str]:
    """Documents without end, each of stretches of sentences as they stand in a text."""
    draw = Random(recipe.seed)
    told = [(text, spans) for text in texts if (spans := [match.span() for match in _SENTENCE.finditer(text)])]
    if not told:
        raise ValueError("there is no sentence in the corpus")
    while True:
        stretches: list[str] = []
        size = 0
        while size < recipe.length or len(stretches) < _STRETCHES:
            text, spans = draw.choice(told)
            first = draw.randrange(len(spans))
            last = min(first + draw.randint(recipe.sentences // 2, recipe.sentences) - 1, len(spans) - 1)
            stretches.append(text[spans[first][0] : spans[last][1]])
            size += len(stretches[-1].encode("utf-8", "replace")) + 1
        yield "\n".join(stretches)


def planted(texts: Sequence[str], recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Ids and documents without end, a share of them copies of recent ones: word for word, with slips, cut short."""
    draw = Random(recipe.seed)
    fresh = recombined(texts, recipe)
    recent: deque[tuple[str, str]] = deque(maxlen=_RECENT)
    for number in count():
        name = f"{number:07d}"
        copies = round(number * recipe.copies)
        if recent and round((number + 1) * recipe.copies) > copies:
            original, text = draw.choice(recent)
            yield f"{name}{_COPY}{original}", _WAYS[copies % len(_WAYS)](text, draw)
        else:
            recent.append((name, next(fresh)))
            yield recent[-1]


def _same(text: str, draw: Random) -> str:
    return text


def _slips(text: str, draw: Random) -> str:
    # Letters only: another digit would be another fact, and no copy.
    places = [at for at, letter in enumerate(text) if letter.isalpha()]
    gone = set(draw.sample(places, len(places) // 150))
    return "".join(letter for at, letter in enumerate(text) if at not in gone)


def _short(text: str, draw: Random) -> str:
    return text[: round(len(text) * 0.93)].rstrip()


_WAYS: tuple[Callable[[str, Random], str], ...] = (_same, _slips, _short)
"""How a copy differs; the Jaccard similarity of its character 5-grams to the original's is above 0.9."""


def write_lines(stream: Iterable[tuple[str, str]], path: Path, *, documents: float = inf, size: float = inf) -> Corpus:
    """Write so many documents as JSON Lines, or so many that their texts have this size in bytes."""
    number = written = 0
    with path.open("w", encoding="utf-8", errors="replace") as out:
        for name, text in stream:
            out.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")
            number += 1
            written += len(text.encode("utf-8", "replace"))
            if number >= documents or written >= size:
                break
    return Corpus(path, path, number, written)


def write_files(lines: Corpus, place: Path) -> Corpus:
    """Write the documents of a JSON Lines file as one text file each, a thousand to a directory."""
    with lines.path.open(encoding="utf-8") as records:
        for record in map(json.loads, records):
            path = place / record["id"][:4] / f"{record['id']}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(record["text"], "utf-8", newline="")
    return Corpus(place, lines.path, lines.documents, lines.bytes)


def original(name: str) -> str | None:
    """
    The id of the document that this one is a copy of.

    >>> original("0000042-of-0000007"), original("0000007")
    ('0000007', None)
    """
    return name.partition(_COPY)[2] or None
