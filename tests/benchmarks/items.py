"""
What cleaning adds to an item of a Scrapy crawl, in a process that has done nothing before.

    python -m tests.benchmarks.items [zh|en] [--items 200] [--index]

The invented articles of `tests.benchmarks.documents` go through the pipeline one by one, as Scrapy hands them over;
what is loaded at the start of the crawl is told apart.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from scrapy.exceptions import DropItem
from scrapy.utils.test import get_crawler

from dedupe.integrations.scrapy import DedupePipeline
from tests.benchmarks.documents import articles


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", nargs="?", choices=["zh", "en"], default="zh")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--index", action="store_true", help="with an index, new, on this disk")
    asked = parser.parse_args()
    texts = articles(asked.language, asked.items)
    with TemporaryDirectory() as scratch:
        settings = {"DEDUPE_INDEX": str(Path(scratch) / "index.dedupe")} if asked.index else {}
        start = time.perf_counter()
        pipeline = DedupePipeline.from_crawler(get_crawler(settings_dict=settings))
        pipeline.open_spider()
        loaded = time.perf_counter() - start
        taken = [_milliseconds(pipeline, text, f"https://x.example/{k}") for k, text in enumerate(texts)]
        pipeline.close_spider()
    first, most = taken[0], max(taken)
    sys.stdout.write(
        f"{asked.language}{', with an index' if asked.index else ''}: {mean(taken):.2f} ms an item (median "
        f"{median(taken):.2f}, the first {first:.1f}, the longest {most:.1f}); loaded in {loaded:.2f} s before them\n"
    )


def _milliseconds(pipeline: DedupePipeline, text: str, url: str) -> float:
    start = time.perf_counter()
    with suppress(DropItem):
        pipeline.process_item({"url": url, "text": text})
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
