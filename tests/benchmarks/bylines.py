"""
How fast the credits judge is, on invented pages or on a corpus of yours.

    python -m tests.benchmarks.bylines [CORPUS.jsonl] [--packs zh,en] [--documents 2000] [--runs 5]

Three figures, each in microseconds per 1,000 characters: the first sight of every page (patterns
are compiled as they are needed), pages seen before (all is warm), and body text alone. Beside them the
time to read the packs, and to make ready what the first page asks for. Read the least of the runs:
whatever else the machine does only adds to it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dedupe.config import load_settings
from dedupe.model import Hints
from dedupe.rules.loader import load_rulebook
from dedupe.rules.matcher import Rulebook
from dedupe.stages.bylines import find_bylines

BYLINES = load_settings().bylines
SENTENCES = (
    "城南的小桥今天上午通车，附近的居民一早就来到桥上，走了一个来回，又在桥头照了相。",
    "桥长一百二十米，宽九米，中间有一道木栏，是照着老桥的样子做的，老人们都说认得出来。",
    "记者从城南区获悉，下一座桥2027年5月开工，两头的街道也要跟着修，路边的树一棵都不动。",
    "“我等这座桥等了三十年。”一位老人说，他每天都要从桥上走过去买菜，电车不到这里来。",
)
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨林顾孟"
GIVEN = "小禾明宁远之清如安平知遥子墨云舟"


def pages(count: int) -> list[str]:
    """Pages of about a thousand characters as a news site makes them: credits before and behind, no two names alike."""
    dice = random.Random(7)

    def name() -> str:
        return dice.choice(NAMES) + "".join(dice.choices(GIVEN, k=2))

    return ["\n".join(_page(dice, name(), name())) for _ in range(count)]


def _page(dice: random.Random, author: str, editor: str) -> list[str]:
    month, day = dice.randint(1, 12), dice.randint(1, 28)
    paragraphs = ["".join(dice.choices(SENTENCES, k=dice.randint(1, 4))) for _ in range(9)]
    return [
        "城南小桥通车",
        f"2026年{month:02}月{day:02}日 来源：城南晚报",
        f"中新社城南{month}月{day}日电（记者 {author}）{paragraphs[0]}",
        *paragraphs[1:],
        f"（完）【编辑:{editor}】",
    ]


def bodies(texts: Sequence[str], book: Rulebook) -> list[str]:
    """The lines of body text alone, in pages of a thousand characters."""
    found: list[str] = []
    page: list[str] = []
    for line in (line for text in texts for line in text.split("\n")):
        if len(line) > 25 and line[-1] == "。" and not find_bylines(line, book, Hints(), BYLINES):
            page.append(line)
        if sum(map(len, page)) >= 1000:
            found.append("\n".join(page))
            page = []
    return found


def microseconds(texts: Sequence[str], book: Rulebook) -> float:
    """What a thousand characters of these take, in the processor's time."""
    start = time.process_time()
    for text in texts:
        find_bylines(text, book, Hints(), BYLINES)
    return (time.process_time() - start) * 1e9 / sum(map(len, texts))


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--packs", default=",".join(BYLINES.packs))
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    texts = (
        [json.loads(line)["text"] for line in asked.corpus.open(encoding="utf-8")][: asked.documents]
        if asked.corpus
        else pages(asked.documents)
    )
    start = time.perf_counter()
    book = load_rulebook(tuple(asked.packs.split(",")))
    read = time.perf_counter()
    find_bylines(texts[0], book, Hints(), BYLINES)
    ready = time.perf_counter()
    say(f"{len(book)} rules read in {read - start:.3f} s, the first page in {ready - read:.3f} s")
    say(f"first sight   {microseconds(texts, book):8.1f} us per 1,000 characters")
    say(f"seen before   {min(microseconds(texts, book) for _ in range(asked.runs)):8.1f}")
    alone = bodies(texts[:500], book)
    if alone:
        say(f"body alone    {min(microseconds(alone, book) for _ in range(asked.runs)):8.1f}")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
