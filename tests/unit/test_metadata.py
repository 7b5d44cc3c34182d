"""Metadata: roles kept apart, dates as ISO 8601, hints against text."""

import re

import pytest

from dedupe.model import Capture, Finding, Hints, Span
from dedupe.rules.people import split_people
from dedupe.stages.dates import iso_date
from dedupe.stages.language import guess_language
from dedupe.stages.metadata import gather
from tests.growth import assert_linear


def found(*captures: tuple[str, str], start: int = 0, end: int = 1) -> Finding:
    return Finding("bylines", "r", Span(start, end), "", tuple(Capture(n, v, Span(start, end)) for n, v in captures))


def test_every_role_has_its_own_field() -> None:
    meta = gather(
        "x",
        [
            found(
                ("author", "甲一"),
                ("editor", "乙二"),
                ("photographer", "丙三"),
                ("translator", "丁四"),
                ("source", "城南网"),
            )
        ],
        Hints(),
    )
    assert (meta.authors, meta.editors, meta.photographers, meta.translators) == (
        ("甲一",),
        ("乙二",),
        ("丙三",),
        ("丁四",),
    )
    assert meta.source == "城南网"


def test_names_come_once_in_the_order_of_the_text() -> None:
    later, earlier = found(("author", "乙二"), ("author", "甲一"), start=5, end=6), found(("author", "甲一"))
    assert gather("x" * 9, [later, earlier], Hints()).authors == ("甲一", "乙二")


def test_the_date_of_the_page_line_is_the_best_in_the_text() -> None:
    stamp = found(("date", "2026-03-04 23:10"))
    page = found(("date", "2026年03月05日"), ("edition", "06版"), start=3, end=4)
    assert gather("x" * 9, [stamp, page], Hints()).published == "2026-03-05"
    assert gather("x" * 9, [stamp], Hints()).published == "2026-03-04T23:10"


@pytest.mark.parametrize(
    ("hint", "published"),
    [("2026-01-23", "2026-01-23"), ("yesterday", "2026-03-05"), ("", "2026-03-05"), (None, "2026-03-05")],
)
def test_a_hinted_date_wins_if_it_is_one(hint: str | None, published: str) -> None:
    assert gather("x", [found(("date", "2026年3月5日"))], Hints(published=hint)).published == published


def test_a_dateline_keeps_its_day_as_written() -> None:
    meta = gather("x", [found(("date", "1月21日"), ("place", "北京"), ("agency", "新华社"))], Hints())
    assert (meta.dateline_date, meta.place, meta.agency, meta.published) == ("1月21日", "北京", "新华社", None)


@pytest.mark.parametrize(
    ("written", "hints", "filed"),
    [
        ("1月21日", Hints(published="2026-01-22"), "2026-01-21"),
        ("１月２１日", Hints(url="https://example.cn/n1/2026/0122/c1.html"), "2026-01-21"),
        ("12月31日", Hints(published="2026-01-01T06:00"), "2025-12-31"),
        ("1月22日", Hints(published="2026-01-21"), "2026-01-22"),
        ("21日", Hints(published="2026-02-03"), "2026-01-21"),
        ("Aug. 20", Hints(published="2025-08-20"), "2025-08-20"),
        ("1月23日", Hints(published="2026-01-21"), None),
        ("2月30日", Hints(published="2026-03-01"), None),
        ("0日", Hints(published="2026-03-01"), None),
        ("1月21日", Hints(), None),
    ],
)
def test_a_dateline_has_its_year_from_elsewhere_on_the_page(written: str, hints: Hints, filed: str | None) -> None:
    meta = gather("x", [found(("date", written))], hints)
    assert (meta.dateline_date, meta.filed) == (written, filed)


def test_this_paper_is_no_agency_and_no_house() -> None:
    meta = gather("x", [found(("agency", "本报"), ("affiliation", "本报"))], Hints())
    assert (meta.agency, meta.affiliation) == (None, None)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("小桥通车这一天\n桥长一百二十米。", "小桥通车这一天"),
        ("小桥今天通车了。\n桥长一百二十米。", None),
        ("小桥通车这一天", None),
        ("字" * 80 + "\n桥长一百二十米。", None),
        ("A bridge opens\nThe bridge is long.", "A bridge opens"),
    ],
)
def test_the_title_is_a_first_line_that_reads_like_one(text: str, title: str | None) -> None:
    assert gather(text, [], Hints()).title == title


def test_a_credit_is_no_title_and_a_hinted_title_wins() -> None:
    text = "城南晚报记者 林小禾\n桥长一百二十米。"
    credit = found(("author", "林小禾"), start=0, end=10)
    assert gather(text, [credit], Hints()).title is None
    assert gather(text, [credit], Hints(title="小桥通车")).title == "小桥通车"


def test_a_path_above_the_title_is_passed_over_and_a_credit_is_not() -> None:
    text = "首页 > 新闻 > 正文\n打印\n小桥通车\n桥长一百二十米。"
    path, button = found(start=0, end=12), found(start=13, end=15)
    assert gather(text, [button, path], Hints()).title == "小桥通车"
    assert gather(text, [button], Hints()).title == "首页 > 新闻 > 正文"
    assert gather(text, [path, found(("author", "打印"), start=13, end=15)], Hints()).title is None
    assert gather("首页 > 新闻 > 正文", [path], Hints()).title is None


def test_hints_fill_what_the_text_does_not_say() -> None:
    hints = Hints(authors=("Jane Doe",), source="Milltown Times", url="https://example.org/1", language="en")
    meta = gather("x", [], hints)
    assert (meta.authors, meta.source, meta.url, meta.language) == (("Jane Doe",), "Milltown Times", hints.url, "en")
    assert gather("x", [found(("author", "林小禾"))], hints).authors == ("林小禾",)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026年03月05日 06版", "2026-03-05"),
        ("2026.1.2", "2026-01-02"),
        ("20260305", "2026-03-05"),
        ("08:152026/03/05", "2026-03-05T08:15"),
        ("2026-03-05T19:04:05Z", "2026-03-05T19:04:05Z"),
        ("2026-03-05 19:04:05+08:00", "2026-03-05T19:04:05+08:00"),
        ("May 3, 2026 at 9:10 p.m. EDT", "2026-05-03T21:10"),
        ("Tuesday 5 May 2026 09:10 GMT", "2026-05-05T09:10"),
        ("Thu, 5 Mar 2026 12:04 am", "2026-03-05T00:04"),
        ("12. März 2024, 14.05 Uhr", "2024-03-12T14:05"),
        ("1er mars 2024 à 10h05", "2024-03-01T10:05"),
        ("12 de marzo de 2024 a las 10:05", "2024-03-12T10:05"),
        ("21.dez.2018 às 12h55", "2018-12-21T12:55"),
        ("12.03.2024", "2024-03-12"),
        ("29/05/2025", "2025-05-29"),
        ("05/29/2025", "2025-05-29"),
        ("03/04/2024", None),
        ("13/13/2024", None),
        ("２０２６年３月５日 10時05分", "2026-03-05T10:05"),
        ("2026年3月5日(木) 午後3時5分", "2026-03-05T15:05"),
        ("令和8年3月5日", "2026-03-05"),
        ("平成元年3月5日", "1989-03-05"),
        ("2026.03.05. 오후 3:05", "2026-03-05T15:05"),
        ("2026년 3월 5일 10시 05분", "2026-03-05T10:05"),
        ("2026년 3월 5일 오전 12시", "2026-03-05T00:00"),
        ("5 марта 2026 г., 10:05", "2026-03-05T10:05"),
        ("10:05, 5 мар. 2026", "2026-03-05T10:05"),
        ("05.03.2026 10:05", "2026-03-05T10:05"),
        ("الخميس، 5 آذار/مارس 2026 - 10:05 م", "2026-03-05T22:05"),
        ("٥ مارس ٢٠٢٦، ١٠:٠٥ ص", "2026-03-05T10:05"),
        ("5 كانون الثاني 2026", "2026-01-05"),
        ("5 تشرين الأول/أكتوبر 2026", "2026-10-05"),
        ("5 моста 2026", None),
        ("5 марта", None),
        ("05/03/2026", None),
        ("8月29日", None),
        ("2026年13月1日", None),
        ("2026-02-30", None),
        ("第2026期", None),
        ("", None),
    ],
)
def test_dates_become_iso_or_nothing(text: str, iso: str | None) -> None:
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("03/04/2024", "fr", "2024-04-03"),
        ("03.04.2024", "de", "2024-04-03"),
        ("03/04/2024", "en", None),
        ("03.04.2024", "en-US", None),
        ("04/04/2024", "en", "2024-04-04"),
    ],
)
def test_a_day_in_numbers_is_read_where_its_order_is_known(text: str, language: str, iso: str | None) -> None:
    assert iso_date(text, language) == iso


@pytest.mark.parametrize(
    ("language", "iso"), [("ar", "2026-03-05"), ("ru", "2026-03-05"), ("en-US", None), ("other", None)]
)
def test_a_day_comes_before_its_month_only_where_it_is_written_so(language: str, iso: str | None) -> None:
    assert gather("x", [found(("date", "05/03/2026"))], Hints(language=language)).published == iso
    assert gather("x", [], Hints(language=language, published="05/03/2026")).published == iso


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("城南的小桥今天通车", "zh"),
        ("城南の小橋は今日開通しました", "ja"),
        ("오늘 작은 다리가 열렸다", "ko"),
        ("The bridge of the town was opened today and it is long", "en"),
        ("Die Brücke wurde heute eröffnet und ist lang", "de"),
        ("Le pont est ouvert pour les gens et pas pour une auto", "fr"),
        ("El puente y los ríos que las casas miran", "es"),
        ("Il ponte della città è lungo e anche la via", "it"),
        ("Uma ponte que não foi aberta em março também", "pt"),
        ("Broen er åben, og den er lang, og det er godt", "other"),
        ("De brug werd geopend met een nieuw pad van de stad", "other"),
        ("Сегодня в городе открыли малый мост", "ru"),
        ("Сьогодні в місті відкрили малий міст", "other"),
        ("Днес в града откриха малкия мост", "other"),
        ("افتتح الجسر الصغير اليوم في المدينة", "ar"),
        ("پل کوچک شهر امروز گشایش یافت", "other"),
        ("12345", "other"),
        ("", "other"),
    ],
)
def test_the_language_is_guessed_from_the_script(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("刘 琳", ["刘琳"]),
        ("林小禾 李明", ["林小禾", "李明"]),
        ("林小禾、李 明，王宁", ["林小禾", "李明", "王宁"]),
        ("城南晚报记者 林小禾 实习生 王宁", ["林小禾", "王宁"]),
        ("城南时报驻韩国、日本特约记者 林小禾", ["林小禾"]),
        ("李小明王宁", ["李小明", "王宁"]),
        ("艾伦·贝克", ["艾伦·贝克"]),
        ("林小禾_NB12345", ["林小禾"]),
        ("未知", []),
        ("JANE DOE, RICHARD ROE and ANN POE", ["JANE DOE", "RICHARD ROE", "ANN POE"]),
        ("Jane van der Doe", ["Jane van der Doe"]),
        ("", []),
    ],
)
def test_lists_of_people_are_taken_apart(text: str, names: list[str]) -> None:
    assert [name for _, _, name in split_people(text)] == names


@pytest.mark.parametrize(
    ("captures", "hints", "source"),
    [
        (
            (("holder", "城南日报社"), ("affiliation", "城南晚报"), ("source", "城南网")),
            Hints(source="城北网"),
            "城南网",
        ),
        ((("holder", "城南日报社"), ("affiliation", "城南晚报")), Hints(source="城北网"), "城北网"),
        ((("holder", "城南日报社"), ("affiliation", "城南晚报")), Hints(), "城南晚报"),
        ((("holder", "城南日报社"),), Hints(), "城南日报社"),
        ((("affiliation", "本报"), ("holder", "本报")), Hints(), None),
        ((("affiliation", "國際中心"),), Hints(), None),
        ((("affiliation", "即時新聞"),), Hints(), None),
        ((("affiliation", "ARD-Studio Kairo"),), Hints(), None),
        ((("affiliation", "Milltown Times Staff"),), Hints(), None),
        ((("affiliation", "The Milltown Times"),), Hints(), "The Milltown Times"),
        ((("photo_source", "路透社"), ("agency", "城华社")), Hints(), None),
    ],
)
def test_the_source_is_named_by_a_line_else_by_the_record_else_by_who_signs_or_holds_the_rights(
    captures: tuple[tuple[str, str], ...], hints: Hints, source: str | None
) -> None:
    assert gather("x", [found(*captures)], hints).source == source


def test_who_gave_a_picture_has_a_field_apart() -> None:
    meta = gather("x", [found(("photographer", "丙三"), ("photo_source", "路透社"))], Hints())
    assert (meta.photographers, meta.photo_sources, meta.source, meta.agency) == (("丙三",), ("路透社",), None, None)


def test_initials_are_authors_where_nobody_is_named() -> None:
    assert gather("x", [found(("author", "lb"))], Hints()).authors == ("lb",)
    assert gather("x", [found(("author", "Lena Brandt"), ("author", "lb"))], Hints()).authors == ("Lena Brandt",)


def test_a_desk_is_the_author_where_nobody_is_named() -> None:
    desk = found(("desk", "國際中心"))
    assert gather("x", [desk], Hints()).authors == ("國際中心",)
    assert gather("x", [desk], Hints(authors=("林小禾",))).authors == ("林小禾",)
    assert gather("x", [desk, found(("author", "林小禾"))], Hints()).authors == ("林小禾",)
    assert gather("x", [found(("desk", "本报评论员"))], Hints()).authors == ()


@pytest.mark.parametrize("written", ["03/05/2026 a las 22h03", "03-05 08:10", "03/04/2026", "3/5(木) 18:45"])
def test_a_time_is_no_dateline(written: str) -> None:
    meta = gather("x", [found(("date", written))], Hints(published="2026-03-05"))
    assert (meta.dateline_date, meta.filed) == (None, None)


def test_a_credit_right_below_a_paragraph_is_no_link_to_another_story() -> None:
    lines = [
        "A small bridge",
        "By Jane Doe",
        "The small bridge in the south of the town opened on Monday, the council said in a long statement.",
        "Additional reporting by Ann Poe",
        "Stay with the Milltown Times, which has told the news of the river and the town for forty years.",
    ]
    text = "\n".join(lines)
    named = [
        found(("author", name), start=text.index(line), end=text.index(line) + len(line))
        for name, line in (("Jane Doe", lines[1]), ("Ann Poe", lines[3]))
    ]
    assert gather(text, named, Hints()).authors == ("Jane Doe", "Ann Poe")


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("缪小璐高志苗", ["缪小璐", "高志苗"]),
        ("王题题项温蔚王舒", ["王题题", "项温蔚", "王舒"]),
        ("马小阳李辉段德文郭鸿", ["马小阳", "李辉", "段德文", "郭鸿"]),
        ("城南财经林小禾", ["林小禾"]),
        ("新桥科技 林小禾", ["林小禾"]),
        ("城南大学原党委书记、桥梁研究中心学术委员林小禾", ["林小禾"]),
        ("国际观察", []),
        ("林小禾     共找到27,417", ["林小禾"]),
        ("应急管理局", ["应急管理局"]),
        ("金融时报", ["金融时报"]),
        ("Lena Brandt aus Mühlstadt, Jonas Weber", ["Lena Brandt", "Jonas Weber"]),
    ],
)
def test_people_are_told_from_houses_posts_columns_and_counters(written: str, people: list[str]) -> None:
    assert [name for _, _, name in split_people(written)] == people


@pytest.mark.parametrize(
    ("head", "story", "language"),
    [
        ("Redazione Cronaca Facebook Twitter Copia Stampa " * 6, "Il ponte che è nella città sarà più lungo. ", "it"),
        (
            "Marta Robledo Facebook Twitter WhatsApp ",
            "El puente ya está abierto y los vecinos hasta ayer sin él. ",
            "es",
        ),
        (
            "Buttons Login Menu Search " * 12,
            "You will find the bridge with your own eyes, from the town to the river. ",
            "en",
        ),
    ],
)
def test_the_language_is_told_by_the_story_below_names_and_buttons(head: str, story: str, language: str) -> None:
    assert guess_language(head + story * 12) == language


def test_credits_by_the_thousand_are_gathered_in_the_time_that_their_number_takes() -> None:
    paragraph = "河水涨到了堤边，居民清早来看，孩子们在堤上跑来跑去。" * 8

    def page(links: int) -> str:
        return "\n".join(["城北的桥通车了", "周一", paragraph, *["城南的路修好了\n吴二"] * links, paragraph])

    def read(text: str) -> object:
        named = [found(("author", m[0]), start=m.start(), end=m.end()) for m in re.finditer("周一|吴二", text)]
        meta = gather(text, named, Hints())
        assert meta.authors == ("周一",)
        return meta

    assert_linear(read, page, 500)
