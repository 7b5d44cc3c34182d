"""
The article of an HTML page, and what the page's metadata say about it.

A page comes from anybody. Whatever it holds, the answer is a text or a `DecodeError`, after
seconds at the most: libxml2 reads it with its own limits, and the extractor is given only trees
of a size that it finishes.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dedupe.errors import DecodeError, MissingExtraError
from dedupe.model import Hints
from dedupe.settings import HtmlSettings

# trafilatura walks a tree dozens of times and some of its steps are quadratic. News pages have
# 500 to 5,000 elements; above this many, every visible line is a better answer than no answer.
_MAX_ELEMENTS = 30_000
_MAX_STEPS = 1_000_000  # the depths of all elements, in and out: 5,000 at a depth of 20 are 200,000
_MAX_DEPTH = 200  # its copying and serialising recurse in C and Python; pages reach a depth of 60

# libxml2 looks through all attributes of a tag for each new one: 40,000 of them take 11 seconds, a
# million an hour. A start tag as it reads it, quotes and all; nothing is tried twice.
_MAX_ATTRIBUTES = 2_000
_ATTRIBUTE = r"""[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?+)?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_START_TAG = re.compile(rf"<[A-Za-z][^\s>/]*+(?:{_ATTRIBUTE})*+")
_MAX_PAGE = 20_000_000

_HIDDEN = frozenset("script style noscript template head iframe object svg select textarea button".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
    " option title".split()
)
# What trafilatura makes of a page: paragraphs, lists, tables. Read from this tree the text is the page's
# own; its own rendering adds "- " before items and "|" between cells.
_ARTICLE_BLOCKS = frozenset("body p head list item table row lb quote code div fw main section".split())
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_NAME = 60
_ROLE = re.compile("^(?:by|von|par|por|记者|作者|編輯|编辑|责任编辑|责编|来源|本报|admin)\\b", re.IGNORECASE)
_NAME = re.compile(r"[^\d\W][\w .,'’·•‧\-]*")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, a line per block, and what the page says about itself."""

    text: str
    hints: Hints


def extract(page: str, url: str | None, settings: HtmlSettings) -> Extracted:
    """
    The text and the metadata of ``page``; the same page gives the same answer at every call.

    ``settings.extract`` is ``main`` for the article, ``all`` for every visible line. A short
    Chinese page in which no article is found gives all its lines, for they may be the news.

    >>> page = "<html><body><p>新闻一则</p><script>x()</script><div>第二行</div></body></html>"
    >>> extract(page, None, HtmlSettings("all")).text
    '新闻一则\\n第二行'
    """
    trafilatura, html = _libraries()
    tree = _tree(page, html)
    if tree is None:
        return Extracted("", Hints(url=url))
    small = _is_small(tree)
    document = _document(trafilatura, tree, url) if small else None
    text = ""
    if document is not None and document.body is not None and settings.extract == "main":
        text = _lines(document.body, _ARTICLE_BLOCKS, frozenset())
    return Extracted(text or _lines(tree, _BLOCKS, _HIDDEN), _hints(document, tree, url))


def _libraries() -> tuple[Any, Any]:
    try:
        import trafilatura  # noqa: PLC0415  # optional, and half a second to import
        from lxml import html  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("HTML pages need trafilatura", "html") from None
    return trafilatura, html


def _tree(page: str, html: Any) -> Any:
    """
    The page as a tree, or None where it holds nothing.

    Parsed here and not by trafilatura, which would search a str for an encoding, refuse short
    pages, and read hostile ones without a limit of depth.
    """
    page = _DECLARATION.sub("", _NOT_XML.sub("", page))
    if not page.strip():
        return None
    _refuse_floods(page)
    parser = html.HTMLParser(
        encoding="utf-8",
        collect_ids=False,
        default_doctype=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # else a line of 10 MB is dropped without a word
    )
    try:
        tree = html.document_fromstring(page.encode("utf-8"), parser=parser)
    except (ValueError, html.etree.LxmlError) as error:
        if "empty" in str(error).lower():
            return None
        raise DecodeError(f"the page cannot be parsed as HTML: {error}") from None
    trouble = parser.error_log.last_error
    if trouble is not None and "LIMIT" in trouble.type_name:
        raise DecodeError(f"the page cannot be parsed as HTML: {trouble.message}")  # its rest was not read
    return tree


def _refuse_floods(page: str) -> None:
    """Pages that would keep the parser for minutes."""
    if len(page) > _MAX_PAGE:
        raise DecodeError(f"an HTML page of {len(page):,} characters, more than {_MAX_PAGE:,}: no page of news")
    for tag in _START_TAG.finditer(page):
        if tag.end() - tag.start() > 2 * _MAX_ATTRIBUTES and len(_ATTRIBUTES.findall(tag[0])) > _MAX_ATTRIBUTES:
            raise DecodeError(f"a tag with more than {_MAX_ATTRIBUTES:,} attributes: no page of news")


def _is_small(tree: Any) -> bool:
    """Whether the extractor may be trusted with the tree: not too many elements, not too deep."""
    depth = elements = steps = 0
    from lxml.etree import iterwalk  # noqa: PLC0415

    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        steps += depth
        if depth > _MAX_DEPTH or elements > _MAX_ELEMENTS or steps > _MAX_STEPS:
            return False
    return True


def _document(trafilatura: Any, tree: Any, url: str | None) -> Any:
    """trafilatura's answer, None where it has none."""
    try:
        with _silence():
            return trafilatura.bare_extraction(
                tree, url=url, include_comments=False, include_tables=True, deduplicate=False, with_metadata=True
            )
    except Exception:  # noqa: BLE001  # whatever it trips over in a page, the page's lines are still there
        return None


@contextmanager
def _silence() -> Iterator[None]:
    """A page without an article is no news for stderr; the levels of the loggers are put back."""
    loggers = [logging.getLogger(name) for name in ("trafilatura", "htmldate", "courlan", "justext")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _hints(document: Any, tree: Any, url: str | None) -> Hints:
    if document is None:
        title = tree.findtext(".//title")
        return Hints(title=_line(title), url=url, language=_line(tree.get("lang")))
    return Hints(
        title=_line(document.title),
        authors=_names(document.author),
        source=_line(document.sitename),
        published=_line(document.date),
        url=url or _line(document.url),
        language=_line(document.language) or _line(tree.get("lang")),
    )


def _line(value: object) -> str | None:
    return _SPACES.sub(" ", value).strip() or None if isinstance(value, str) else None


def _names(authors: object) -> tuple[str, ...]:
    """
    Those of "A; B; C" that can be names of persons.

    >>> _names("Jane Doe; news2024; 责任编辑：王某; 李明")
    ('Jane Doe', '李明')
    """
    if not isinstance(authors, str):
        return ()
    names = (name.strip() for name in authors.split(";"))
    sane = (
        n
        for n in names
        if len(n) <= _MAX_NAME and _NAME.fullmatch(n) and not re.search(r"\d", n) and not _ROLE.match(n)
    )
    return tuple(dict.fromkeys(sane))


def _lines(tree: Any, blocks: frozenset[str], hidden: frozenset[str]) -> str:
    """Every line that a reader sees, block elements parting them."""
    lines = ("".join(run) for run in _runs(tree, blocks, hidden))
    return "\n".join(line for line in (_SPACES.sub(" ", line).strip() for line in lines) if line)


def _runs(tree: Any, blocks: frozenset[str], hidden: frozenset[str]) -> Iterator[list[str]]:
    from lxml.etree import iterwalk  # noqa: PLC0415

    run: list[str] = []
    walk = iterwalk(tree, events=("start", "end"))  # no recursion: a page may be 2,000 deep
    for event, element in walk:
        if element.tag in blocks:
            yield run
            run = []
        elif element.tag == "cell":
            run.append(" ")
        if event == "start":
            if element.tag in hidden:
                walk.skip_subtree()
            elif element.text:
                run.append(element.text)
        elif element.tail:
            run.append(element.tail)
    yield run
