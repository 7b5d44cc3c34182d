"""Bare names that a credit of the page vouches for, and the many that only look like them."""

import pytest

from dedupe.config import load_settings
from dedupe.edits import cut
from dedupe.model import Hints
from dedupe.rules.loader import load_rulebook
from dedupe.stages.bylines import find_bylines
from dedupe.stages.metadata import gather

SETTINGS = load_settings().bylines
BOOK = load_rulebook(SETTINGS.packs)
BY = "By Jane Roe"
BODY = (
    "The small bridge in the south of the town opened on Monday, the council said, after two years of work.",
    "Residents walked across it in the morning, and a man sold tea beside the southern end of the bridge.",
)
NOTE = "covers bridges for The Harbour Post. She lives in Milltown and is writing a book about rivers."
ZH = (
    "城南的小桥今天通车，附近的居民一早就来到桥上，走了一个来回，又在桥头站了很久。",
    "桥头的茶馆照常开门，老板说，往后过河买菜的人会更多，他打算多摆两张桌子。",
)


def kept(*lines: str) -> list[str]:
    text = "\n".join(lines)
    done = cut(text, find_bylines(text, BOOK, Hints(), SETTINGS)).text
    assert find_bylines(done, BOOK, Hints(), SETTINGS) == ()
    return done.split("\n")


@pytest.mark.parametrize("name", ["Jane Roe", "JANE ROE"])
def test_the_authors_name_goes_below_the_story_and_above_a_note_on_the_author(name: str) -> None:
    assert kept("A bridge", BY, *BODY, name) == ["A bridge", *BODY]
    for begun in ("Jane Roe", "Roe"):
        assert kept("A bridge", BY, *BODY, name, f"{begun} {NOTE}") == ["A bridge", *BODY, f"{begun} {NOTE}"]


def test_the_authors_name_goes_wherever_the_credit_stands_that_names_the_author() -> None:
    assert kept("A bridge", "By Jane Roe and John Doe", *BODY, "John Doe", "Jane Roe") == ["A bridge", *BODY]
    assert kept("小桥", "城南晚报记者 林小禾", *ZH, "林 小禾", "林小禾") == ["小桥", *ZH]
    assert kept("小桥", *ZH, "林小禾", "来源：城南晚报 作者：林小禾") == ["小桥", *ZH]


def test_a_house_that_a_credit_names_goes_as_the_last_line_of_the_page() -> None:
    assert kept("小橋", "文／CITYWIRE", *ZH, "CITYWIRE") == ["小橋", *ZH]
    assert kept("小桥", "来源：城南晚报", *ZH, "城南晚报") == ["小桥", *ZH]
    page = ("小桥", *ZH, "城南晚报", "城南电视台")
    assert kept(page[0], "来源：城南晚报", *page[1:]) == list(page)


def test_what_repeats_a_credit_says_no_more_than_the_credit() -> None:
    text = "\n".join(("A bridge", BY, *BODY, "Jane Roe"))
    findings = find_bylines(text, BOOK, Hints(), SETTINGS)
    assert findings[-1].rule == "page.credits"
    assert gather(text, findings, Hints()).authors == ("Jane Roe",)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(("Prizes", *BODY, "John Doe", "Jane Roe", "Mary Major"), id="a list of names"),
        pytest.param(("Prizes", *BODY, "John Doe", "Jane Roe"), id="the last of a list"),
        pytest.param(("Prizes", *BODY, f"{BODY[0]} The first prize goes to:", "Jane Roe"), id="what is announced"),
        pytest.param(("A talk", *BODY, "Jane Roe", "Thank you for coming."), id="a speaker at the end"),
        pytest.param(("A talk", *BODY, "Jane Roe", *BODY, "John Doe", BODY[0], "Jane Roe"), id="speakers"),
        pytest.param(("Jane Roe", *BODY), id="the title"),
        pytest.param(("Lives", *BODY, "Jane Roe", "A portrait by the river"), id="above a caption"),
        pytest.param(("Letters", BODY[0], f"“{BODY[1]}”", "John Doe"), id="who signs a letter"),
    ],
)
def test_a_name_that_says_something_else_stays(page: tuple[str, ...]) -> None:
    assert kept(page[0], *page[1:2], BY, *page[2:]) == list(page)


def test_a_single_word_that_signs_is_no_persons_name() -> None:
    assert kept("A poem", "By Hope", *BODY, "Hope", "is a bird")[-2:] == ["Hope", "is a bird"]


def test_nobody_vouches_on_a_page_without_credits() -> None:
    assert kept("A bridge", *BODY, "Jane Roe") == ["A bridge", *BODY, "Jane Roe"]


def test_bare_names_in_two_scripts_do_not_vouch_for_each_other() -> None:
    page = ("Prizes", "Jane Roe", "林小禾", *BODY)
    assert kept(*page) == list(page)
    assert kept(*page, "By John Doe") == list(page)
