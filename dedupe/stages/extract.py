"""
Extract the article of an HTML page, and what the page's metadata say about it.

Pages are untrusted input. Whatever a page contains, the answer is a text or a `DecodeError`, within
seconds: libxml2 parses it under limits, and the extractor is given only trees small enough for it
to finish.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from dedupe.errors import DecodeError, MissingExtraError
from dedupe.model import Hints
from dedupe.patterns import pattern
from dedupe.stages.pagegaps import with_gaps_filled
from dedupe.stages.pagehints import page_hints, time_stamp
from dedupe.stages.pagelines import BLOCKS, HIDDEN, Line, letters, page_lines, text_stretch
from dedupe.stages.pageparts import drop_other_stories

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe.settings import HtmlSettings

# trafilatura walks a tree dozens of times and some of its steps are quadratic. News pages have
# 500 to 5,000 elements; above this limit, returning every visible line is better than no answer.
_MAX_ELEMENTS = 30_000
_MAX_STEPS = 1_000_000  # sum of depths over all start and end events: 5,000 elements at depth 20 make 200,000
_MAX_DEPTH = 200  # its copying and serialising recurse in C and Python; pages reach a depth of 60

# libxml2 scans all attributes of a tag for each new one: 40,000 of them take 11 seconds, a million an
# hour. The pattern matches a start tag as libxml2 reads it, quotes included, without backtracking.
_MAX_ATTRIBUTES = 2_000
_ATTRIBUTE = r"""[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?+)?+"""
_ATTRIBUTES = pattern(_ATTRIBUTE)
_START_TAG = pattern(rf"<[A-Za-z][^\s>/]*+(?:{_ATTRIBUTE})*+")
_MAX_PAGE = 20_000_000

_FRAME = frozenset(("nav", "footer", "aside", "menu"))  # elements that are by definition not the article
# The block elements of trafilatura's result tree. We read the text from the tree, because trafilatura's own
# rendering adds "- " before items and "|" between cells.
_ARTICLE_BLOCKS = frozenset(("body", "p", "head", "list", "item", "table", "row", "lb", "quote", "code", "div"))
# On a page without date tags, the extensive search returns the footer's year as the first of January, or another
# story's day: of 85 labelled pages it dated 19 wrongly, against 8 without it. The credits judge finds the rest.
_DATES: Final = {"original_date": True, "extensive_search": False}
_NOT_XML = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = pattern(r"^\s*<\?xml[^>]{0,200}\?>")
_LONGEST_ATTRIBUTE = 1 << 16


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, one line per block, and the page's metadata."""

    text: str
    hints: Hints


def extract(page: str, url: str | None, settings: HtmlSettings) -> Extracted:
    """
    Extract the text and the metadata of ``page``; the same page always gives the same answer.

    ``settings.extract`` is ``main`` for the article, ``all`` for every visible line. A page in which no
    article is found (often a short Chinese one) gives all its lines, since they may be the news. So does a
    page that does not call itself an article and of which little was found, such as a thread or a list.

    >>> from dedupe.settings import HtmlSettings
    >>> page = "<html><body><p>新闻一则</p><script>x()</script><div>第二行</div></body></html>"
    >>> extract(page, None, HtmlSettings("all", 0.25, ())).text
    '新闻一则\\n第二行'
    """
    trafilatura = _library("trafilatura")
    tree = _tree(page)
    if tree is None:
        return Extracted("", Hints(url=url))
    small = _is_small(tree)
    if small and settings.extract == "main":
        drop_other_stories(tree, settings.other_stories)
    document = _document(trafilatura, tree, url) if small else None
    lines = _told(tree)
    hints = page_hints(document, tree, url)
    if hints.published is None:
        hints = replace(hints, published=time_stamp((line.text for line in lines), hints.language))
    text = _main(document, tree, lines, settings) if settings.extract == "main" else ""
    return Extracted(text or _text(page_lines(tree, BLOCKS, HIDDEN)), hints)


def _library(name: str) -> Any:
    try:
        return import_module(name)  # optional, and takes half a second to import
    except ImportError:
        raise MissingExtraError.of("HTML pages need trafilatura", "html") from None


def _etree() -> Any:
    return _library("lxml.etree")


def _tree(page: str) -> Any:
    """
    Parse the page into a tree, or return None if it is empty.

    Parsed here and not by trafilatura, which would look for an encoding in a str, refuse short
    pages, and parse hostile ones without a depth limit.
    """
    page = _DECLARATION.sub("", _NOT_XML.sub("", page))
    if not page.strip():
        return None
    _refuse_floods(page)
    html = _library("lxml.html")
    parser = html.HTMLParser(
        encoding="utf-8",
        collect_ids=False,
        default_doctype=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # otherwise a line of 10 MB is dropped silently
    )
    try:
        tree = html.document_fromstring(page.encode("utf-8"), parser=parser)
    except (ValueError, _etree().LxmlError) as error:
        if "empty" in str(error).lower():
            return None
        raise DecodeError(f"the page cannot be parsed as HTML: {error}") from None
    trouble = parser.error_log.last_error
    if trouble is not None and "LIMIT" in trouble.type_name:
        raise DecodeError(f"the page cannot be parsed as HTML: {trouble.message}")  # the rest was not read
    if len(page) > _LONGEST_ATTRIBUTE:
        _drop_files(tree)
    return tree


def _drop_files(tree: Any) -> None:
    """
    Drop attributes that hold a file, such as an inline image.

    They contain no text, and the search for the page's date would scan megabytes of them.
    """
    for value in tree.xpath(f"//@*[string-length() > {_LONGEST_ATTRIBUTE}]"):
        del value.getparent().attrib[value.attrname]


def _refuse_floods(page: str) -> None:
    """Raise `DecodeError` for pages that would keep the parser busy for minutes."""
    if len(page) > _MAX_PAGE:
        raise DecodeError(f"an HTML page of {len(page):,} characters, more than {_MAX_PAGE:,}: not a news page")
    for tag in _START_TAG.finditer(page):
        if tag.end() - tag.start() > 2 * _MAX_ATTRIBUTES and len(_ATTRIBUTES.findall(tag[0])) > _MAX_ATTRIBUTES:
            raise DecodeError(f"a tag with more than {_MAX_ATTRIBUTES:,} attributes: not a news page")


def _is_small(tree: Any) -> bool:
    """Whether the tree is small enough for the extractor, in elements and in depth."""
    depth = elements = steps = 0
    for event, _ in _etree().iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        steps += depth
        if depth > _MAX_DEPTH or elements > _MAX_ELEMENTS or steps > _MAX_STEPS:
            return False
    return True


def _document(trafilatura: Any, tree: Any, url: str | None) -> Any:
    """trafilatura's result, or None if it finds nothing or fails."""
    try:
        with _SILENCE:
            return trafilatura.bare_extraction(
                tree,
                url=url,
                include_comments=False,
                include_tables=True,
                include_links=True,  # kept as elements, because they show where the article begins and ends
                deduplicate=False,
                with_metadata=True,
                date_extraction_params=_DATES,
            )
    except Exception:  # whatever it trips over, the page's lines are still available
        return None


class _Silence:
    """Silence the libraries' loggers while any thread is inside them: a page without an article is routine."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._inside = 0
        self._levels: dict[logging.Logger, int] = {}

    def __enter__(self) -> None:
        with self._turn:
            self._inside += 1
            if self._inside == 1:
                loggers = map(logging.getLogger, ("trafilatura", "htmldate", "courlan", "justext"))
                self._levels = {logger: logger.level for logger in loggers}
                for logger in self._levels:
                    logger.setLevel(logging.CRITICAL + 1)

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._inside -= 1
            if not self._inside:
                for logger, level in self._levels.items():
                    logger.setLevel(level)


_SILENCE: Final = _Silence()


def _main(document: Any, tree: Any, lines: list[Line], settings: HtmlSettings) -> str:
    """The article; or the page's lines if there is none, or if it is too small a part of the page."""
    title = None if document is None else document.title
    article = text_stretch(with_gaps_filled(_article(document), lines), title)
    if article and _calls_itself_article(document):
        return _text(article)
    page = text_stretch(_main_part(tree, lines), title)
    found = letters(article) >= settings.min_article * letters(page)
    return _text(article if article and found else page)


def _main_part(tree: Any, lines: list[Line]) -> list[Line]:
    """The lines of the page's only ``main`` element, if they hold most of its text; otherwise all lines."""
    parts = tree.xpath("//main | //*[@role='main']")
    main = _told(parts[0]) if len(parts) == 1 else []
    return main if 2 * letters(main) > letters(lines) else lines


def _told(tree: Any) -> list[Line]:
    """
    The lines outside frame elements that are more than links.

    A line that is a link but holds a sentence counts: pages forget to close a link, or put all their text in one.
    """
    return [line for line in page_lines(tree, BLOCKS, HIDDEN | _FRAME) if line.told]


def _calls_itself_article(document: Any) -> bool:
    """
    Whether ``og:type`` or schema.org says that the page is an article.

    Then the rest of the page is comments and teasers of other articles.
    """
    kind = (document.pagetype or "").lower()
    return "article" in kind or "posting" in kind


def _article(document: Any) -> list[Line]:
    body = None if document is None else document.body
    if body is None or (len(body) == 1 and "\n" in (body[0].text or "")):
        return []  # trafilatura's last resort, every text node on its own line; `page_lines` does that better
    return page_lines(body, _ARTICLE_BLOCKS, frozenset())


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)
