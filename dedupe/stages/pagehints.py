"""
Clean up what an HTML page says about itself: its authors and its site's name.

Pages put authors, their job titles and their outlet into one field, and the extractor returns all
of them as if they were authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from dedupe.model import Hints
from dedupe.patterns import pattern
from dedupe.stages.dates import iso_date

_SPACES: Final = pattern(r"[ \t\r\n\f\v\ue000-\uf8ff]+")  # some blanks of GBK decode to private-use characters
_MAX_STAMPED: Final = 100  # a longer line with a date and a time reports an event, not the publication
_MAX_NAME: Final = 60
_MAX_WORDS: Final = 6  # "María José de la Cruz Ortega"; more words are a sentence about somebody
_CUE: Final = pattern(
    r"^(?:(?:本报|本報|特约|特約)?(?:记者|記者|作者|撰文|文)|(?:[Bb]y|[Tt]ext|Texte|Texto|Testo|Текст|Words)\b)[\s:：/|｜]*"
)
_ROLE: Final = pattern("^(?:by|von|par|por|记者|作者|編輯|编辑|责任编辑|责编|来源|本报|admin)\\b", re.IGNORECASE)
_NAME: Final = pattern(r"[^\d\W][\w .,'’·•‧\-]*")
_BEHIND: Final = pattern(
    r"[\s,]+(?:(?:The )?Associated Press|Reuters|AFP|(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)|OP)$"
)
_POST: Final = pattern(
    r"\b(?:experts?|editors?|writers?|reporters?|correspondents?|columnists?|contributors?|attorney|lawyer|staff|team"
    r"|managers?|directors?|officers?|specialists?|analysts?|founders?|ceo|author|moderator|desk|press|news|publish\w+|university|home|admin)\b|^the\b",
    re.IGNORECASE,
)
_HAN: Final = pattern(r"[\u3400-\u9fff]+")
_LONGEST_HAN: Final = 4  # for names without the dot of a foreign name
_ADDRESS: Final = pattern(r"https?://(?:www\.)?([^/?#\s]*)")
_EDGES: Final = " \t-–—|｜_·•:：,，"


def page_hints(document: Any, tree: Any, url: str | None) -> Hints:
    """The hints of a page, from what trafilatura read, or from the tree if it read nothing."""
    if document is None:
        return Hints(title=_stated_title(tree), url=url, language=_line(tree.get("lang")))
    title, site = _line(document.title) or _stated_title(tree), site_name(document.sitename)
    return Hints(
        title=title,
        authors=tuple(name for name in author_names(document.author) if name not in (title, site)),
        source=site,
        published=_line(document.date),
        url=url or _line(document.url),
        language=_line(document.language) or _line(tree.get("lang")),
    )


def time_stamp(lines: Iterable[str], language: str | None) -> str | None:
    """
    The first date with a time of day on a short line, as pages without date tags show it under their title.

    >>> time_stamp(["12 March 2026: the bridge opens", "Posted 2026-03-14 08:20 by Jo"], "en")
    '2026-03-14T08:20'
    """
    dates = (iso_date(line, language or "other") for line in lines if len(line) <= _MAX_STAMPED)
    return next((date for date in dates if date and "T" in date), None)


def _stated_title(tree: Any) -> str | None:
    """The page's ``title`` element, wherever it is: saved pages may have it in the body. SVG titles do not count."""
    titles = tree.xpath("//title[not(ancestor::*[local-name() = 'svg'])]")
    return next((line for line in map(_line, (title.text for title in titles)) if line), None)


def _line(value: object) -> str | None:
    return _SPACES.sub(" ", value).strip() or None if isinstance(value, str) else None


def author_names(authors: object) -> tuple[str, ...]:
    """
    The entries of "A; B; C" that can be names; if one is clearly a person's, job titles and outlets are left out.

    >>> author_names("By Jane Doe; news2024; 责任编辑：王某; 记者 李明")
    ('Jane Doe', '李明')
    >>> author_names("Mara Quill; Privacy; Harbour Security Expert"), author_names("Harbour Post Staff")
    (('Mara Quill',), ('Harbour Post Staff',))
    >>> author_names("JOHN ROE Associated Press; Sherman Oaks November"), author_names("林小禾; 澜川文学出版社")
    (('JOHN ROE', 'Sherman Oaks'), ('林小禾',))
    >>> author_names("The Associated Press")
    ('The Associated Press',)
    """
    if not isinstance(authors, str):
        return ()
    names = (_bare(name.strip()) for name in authors.split(";"))
    sane = [n for n in dict.fromkeys(names) if _may_be_name(n)]
    whole = [n for n in sane if _is_person(n)]
    return tuple(whole or sane)


def _bare(name: str) -> str:
    """The name without its cue, and without an agency or month behind it if at least two words remain."""
    name = _CUE.sub("", name)
    bare = _BEHIND.sub("", name)
    return bare if len(bare.split()) > 1 else name


def _may_be_name(name: str) -> bool:
    return (
        len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_WORDS
        and _NAME.fullmatch(name) is not None
        and not re.search(r"\d", name)
        and not _ROLE.match(name)
    )


def _is_person(name: str) -> bool:
    """Whether this is a person's name: two or more words, or a few Han characters, and no job title or outlet."""
    if _HAN.fullmatch(name):
        return 1 < len(name) <= _LONGEST_HAN
    return len(re.split(r"[ ·•‧]", name)) > 1 and not _POST.search(name)


def site_name(value: object) -> str | None:
    """
    The name of a site, without separators at its ends; for a URL, its host.

    >>> site_name("Harbour Post -"), site_name("https://www.harbourpost.example/news"), site_name(" | ")
    ('Harbour Post', 'harbourpost.example', None)
    """
    name = (_line(value) or "").strip(_EDGES)
    address = _ADDRESS.match(name)
    return (address[1] if address else name) or None
