"""
Exercise the whole pipeline once on a built-in page, so that everything built on first use (the rules'
automata, ftfy's tables, the compiled twins of the kernels) exists before workers start and inherit it.

``python -m dedupe.pipeline.warm`` only compiles the twins, if they have not been compiled yet.
"""

from __future__ import annotations

from dedupe.config import load_settings
from dedupe.kernels.twins import face
from dedupe.model import Media, RawDocument
from dedupe.neardup.similarity import Shingled, compare
from dedupe.pipeline.document import DocumentCleaner
from dedupe.rules.matcher import Rulebook

_CREDITS = "夜校开学\n晨光日报记者 陆知遥\n来源：晨光日报\nBy Mara Quill\n"
_SENTENCES = (
    "晚上7点，纺织路上的老文化馆灯火通明，木工房里有12个人。",
    "变化正在发生，今年3月起夜校开了5个班，每班都坐满了人。",
    "王师傅说：“下班后的两小时，是我自己的。”",
    "The hall was full at 7:30, said Mr. Quill of the Café Adler. Nobody left before the end.",
)


def warm(rulebook: Rulebook, media: Media = "text") -> None:
    """Apply these rules and call every kernel as the pipeline does, whatever the run's settings."""
    once = "\n".join(_SENTENCES)
    # The copy lacks a character, so that it must be aligned and is then removed passage by passage.
    page = _CREDITS + "\n".join((once, once.replace("木工房里", "木工房"), "责任编辑：林小禾"))
    settings = load_settings()
    one, other = (Shingled(text, settings.neardup.shingle) for text in (page, page.replace("12", "15")))
    compare(one, other, settings.neardup)
    if media == "html":
        page = f"<html><body><article><p>{page.replace(chr(10), '</p><p>')}</p></article></body></html>"
    DocumentCleaner(settings, rulebook).clean(RawDocument("a", "a", page, media=media))


if __name__ == "__main__":
    face.load()
    warm(Rulebook(()))
    if compiled := face.twins(0):
        compiled.mark_compiled()
