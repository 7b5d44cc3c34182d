"""Share lists: names of networks one below the other, at the edges of a page and nowhere else."""

import pytest

from dedupe.config import load_settings
from dedupe.edits import cut
from dedupe.model import Hints
from dedupe.rules.loader import load_rulebook
from dedupe.rules.reading import Around, read_aloud
from dedupe.stages.bylines import find_bylines

SETTINGS = load_settings().bylines
BOOK = load_rulebook(SETTINGS.packs)
TITLE = "The bridge is open"
BODY = (
    "The small bridge in the south of the town opened on Monday, the council said, after two years of work.",
    "Residents walked across it in the morning, and a man sold tea beside the southern end of the bridge.",
    "城南的小桥今天通车，附近的居民一早就来到桥上，走了一个来回，又在桥头站了很久。",
)
LISTS = {
    "zh": "易信\n微信\nQQ空间\n微博",
    "zh-Hant": "臉書\n推特\nLINE",
    "en": "Facebook\nX\nWhatsApp",
    "ja": "はてブ\nツイッター\nメール",
    "ko": "페이스북\n트위터\n카카오스토리",
    "de": "E-Mail\nXing\nWhatsApp",
    "fr": "Mail\nFacebook\nCourriel",
    "es": "Facebook\nX - Twitter\nCorreo electrónico",
    "pt": "Whatsapp\nTwitter\nCorreio eletrónico",
    "it": "Facebook\nTwitter\nPosta elettronica",
    "ru": "ВКонтакте\nОдноклассники\nТелеграм",
    "ar": "فيسبوك\nتويتر\nواتساب",
}


def kept(*lines: str) -> list[str]:
    text = "\n".join(lines)
    done = cut(text, find_bylines(text, BOOK, Hints(), SETTINGS)).text
    assert find_bylines(done, BOOK, Hints(), SETTINGS) == ()
    return done.split("\n")


@pytest.mark.parametrize("networks", LISTS.values(), ids=LISTS)
def test_a_list_of_networks_goes_above_and_below_the_story_and_stays_within_it(networks: str) -> None:
    assert kept(TITLE, networks, *BODY) == [TITLE, *BODY]
    assert kept(TITLE, *BODY, networks) == [TITLE, *BODY]
    assert kept(TITLE, *BODY[:2], networks, BODY[2]) == [TITLE, *BODY[:2], *networks.split("\n"), BODY[2]]


@pytest.mark.parametrize("networks", LISTS.values(), ids=LISTS)
def test_a_list_that_the_story_announces_stays_at_its_end(networks: str) -> None:
    for announced in ("These were fined:", "三大平台："):
        page = (TITLE, *BODY, announced, *networks.split("\n"))
        assert kept(*page) == list(page)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param((TITLE, *BODY, "Facebook", "X"), id="two are no row"),
        pytest.param((TITLE, *BODY, "X", "X", "X"), id="the same three times is an ornament"),
        pytest.param((TITLE, *BODY, "微信", "抖音", "微博", "快手"), id="broken by what is no share button"),
        pytest.param((TITLE, *BODY, "Facebook", "X", "Viber", "All were fined."), id="the story goes on"),
        pytest.param((TITLE, "All were fined.", "Facebook", "X", "Viber", *BODY), id="the story began above"),
        pytest.param((TITLE, BODY[0], "Facebook", "X", "Viber", *BODY[1:]), id="below the first paragraph"),
        pytest.param(("Our networks", "Facebook", "X", "Viber"), id="a page without body text"),
        pytest.param((TITLE, *BODY, "Save", "Listen", "More"), id="buttons that name no network"),
        pytest.param((TITLE, *BODY, "5772", "1204", "318"), id="cells of a table"),
        pytest.param((TITLE, *BODY, "Facebook | X | Viber", "30 | 20 | 12"), id="a row of a table"),
    ],
)
def test_what_only_looks_like_a_share_list_stays(page: tuple[str, ...]) -> None:
    assert kept(*page) == list(page)


def test_one_network_is_enough_beside_a_share_prompt() -> None:
    assert kept(TITLE, "Share", "Facebook", *BODY) == [TITLE, *BODY]
    assert kept(TITLE, BODY[0], "Share", "Facebook", *BODY[1:]) == [TITLE, *BODY]  # below a standfirst, too


def test_a_title_that_is_a_networks_name_stays_above_its_share_list() -> None:
    assert kept("微信", "分享到：", "微博", *BODY) == ["微信", *BODY]
    assert kept("X", "Facebook", "Telegram", "Viber", *BODY) == ["X", *BODY]


def test_buttons_and_counts_go_with_the_list_they_stand_in() -> None:
    assert kept(TITLE, "5772", "分享到：", "微信", "微博", "更多", *BODY) == [TITLE, *BODY]
    assert kept(TITLE, *BODY, "5772", "分享到：", "微信", "微博", "更多") == [TITLE, *BODY, "5772"]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(("城南五家面馆", "推荐1", "老王面馆", *BODY), id="a heading that counts"),
        pytest.param(("Fish soup", "By Jane Roe", "35 min", *BODY), id="how long it cooks"),
        pytest.param((TITLE, *BODY, "浏览量：1200万", "责任编辑：林小禾"), id="a figure of the story above a credit"),
        pytest.param((TITLE, "By Jane Roe", "357", *BODY), id="a bare number"),
        pytest.param(("1917", "Share", *BODY), id="a title that is a number"),
        pytest.param((TITLE, "2026", "Share", *BODY), id="a year"),
        pytest.param((TITLE, *BODY, "00:00"), id="an hour"),
    ],
)
def test_a_counter_that_may_be_the_storys_stays(page: tuple[str, ...]) -> None:
    credits_ = ("By Jane Roe", "责任编辑：林小禾", "Share")
    assert kept(*page) == [line for line in page if line not in credits_]


def test_unmistakable_counters_go_at_the_edges() -> None:
    assert kept(TITLE, "讚 396", *BODY, "跟贴8", "参与357") == [TITLE, *BODY]
    assert kept(TITLE, "00:00 / 03:15", "5 min", "Share", "Save", *BODY) == [TITLE, *BODY]


def test_a_list_longer_than_a_brief_goes_all_the_same() -> None:
    brief = "桥今天通车，居民一早来到了这座桥上。" * 2
    assert kept(TITLE, LISTS["zh"], LISTS["de"], "Telegram", "Pinterest", brief) == [TITLE, brief]


def test_who_asks_why_a_lone_network_stays_is_told() -> None:
    (near,) = (near for near in read_aloud(BOOK, "易信", Around("tail")).refused if near.rule.id == "zh.share.row")
    assert near.why.endswith("three in all ('needs: row')")
