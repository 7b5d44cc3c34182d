"""Laws of the judge of titles, for heads of any make: no title is lost, and a second run finds nothing."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from dedupe.config import load_settings
from dedupe.model import Hints, RawDocument
from dedupe.pipeline.document import DocumentCleaner, Judged
from dedupe.rules.loader import load_rulebook
from dedupe.stages.headline import TITLE_RULES, words

TITLES = (
    "小桥通车",
    "城南小桥今天通车",
    "城南小橋今天通車",
    "城南杯第3轮：水手队获胜",
    "城南杯第4轮：水手队获胜",
    "共1.5亿元修桥",
    "共15亿元修桥",
    "三十年的等待",
    "城南人等了三十年的",
    "城南人等了三十年的小桥今天通车",
    "Ferries return to Port Alder",
    "Ferries return",
)
BESIDE = ("", "_城南网", " - 城南晚报", " | 滨江", "_滨江", " | The Harbour Post", "——一个故事", "…", "_第2页")
BEFORE = ("", "城南网>>要闻>>", "Opinion | ", "图说丨", "要闻 | ")
OTHER = ("2026-03-05 08:10 来源：城南晚报", "文：林小禾", "By Mara Quill", "菜单", "——记城南小桥", "")
BODIES = (
    "小桥今天通车，附近的居民一早就来到桥上，走了一个来回，都说等这座桥等了三十年。",
    "桥长一百二十米，桥面铺了木板，两边的栏杆照着老桥的样子做，晚上亮着小灯，老人们说认得出来。",
    "The ferries came back on Monday after a winter in dry dock, and the first one left with more gulls than people.",
)

lines = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(BEFORE), st.sampled_from(TITLES), st.sampled_from(BESIDE)),
    st.sampled_from(TITLES),
    st.sampled_from(OTHER),
)
pages = st.builds(
    lambda head, body, tail, again: "\n".join([*head, *body, *tail, *(body if again else [])]),
    st.lists(lines, min_size=1, max_size=7),
    st.lists(st.sampled_from(BODIES), min_size=1, max_size=3, unique=True),
    st.lists(lines, max_size=3),
    st.booleans(),
)
hints_ = st.builds(
    Hints,
    title=st.none() | st.builds("{}{}".format, st.sampled_from(TITLES), st.sampled_from(BESIDE)),
    source=st.none() | st.just("滨江"),
)


@cache
def cleaner() -> DocumentCleaner:
    return DocumentCleaner(load_settings(None, ["bylines.enabled=false"]), load_rulebook(()))


def cleaned(page: str, hints: Hints) -> Judged:
    return cleaner().clean(RawDocument("a", "a", page, hints=hints))


@given(pages, hints_)
def test_no_title_goes_that_does_not_stay(page: str, hints: Hints) -> None:
    document = cleaned(page, hints).outcome.document
    assert document is not None
    stays = words(document.text)
    for removal in document.cut.removals:
        if removal.finding.rule in TITLE_RULES:
            gone = words(removal.text)
            assert all(words(title) in stays for title in TITLES if words(title) in gone)


@given(pages, hints_)
def test_a_second_run_changes_nothing_with_or_without_the_metadata(page: str, hints: Hints) -> None:
    document = cleaned(page, hints).outcome.document
    assert document is not None
    for known in (hints, Hints()):
        again = cleaned(document.text, known).outcome.document
        assert again is not None
        assert again.text == document.text
    if document.metadata.title is not None:
        assert words(document.metadata.title) in words(page) + words(hints.title or "")
