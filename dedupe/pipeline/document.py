"""
The stages of one document, in order: decode, extract, normalise, bylines, repeats, titles, cut, sign.

Pure: the same raw document gives the same result in any process, in any order.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from dedupe.edits import Surviving, cut
from dedupe.errors import DocumentError
from dedupe.kernels.minhash import Signature, sign
from dedupe.kernels.shingles import Hashes64, shingle_hashes
from dedupe.kernels.view import CodePoints, View, code_points, comparison_view
from dedupe.model import CleanDocument, Cut, Finding, Hints, Outcome, RawDocument, Repair
from dedupe.neardup.clusters import Entry
from dedupe.neardup.signatures import content_digest
from dedupe.rules.matcher import Rulebook
from dedupe.rules.page import Plain
from dedupe.rules.sites import house_of, line_keys
from dedupe.settings import Settings
from dedupe.stages.bylines import find_bylines
from dedupe.stages.decode import decode
from dedupe.stages.extract import extract
from dedupe.stages.metadata import gather
from dedupe.stages.normalise import normalise
from dedupe.stages.repeats import find_repeats
from dedupe.stages.titles import find_titles

_PLAIN = frozenset({"utf-8", "ascii"})
_HELD = 1 << 20
"""Longest text whose code points and shingles stay in memory; for much longer ones they would take a gigabyte."""


@dataclass(frozen=True, slots=True)
class Judged:
    """
    A document with the verdict of the per-document judges, and what the corpus pass needs to know about it.

    ``place`` is where it came from (``file.jsonl:7``), used as its id if its own is already taken. ``lines`` are
    the keys of its surviving lines, by which lines are counted per site (`dedupe.rules.suggest`).
    """

    outcome: Outcome
    entry: Entry | None
    place: str = ""
    lines: Sequence[int] = ()


class _Read:
    """A text with its comparison view, the view's shingles and, unless it is long, its code points."""

    def __init__(self, text: str, shingle: int) -> None:
        self.text = text
        codes = code_points(text)
        self.view: View = comparison_view(text, codes)
        self.codes: CodePoints | None = codes if len(codes) < _HELD else None
        self._shingle = shingle
        self._shingles: Hashes64 | None = None

    def shingles(self) -> Hashes64:
        """The hashes of all shingles; recomputed at each call for a long text, where they would double the memory."""
        if self._shingles is not None:
            return self._shingles
        hashes = shingle_hashes(self.view.codes, self._shingle)
        if len(hashes) < _HELD:
            self._shingles = hashes
        return hashes


class DocumentCleaner:
    """
    Runs all stages that concern one document on its own.

    >>> from dedupe.config import load_settings
    >>> from dedupe.rules.loader import load_rulebook
    >>> cleaner = DocumentCleaner(load_settings(), load_rulebook(("zh",)))
    >>> page = "晨光日报记者 陆知遥\\n雨下了一夜，澜川的河水涨到了堤边，居民清早来看。"
    >>> cleaner.clean(RawDocument("a.txt", "a.txt", page)).outcome.document.text
    '雨下了一夜，澜川的河水涨到了堤边，居民清早来看。'
    """

    def __init__(self, settings: Settings, rulebook: Rulebook) -> None:
        self.settings = settings
        self._rulebook = rulebook

    def clean(self, raw: RawDocument) -> Judged:
        """Judge one document; if it cannot be read as text, its outcome is ``failed``."""
        return self.clean_all([raw])[0]

    def clean_all(self, raws: Sequence[RawDocument]) -> list[Judged]:
        """
        Judge several documents side by side; the results are those of `clean`.

        Each stage runs over all documents before the next stage starts. Its working data then stay in the
        processor's cache from one document to the next, which saves up to a third of the time.
        """
        done: list[Judged | None] = [None] * len(raws)
        under_way = [(number, self._steps(raw)) for number, raw in enumerate(raws)]
        while under_way:
            left = []
            for number, steps in under_way:
                judged = next(steps)
                if judged is None:
                    left.append((number, steps))
                done[number] = judged
            under_way = left
        return [judged for judged in done if judged is not None]

    def _steps(self, raw: RawDocument) -> Iterator[Judged | None]:
        """Run the stages of one document; yield None after each, and the verdict at the end."""
        try:
            text, hints, repairs, encoding = self._text(raw)
        except DocumentError as error:
            yield Judged(Outcome(raw.id, raw.origin, "failed", error=str(error)), None)
            return
        yield None
        findings, done, read = yield from self._judge(text, hints)
        yield None
        metadata = gather(text, findings, hints)
        if encoding:
            metadata = replace(metadata, repaired_encoding=encoding)
        document = CleanDocument(raw.id, raw.origin, done, metadata, repairs, raw.fields)
        if not done.text.strip():
            yield Judged(Outcome(raw.id, raw.origin, "empty", document), None)
            return
        yield None
        codes = code_points(done.text) if read.codes is None else read.codes
        digest = content_digest(done.text, read.view, codes)
        lines = line_keys(house_of(raw.id, raw.origin, metadata.url, metadata.source), codes)
        del codes  # large for a long text, and no longer needed
        signature = self._signature(read)
        entry = Entry(
            raw.id, digest, len(read.view), signature, metadata.published, metadata.source, raw.origin, metadata.url
        )
        yield Judged(Outcome(raw.id, raw.origin, "kept", document), entry, lines=lines)

    def _text(self, raw: RawDocument) -> tuple[str, Hints, tuple[Repair, ...], str | None]:
        """The normalised text, which never changes afterwards, with hints, repairs, and a repaired encoding if any."""
        repairs: tuple[Repair, ...] = ()
        encoding = None
        text, hints = raw.payload, raw.hints
        if isinstance(text, bytes):
            decoded = decode(text, raw.charset, raw.media, self.settings.decode)
            text, repairs = decoded.text, decoded.repairs
            encoding = None if decoded.encoding in _PLAIN else decoded.encoding
        if raw.media == "html":
            extracted = extract(text, hints.url, self.settings.html)
            text, hints = extracted.text, _joined(hints, extracted.hints)
        if len(text) > (limit := self.settings.read.max_characters):
            raise DocumentError(
                f"{len(text):,} characters, more than read.max_characters ({limit}); raise it to clean them"
            )
        normal = normalise(text, self.settings.normalise)
        # "6 x gb18030 read as latin-1": the count does not matter here.
        mojibake = (r.detail.rpartition(" x ")[2] for r in normal.repairs if r.name == "mojibake")
        encoding = encoding or next(mojibake, None)
        return normal.text, hints, (*repairs, *normal.repairs), encoding

    def _judge(self, text: str, hints: Hints) -> Generator[None, None, tuple[list[Finding], Cut, _Read]]:
        """
        All findings, the cut text, and the surviving text with its view.

        It works in rounds, because one judge's cut can show the other something new: when a second copy
        is dropped, the byline block above it becomes the end of the page.
        """
        findings: list[Finding] = []
        plain: Plain = set()
        while True:
            done = self._cut_bylines(text, hints, findings, plain)
            yield
            read = _Read(done.text, self.settings.neardup.shingle)
            if not self.settings.repeats.enabled:
                break
            yield
            copies = find_repeats(done.text, read.view, read.shingles(), self.settings.repeats)
            yield
            titles = find_titles(done.text, read.view, hints, copies, self.settings.repeats)
            if not copies and not titles:
                break
            findings += _lifted(text, done, copies + titles)
        yield
        touched = _touched_lines(done)
        if touched and normalise(touched, self.settings.normalise).text != touched:
            # The pieces joined by the cut look like damage (half a mojibake pair, for example), and a
            # second run would repair them into a different text. In doubt, keep.
            findings, done = [], Cut(text, ())
            read = _Read(text, self.settings.neardup.shingle)
        return findings, done, read

    def _cut_bylines(self, text: str, hints: Hints, findings: list[Finding], plain: Plain) -> Cut:
        """Add the byline findings; return the text, cut by all findings so far."""
        done = cut(text, findings) if findings else Cut(text, ())
        if not self.settings.bylines.enabled:
            return done
        found = find_bylines(done.text, self._rulebook, hints, self.settings.bylines, plain)
        if not found:
            return done
        findings += _lifted(text, done, found)
        return cut(text, findings)

    def _signature(self, read: _Read) -> Signature | None:
        near = self.settings.neardup
        if len(read.view) - near.shingle + 1 < near.min_shingles:
            return None
        return sign(read.shingles(), near.num_perm, near.seed)


def _touched_lines(done: Cut) -> str:
    """The surviving lines from which a part was cut."""
    text, lines, gone = done.text, dict[int, str](), 0
    for removal in done.removals:
        at = removal.span[0] - gone
        gone += len(removal.text)
        if removal.text.endswith("\n") and text[at - 1 : at] in ("", "\n"):
            continue  # whole lines
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        if line := text[start : end if end >= 0 else len(text)]:
            lines[start] = line
    return "\n".join(lines.values())


def _lifted(text: str, done: Cut, found: tuple[Finding, ...]) -> list[Finding]:
    if not done.removals:
        return list(found)
    surviving = Surviving(text, done)
    return [surviving.lift(finding) for finding in found]


def _joined(carrier: Hints, page: Hints) -> Hints:
    """Merge hints; the carrier's (record, file) win over the page's, because the crawler knew where it was."""
    return Hints(
        carrier.title or page.title,
        carrier.authors or page.authors,
        carrier.source or page.source,
        carrier.published or page.published,
        carrier.url or page.url,
        carrier.language or page.language,
    )
