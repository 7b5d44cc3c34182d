"""
An item pipeline for Scrapy: it cleans articles as they are scraped, and drops copies.

    ITEM_PIPELINES = {"dedupe.integrations.scrapy.DedupePipeline": 300}
    DEDUPE_CONFIG = "dedupe.yaml"       # a config file, as for the command; default: the default settings
    DEDUPE_INDEX = "news.dedupe"        # also drop what earlier crawls have kept; default: this crawl only
    DEDUPE_MEDIA = "html"               # the text field holds whole pages; default: "text"
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from dedupe.api import Arrivals, Cleaner, Result
from dedupe.audit import metadata_json
from dedupe.errors import ConfigError, DocumentError, MissingExtraError
from dedupe.store.readers import as_document

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem
except ImportError:
    raise MissingExtraError.of("DedupePipeline needs Scrapy", "scrapy") from None

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from dedupe.model import Media, RawDocument


class DedupePipeline:
    """
    Cleans the text of every item, and drops items whose text is a copy, empty or unreadable, or that an
    earlier crawl with the same index has yielded. A killed crawl does not count as an earlier one: the
    spider's next crawl continues it, and yields again what may have been lost.

    ``read.fields`` in the config says which fields hold text, id, title and so on; an item without an id
    is identified by its url. The text may be bytes, such as ``response.body``. A kept item gets the clean
    text, and the metadata found under ``metadata``, if it can have a field of that name. The crawler's
    stats count ``dedupe/kept``, ``/duplicate``, ``/seen``, ``/empty``, ``/failed`` and characters.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        media = settings.get("DEDUPE_MEDIA", "text")
        if media not in ("text", "html"):
            raise ConfigError(f"DEDUPE_MEDIA is {media!r}; it must be text or html")
        if media == "html" and find_spec("trafilatura") is None:
            raise MissingExtraError.of("DEDUPE_MEDIA is html, and pages need trafilatura", "html")
        self._media: Media = media
        self._origin = crawler.spider.name if crawler.spider else ""
        index = settings.get("DEDUPE_INDEX")
        self._cleaner = Cleaner.from_config(settings.get("DEDUPE_CONFIG"), index=index, job=self._origin or "crawl")
        self._arrivals = Arrivals(self._cleaner)
        self._stats = crawler.stats
        self._number = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the pipeline; Scrapy calls this."""
        return cls(crawler)

    def open_spider(self, spider: Any = None) -> None:
        """Load everything now, so that the first item does not wait for it."""
        del spider
        self._cleaner.warm_up(self._media)

    def close_spider(self, spider: Any = None) -> None:
        """End the session and release the index."""
        del spider
        self._cleaner.release()

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """Return the item with its clean text; raise DropItem, with the reason, if it is dropped."""
        del spider
        adapter = ItemAdapter(item)
        try:
            raw = self._document(adapter.asdict())
        except DocumentError as error:
            self._count("failed")
            raise DropItem(f"failed: {error}") from None
        result = self._arrivals.result(raw)
        seen = result.earlier is not None and (result.kept or result.duplicate_of == result.id)
        self._count("seen" if seen else result.outcome)
        removed = sum(removal.span.length for removal in result.removed)
        self._count("characters_read", len(result.text) + removed)
        self._count("characters_removed", removed)
        if seen or not result.kept:
            raise DropItem(_reason(result, seen=seen))
        adapter[self._cleaner.settings.read.fields.text] = result.text
        if isinstance(item, dict) or "metadata" in adapter.field_names():
            adapter["metadata"] = metadata_json(result.metadata)
        return item

    def _document(self, record: dict[str, Any]) -> RawDocument:
        names = self._cleaner.settings.read.fields
        self._number += 1
        payload = record.get(names.text)
        if isinstance(payload, bytes):
            record[names.text] = ""
        raw = as_document(record, origin="", number=self._number, settings=self._cleaner.settings.read)
        own = raw.id if record.get(names.id) else raw.hints.url or f"{self._origin}:{self._number}"
        payload = payload if isinstance(payload, bytes) else raw.payload
        return replace(raw, id=own, origin=self._origin, payload=payload, media=self._media)

    def _count(self, name: str, amount: int = 1) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"dedupe/{name}", amount)


def _reason(result: Result, *, seen: bool) -> str:
    if seen and result.earlier is not None:
        return f"seen: an earlier crawl yielded it on {result.earlier.date}"
    if result.duplicate_of is not None:
        return f"duplicate: says the same as {result.duplicate_of}"
    return f"failed: {result.error}" if result.error else "empty: nothing but credits"
