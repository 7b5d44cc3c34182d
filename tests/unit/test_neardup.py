"""The drop rule and what it stands on: verified likeness, one order, stars and no chains."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.config import load_settings
from dedupe.facts import facts, other_facts
from dedupe.kernels.minhash import sign
from dedupe.kernels.shingles import reference_hash, shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import Match
from dedupe.neardup.candidates import BandIndex, band_keys, detection_probability
from dedupe.neardup.clusters import Claims, Entry, total_order
from dedupe.neardup.groups import Groups, connected
from dedupe.neardup.signatures import as_datasketch, content_digest
from dedupe.neardup.similarity import Shingled, compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dedupe.kernels.minhash import Signature
    from dedupe.settings import NeardupSettings

NEAR = load_settings().neardup
EAGER = replace(NEAR, bands=128, rows=1)
"""Proposes nearly every pair, so that only verification decides."""

STORY = (
    "入冬以来，青河两岸的冬修工地上机器轰鸣，一派繁忙景象。",
    "县水利局负责人介绍，今年的堤防加固工程比往年提前了半个月开工。",
    "施工队伍沿着河岸搭起帐篷，白天清淤，夜里检修水泵。",
    "家住下游的周大叔每天都要到渠首看一看，他说心里踏实。",
    "据了解，去年夏天的一场大水冲毁了三处老闸门。",
    "技术人员连夜测量，拿出了两套改造方案供乡亲们挑选。",
    "村民代表大会最后选定了造价较低、维护方便的那一套。",
    "为了不误春灌，材料厂的工人主动放弃了元旦假期。",
    "运送石料的车队绕过集镇，把噪声留在了田野之间。",
    "学校的孩子们给工地写来慰问信，贴满了食堂的一面墙。",
    "气象部门提醒，下周将有一次明显的降温过程。",
    "指挥部随即调整工期，优先浇筑迎水坡一侧的护面。",
    "老支书翻出几十年前的账本，比照着讲当年肩挑人扛的情形。",
    "监理单位在沿线设了观测点，数据每天张榜公布。",
    "预计明年开春，清水就能顺着新渠流进万亩麦田。",
    "邻县的同行闻讯赶来参观，约定共同治理上游的支流。",
    "农技站趁着空闲办起夜校，讲解节水灌溉的门道。",
    "一位返乡青年把施工过程拍成短片，引来不少网友点赞。",
)
EN = (
    "The last ferry of the evening left the old pier shortly before the storm closed the strait.",
    "Passengers who had missed it spent the night in the school gymnasium, where volunteers served soup.",
    "The harbour master said the wind had torn two mooring lines and bent a gangway.",
    "Repairs will begin as soon as the divers have looked at the piles below the waterline.",
    "Until then a smaller boat will carry commuters, without cars, from the northern jetty.",
    "Shopkeepers on the island worry about the weekend, when most of their visitors arrive.",
    "The council promised to publish a timetable every morning on the notice board.",
)


def story(first: int, last: int, *more: str) -> str:
    return "".join([*STORY[first:last], *more])


def entry(
    id_: str, text: str, published: str | None = None, source: str | None = None, near: NeardupSettings = NEAR
) -> Entry:
    view = comparison_view(text)
    hashes = shingle_hashes(view.codes, near.shingle)
    signature = sign(hashes, near.num_perm, near.seed)
    return Entry(
        id_,
        content_digest(text, view),
        len(text),
        signature if len(hashes) >= near.min_shingles else None,
        published,
        source,
    )


class Listed(list[Entry]):
    """Entries that are all there."""

    def digests(self) -> Iterator[bytes]:
        return (one.digest for one in self)

    def signatures(self) -> Iterator[Signature | None]:
        return (one.signature for one in self)


def run(texts: Mapping[str, str], near: NeardupSettings = EAGER, **about: Mapping[str, str]) -> dict[str, Match]:
    """The matches of a run over texts in the order given; ``about`` has `published` and `source` by id."""
    entries = [
        entry(id_, text, about.get("published", {}).get(id_), about.get("source", {}).get(id_), near)
        for id_, text in texts.items()
    ]
    claims = Claims(near, lambda k: list(texts.values())[k])
    order = total_order(entries, near)
    found = {entries[k].id: claims.claim(k, entries[k]) for k in order}
    # Known as a whole, or one by one: the verdicts are the same.
    groups = Groups(Listed(entries), near)
    verdicts = [groups.judge(share, lambda k: list(texts.values())[k]) for share in groups.shares(order, 2)]
    matches = {entries[k].id: match for one in verdicts for k, match in one.found}
    assert matches == {id_: match for id_, match in found.items() if match is not None}
    assert sum(one.capped for one in verdicts) == claims.capped
    return {id_: match for id_, match in found.items() if match is not None}


def taken(matches: Mapping[str, Match]) -> dict[str, tuple[str, str]]:
    return {id_: (match.kept, match.relation) for id_, match in matches.items()}


def grams(text: str, n: int = 5) -> set[str]:
    seen = comparison_view(text).text()
    return {seen[at : at + n] for at in range(len(seen) - n + 1)}


def slow_likeness(one: str, kept: str) -> tuple[float, float]:
    a, b = grams(one), grams(kept)
    return len(a & b) / len(a | b), len(a & b) / len(a)


# Likeness


def test_numbers_of_one_character_are_told_apart_to_the_digest() -> None:
    one, two = (f"市里今天启动{level}级应急响应，请居民留意预警，储备饮水，不要外出。" for level in "ⅢⅣ")
    assert content_digest(one, comparison_view(one)) != content_digest(two, comparison_view(two))


@given(st.lists(st.integers(0, 17), min_size=1, max_size=9), st.lists(st.integers(0, 17), min_size=1, max_size=9))
@hypothesis_settings(max_examples=60)
def test_jaccard_and_containment_are_exact(one: list[int], two: list[int]) -> None:
    a, b = ("".join(STORY[k] for k in order) for order in (one, two))
    likeness = compare(Shingled(a, 5), Shingled(b, 5), NEAR)
    assert (likeness.jaccard, likeness.containment) == pytest.approx(slow_likeness(a, b))
    lengths = len(grams(a)), len(grams(b))
    if likeness.relation == "same":
        assert likeness.jaccard >= NEAR.jaccard
    elif likeness.relation == "contained":
        assert likeness.containment >= NEAR.containment
        assert lengths[1] <= NEAR.max_length_ratio * lengths[0]
    else:
        assert likeness.jaccard < NEAR.jaccard
        assert likeness.containment < NEAR.containment or lengths[1] > NEAR.max_length_ratio * lengths[0]


def test_a_text_without_letters_is_like_nothing() -> None:
    for one, two in [("", ""), ("。。", story(0, 3)), (story(0, 3), "——")]:
        assert compare(Shingled(one, 5), Shingled(two, 5), NEAR).relation is None


def test_the_edge_of_a_threshold_is_inside() -> None:
    exact = slow_likeness(story(0, 10), story(1, 11))[0]
    a, b = Shingled(story(0, 10), 5), Shingled(story(1, 11), 5)
    assert compare(a, b, replace(NEAR, jaccard=exact)).relation == "same"
    assert compare(a, b, replace(NEAR, jaccard=np.nextafter(exact, 1), containment=1.0)).relation is None


# The drop rule


def test_of_equal_documents_the_smallest_id_stays() -> None:
    texts = {"c": story(0, 9), "a": story(0, 9), "b": story(0, 9)}
    assert run(texts) == {"b": Match("a", "same", 1.0, 1.0), "c": Match("a", "same", 1.0, 1.0)}


def test_there_are_no_chains() -> None:
    a, b, c = story(0, 12), story(1, 13), story(2, 14)
    assert slow_likeness(a, b)[0] > 0.8 < slow_likeness(b, c)[0]
    assert slow_likeness(a, c)[0] < 0.8
    texts, near = {"a": a, "b": b, "c": c}, replace(EAGER, keep="earliest")
    days = {"a": "2026-01-01", "b": "2026-01-02", "c": "2026-01-03"}
    assert taken(run(texts, near, published=days)) == {"b": ("a", "same")}
    assert taken(run(texts, near, published=days | {"a": "2026-01-09"})) == {"c": ("b", "same"), "a": ("b", "same")}


def test_around_a_kept_document_copies_form_a_star() -> None:
    texts = {"centre": story(0, 15), "one": story(0, 14), "two": story(1, 15), "far": story(8, 18)}
    assert slow_likeness(texts["one"], texts["two"])[0] < slow_likeness(texts["one"], texts["centre"])[0]
    assert taken(run(texts)) == {"one": ("centre", "same"), "two": ("centre", "same")}


def test_every_duplicate_points_to_a_document_that_stays() -> None:
    texts = {f"{first}-{last}": story(first, last) for first in range(5) for last in range(first + 8, 17)}
    matches = run(texts)
    assert matches
    for id_, match in matches.items():
        assert match.kept in texts
        assert match.kept not in matches
        jaccard, containment = slow_likeness(texts[id_], texts[match.kept])
        assert (match.jaccard, match.containment) == (round(jaccard, 4), round(containment, 4))
        assert jaccard >= NEAR.jaccard or containment >= NEAR.containment


def slow_run(texts: Mapping[str, str]) -> dict[str, str]:
    """The rule as it is written down, each with each."""
    kept: list[str] = []
    matches = {}
    for id_ in sorted(texts, key=lambda i: (-len(texts[i]), i)):
        best: tuple[float, float] | None = None
        for other in kept:
            equal = comparison_view(texts[id_]).text() == comparison_view(texts[other]).text()
            likeness = (2.0, 2.0) if equal else slow_likeness(texts[id_], texts[other])
            long = len(grams(texts[other])) > NEAR.max_length_ratio * len(grams(texts[id_]))
            like = likeness[0] >= NEAR.jaccard or (likeness[1] >= NEAR.containment and not long)
            like &= equal or other_facts(facts(texts[id_]), facts(texts[other]))[1] <= NEAR.max_other_facts
            if like and (best is None or likeness > best):
                best, matches[id_] = likeness, other
        if best is None:
            kept.append(id_)
    return matches


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(5, 9)), min_size=2, max_size=9), st.randoms(use_true_random=False)
)
@hypothesis_settings(max_examples=60)
def test_the_rule_is_that_of_comparing_each_with_each_in_whatever_order_they_come(
    windows: list[tuple[int, int]], chance: random.Random
) -> None:
    texts = {f"{k:02}": story(first, first + length) for k, (first, length) in enumerate(windows)}
    expected = slow_run(texts)
    assert {id_: match.kept for id_, match in run(texts).items()} == expected
    shuffled = list(texts)
    chance.shuffle(shuffled)
    assert run({id_: texts[id_] for id_ in shuffled}) == run(texts)


def test_a_tie_does_not_depend_on_the_order_of_input() -> None:
    copy = story(2, 12)
    # Each adds as many shingles as the other: twenty characters after the same last word.
    texts = {"copy": copy, "x": copy + STORY[4][:20][::-1], "y": copy + STORY[6][:20][::-1]}
    assert slow_likeness(copy, texts["x"]) == slow_likeness(copy, texts["y"])
    near = replace(EAGER, jaccard=0.9)
    assert slow_likeness(copy, texts["x"])[0] > near.jaccard > slow_likeness(texts["y"], texts["x"])[0]
    assert {run({id_: texts[id_] for id_ in order}, near)["copy"].kept for order in permutations(texts)} == {"x"}


# Which one stays


def test_keep_policies() -> None:
    short, long = story(0, 10), story(0, 11)
    texts = {"a": short, "b": long, "c": long}
    published = {"a": "2026-01-02", "b": "2026-01-03", "c": "2026-01-01"}
    source = {"a": "青河报", "b": "省台", "c": "网站"}

    def stays(**changed: object) -> set[str]:
        matches = run(texts, replace(EAGER, **changed), published=published, source=source)  # type: ignore[arg-type]
        return set(texts) - set(matches)

    assert stays(keep="longest") == {"b"}
    assert stays(keep="earliest") == {"c"}
    assert stays(keep="latest") == {"b"}
    assert stays(keep="source", sources=("青河报", "省台")) == {"a"}
    assert stays(keep="source", sources=("网站", "省台")) == {"c"}
    assert stays(keep="source", sources=("电台",)) == {"b"}


@pytest.mark.parametrize("keep", ["earliest", "latest"])
def test_a_document_without_a_date_never_takes_one_with_a_date(keep: str) -> None:
    near = replace(EAGER, keep=keep)  # type: ignore[arg-type]
    assert set(run({"a": story(0, 9), "b": story(0, 9)}, near, published={"b": "2026-01-01"})) == {"a"}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-05-08T23:00+08:00", "2026-05-08T20:00Z"),
        ("2026-05-08", "2026-05-08T23:00"),
        ("2026-05-08T08:10:20", "2026-05-08T08:10:20.5"),
        ("2026-05-08T09:00+0200", "2026-05-08T08:00"),
    ],
)
def test_dates_are_compared_as_instants_whatever_their_zones(earlier: str, later: str) -> None:
    texts, published = {"a": story(0, 9), "b": story(0, 9)}, {"a": later, "b": earlier}
    assert set(run(texts, replace(EAGER, keep="earliest"), published=published)) == {"a"}
    assert set(run(texts, replace(EAGER, keep="latest"), published=published)) == {"b"}


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
WRITTEN = st.one_of(
    MOMENTS.map(lambda moment: f"{moment:%Y-%m-%d}"),
    MOMENTS.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M}"),
    st.tuples(MOMENTS, ZONES).map(lambda said: said[0].astimezone(said[1]).isoformat()),
    st.sampled_from([None, "2026-01-02T10:00+99:00", "someday"]),
)


@given(st.lists(WRITTEN, min_size=3, max_size=8), st.sampled_from(["earliest", "latest"]), st.randoms())
def test_dates_in_whatever_writing_have_one_order(dates: list[str | None], keep: str, chance: random.Random) -> None:
    near = replace(NEAR, keep=keep)  # type: ignore[arg-type]
    entries = [Entry(f"{k}", b"", 5, None, published) for k, published in enumerate(dates)]
    order = [entries[k].id for k in total_order(entries, near)]
    shuffled = chance.sample(entries, len(entries))
    assert [shuffled[k].id for k in total_order(shuffled, near)] == order
    # What is decided between any two is decided so among all: the order is transitive.
    for one, two in combinations(entries, 2):
        first = (one, two)[total_order((one, two), near)[0]]
        assert order.index(first.id) == min(order.index(one.id), order.index(two.id))


@given(st.lists(MOMENTS, min_size=2, max_size=6), st.data())
def test_the_order_of_dates_does_not_depend_on_their_zones(moments: list[datetime], data: st.DataObject) -> None:
    near = replace(NEAR, keep="earliest")
    aware = [moment.replace(tzinfo=UTC) for moment in moments]
    orders = [
        total_order([Entry(f"{k}", b"", 5, None, said) for k, said in enumerate(written)], near)
        for written in (
            [moment.isoformat() for moment in aware],
            [moment.astimezone(data.draw(ZONES)).isoformat() for moment in aware],
        )
    ]
    assert orders[0] == orders[1] == sorted(range(len(moments)), key=moments.__getitem__)


@pytest.mark.parametrize("keep", ["longest", "earliest", "latest", "source"])
def test_the_order_is_total_and_ends_with_length_and_id(keep: str) -> None:
    near = replace(NEAR, keep=keep, sources=("s",))  # type: ignore[arg-type]
    entries = [Entry("b", b"", 5, None), Entry("a", b"", 5, None), Entry("c", b"", 9, None)]
    for order in permutations(entries):
        assert [order[k].id for k in total_order(order, near)] == ["c", "a", "b"]


# Templates

WEATHER = (
    "青河市气象台{0}发布天气预报：今天白天多云间晴，偏北风{1}级，最高气温{2}℃，最低气温{3}℃，相对湿度{4}%。"
    "明天阴有小雨，气温{5}到{6}℃。气象台提醒市民，早晚温差较大，外出请适时增减衣物，驾车注意交通安全。"
)
MARKET = (
    "兰川证券交易所{0}收盘综述：综合指数报{1}点，较前一交易日上涨{2}%，成交额{3}亿元。两市共有{4}只个股上涨，{5}只下跌。"
    "盘面上，电力、农业板块表现活跃，地产板块小幅回落。分析人士认为，市场情绪总体平稳，投资者仍需注意风险。"
)
FORECAST = (
    "Harbour forecast issued at {0} on {1} March. Winds northwest at {2} knots, gusting to {3}. Seas {4} metres. "
    "High tide at {5}, low tide at {6}. Small craft should stay in port until the warning is lifted. "
    "The harbour office asks skippers to keep their radios on and to report drifting nets and timber at once."
)
GRAIN = (
    "The grain exchange closed on {0} March with wheat at {1} a bushel, up {2} per cent on the day, and corn at {3}. "
    "Turnover came to {4} lots. Traders said that mills had been steady buyers and that rain in the western "
    "counties had eased fears for the winter crop. The exchange opens again on Monday at the usual hour."
)


def notices(template: str, *days: Iterable[object]) -> dict[str, str]:
    return {f"day {k}": template.format(*day) for k, day in enumerate(days)}


@pytest.mark.parametrize(
    "texts",
    [
        notices(
            WEATHER,
            ["3月3日", "3到4", 9, 3, 40, 4, 8],
            ["3月4日", "2到3", 8, 4, 55, 3, 7],
            ["3月5日", "4到5", 6, -2, 35, 1, 5],
        ),
        notices(MARKET, ["3月3日", "3120.5", "0.42", 812, 1870, 920], ["3月4日", "3131.8", "0.36", 797, 1702, 1103]),
        notices(FORECAST, ["0600", 3, 25, 38, "2.5", "1140", "1755"], ["1800", 4, 22, 31, "1.8", "1215", "1832"]),
        notices(GRAIN, [3, "5.41", "0.9", "4.12", "18,400"], [4, "5.46", "1.1", "4.09", "21,150"]),
    ],
    ids=["weather zh", "market zh", "weather en", "market en"],
)
def test_notices_of_one_template_all_stay(texts: dict[str, str]) -> None:
    days = list(texts.values())
    assert min(slow_likeness(a, b)[0] for a in days for b in days) > 0.4
    assert run(texts, replace(EAGER, jaccard=0.5)) == {}


def test_a_copy_of_a_notice_is_still_a_copy() -> None:
    [notice] = notices(WEATHER, ["3月3日", "3到4", 9, 3, 40, 4, 8]).values()
    assert taken(run({"a": notice, "b": "\u3000" + notice.replace("，", ", ")})) == {"a": ("b", "same")}


def test_a_corrected_number_in_a_long_report_does_not_make_it_another() -> None:
    report = story(0, 12, "工程总投资1200万元，惠及14个村、8600多户，计划5月20日前完工，热线电话为5501234。")
    assert set(run({"a": report, "b": report.replace("8600", "8700")}, replace(EAGER, max_other_facts=0.2))) == {"b"}
    assert run({"a": report, "b": report.replace("8600", "8700")}, replace(EAGER, max_other_facts=0.1)) == {}


@pytest.mark.parametrize(
    ("notice", "one", "other"),
    [
        ("经县人民代表大会常务委员会会议审议通过，决定任命{0}为水利局局长。", "王建国", "李秀英"),
        ("县人民法院昨天公开审理了被告人{0}盗窃一案，将择日宣判。", "陈立新", "陈立本"),
        ("讣告：我县退休教师{0}因病医治无效，于昨晚逝世。", "周德厚", "郑怀远"),
        ("The county court fined {0} on Friday for dumping rubble in the river. ", "Mark Hale", "Ruth Dorn"),
        ("The harbour board has named {0} its new pilot. ", "Agnes Moore", "Peter Lind"),
    ],
)
def test_notices_that_differ_in_names_alone_all_stay(notice: str, one: str, other: str) -> None:
    assert run(notices(notice + story(5, 17), [one], [other])) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("（记者 王建国）", "（记者 李秀英）"),
        ("本报记者王建国报道。", "本报记者李秀英报道。"),
        ("【编辑：王建国】", "【编辑：李秀英】"),
        ("Editing by Mark Hale.", "Editing by Ruth Dorn."),
    ],
)
def test_a_copy_under_another_reporter_is_a_copy(one: str, other: str) -> None:
    assert len(run({"a": story(0, 12, one), "b": story(0, 12, other)})) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("新华社青河12月6日电 ", "2025年12月6日，"),
        ("青河网6日讯 ", "12月6日 "),
        ("", "这是2022年8月4日拍摄的老闸门。\n"),
    ],
    ids=["with the year", "without the month", "a caption more"],
)
def test_a_copy_that_is_dated_otherwise_is_a_copy(one: str, other: str) -> None:
    body = story(0, 12, "会议于6日在县城召开，3位专家到会。")
    assert len(run({"a": one + body, "b": other + body})) == 1


def test_the_market_at_noon_and_the_market_at_night_are_two_pieces_of_news() -> None:
    report = (
        "美股{0}，道指{1}涨{2}%，报{3}点；纳指跌{4}%。"
        + story(0, 14)
        + "另有14家企业、8600多名职工和12个村参加，共120万元。"
    )
    noon, night = (
        report.format(*said) for said in (("早盘", 1, "0.16", 42146, "0.63"), ("收盘", 1, "0.13", 42270, "0.32"))
    )
    assert run({"noon": noon, "night": night}) == {}


def test_a_minus_makes_another_fact() -> None:
    assert run({"a": "今晨最低气温-5℃。", "b": "今晨最低气温5℃。"}) == {}


def test_a_decimal_point_makes_another_fact() -> None:
    assert run({"a": "综合指数今日上涨1.5%。", "b": "综合指数今日上涨15%。"}) == {}


# Relations


def test_a_longer_version_contains_the_shorter() -> None:
    matches = run({"short": story(0, 8), "long": story(0, 12)})
    assert taken(matches) == {"short": ("long", "contained")}
    assert matches["short"].containment == 1.0
    assert matches["short"].jaccard < NEAR.jaccard


def test_a_round_up_is_a_copy_of_none_of_its_stories() -> None:
    assert run({"story": story(0, 5), "round-up": story(0, 16)}) == {}


def test_an_earlier_version_is_superseded_by_a_later_one() -> None:
    texts = {"first": story(0, 10), "later": story(0, 11)}
    assert taken(run(texts, published={"first": "2026-01-01", "later": "2026-01-02"})) == {
        "first": ("later", "superseded")
    }
    assert taken(run(texts, published={"first": "2026-01-02", "later": "2026-01-01"})) == {"first": ("later", "same")}
    assert taken(run(texts, published={"first": "2026-01-01", "later": "2026-01-01"})) == {"first": ("later", "same")}
    assert taken(run(texts, published={"later": "2026-01-02"})) == {"first": ("later", "same")}


@pytest.mark.parametrize(
    ("first", "later", "relation"),
    [
        ("2026-05-08T23:00+08:00", "2026-05-08T20:00Z", "superseded"),
        ("2026-05-08T20:00Z", "2026-05-08T23:00+08:00", "same"),
        ("2026-05-08", "2026-05-08T23:00", "same"),  # nobody knows at what hour of the day
        ("2026-05-07", "2026-05-08T23:00", "superseded"),
    ],
)
def test_a_version_is_superseded_by_one_that_is_known_to_be_later(first: str, later: str, relation: str) -> None:
    texts = {"first": story(0, 10), "later": story(0, 11)}
    assert taken(run(texts, published={"first": first, "later": later})) == {"first": ("later", relation)}


def test_an_equal_document_of_another_day_is_the_same() -> None:
    texts = {"a": story(0, 9), "b": story(0, 9)}
    matches = run(texts, replace(EAGER, keep="latest"), published={"a": "2026-01-01", "b": "2026-01-02"})
    assert matches == {"a": Match("b", "same", 1.0, 1.0)}


def test_an_english_story_is_found_in_its_longer_version() -> None:
    texts = {"short": " ".join(EN[:5]), "long": " ".join(EN)}
    assert taken(run(texts)) == {"short": ("long", "contained")}
    assert taken(run({"a": " ".join(EN), "b": " ".join(EN).upper() + " "})) == {"a": ("b", "same")}


# Short texts and exact copies


def test_short_texts_are_duplicates_only_if_they_say_exactly_the_same() -> None:
    flash = "快讯：青河大桥今天上午正式恢复通车，往来车辆通行有序。"
    assert entry("a", flash).signature is None
    texts = {
        "a": flash,
        "b": flash.replace("上午", "下午"),
        "c": flash.replace("，", ",").replace("。", ""),
        "d": flash + "完",
    }
    assert run(texts) == {"c": Match("a", "same", 1.0, 1.0)}


def test_exact_copies_are_found_without_signatures_and_without_reading_a_text() -> None:
    def refuse(number: int) -> str:
        raise AssertionError(f"text {number} was asked for")

    claims = Claims(NEAR, refuse)
    assert claims.claim(0, entry("a", story(0, 9))) is None
    assert claims.claim(1, entry("b", story(0, 9, "\n"))) == Match("a", "same", 1.0, 1.0)
    assert claims.claim(2, entry("c", "短讯")) is None
    assert claims.claim(3, entry("d", "短訊！")) == Match("c", "same", 1.0, 1.0)


def test_a_digest_is_that_of_the_view_and_of_the_numbers() -> None:
    texts = ("雨停了。", "雨 停了", "雨停", "", "涨1.5%", "涨15%", "涨１.５％", "降-15%")
    digests = [content_digest(text, comparison_view(text)) for text in texts]
    assert digests[0] == digests[1]
    assert digests[4] == digests[6]
    assert len(set(digests)) == 6
    assert {len(d) for d in digests} == {16}


@pytest.mark.parametrize(
    ("one", "two"),
    [("€45", "$45"), ("BB+", "BB-"), ("A+级", "A-级"), ("C++", "C#"), ("↑3", "↓3"), ("湖 ✓ 河 ✗", "湖 ✗ 河 ✓")],
)
def test_a_digest_tells_apart_what_only_a_sign_does(one: str, two: str) -> None:
    assert content_digest(one, comparison_view(one)) != content_digest(two, comparison_view(two))


def test_a_hyphen_in_a_word_is_no_sign() -> None:
    one, two = "COVID-19 in the co-op", "COVID–19 in the coop"
    assert content_digest(one, comparison_view(one)) == content_digest(two, comparison_view(two))


def test_texts_of_one_two_and_four_bytes_a_letter_have_digests_of_their_own() -> None:
    # 61 6E are the bytes of the first two, were their width not said.
    texts = ("an", chr(0x6E61), chr(0x6E61) + "\U00020000", "a\nn")
    digests = [content_digest(text, comparison_view(text)) for text in texts]
    assert digests[0] == digests[3]
    assert len(set(digests)) == 3


def test_texts_without_a_letter_are_equal_only_to_themselves() -> None:
    digests = [content_digest(t, comparison_view(t)) for t in ("……", "……", "——", "☔", "")]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


# Many candidates


def test_with_too_many_candidates_the_likeliest_are_verified_and_it_is_counted() -> None:
    texts = {f"{k:02}": story(k, k + 9) for k in range(8)}
    near = replace(EAGER, jaccard=0.97, containment=0.97, max_candidates=2)
    copy = story(5, 14)[3:]
    assert max(slow_likeness(a, b)[0] for a in texts.values() for b in texts.values() if a != b) < 0.97
    entries = [entry(id_, text) for id_, text in [*texts.items(), ("copy", copy)]]
    claims = Claims(near, lambda k: [*texts.values(), copy][k])
    matches = [claims.claim(k, one) for k, one in enumerate(entries)]
    assert matches[:-1] == [None] * 8
    assert matches[-1] is not None
    assert matches[-1].kept == "05"
    assert claims.capped > 0


def test_nothing_is_capped_below_the_limit() -> None:
    claims = Claims(replace(EAGER, max_candidates=3), lambda k: story(k, k + 9))
    for k in range(4):
        claims.claim(k, entry(str(k), story(k, k + 9)))
    assert claims.capped == 0


def test_texts_are_read_for_candidates_only() -> None:
    asked: list[int] = []

    def text_of(number: int) -> str:
        asked.append(number)
        return [story(0, 6), story(8, 14), story(0, 6, "完")][number]

    claims = Claims(NEAR, text_of)
    assert claims.claim(0, entry("a", story(0, 6))) is None
    assert claims.claim(1, entry("b", story(8, 14))) is None
    assert asked == []
    assert claims.claim(2, entry("c", story(0, 6, "完"))) is not None
    assert sorted(asked) == [0, 2]


# Bands


@given(st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), min_size=1, max_size=12))
def test_candidates_share_a_band_and_all_that_share_one_are_candidates(rows: list[list[int]]) -> None:
    signatures = np.array(rows, dtype=np.uint32)
    *kept, new = range(len(rows))
    index = BandIndex(bands=3, rows=2)
    for number in kept:
        index.add(number, index.keys(signatures[number]))
    slow = [n for n in kept if any(rows[n][b : b + 2] == rows[new][b : b + 2] for b in (0, 2, 4))]
    assert index.candidates(index.keys(signatures[new])) == slow


LINKS = st.lists(st.dictionaries(st.integers(0, 11), st.integers(0, 3), max_size=12), max_size=4)


@given(LINKS)
def test_what_shares_a_key_hangs_together_and_nothing_else(links: list[dict[int, int]]) -> None:
    groups = [{number} for number in range(12)]
    for link in links:
        for key in set(link.values()):
            joined = [group for group in groups if any(link.get(number) == key for number in group)]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    slow = {number: min(group) for group in groups for number in group}
    linked = set().union(*links)
    arrays = [(np.array([*link], np.int64), np.array([*link.values()], np.uint64)) for link in links]
    assert connected(12, arrays).tolist() == [slow[number] if number in linked else -1 for number in range(12)]


def test_a_long_chain_hangs_together() -> None:
    order = np.array(random.Random(1).sample(range(5000), 5000))
    links = [(order[at : at + 4998], np.arange(4998, dtype=np.uint64) // 2) for at in (0, 1)]
    assert set(connected(5000, links)[order[:4999]].tolist()) == {int(order[:4999].min())}


def test_groups_are_shared_out_whole_each_in_the_order_of_all() -> None:
    texts = {f"{kind}{n}": story(0, 4, kind * 40, str(n) * n) for kind in "甲乙丙" for n in range(3)} | {
        "x": story(4, 9)
    }
    entries = Listed(entry(id_, text, near=EAGER) for id_, text in texts.items())
    alone = replace(entries[-1], signature=None)
    order = total_order(entries, EAGER)
    for size in (1, 4, 100):
        shares = Groups(Listed([*entries[:-1], alone]), EAGER).shares(order, size)
        assert sorted(k for share in shares for k in share) == list(range(9))
        assert all(share == [k for k in order if k in share] for share in shares)
        assert len(shares) == 1  # all have passages in common


def test_documents_with_nothing_in_common_are_shared_out_apart() -> None:
    texts = {f"{k}{copy}": chr(0x4E00 + 40 * k) * 9 + story(k, k + 1) for k in range(5) for copy in "ab"}
    entries = Listed(entry(id_, text) for id_, text in texts.items())
    groups, order = Groups(entries, NEAR), total_order(entries, NEAR)
    assert sorted(map(sorted, groups.shares(order, 1))) == [[k, k + 1] for k in range(0, 10, 2)]
    assert [len(share) for share in groups.shares(order, 3)] == [4, 4, 2]


def test_a_band_key_is_that_of_its_rows_alone() -> None:
    signatures = np.array([[1, 2, 3, 4, 9], [1, 2, 5, 6, 8], [2, 1, 3, 4, 7]], dtype=np.uint32)
    keys = band_keys(signatures, bands=2, rows=2)
    assert keys.shape == (3, 2)
    assert keys[0, 0] == keys[1, 0] != keys[2, 0]
    assert keys[0, 1] == keys[2, 1] != keys[1, 1]


def test_the_detection_probability_is_what_happens() -> None:
    draw = np.random.RandomState(4)
    kept = draw.randint(0, 2**32, size=(4000, 128), dtype=np.uint32)
    for jaccard, bands, rows in [(0.8, 16, 8), (0.8, 9, 13), (0.5, 16, 8), (0.6, 32, 4)]:
        other = np.where(
            draw.rand(4000, 128) < jaccard, kept, draw.randint(0, 2**32, size=(4000, 128), dtype=np.uint32)
        )
        found = (band_keys(kept, bands, rows) == band_keys(other, bands, rows)).any(axis=1).mean()
        assert found == pytest.approx(detection_probability(jaccard, bands, rows), abs=0.03)


def test_the_default_bands_find_what_the_config_promises() -> None:
    assert detection_probability(0.8, NEAR.bands, NEAR.rows) == pytest.approx(0.998, abs=0.0005)
    assert detection_probability(0.6, NEAR.bands, NEAR.rows) == pytest.approx(0.63, abs=0.005)
    assert detection_probability(0.5, NEAR.bands, NEAR.rows) == pytest.approx(0.28, abs=0.005)


def test_most_stories_cut_short_are_found() -> None:
    """Cut to a half and more; by 16 bands of 8 rows, which find copies as surely, it was a fifth of the shortest."""
    chance = random.Random(8)
    texts: dict[str, str] = {}
    for k in range(60):
        whole = "".join(chr(0x4E00 + chance.randrange(4000)) for _ in range(500))
        texts |= {f"{k}": whole, f"{k} cut short": whole[: 260 + 4 * k]}
    matches = run(texts, NEAR)
    assert all(match.relation in ("contained", "same") for match in matches.values())
    assert {name: match.kept for name, match in matches.items()} == {
        name: name.removesuffix(" cut short") for name in matches
    }
    assert len(matches) >= 47
    assert len(run(texts, replace(NEAR, bands=16, rows=8))) < 40


# Signatures


def test_a_document_signature_is_that_of_all_its_shingles() -> None:
    text = story(0, 6)
    hashes = shingle_hashes(comparison_view(text).codes, 5)
    lean = as_datasketch(sign(hashes, 128, 1), seed=1)
    slow = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=lambda data: reference_hash(data.decode()))
    for gram in grams(text):
        slow.update(gram.encode())
    assert lean == LeanMinHash(slow)
    assert lean.jaccard(slow) == 1.0
