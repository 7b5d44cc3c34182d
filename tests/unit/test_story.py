"""What the story says itself though it reads like credits: lists, events, titles, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.config import load_settings
from dedupe.edits import cut
from dedupe.model import Hints
from dedupe.rules.lists import form
from dedupe.rules.loader import load_rulebook
from dedupe.stages.bylines import find_bylines
from tests.growth import assert_linear

SETTINGS = load_settings().bylines
BOOK = load_rulebook(SETTINGS.packs)
BODY = "城南的小桥今天通车，附近的居民一早就来到桥上，走了一个来回，说等了三十年。"
ENGLISH = "The small bridge in the south of the town opened on Monday, and the whole street came to see it and stayed."
CREDITS = [
    "编辑：林小禾",
    "摄影：李明",
    "校对：王宁",
    "来源：城南网",
    "监制丨何可",
    "（责任编辑：林小禾）",
    "By Jane Doe",
]
LABELS = [
    "导演：何可",
    "主演：梁月、方小满",
    "票价：免费",
    "调色丨周远",
    "Cast: Ruth Poe",
    "《春桥》",
    "The Mill Road",
    "",
]


def left(*lines: str) -> str:
    text = "\n".join(lines)
    return cut(text, find_bylines(text, BOOK, Hints(), SETTINGS)).text


@pytest.mark.parametrize("line", ["导演：何可", "Réalisation : Anne Lefort", "Режиссёр: Анна Волкова", "감독: 박하늘"])
def test_a_label_is_told_in_any_script(line: str) -> None:
    assert form(line) == 0


@pytest.mark.parametrize(
    "line", ["14:00", "他说：“好。”", "微信：news@example.cn", "https://milltown.example/a", "By Jane Doe"]
)
def test_an_hour_a_speech_and_an_address_are_no_labels(line: str) -> None:
    assert form(line) is None


@pytest.mark.parametrize("edge", ["head", "body", "tail"])
def test_a_list_that_an_unread_label_opens_stays_whole_wherever_it_stands(edge: str) -> None:
    cast = ["导演：何可", "摄影：李明", "剪辑：王宁"]
    around = {"head": ("小桥", *cast, BODY, BODY), "body": (BODY, *cast, BODY), "tail": (BODY, BODY, *cast)}
    assert left(*around[edge]) == "\n".join(around[edge])


def test_credits_go_though_a_rule_does_not_know_one_among_them() -> None:
    assert left(BODY, BODY, "监制：何可", "摄影：李明", "调色：周远", "编辑：林小禾") == f"{BODY}\n{BODY}\n调色：周远"


def test_a_page_may_set_its_keywords_below_its_editor() -> None:
    assert left(BODY, BODY, "责任编辑：林小禾", "关键字 : 小桥") == f"{BODY}\n{BODY}\n关键字 : 小桥"


def test_names_below_several_works_stay_and_one_name_below_them_all_goes() -> None:
    works = (BODY, BODY, "《春桥》", "摄影：林小禾", "《夏桥》", "摄影：李明")
    assert left(*works) == "\n".join(works)
    assert (
        left(BODY, BODY, "《春桥》", "摄影：林小禾", "《夏桥》", "摄影：林小禾")
        == f"{BODY}\n{BODY}\n《春桥》\n《夏桥》"
    )


def test_the_critic_s_own_byline_goes_from_above_the_books() -> None:
    page = (
        "Books for the winter",
        "By Jane Doe",
        ENGLISH,
        "The Ferry",
        "By Edith Marrow",
        "The Mill",
        "By Tom Quill",
        ENGLISH,
    )
    assert left(*page) == "\n".join(line for line in page if line != "By Jane Doe")


def test_reporters_sign_the_parts_of_a_story_by_the_same_words() -> None:
    page = (BODY, "桥东", "本报记者林小禾", BODY, "桥西", "本报记者李小明", BODY)
    assert left(*page) == "\n".join(line for line in page if "记者" not in line)


def test_a_name_above_the_day_is_an_author_and_below_it_a_place() -> None:
    day = "Saturday 28 November 2026, 2.30pm"
    assert left("A bridge", "Jane Doe", day, ENGLISH) == f"A bridge\n{ENGLISH}"
    assert left("A talk", day, "Thornby Library", ENGLISH) == f"A talk\n{day}\nThornby Library\n{ENGLISH}"


def test_a_prompt_as_the_first_line_is_the_title_and_below_the_story_a_prompt() -> None:
    assert left("Leserbriefe", ENGLISH, ENGLISH) == f"Leserbriefe\n{ENGLISH}\n{ENGLISH}"
    assert left("A bridge", ENGLISH, ENGLISH, "Leserbriefe") == f"A bridge\n{ENGLISH}\n{ENGLISH}"


def test_a_reporter_whom_the_text_is_about_is_its_title() -> None:
    about = "李守田同志因病医治无效，于昨天在城南逝世，享年八十九岁，他写了一辈子的新闻。"
    assert left("新华社记者 李守田", about, BODY) == f"新华社记者 李守田\n{about}\n{BODY}"
    assert left("新华社记者 李守田", BODY, BODY) == f"{BODY}\n{BODY}"


def test_an_address_that_the_text_announces_stays() -> None:
    told = "从今天起，本报的来稿和线索请寄到下面的地址："
    assert left(BODY, BODY, told, "投稿邮箱：news@example.cn").endswith("投稿邮箱：news@example.cn")
    assert left(BODY, BODY, "投稿邮箱：news@example.cn") == f"{BODY}\n{BODY}"


@given(st.lists(st.sampled_from([*CREDITS, *LABELS, BODY, ENGLISH]), max_size=12).map("\n".join))
def test_a_page_of_lists_and_credits_that_was_cut_holds_nothing_more(page: str) -> None:
    rest = left(page)
    assert left(rest) == rest


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["编辑：林小禾\n导演：何可\n", "By Jane Doe\nThe Ferry\n", "新闻热线：0518-1234567\n好\n"]
)
def test_work_on_lists_grows_with_length_and_no_faster(unit: str) -> None:
    assert_linear(
        lambda text: find_bylines(text, BOOK, Hints(), SETTINGS), lambda size: unit * (size // len(unit)), 10_000
    )
