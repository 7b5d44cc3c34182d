"""
Drop the parts of an HTML page whose headings say that they are about other stories.

Under "You may also like", pages print the beginnings of other stories, or even the whole stories, and
no measure of text and links distinguishes those from the story itself. Their heading does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Final

from dedupe.patterns import pattern
from dedupe.stages.pagelines import BLOCKS, HIDDEN, letters, page_lines

_TAGS: Final = frozenset(("h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "b", "dt", "header", "legend"))
_SIGNS: Final = " \t\n:：.…!?！>»›"
_OTHERS: Final = pattern(
    r"(?:you (?:may|might)(?: also)? (?:like|enjoy|be interested in)"
    r"|(?:related|recommended|similar|popular|trending|more|other|latest|recent)"
    r" (?:articles?|posts?|stories|news|content|topics|reading|reads|coverage|links|videos)"
    r"|related|recommended(?: for you)?|(?:what to )?read next|read (?:also|more)|more like this"
    r"|most (?:read|popular|viewed)|trending(?: now)?|popular now|up next|don['’]t miss"
    r"|more (?:from|in|on) [\w' ]{2,25}"
    r"|(?:[相關关延伸推荐薦精彩猜你更多热门熱門点點最新同类其他]{2})"
    r"(?:阅读|閱讀|新闻|新聞|文章|报道|報道|報導|链接|連結|推荐|推薦|资讯|資訊|内容|喜欢|专题|排行|图片|图文)"
    r"|関連(?:記事|ニュース|リンク)|おすすめ(?:記事)?|あわせて読みたい|人気記事"
    r"|관련 ?(?:기사|뉴스)|추천 ?(?:기사|뉴스)|많이 본 (?:기사|뉴스)"
    r"|mehr zum thema|das könnte (?:sie|dich) auch interessieren|lesen sie auch|ähnliche (?:artikel|beiträge)"
    r"|(?:à )?lire aussi|articles? (?:liés|similaires|associés)|sur le même sujet|vous aimerez aussi|les plus lus"
    r"|(?:también )?te puede interesar|(?:noticias|artículos|notas) relacionad[oa]s|lea también|más leídas?"
    r"|potrebbe interessarti(?: anche)?|articoli correlati|leggi anche|i più letti"
    r"|você (?:também )?pode gostar|(?:artigos|notícias|matérias|posts) relacionad[oa]s|(?:leia|veja) também"
    r"|mais lidas"
    r"|читайте также|по теме|похожие (?:статьи|новости)|материалы по теме|самое читаемое|смотрите также)"
    rf"[{_SIGNS}]*",
    re.IGNORECASE,
)
_SPACES: Final = pattern(r"\s+")
_MAX_SECTIONS: Final = 40  # pages have ten at most
_MAX_CLIMB: Final = 6
_MOST: Final = 20  # elements checked for text before a heading
_MOST_CHILDREN: Final = 2  # of a heading: an icon, and an element around its words
_MOST_PIECES: Final = 4
_LONGEST: Final = 80
_ROOTS: Final = frozenset(("html", "body", "main"))
_PARAGRAPH: Final = 60
"""Minimum letters outside links for a line to count as a paragraph of text."""
_LARGE: Final = 3


def drop_other_stories(tree: Any, more: Collection[str] = ()) -> None:
    """
    Drop the sections of ``tree`` that begin with a heading known here, or listed in ``more``, for other stories.

    A section is dropped whole. It must have at least as many links as paragraphs (three times as many if it
    is most of the page), and must not contain the page's own headline.
    """
    whole = 0
    known = frozenset(map(_bare, more))
    for heading in list(islice(_headings(tree, known), _MAX_SECTIONS)):
        section = _led_by(heading)
        if section is not None and section.getparent() is not None:
            whole = whole or letters(page_lines(tree, BLOCKS, HIDDEN))
            if _is_about_others(section, whole):
                section.drop_tree()


def _headings(tree: Any, known: frozenset[str]) -> Iterator[Any]:
    """The elements that contain one of the headings and nothing else."""
    for element in tree.iter(*_TAGS):
        if len(element) > _MOST_CHILDREN or len(element.text or "") > _LONGEST:
            continue
        pieces = list(islice(element.itertext(), _MOST_PIECES + 1))
        said = _SPACES.sub(" ", "".join(pieces)[:_LONGEST]).strip()
        if len(pieces) <= _MOST_PIECES and (_OTHERS.fullmatch(said) or _bare(said) in known):
            yield element


def _bare(heading: str) -> str:
    """A heading, case-folded and without punctuation at its ends."""
    return heading.casefold().strip(_SIGNS)


def _led_by(heading: Any) -> Any:
    """The innermost element that begins with the heading and contains a link, or None."""
    element = heading
    for _ in range(_MAX_CLIMB):
        parent = element.getparent()
        if parent is None or parent.tag in _ROOTS or not _begins(parent, element):
            return None
        if parent.find(".//a") is not None:
            return parent
        element = parent
    return None


def _begins(parent: Any, child: Any) -> bool:
    """Whether the parent has no text before the child."""
    before = (piece for sibling in islice(child.itersiblings(preceding=True), _MOST) for piece in _said(sibling))
    return not (parent.text or "").strip() and not any(piece.strip() for piece in before)


def _said(element: Any) -> Iterator[str]:
    yield from element.itertext()
    yield element.tail or ""


def _is_about_others(section: Any, whole: int) -> bool:
    lines = page_lines(section, BLOCKS, HIDDEN)
    paragraphs = sum(line.letters - line.linked >= _PARAGRAPH for line in lines)
    links = sum(link.get("href") is not None for link in section.iter("a"))
    if 2 * letters(lines) > whole:
        paragraphs *= _LARGE
    sentence = len(lines) == 1 and 2 * lines[0].linked < lines[0].letters
    headline = any(title.find(".//a") is None for title in section.iter("h1"))
    return links >= max(1, paragraphs) and not sentence and not headline
