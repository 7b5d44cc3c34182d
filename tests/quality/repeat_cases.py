"""
The labelled pages of `repeats/*.yaml`: named paragraphs, how a page is put together from them, and
what must survive.

A file has ``texts`` (article -> named paragraphs) and ``cases``. A case's id is
``<language>.<label>.<kind>.<name>``; the label says what it holds:

- ``copy``: the page says something a second time by accident; ``kept`` is what must be left, line by
  line, and ``or`` lists further answers that are as right;
- ``keep``: it repeats itself on purpose, and ``variant``: it says other facts in the same words; both
  stay as they are, so that a case needs no ``kept``.

A line is text with fields in braces: ``{p1}`` is the paragraph p1 of the article named in ``of`` (or
of ``parts``, the case's own), ``{harbour.p1}`` one of another article, ``{p1..p3}`` all from p1 to p3,
a line each. Filters come behind a bar, see `FILTERS`. A line ``{each: template, of: [[...], ...]}``
is a line for every row of values.
"""

from __future__ import annotations

import hashlib
import random
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "repeats"
LABELS = ("copy", "keep", "variant")
UNSPACED = ("zh-hans", "zh-hant", "ja")
"""Languages that put no blank between sentences."""

_FIELD = re.compile(r"\{(?:(\w+)\.)?([a-z]\w*)(?:\.\.(\w+))?((?:\|[^{}|]+)*)\}")
_SENTENCE = re.compile(r".+?(?:[。！？؟!?]|\.(?=\s|$|[\"”»]))[”’」』»\"]*\s*|.+$")
_HALFWIDTH = str.maketrans({"，": ",", "。": ".", "：": ":", "；": ";", "？": "?", "！": "!"})

_DIGITS = "零一二三四五六七八九"
_NUMERALS = "零一二三四五六七八九十百千万萬亿億两兩半〇"

Article = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and every text that may be left of it."""

    id: str
    page: str
    answers: tuple[str, ...]

    @property
    def language(self) -> str:
        return self.id.split(".")[0]

    @property
    def label(self) -> str:
        return self.id.split(".")[1]

    @property
    def kind(self) -> str:
        return self.id.split(".")[2]


def load_cases() -> list[Case]:
    """Every case of every file, by file and place."""
    return [case for path in sorted(FOLDER.glob("*.yaml")) for case in _cases_of(path)]


def digest(cases: list[Case]) -> str:
    """What changes if a case is dropped, renamed or rewritten."""
    lines = sorted("\x00".join((case.id, case.page, *case.answers)) for case in cases)
    return hashlib.sha256("\x01".join(lines).encode()).hexdigest()[:16]


def _cases_of(path: Path) -> Iterator[Case]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = content.get("texts", {})
    for row in content["cases"]:
        unknown = set(row) - {"id", "of", "parts", "page", "kept", "or"}
        assert not unknown, f"{path.name}, {row['id']}: nobody reads {sorted(unknown)}"
        build = _Builder(row["id"].split(".")[0], texts, texts.get(row.get("of"), {}) | row.get("parts", {}))
        page = build.lines(row["page"])
        answers = [row["kept"], *row.get("or", [])] if "kept" in row else [row["page"]]
        yield Case(row["id"], page, tuple(build.lines(answer) for answer in answers))


@dataclass(frozen=True, slots=True)
class _Builder:
    language: str
    texts: Mapping[str, Article]
    own: Article

    def lines(self, page: list[Any]) -> str:
        """The lines of a page, fields filled in."""
        return "\n".join(self._line(line) for line in page)

    def _line(self, line: Any) -> str:
        if isinstance(line, dict):
            return "\n".join(line["each"].format(*values) for values in line["of"])
        return _FIELD.sub(self._field, str(line))

    def _field(self, field: re.Match[str]) -> str:
        article, first, last, filters = field.groups()
        parts = self.texts[article] if article else self.own
        names = list(parts)
        chosen = names[names.index(first) : names.index(last or first) + 1]
        text = "\n".join(parts[name] for name in chosen)
        for call in filters.split("|")[1:]:
            name, _, argument = call.partition(":")
            text = FILTERS[name](text, argument, "" if self.language in UNSPACED else " ")
        return text


def _joined(text: str, _: str, blank: str) -> str:
    return text.replace("\n", blank)


def _split(text: str, _: str, _blank: str) -> str:
    return "\n".join(sentence.strip() for line in text.split("\n") for sentence in _SENTENCE.findall(line))


def _first(text: str, length: str, _: str) -> str:
    return text[: int(length)].rstrip()


def _sentences(text: str, numbers: str, _: str) -> str:
    first, _, last = numbers.partition("-")
    return "".join(_SENTENCE.findall(text)[int(first) - 1 : int(last or first)]).strip()


def _without(text: str, number: str, _: str) -> str:
    sentences = _SENTENCE.findall(text)
    del sentences[int(number) - 1]
    return "".join(sentences).strip()


def _halfwidth(text: str, _: str, _blank: str) -> str:
    return text.translate(_HALFWIDTH)


def _worded(text: str, _: str, _blank: str) -> str:
    """Numbers below a hundred, written out."""

    def written(found: re.Match[str]) -> str:
        tens, ones = divmod(int(found[0]), 10)
        said = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
        return said + (_DIGITS[ones] if ones or not tens else "")

    return re.sub(r"(?<![\d.])\d{1,2}(?![\d.])", written, text)


def _slips(text: str, percent: str, _: str) -> str:
    """Letters exchanged (half of the slips), dropped and doubled. A number is a fact, and stays."""
    draw = random.Random(zlib.crc32(text.encode())).random
    letters = [c for c in text if c.isalpha() and c not in _NUMERALS]
    slipped = []
    for c in text:
        kind = int(draw() * 4) if c in letters and draw() * 100 < int(percent) else -1
        other = letters[int(draw() * len(letters))]
        slipped.append({-1: c, 0: other, 1: other, 2: "", 3: c + c}[kind])
    return "".join(slipped)


FILTERS: dict[str, Callable[[str, str, str], str]] = {
    "joined": _joined,  # on one line
    "split": _split,  # a line for every sentence
    "first": _first,  # first:40, the first 40 characters
    "sentences": _sentences,  # sentences:1-2, counted from 1
    "without": _without,  # without:2, all but the second sentence
    "halfwidth": _halfwidth,  # Chinese punctuation replaced by ASCII
    "worded": _worded,  # 12 as 十二
    "slips": _slips,  # slips:3, three percent of the letters are wrong
}
