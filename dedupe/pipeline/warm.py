"""
Every kernel at work once, on a page of our own, so that its compiled twin is loaded, and compiled if
it never was: ``python -m dedupe.pipeline.warm`` does nothing else.
"""

from __future__ import annotations

from dedupe.config import load_settings
from dedupe.kernels.twins import face
from dedupe.model import RawDocument
from dedupe.pipeline.document import DocumentCleaner
from dedupe.rules.matcher import Rulebook

_SENTENCES = (
    "晚上7点，纺织路上的老文化馆灯火通明，木工房里有12个人。",
    "变化正在发生，今年3月起夜校开了5个班，每班都坐满了人。",
    "王师傅说：“下班后的两小时，是我自己的。”",
    "The hall was full at 7:30, said Mr. Quill. Nobody left before the end.",
)


def warm() -> None:
    """Call every kernel as the pipeline does, whatever the settings of the run."""
    once = "\n".join(_SENTENCES * 2)
    # The copy lacks a few characters and holds others, so that it has to be aligned.
    page = "\n".join((once, once.replace("木工房里", "屋里").replace("坐满了人", "来了很多人"), once[:90]))
    DocumentCleaner(load_settings(), Rulebook(())).clean(RawDocument("a", "a", page))


if __name__ == "__main__":
    face.load()
    warm()
    if compiled := face.twins(0):
        compiled.mark_compiled()
