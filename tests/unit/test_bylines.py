"""The credits judge on whole pages: what it finds, what it leaves, and its laws."""

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.edits import cut, restore
from dedupe.model import Hints
from dedupe.rules.clues import Clues
from dedupe.rules.loader import load_rulebook, pack_names
from dedupe.rules.matcher import Rulebook
from dedupe.rules.memory import Memory
from dedupe.rules.needles import Clue, PatternReader
from dedupe.rules.page import Page
from dedupe.rules.parsing import parse
from dedupe.rules.ranges import ALL as ALL_CHARACTERS
from dedupe.rules.ready import Ready
from dedupe.rules.rule import RuleSource
from dedupe.rules.telltale import telltale
from dedupe.settings import BylineSettings
from dedupe.stages.bylines import find_bylines
from tests.growth import assert_linear

SETTINGS = BylineSettings(enabled=True, packs=("zh", "en"), rules=(), max_share=0.4)
BOOK = load_rulebook(SETTINGS.packs)
BODY = [
    "城南的小桥今天上午通车，附近的居民一早就来到桥上，走了一个来回，又在桥头照了相。",
    "桥长一百二十米，宽九米，中间有一道木栏，是照着老桥的样子做的，老人们都说认得出来。",
    "记者从城南区获悉，下一座桥明年开工，两头的街道也要跟着修，路边的树一棵都不动。",
    "“我等这座桥等了三十年。”一位老人对城南晚报记者说，他每天都要从桥上走过去买菜。",
    "The bridge is one hundred yards long and has a wooden rail, made after the rail of the old bridge.",
]
HEADINGS = [
    "小桥通车",
    "一问 为什么要修桥",
    "【木栏】",
    "林小禾：",
    "2018年5月6日",
    "小桥外传",
    "By the river",
    "（高桥人）",
]
CREDITS = [
    "城报·城网记者 林小禾",
    "城报·城网记者 林小禾来源:城南青年报",
    "来源：城南网",
    "本文来源：城南网 责任编辑：王宁_NB123",
    "2026年03月05日 06版",
    "《 城南日报 》（ 2026年03月05日 06 版）",
    "本报城南2月2日电",
    "（新华社北京2月2日电）",
    "2026-03-05 10:00:00",
    "2026-03-05 10:00 来源：城南网 作者：林小禾",
    "责任编辑：王宁",
    "【编辑:王宁】",
    "（完）【编辑:王宁】",
    "（原标题：小桥通车了）",
    "作者：林小禾",
    "記者林小禾／台北報導",
    "發布時間：",
    "图片来源：城南视觉",
    "资料照片",
    "（记者 林小禾）",
    "By Jane Doe",
    "Published: 09:10, 5 May 2026",
    "城南新聞網",
    "A10-A11版",
    "（城南晚报）",
    "林小禾_台中",
    "本报记者",
]
FUSED = [
    body + credit
    for body in BODY[:2]
    for credit in ("（记者 林小禾）", "城南晚报记者 林小禾 摄", "（完）", "【编辑:王宁】")
]
LEADS = [
    head + BODY[0]
    for head in ("新华社北京2月2日电 ", "本报讯（记者 林小禾）", "【城南时报记者 林小禾】", "央视网消息：")
]
PAGES = st.lists(st.sampled_from(BODY + HEADINGS + CREDITS + CREDITS + FUSED + LEADS), max_size=14).map("\n".join)


def judged(text: str, hints: Hints | None = None) -> str:
    return cut(text, find_bylines(text, BOOK, hints or Hints(), SETTINGS)).text


@given(PAGES)
@settings(max_examples=400, deadline=None)
def test_a_page_once_cut_holds_nothing_more_to_find(page: str) -> None:
    assert find_bylines(judged(page), BOOK, Hints(), SETTINGS) == ()


class KnowsNothing(PatternReader):
    """The slow obvious way to choose: every rule's own pattern is asked."""

    def read(self, pattern: str) -> Clue:  # noqa: ARG002
        return Clue(ALL_CHARACTERS, ALL_CHARACTERS, None, ())


class Forgetful(Memory):
    """Every question is asked anew."""

    def of(self, text: str) -> dict[object, Any]:  # noqa: ARG002
        return {}


def obvious(book: Rulebook) -> Rulebook:
    """The same book without anything that is there for speed."""
    slow = Rulebook(book.rules, book.starts)
    ready = [Ready(rule) for rule in sorted(book.rules, key=lambda rule: rule.needs != "nothing")]
    told = telltale([one.rule.pattern for one in ready], book.starts, KnowsNothing())
    vars(slow)["_clues"] = Clues(ready, told)
    vars(slow)["_memory"] = Forgetful()
    return slow


OBVIOUS = obvious(BOOK)
DIRT = st.text(alphabet="城南记者来源：:编辑电讯（）【】/|、 \u3000\n年月日12版aBy.,林小禾。", max_size=60)


@given(st.one_of(PAGES, DIRT, st.tuples(PAGES, DIRT, PAGES).map("".join)))
@settings(max_examples=300, deadline=None)
def test_choosing_among_rules_finds_what_asking_each_of_them_finds(page: str) -> None:
    assert find_bylines(page, BOOK, Hints(), SETTINGS) == find_bylines(page, OBVIOUS, Hints(), SETTINGS)


ALL = load_rulebook(pack_names())
ALL_OBVIOUS = obvious(ALL)
EXAMPLES = sorted({text for rule in ALL.rules for e in rule.strip for text in e.text.split("\n")})
KEPT = sorted({text for rule in ALL.rules for e in rule.keep for text in e.split("\n")})
MIXED = st.lists(
    st.one_of(
        st.sampled_from(EXAMPLES),
        st.sampled_from(EXAMPLES),
        st.sampled_from(KEPT),
        st.tuples(st.sampled_from(BODY + KEPT), st.sampled_from(EXAMPLES)).map("".join),
        st.tuples(st.sampled_from(EXAMPLES), st.sampled_from(BODY + KEPT)).map("".join),
        st.tuples(st.sampled_from(EXAMPLES), st.sampled_from(" |、　")).flatmap(
            lambda joint: st.sampled_from(EXAMPLES).map(lambda more: joint[0] + joint[1] + more)
        ),
        st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 40), st.integers(1, 6)).map(
            lambda cut: cut[0][: cut[1]] + cut[0][cut[1] + cut[2] :]
        ),
        DIRT,
    ),
    max_size=6,
).map("\n".join)


@given(MIXED)
@settings(max_examples=150, deadline=None)
def test_clues_hide_no_credit_of_any_language(page: str) -> None:
    assert find_bylines(page, ALL, Hints(), SETTINGS) == find_bylines(page, ALL_OBVIOUS, Hints(), SETTINGS)


class Eager(Page):
    """A page that finds out of every line what it holds, by whatever rules."""

    def _matters(self, run: list[int]) -> bool:  # noqa: ARG002
        return True


@given(MIXED)
@settings(max_examples=200, deadline=None)
def test_lines_that_nothing_beside_them_vouches_for_need_not_be_asked(page: str) -> None:
    assert Page(page, ALL).read() == Eager(page, ALL).read()


@pytest.mark.parametrize("match", [r"(?i)BY jo\s\w+", r"\p{Han}{2}\p{Hangul}{2}", r"[^a]x{3}[^b]", r"\Q(x\E.{3}"])
def test_a_rule_of_which_no_word_is_known_is_asked_all_the_same(match: str) -> None:
    examples = {"strip": ["a"], "keep": ["b"]}
    entry = {"id": "x.y", "class": "end_mark", "reason": "R.", "zone": "any", "as": "line", "examples": examples}
    book = Rulebook([*BOOK.rules, parse(RuleSource("x.yaml", 1, entry | {"match": match}), {})], BOOK.starts)
    line = {"(": "by JO ann", "\\p": "林禾나라", "[": "bxxxc", "\\Q": "(xabc"}[match[: 1 + match.startswith("\\")]]
    assert [f.rule for f in find_bylines(f"{line}\n{BODY[0]}", book, Hints(), SETTINGS)] == ["x.y"]


def test_what_a_site_repeats_is_read_once_and_found_every_time() -> None:
    book = Rulebook(BOOK.rules, BOOK.starts)
    page = f"{BODY[0]}（完）【编辑:王宁】"
    assert len({find_bylines(page, book, Hints(), SETTINGS) for _ in range(3)}) == 1
    assert find_bylines(page, book, Hints(), SETTINGS) == find_bylines(page, BOOK, Hints(), SETTINGS)


@given(st.lists(MIXED, min_size=2, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_book_that_remembers_finds_what_one_that_asks_anew_finds(pages: list[str]) -> None:
    remembering, forgetful = Rulebook(ALL.rules, ALL.starts), Rulebook(ALL.rules, ALL.starts)
    vars(remembering)["_clues"] = vars(forgetful)["_clues"] = ALL._clues
    vars(forgetful)["_memory"] = Forgetful()
    for page in [*pages, *pages]:
        assert find_bylines(page, remembering, Hints(), SETTINGS) == find_bylines(page, forgetful, Hints(), SETTINGS)


def test_memory_is_bounded_and_keeps_what_is_asked_again() -> None:
    memory = Memory()
    for number in range(50_000):
        memory.of("责任编辑：王宁")["asked"] = memory.of("责任编辑：王宁").get("asked", 0) + 1
        memory.of(f"第{number}行")["asked"] = 1
        memory.of("长" * 1000 + str(number))["asked"] = 1
    assert memory.of("责任编辑：王宁")["asked"] == 50_000
    assert memory.of("第0行") == {}
    assert len(memory._lately) + len(memory._before) <= 2 * 4096 + 2


@given(PAGES)
@settings(max_examples=200, deadline=None)
def test_spans_lie_in_the_text_in_order_and_captures_in_their_spans(page: str) -> None:
    found = find_bylines(page, BOOK, Hints(), SETTINGS)
    ends = [0, *(f.span.end for f in found)]
    for before, finding in zip(ends, found, strict=False):
        assert before <= finding.span.start < finding.span.end <= len(page)
        for capture in finding.captures:
            assert finding.span.start <= capture.span.start < capture.span.end <= finding.span.end
            assert "".join(page[capture.span.start : capture.span.end].split()) == "".join(capture.value.split())


@given(st.text(alphabet="记者来源：:编辑（）【】电 \n年月日12版a.林", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_judged_and_put_back(text: str) -> None:
    done = cut(text, find_bylines(text, BOOK, Hints(), SETTINGS))
    assert restore(done.text, done.removals) == text
    assert find_bylines(done.text, BOOK, Hints(), SETTINGS) == ()


@given(st.lists(st.sampled_from(BODY + HEADINGS), max_size=12).map("\n".join))
@settings(max_examples=150, deadline=None)
def test_a_page_without_credits_is_left_alone_but_for_its_only_day(page: str) -> None:
    assert {f.rule for f in find_bylines(page, BOOK, Hints(), SETTINGS)} <= {"zh.time.day"}


class TestADayByItself:
    def test_goes_from_between_the_title_and_the_story(self) -> None:
        assert judged(f"小桥通车\n2026年3月5日\n{BODY[0]}\n{BODY[1]}") == f"小桥通车\n{BODY[0]}\n{BODY[1]}"

    @pytest.mark.parametrize(
        "page",
        [
            f"2026年3月5日\n{BODY[0]}",  # a title
            f"小桥大事记\n2026年3月5日\n{BODY[0]}\n2026年4月6日\n{BODY[1]}",  # a chronicle
            f"关于修桥的通知\n（2026年3月5日）\n{BODY[0]}",  # a notice given word for word
            f"小桥通车\n{BODY[0]}\n2026年3月5日",  # a signature's
            f"小桥的日子\n{BODY[0]}\n2026年3月5日\n{BODY[1]}",  # an entry's
            f"桥头讲座\n2026年3月5日\n地点：城南小桥\n{BODY[0]}",  # an event's
            f"三天的桥\n2026年3月5日\n2026年3月6日\n2026年3月7日\n{BODY[0]}",
        ],
    )
    def test_stays_where_it_may_be_the_storys(self, page: str) -> None:
        assert judged(page) == page


class TestAHeadLineOfWhichAPieceIsUnknown:
    def test_gives_up_the_credits_at_its_ends(self) -> None:
        line = "2026-03-05 10:20 来源：城南网 分享到：桥头直通车"
        assert judged(f"小桥通车\n{line}\n{BODY[0]}\n{BODY[1]}").split("\n")[1] == "分享到：桥头直通车"

    def test_stays_where_only_one_kind_of_credit_is_in_it(self) -> None:
        line = "来源：城南网 分享到：桥头直通车"
        assert judged(f"小桥通车\n{line}\n{BODY[0]}\n{BODY[1]}").split("\n")[1] == line


@pytest.mark.parametrize("credit", CREDITS[:4] + CREDITS[4:8])
def test_every_credit_line_goes_from_between_two_bodies_when_another_kind_stands_beside_it(credit: str) -> None:
    block = f"{credit}\n责任编辑：王宁" if "编辑" not in credit else f"{credit}\n来源：城南网"
    assert judged(f"{BODY[0]}\n{block}\n{BODY[1]}") == f"{BODY[0]}\n{BODY[1]}"


def test_a_byline_alone_between_two_bodies_signs_a_part_where_it_names_its_house_and_else_stays() -> None:
    assert judged(f"{BODY[0]}\n城南晚报记者 林小禾\n{BODY[1]}") == f"{BODY[0]}\n{BODY[1]}"
    for line in ("记者 林小禾", "城南晚报记者 林小禾：", "林小禾"):
        page = f"{BODY[0]}\n{line}\n{BODY[1]}"
        assert judged(page) == page


@pytest.mark.parametrize("byline", ["作者：王宁", "记者 王宁"])
@pytest.mark.parametrize("other", ["2026年3月5日 | 林小禾_台中", "林小禾_台中 | 2026年3月5日", "林小禾_台中"])
@pytest.mark.parametrize("place", ["head", "tail"])
def test_a_bare_name_reads_the_same_once_the_byline_that_names_another_is_gone(
    byline: str, other: str, place: str
) -> None:
    head, tail = ([byline, other], []) if place == "head" else ([other], [byline])
    once = judged("\n".join(["小桥通车", *head, *BODY[:2], *tail]))
    assert judged(once) == once
    assert byline not in once


def test_findings_tell_rule_reason_and_what_was_read() -> None:
    (finding,) = find_bylines(f"责任编辑：王宁\n{BODY[0]}", BOOK, Hints(), SETTINGS)
    assert (finding.stage, finding.rule, finding.reason) == ("bylines", "zh.editor.label", "The line names the editor.")
    assert [(c.name, c.value, tuple(c.span)) for c in finding.captures] == [("editor", "王宁", (5, 7))]


def test_a_line_that_repeats_an_author_from_the_metadata_goes() -> None:
    page = f"小桥通车\n桥头散人\n{BODY[0]}\n{BODY[1]}"
    assert judged(page) == page
    assert judged(page, Hints(authors=("桥头散人",))) == f"小桥通车\n{BODY[0]}\n{BODY[1]}"


def test_weak_evidence_never_takes_more_than_its_share() -> None:
    page = "小桥\n" + "\n".join(f"第{k}张 林小禾 摄" for k in range(9))
    assert judged(page) == page
    assert judged(page + "\n责任编辑：王宁") == page


def test_a_page_of_credits_alone_goes_whole() -> None:
    assert judged("城南晚报记者 林小禾\n来源：城南晚报\n责任编辑：王宁") == ""


def test_an_empty_text_has_no_credits() -> None:
    assert find_bylines("", BOOK, Hints(), SETTINGS) == ()
    assert find_bylines(" \n\n", BOOK, Hints(), SETTINGS) == ()


def test_a_rulebook_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(BOOK))
    page = f"城南晚报记者 林小禾\n{BODY[0]}"
    assert find_bylines(page, there, Hints(), SETTINGS) == find_bylines(page, BOOK, Hints(), SETTINGS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["字" * 20, BODY[0] + "\n", "短行\n", "责任编辑：王宁\n", "2026年3月5日\n", "（记者 林小禾）"]
)
def test_work_grows_with_length_and_no_faster(unit: str) -> None:
    assert_linear(
        lambda text: find_bylines(text, BOOK, Hints(), SETTINGS), lambda size: unit * (size // len(unit)), 10_000
    )


@pytest.mark.parametrize(
    "title",
    [
        "PARIS - The bridge that moved",
        "LONDON: A city guide",
        "BERLIN - Die Brücke, die ging",
        "MADRID - Puente nuevo en el sur",
        "本报讯：小桥今天通车",
        "新华社快讯：小桥今天通车",
    ],
)
def test_a_title_keeps_the_place_or_house_that_it_begins_with(title: str) -> None:
    assert find_bylines(f"{title}\n{BODY[0]}\n{BODY[4]}", ALL, Hints(), SETTINGS) == ()


@pytest.mark.parametrize(
    ("dateline", "lead"),
    [
        ("PARIS - ", "The bridge opened."),
        ("本报讯：", BODY[0]),
        ("城南网消息：", "城南区通报，全文如下："),
        ("新华社城南3月1日电 题：", "小桥为什么要修"),
        ("本报讯（记者 林小禾） ", "小桥通车"),
    ],
)
def test_a_dateline_goes_from_a_lead_and_from_a_title_if_it_says_when_or_who(dateline: str, lead: str) -> None:
    page = f"小桥\n{dateline}{lead}\n{BODY[1]}\n{BODY[2]}"
    assert cut(page, find_bylines(page, ALL, Hints(), SETTINGS)).text == f"小桥\n{lead}\n{BODY[1]}\n{BODY[2]}"


@pytest.mark.parametrize("account", ["作者：老王的厨房", "来源：小桥的春天"])
def test_an_account_with_a_name_like_a_phrase_is_a_credit_at_the_edges_only(account: str) -> None:
    lines = [*BODY[:2], BODY[3], account]
    assert find_bylines("\n".join(lines), ALL, Hints(), SETTINGS)
    assert find_bylines("\n".join([*lines, *BODY[:2], BODY[3]]), ALL, Hints(), SETTINGS) == ()
    assert find_bylines("\n".join([*lines[:3], account[:3] + "他的家乡"]), ALL, Hints(), SETTINGS) == ()
