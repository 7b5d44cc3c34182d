"""
The lines of an HTML page, and where among them its text begins and ends.

Extractors find the article, but take with it what is directly above and below: the navigation bar,
the path to the page, the titles of other stories. Those are links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

from dedupe.patterns import pattern

HIDDEN: Final = frozenset(
    ("script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "textarea", "button")
)
# fmt: off
BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
))
# fmt: on
_SPACES: Final = pattern(r"[ \t\r\n\f\v]+")
_LETTERS: Final = pattern(r"\w+")
_SENTENCE_END: Final = pattern(r"[。！？!?]|\.(?:\s|$)")
_LINKS: Final = {"a": "href", "ref": "target"}  # in HTML and in trafilatura's tree; without the attribute, an anchor
_WIDE: Final = pattern("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")  # counts as two Latin letters

# A link to another story has its date and its section beside it; more letters than this are real text.
_BESIDE: Final = 20
# A line of at least this many letters that is one link and holds a sentence is text: pages forget to close a link.
# A stretch with less text than this is not an article: the page is a list of links.
_SENTENCE: Final = 60
# Shorter lines without a sentence are labels: they do not show where the text is.
_LABEL: Final = 40


class Line(NamedTuple):
    """
    A non-empty line, how many letters and digits it has, and how many of these are in links.

    A Han character, a kana or a Hangul syllable counts as two. ``block`` is the innermost block element
    that contains the line.
    """

    text: str
    letters: int
    linked: int
    block: Any = None

    @property
    def told(self) -> bool:
        """Whether it is more than links: it has text outside them, or a sentence."""
        return self.linked < self.letters or _SENTENCE_END.search(self.text) is not None


def page_lines(tree: Any, blocks: frozenset[str], hidden: frozenset[str]) -> list[Line]:
    """The non-empty lines of a tree; block elements separate them, hidden elements are left out."""
    lines = []
    for block, run in _runs(tree, blocks, hidden):
        text = _SPACES.sub(" ", "".join(piece for piece, _ in run)).strip()
        if text:
            counts = [(_letters(piece), linked) for piece, linked in run]
            lines.append(Line(text, sum(n for n, _ in counts), sum(n for n, linked in counts if linked), block))
    return lines


def text_stretch(lines: Sequence[Line], title: str | None = None) -> Sequence[Line]:
    """
    The lines without the lines of links at either end.

    The result is the stretch in which text outweighs links the most, with the labels that touch it. The parts
    left out have more letters in lines of links than in all their other lines; links inside the stretch stay.
    The page's ``title`` stays, link or not, and a list of links stays whole.

    >>> story = Line("The bridge over the northern arm of the harbour was opened to traffic this morning.", 69, 0)
    >>> related = [Line("Related", 7, 0), Line("Ferry ends its service", 19, 19), Line("Mayor resigns", 12, 12)]
    >>> [line.text for line in text_stretch([Line("Home | News", 8, 8), Line("By Jo", 4, 0), story, *related])]
    ['By Jo', 'The bridge over the northern arm of the harbour was opened to traffic this morning.', 'Related']
    """
    weights = [_weight(line, title) for line in lines]
    first, last = _heaviest(weights)
    while first > 0 and weights[first - 1] >= 0:
        first -= 1
    while last < len(lines) and weights[last] >= 0:
        last += 1
    return lines[first:last] if sum(weights[first:last]) >= _SENTENCE else lines


def _weight(line: Line, title: str | None) -> int:
    """Evidence that a line is text: its letters outside links; 0 for a label; negative for a line of links."""
    if title and line.text in title:
        return 0
    if 2 * line.linked > line.letters and line.letters - line.linked < _BESIDE:
        whole = line.linked == line.letters >= _SENTENCE
        return line.letters if whole and _SENTENCE_END.search(line.text) else -line.letters
    if line.letters < _LABEL and not _SENTENCE_END.search(line.text):
        return 0
    return line.letters - line.linked


def letters(lines: Iterable[Line]) -> int:
    """The total number of letters of some lines."""
    return sum(line.letters for line in lines)


def _letters(piece: str) -> int:
    return sum(map(len, _LETTERS.findall(piece))) + sum(map(len, _WIDE.findall(piece)))


def _heaviest(weights: Sequence[int]) -> tuple[int, int]:
    """Bounds of the stretch with the greatest sum, first and shortest among equals; (0, 0) if no weight is positive."""
    best, bounds, start, total = 0, (0, 0), 0, 0
    for at, weight in enumerate(weights):
        if total <= 0:
            start, total = at, 0
        total += weight
        if total > best:
            best, bounds = total, (start, at + 1)
    return bounds


def _runs(tree: Any, blocks: frozenset[str], hidden: frozenset[str]) -> Iterator[tuple[Any, list[tuple[str, bool]]]]:
    """For every line its block, and its pieces with whether they are in a link; block elements separate lines."""
    run: list[tuple[str, bool]] = []
    inside = [tree]
    links = 0
    # No recursion: a page may be 2,000 deep.
    walk = import_module("lxml.etree").iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in blocks:
            yield inside[-1], run
            run = []
            if event == "start":
                inside.append(element)
            else:
                inside.pop()
        elif element.tag == "cell":
            run.append((" ", False))
        elif element.tag in _LINKS and element.get(_LINKS[element.tag]) is not None:
            links += 1 if event == "start" else -1
        if event == "start":
            if element.tag in hidden:
                walk.skip_subtree()
            elif element.text:
                run.append((element.text, links > 0))
        elif element.tail and element is not tree:
            run.append((element.tail, links > 0))
    yield tree, run
