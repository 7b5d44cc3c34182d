"""
Separate a title from what a site adds to it: its name, its sections, the path to the page.

``小桥通车_城南新闻网``, ``Ferries return | The Harbour Post``, ``城南网>>要闻>>小桥通车``. The same separators
also stand between a title and its subtitle or kicker, so a separator alone proves nothing: only the
name of a site or a section is removed, recognised by its form or because the page says so elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dedupe.kernels.view import comparison_view
from dedupe.model import Hints, Span
from dedupe.patterns import pattern

TITLE_RULE: Final = "title"
SUFFIX_RULE: Final = "title-suffix"
TITLE_RULES: Final = frozenset((TITLE_RULE, SUFFIX_RULE))
"""The rules of findings that remove a duplicate title, or a site's name beside a title."""

_MIN_TITLE: Final = 4
_MAX_LINE: Final = 300
_MAX_PARTS: Final = 8
_MAX_NAME: Final = 40
_MAX_WIDE_NAME: Final = 14
_MAX_WORDS: Final = 6

_WIDE: Final = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
# Without spaces around it, an underscore or a hyphen separates only next to a script that uses no spaces. A dash
# never does, because there it introduces a subtitle.
_SEPARATOR: Final = pattern(
    rf"\s*(?:>>+|[»›])\s*|\s+>\s+|(?<=[{_WIDE}])>(?=[{_WIDE}])|\s*[|｜丨]\s*|\s+[-–—―_·•]{{1,2}}\s+"
    rf"|(?<=[{_WIDE}”》」』】])\s*(?:_+|[-－]{{1,2}})\s*|(?:_+|--)(?=[{_WIDE}“《「『【])"
)
_SIGNS: Final = frozenset(">»›|｜丨_-–—―－·•")
_PATH: Final = frozenset(">»›_")
"""Separators that no title contains: once the title is known, what is on their other side is site chrome."""

_NOT_IN_NAMES: Final = pattern(r"[，。：；？！、,:;?!؟“”\"《》「」]|\.\s")
_DOMAIN: Final = pattern(
    r"(?:[\w-]+\.)+(?:com|net|org|info|news|tv|eu|uk|ie|us|ca|au|cn|tw|hk|jp|kr|de|at|ch|fr|be|nl|it|es|mx|ar|br|ru|ua|pl)",
    re.IGNORECASE,
)
_HOST: Final = pattern(r"^[a-z]+://(?:[^/@]*@)?([^/:?#]+)", re.IGNORECASE)
_NO_NAME: Final = frozenset(("www", "com", "net", "org", "gov", "edu", "info", "news", "example"))
_WIDE_PRESS: Final = pattern(
    "(?:(?<![互物]联)(?<![互物]聯)(?<![电電水路管官])[网網]|[网網]站|[网網][络絡]版|[在線线][线線]|客[户戶]端|新[闻聞]|资讯|資訊|[频頻]道"
    "|[日晚早晨时時周週商快导導][报報]|青年[报報]|都市[报報]|[周週]刊|[电電][视視]台?|[卫衛]視|[广廣]播|通[讯訊]社|快[评評]"
    "|新聞(?:デジタル|オンライン|社)?|ニュース|オンライン|デジタル|テレビ|放送|通信"
    "|일보|신문|뉴스|방송|타임[스즈]|닷컴|통신)$"
)
_PRESS: Final = pattern(
    r"^(?:the\s+)?(?:[\w.'’&-]+\s+){1,4}"
    r"(?:post|times|news|herald|tribune|gazette|journal|guardian|telegraph|mail|press|chronicle|observer|courier"
    r"|sentinel|examiner|inquirer|dispatch|bulletin|ledger|weekly|daily|online|magazine|radio|tv)$"
    r"|^the\s+(?:[\w.'’&-]+\s+){0,3}(?:star|sun|review|standard|independent|mirror|echo|monitor)$"
    r"|\w*(?:zeitung|nachrichten|tageblatt|tagblatt|anzeiger|rundschau)\b|\b(?:kurier|bote|allgemeine|presse)$"
    r"|^(?:le|la|l['’])\s*(?:journal|gazette|courrier|dépêche|voix|écho|tribune|républicain)\b|^ouest-|\binfos?$"
    r"|^(?:el|la)?\s*(?:diario|periódico|noticias|prensa|gaceta|correo|heraldo|voz|noticiero)\b"
    r"|\b(?:газета|новости|вести|известия|правда|ведомости|вестник|информ)\b"
    r"|^(?:صحيفة|جريدة|وكالة|قناة|أخبار|شبكة|موقع)\s|\s(?:نيوز|الإخبارية)$",
    re.IGNORECASE,
)
_SECTIONS: Final = frozenset(
    name
    for names in (
        "首页 新闻 要闻 头条 国内 国际 社会 财经 体育 评论 时评 时政 视频 影音 生活 娱乐 科技 文化 地方 本地 军事 正文",
        "国内新闻 国际新闻 社会新闻 时政新闻 滚动新闻 新闻中心 新闻频道 滚动 主页",
        "首頁 新聞 要聞 頭條 國內 國際 社會 財經 體育 評論 時評 影片 娛樂 即時",
        "ニュース 社会 国際 経済 政治 地域 スポーツ トップ 뉴스 사회 정치 경제 국제 문화 오피니언 사설",
        "home news opinion comment analysis world politics business sport sports culture local video live editorial",
        "start startseite nachrichten politik wirtschaft meinung kultur lokales regional panorama kommentar",
        "accueil actualités opinions politique économie société monde",
        "inicio portada noticias opinión economía sociedad",
        "политика общество экономика новости мнение культура главная الرئيسية أخبار رأي سياسة اقتصاد رياضة محليات",
    )
    for name in names.split()
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a line between separators, and the separators before and behind it."""

    start: int
    end: int
    before: str
    behind: str


def words(text: str) -> str:
    """
    The key by which titles are compared: their letters and digits, folded.

    >>> words("《小橋》，通車！") == words("《小桥》通车")
    True
    """
    return comparison_view(text).text()


def is_wide(text: str) -> bool:
    """
    Whether a text is mostly in a script whose characters are syllables or words.

    >>> is_wide("小桥通车"), is_wide("Мост открыт"), is_wide("다리 개통")
    (True, False, True)
    """
    return len(text.encode("utf-8", "surrogatepass")) > 2.2 * len(text)  # other scripts take at most two bytes a letter


def site_names(hints: Hints, sources: Iterable[str] = ()) -> frozenset[str]:
    """
    The names of the site according to the page's metadata: its source, and the labels of its host.

    >>> sorted(site_names(Hints(source="Harbour Post", url="https://www.harbourpost.example/a/1")))
    ['harbourpost']
    """
    named = [words(source) for source in (hints.source, *sources) if source]
    host = _HOST.match(hints.url or "")
    labels = [words(label) for label in host[1].split(".") if label.lower() not in _NO_NAME] if host else []
    return frozenset(name for name in named + labels if len(name) > 2)


def clean_title(title: str, names: frozenset[str] = frozenset()) -> str:
    """
    The title without the names of a site and its sections, if they are known or look like such names.

    In doubt, nothing is removed: a subtitle, a kicker or a column's name is part of the title.

    >>> clean_title("小桥通车_要闻_城南新闻网"), clean_title("Opinion | Ferries return – The Harbour Post")
    ('小桥通车', 'Ferries return')
    >>> clean_title("小桥通车 | 老人等了三十年"), clean_title("Ferries return - at last")
    ('小桥通车 | 老人等了三十年', 'Ferries return - at last')
    """
    if not is_parted(title):
        return title
    parts = _parts(title)
    first, last = 0, len(parts)
    while last - first > 1 and _is_site(title, parts[last - 1], names):
        last -= 1
    closed = last < len(parts)
    while last - first > 1 and _is_section(title, parts[last - 1], loose=closed and _is_path(parts[last - 1].before)):
        last -= 1
    while last - first > 1 and _opens(title, parts[first], names, loose=first > 0):
        first += 1
    rest = title[parts[first].start : parts[last - 1].end]
    if last - first == len(parts) or _is_section(title, parts[first], loose=False) or not _is_longer(rest, title):
        return title
    return rest


def is_parted(line: str) -> bool:
    """
    Whether a line contains a separator that could set off a site's name.

    >>> is_parted("小桥通车_城南网"), is_parted("小桥通车")
    (True, False)
    """
    return not _SIGNS.isdisjoint(line) and len(_parts(line)) > 1


def title_within(line: str, title: str, names: frozenset[str] = frozenset()) -> Span | None:
    """
    Where in a line this title is (given as its `words`), if everything beside it is site chrome; else None.

    Because the title is known, weaker signs are enough: nobody puts ``_`` or ``>>`` before a subtitle.

    >>> title_within("小桥通车_滨江", words("小桥通车")), title_within("小桥通车 | 滨江", words("小桥通车"))
    (Span(start=0, end=4), None)
    """
    parts = _parts(line)
    if len(parts) < 2 or not title:
        return None
    for first in range(len(parts)):
        for last in range(len(parts), first, -1):
            span = Span(parts[first].start, parts[last - 1].end)
            if last - first < len(parts) and words(line[span.start : span.end]) == title:
                beside = [*parts[:first], *parts[last:]]
                return span if all(_is_chrome(line, part, names) for part in beside) else None
    return None


def _parts(line: str) -> list[_Part]:
    """The parts of a line between separators; a line too long for a title, or with too many parts, is one part."""
    if _SIGNS.isdisjoint(line):  # true of most lines, at a tenth of the cost
        return [_Part(0, len(line), "", "")]
    found = _SEPARATOR.finditer(line) if len(line) <= _MAX_LINE else ()
    signs = [m for m in found if m.start() > 0 and m.end() < len(line)]
    signs = signs if len(signs) < _MAX_PARTS else []
    starts = [0, *(m.end() for m in signs)]
    ends = [*(m.start() for m in signs), len(line)]
    marks = ["", *(m[0].strip() for m in signs), ""]
    return [_Part(s, e, marks[k], marks[k + 1]) for k, (s, e) in enumerate(zip(starts, ends, strict=True))]


def _opens(line: str, part: _Part, names: frozenset[str], *, loose: bool) -> bool:
    """
    Whether a part before the title is the site's. Form alone is enough only on a path (``>>``), because
    a column may be named like a newspaper.
    """
    path = _is_path(part.behind)
    return (
        words(line[part.start : part.end]) in names
        or (path and _is_site(line, part, names))
        or _is_section(line, part, loose=loose and path)
    )


def _is_path(sign: str) -> bool:
    return sign[:1] in _PATH


def _is_chrome(line: str, part: _Part, names: frozenset[str]) -> bool:
    loose = _is_path(part.before or part.behind)
    return _is_site(line, part, names) or _is_section(line, part, loose=loose)


def _is_site(line: str, part: _Part, names: frozenset[str]) -> bool:
    """Whether a part names a site: it is in the metadata, is a domain, or has the form of a newspaper's name."""
    name = line[part.start : part.end]
    if not 0 < len(name) <= _MAX_NAME:
        return False
    key = words(name)
    if key in names or key.removeprefix("the") in names or _DOMAIN.fullmatch(name):
        return True
    if _NOT_IN_NAMES.search(name):
        return False
    if is_wide(name):
        return 2 < len(name) <= _MAX_WIDE_NAME and _WIDE_PRESS.search(name) is not None
    upper = name.lower() != name or not name.isascii()
    return upper and len(name.split()) <= _MAX_WORDS and _PRESS.search(name) is not None


def _is_section(line: str, part: _Part, *, loose: bool) -> bool:
    """Whether a part names a section: a common one or, if ``loose``, any short name without a number."""
    name = line[part.start : part.end].strip("[]【】 ")
    if name.lower() in _SECTIONS:
        return True
    longest = 6 if is_wide(name) else 20
    return loose and len(name) <= longest and not re.search(r"\d", name) and not _NOT_IN_NAMES.search(name)


def _is_longer(rest: str, title: str) -> bool:
    """Whether the rest can be the title: long enough for one, and at least half as long as any other part."""
    length = len(words(rest))
    return length >= _MIN_TITLE and all(len(words(title[p.start : p.end])) <= 2 * length for p in _parts(title))
