"""
What a page says twice, and what only looks like it. Every page here is written for its test, and
every test says what is left of it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.config import load_settings
from dedupe.edits import cut, restore
from dedupe.kernels.shingles import shingle_hashes
from dedupe.kernels.view import comparison_view
from dedupe.model import Finding
from dedupe.settings import Settings
from dedupe.stages.repeats import find_repeats
from tests.growth import assert_linear

SETTINGS = load_settings()


def findings(text: str, settings: Settings = SETTINGS) -> tuple[Finding, ...]:
    """The judge's findings, on view and shingles made as the pipeline makes them."""
    view = comparison_view(text)
    return find_repeats(text, view, shingle_hashes(view.codes, settings.neardup.shingle), settings.repeats)


def kept(text: str) -> str:
    """What is left when the judge finds nothing more."""
    while found := findings(text):
        done = cut(text, found)
        assert restore(done.text, done.removals) == text
        text = done.text
    return text


def page(*paragraphs: str) -> str:
    return "\n".join(paragraphs)


ONE = (
    "入冬以来，青河两岸的冬修工地上机器轰鸣，一派繁忙景象。县水利局负责人介绍，"
    "今年的堤防加固工程比往年提前了半个月开工，目前已完成土方四成。"
)
TWO = (
    "家住下游的周大叔每天都要到渠首看一看，他说心里踏实。去年夏天的一场大水冲毁了三处老闸门，"
    "技术人员连夜测量，拿出了两套改造方案供乡亲们挑选。"
)
THREE = (
    "为了不误春灌，材料厂的工人主动放弃了元旦假期。运送石料的车队绕过集镇，"
    "把噪声留在了田野之间，学校的孩子们还给工地写来了慰问信。"
)
FOUR = (
    "气象部门提醒，下周将有一次明显的降温过程，指挥部随即调整工期，优先浇筑迎水坡一侧的护面，"
    "并在沿线增设了保温棚和值守点。"
)
ARTICLE = page(ONE, TWO, THREE)

EN_ONE = (
    "The last ferry of the evening left the old pier shortly before the storm closed the strait. "
    "Passengers who had missed it spent the night in the school gymnasium, where volunteers served soup."
)
EN_TWO = (
    "The harbour master said the wind had torn two mooring lines and bent a gangway. "
    "Repairs will begin as soon as the divers have looked at the piles below the waterline."
)
EN_THREE = (
    "Until then a smaller boat will carry commuters, without cars, from the northern jetty. "
    "Shopkeepers on the island worry about the weekend, when most of their visitors arrive."
)


# Second copies


@pytest.mark.parametrize(
    "text",
    [
        page(ARTICLE, ARTICLE),
        page(ARTICLE, "", ARTICLE),
        ARTICLE + ARTICLE,
        page(ARTICLE, ARTICLE, ARTICLE),
    ],
    ids=["next line", "blank line", "fused", "three times"],
)
def test_a_page_that_stands_twice_stands_once(text: str) -> None:
    assert kept(text) == ARTICLE


@pytest.mark.parametrize("article", [page(EN_ONE, EN_TWO, EN_THREE), EN_ONE], ids=["page", "paragraph"])
def test_an_english_page_that_stands_twice_stands_once(article: str) -> None:
    assert kept(page(article, article)) == article


def test_an_english_page_whose_copies_are_fused_stands_once() -> None:
    article = page(EN_ONE, EN_TWO, EN_THREE)
    assert kept(article + article) == article


def test_a_paragraph_that_stands_twice_stands_once() -> None:
    assert kept(page(ONE, TWO, TWO, THREE)) == ARTICLE
    assert kept(page(ONE, ONE, TWO, THREE)) == ARTICLE
    assert kept(page(ONE, TWO, THREE, THREE)) == ARTICLE


def test_interleaved_copies_stand_once() -> None:
    assert kept(page(ONE, ONE, TWO, TWO, THREE, THREE)) == ARTICLE


def test_a_copy_that_lost_its_line_breaks_goes_and_the_one_with_paragraphs_stays() -> None:
    fused = ARTICLE.replace("\n", "")
    assert kept(page(ARTICLE, fused)) == ARTICLE
    assert kept(page(fused, ARTICLE)) == ARTICLE


@pytest.mark.parametrize(("policy", "stays"), [("better", 1), ("first", 0), ("last", 1)])
def test_which_copy_stays_is_a_policy(policy: str, stays: int) -> None:
    copies = (ARTICLE.replace("\n", ""), ARTICLE)
    text = page(*copies)
    found = findings(text, load_settings(overrides=[f"repeats.keep={policy}"]))
    assert cut(text, found).text == copies[stays]


def test_a_copy_broken_into_short_lines_is_a_copy() -> None:
    broken = page(*(ARTICLE.replace("\n", "")[at : at + 23] for at in range(0, len(ARTICLE), 23)))
    left = kept(page(ARTICLE, broken))
    assert left.replace("\n", "") == ARTICLE.replace("\n", "")


def test_a_truncated_copy_under_its_own_headline_goes() -> None:
    assert kept(page(ARTICLE, FOUR, ONE, TWO)).count(ONE) == 1


@pytest.mark.parametrize("copy", [page(ONE, TWO), page(ONE, TWO, THREE[:30] + "……")], ids=["paragraph", "sentence"])
def test_a_truncated_copy_goes(copy: str) -> None:
    assert kept(page(ARTICLE, copy)) == ARTICLE


def test_of_a_truncated_first_copy_nothing_is_said_twice_and_nothing_is_lost() -> None:
    left = kept(page(ONE, TWO, ARTICLE))
    assert left == ARTICLE


def test_a_copy_in_other_punctuation_width_and_spacing_goes() -> None:
    other = ARTICLE.replace("，", ",").replace("。", ". ").replace("\n", "\n\u3000\u3000")
    assert kept(page(ARTICLE, other)) == ARTICLE


def test_a_copy_in_the_other_script_goes() -> None:
    simple = (
        "县水务局发布消息，灌区续建工程进展顺利。节水设备已运抵现场，农户们对来年的收成充满信心，纷纷报名参加培训。"
    )
    other = "縣水務局發佈消息，灌區續建工程進展順利。節水設備已運抵現場，農戶們對來年的收成充滿信心，紛紛報名參加培訓。"
    assert kept(page(simple, other)) == simple
    assert kept(page(other, simple)) == other


def test_a_copy_with_another_particle_goes() -> None:
    slipped = ARTICLE.replace("繁忙景象", "繁忙的景象").replace("心里踏实", "心里很踏实")
    assert kept(page(ARTICLE, slipped)) == ARTICLE


@pytest.mark.parametrize(
    ("words", "others"),
    [("周大叔", "周大婶"), ("负责人", "副负责人"), ("三处老闸门", "四处老闸门"), ("主动放弃了", "主动放弃不了")],
    ids=["another name", "another office", "another number", "a negation"],
)
def test_one_other_letter_in_a_clean_copy_may_be_another_fact(words: str, others: str) -> None:
    article = page(ARTICLE, FOUR, REPLIES)
    assert others in kept(page(article, article.replace(words, others)))


def test_under_a_title_that_both_copies_have_one_of_each_stays() -> None:
    title = "青河冬修提前开工"
    left = kept(page(title, ARTICLE, title, ARTICLE))
    assert left.startswith(page(title, ARTICLE))
    assert left.count(ONE) == left.count(TWO) == left.count(THREE) == 1


# Nothing unique is lost


@pytest.mark.parametrize(
    "text",
    [
        page(ARTICLE, ONE, FOUR, TWO, THREE),
        page(ARTICLE, ONE, TWO, THREE, FOUR),
        page(ARTICLE, FOUR, ONE, TWO, THREE),
    ],
    ids=["inside", "behind", "before"],
)
def test_a_paragraph_that_only_the_second_copy_has_stays(text: str) -> None:
    assert kept(text) == page(ARTICLE, FOUR)


def test_a_paragraph_that_only_the_first_copy_has_stays() -> None:
    assert kept(page(ONE, FOUR, TWO, THREE, ARTICLE)) == page(ONE, FOUR, TWO, THREE)


def test_a_sentence_that_only_the_second_copy_has_stays() -> None:
    extra = "记者在现场看到，护坡上已经铺好了草帘。"
    one = ONE + extra
    left = kept(page(ARTICLE, page(one, TWO, THREE)))
    assert extra in left
    assert left.count(TWO) == left.count(THREE) == 1


PARAGRAPHS = st.sampled_from([ONE, TWO, THREE, FOUR, EN_ONE, EN_TWO, EN_THREE])


@given(st.lists(PARAGRAPHS, min_size=2, max_size=7), st.sampled_from(["\n", "\n\n", " "]))
@hypothesis_settings(max_examples=60)
def test_whatever_is_removed_stands_in_what_stays(paragraphs: list[str], between: str) -> None:
    text = between.join(paragraphs)
    left = kept(text)
    for paragraph in set(paragraphs):
        assert comparison_view(paragraph).text() in comparison_view(left).text()
    assert findings(left) == ()


def test_a_copy_of_copies_that_went_to_several_places_tells_twins_within_the_page() -> None:
    one = (
        "By the time the tide turned a retired signal engineer moved the archive to dry ground, at a cost of 4 crowns, "
        "and the council has asked for a report."
    )
    two = (
        "Before sunrise on Monday the harbour master rebuilt the footbridge by hand, at a cost of 2 crowns, and the "
        "council has asked for a report."
    )
    three = (
        "After the second storm members of the rowing club copied the parish ledger page by page, and kept 3 receipts "
        "to prove it, which the mayor called a modest beginning."
    )
    both = f"{one} {two}"
    signed = "By Jane AlderBy Jane Alder"
    text = page(both, both, three, "", both, both, three, signed, f"{both} {both} {three}")
    for page_of in (text, text.replace(f"{signed}\n", "")):
        found = findings(page_of)
        assert found
        for finding in found:
            assert finding.twin is not None
            assert 0 <= finding.twin.start < finding.twin.end <= len(page_of)


@given(st.permutations([ONE, TWO, THREE, FOUR]))
@hypothesis_settings(max_examples=10)
def test_a_page_without_copies_is_left_alone(order: list[str]) -> None:
    assert findings(page(*order)) == ()


# What is no copy


def test_a_refrain_stays() -> None:
    refrain = "月儿弯弯照九州，渠水清清向东流。"
    song = page(ONE, refrain, TWO, refrain, THREE, refrain)
    assert kept(song) == song


VERSE_ONE = "渡口的灯亮在傍晚的风里\n摇橹的人唱着旧日的歌谣\n他说河水记得每一个名字\n记得谁在清晨离开了家乡"
VERSE_TWO = "石阶上青苔又厚了一层\n柳条垂下来遮住半条船\n孩子们跑过窄窄的木桥\n书包里装着刚学会的诗行"
VERSE_THREE = "有人寄来远方的一封信\n信里夹着一片干枯的叶子\n母亲把它压在玻璃板下\n像压住整个漫长的秋天"
CHORUS = "小河啊小河你慢慢地流\n带走我的思念带不走乡愁\n等我回来的那一个黄昏\n再陪我沿着堤岸走一走"
LONG_CHORUS = f"{CHORUS}\n你流过石桥流过麦田\n流过外婆家的青瓦屋檐\n流过我写了又写的那封信\n流成一条不肯回头的线"


@pytest.mark.parametrize(
    "song",
    [
        [VERSE_ONE, VERSE_TWO, VERSE_THREE, CHORUS, CHORUS],
        [VERSE_ONE, VERSE_TWO, VERSE_TWO],
        ["老人们还会唱那首放排的号子。全文如下，最后一段要唱两遍。", VERSE_ONE, VERSE_TWO, VERSE_THREE, VERSE_THREE],
        [VERSE_ONE, CHORUS, CHORUS, VERSE_TWO, CHORUS, CHORUS, VERSE_THREE, CHORUS, CHORUS],
        [VERSE_ONE, LONG_CHORUS, VERSE_TWO, LONG_CHORUS],
        [f"{stanza}。" for stanza in (VERSE_ONE, VERSE_TWO, CHORUS, CHORUS)],
    ],
)
def test_what_a_song_says_again_stays(song: list[str]) -> None:
    assert kept(page(*song)) == page(*song)
    assert kept(page(*(f"{stanza}\n" for stanza in song))) == page(*(f"{stanza}\n" for stanza in song))


@pytest.mark.parametrize(
    "poem", [page(VERSE_ONE, VERSE_TWO, VERSE_THREE), page(VERSE_ONE, CHORUS, VERSE_TWO, CHORUS, VERSE_THREE, CHORUS)]
)
@pytest.mark.parametrize("head", ["", "小河谣\n林小禾\n"])
def test_a_poem_that_a_page_holds_twice_stands_once_with_all_its_stanzas(poem: str, head: str) -> None:
    assert kept(page(head + poem, poem)) == head + poem


def test_a_page_that_doubles_its_stanzas_holds_each_once() -> None:
    poem = (VERSE_ONE, VERSE_TWO, VERSE_THREE)
    assert kept(page(*(stanza for stanza in poem for _ in range(2)))) == page(*poem)


def test_lines_of_a_head_that_stands_twice_above_sentences_are_no_verse() -> None:
    head = page("青河冬修提前开工", "青河日报记者林小禾", "青河县融媒体中心客户端", "青河冬修特别报道之三")
    assert kept(page(head, head, ARTICLE)) == page(head, ARTICLE)


def test_the_questions_of_an_interview_stay() -> None:
    ask = "记者：在这个过程中，您觉得最大的困难是什么？"
    talk = page(ask, "周远：" + ONE, ask, "陈禾：" + TWO, ask, "林青：" + THREE)
    assert kept(talk) == talk


def test_a_quotation_inside_a_paragraph_stays() -> None:
    quote = "“只要乡亲们信得过，我们就把这条渠修到田间地头，修到每一户的水缸边上。”"
    text = page(
        ONE,
        f"动员会上，老支书站起来说：{quote}台下响起了掌声。",
        TWO,
        THREE,
        FOUR,
        f"散会以后，{quote}这句话传遍了全村。",
    )
    assert kept(text) == text


def test_a_law_cited_twice_in_a_long_text_stays() -> None:
    law = "条例第八条规定，任何单位和个人不得侵占、损毁堤防、护岸、闸坝等工程设施和水文监测设施。"
    text = page(
        ONE, f"律师指出，{law}这一点没有例外。", TWO, THREE, FOUR, EN_ONE, EN_TWO, f"法院认为，{law}被告应当恢复原状。"
    )
    assert kept(text) == text


def test_results_of_votes_in_the_same_words_stay() -> None:
    vote = "表决结果：同意{}票，占出席会议有效表决权股份总数的{}%；反对{}票，弃权{}票。本议案获得通过。"
    text = page(
        "一、审议通过年度工作报告", vote.format(12004, "99.1", 80, 21),
        "二、审议通过利润分配方案", vote.format(11873, "98.2", 190, 42),
        "三、审议通过续聘会计师事务所", vote.format(12010, "99.2", 66, 29),
    )  # fmt: skip
    assert kept(text) == text


def test_a_list_of_cases_in_the_same_words_stays() -> None:
    case = "病例{}，{}，{}岁，现住青河县{}街道，{}日核酸检测结果为阳性，由专用车辆转运至定点医院隔离治疗。"
    text = page(
        "新增病例情况通报如下：", case.format(1, "男", 34, "东门", 6), case.format(2, "女", 41, "河滨", 6),
        case.format(3, "男", 8, "东门", 7), case.format(4, "女", 67, "古塔", 7),
    )  # fmt: skip
    assert kept(text) == text


def test_a_weather_table_stays() -> None:
    row = "{}：今天晴转多云，最高气温{}℃，最低气温{}℃，偏北风{}级，空气质量良，适宜户外活动和晾晒。"
    places = [("青河", 9, 1, 3), ("兰川", 11, 2, 2), ("燕丘", 8, -1, 4), ("渡口", 10, 3, 3)]
    rows = [row.format(*place) for place in places]
    text = page(ONE, *rows)
    assert kept(text) == text


def test_an_announcement_for_two_people_stays() -> None:
    post = "经县人民代表大会常务委员会第十二次会议表决通过，决定任命{}为{}，任期自公布之日起计算。"
    text = page(post.format("王建国", "县水利局局长"), post.format("李秀英", "县教育局局长"))
    assert kept(text) == text


def test_a_repeat_below_the_minimum_stays() -> None:
    text = page("本报青河讯", ONE, "更多消息请看明日本报", TWO, "更多消息请看明日本报")
    assert kept(text) == text


# Which copy stays


def test_a_pull_quote_goes_and_the_paragraph_that_holds_it_stays() -> None:
    quote = "去年夏天的一场大水冲毁了三处老闸门，技术人员连夜测量，拿出了两套改造方案供乡亲们挑选。"
    assert quote in TWO
    assert kept(page(ONE, quote, TWO, THREE)) == page(ONE, TWO, THREE)
    assert kept(page(quote, ONE, TWO, THREE)) == page(ONE, TWO, THREE)


def test_a_pull_quote_is_most_of_a_sentence_and_a_clause_of_one_is_none() -> None:
    quote = "要把每一条渠修到田间地头、把每一道闸管到专人专岗、把每一笔账公示到村口"
    sentence = f"主持会议的老支书在总结时再三叮嘱，{quote}。"
    assert kept(page(ONE, quote, TWO, sentence, THREE)) == page(ONE, TWO, sentence, THREE)
    longer = f"{sentence[:-1]}，谁家的地浇不上水就先给谁家修，哪一段堤防漏水就先补哪一段。"
    standfirst = page("青河冬修提前开工", quote, ONE, TWO, longer, THREE)
    assert len(quote) * 2 < len(longer)
    assert kept(standfirst) == standfirst


def test_a_lead_directly_before_the_body_that_begins_with_it_stands_once() -> None:
    assert kept(page(ONE, "", ARTICLE)).split() == ARTICLE.split()


def test_a_lead_set_off_by_credits_goes_and_the_body_stays_whole() -> None:
    signed = page("青河冬修提前开工", "2026年1月22日 07版")
    assert kept(page(ONE, signed, ARTICLE)) == page(signed, ARTICLE)


def test_a_passage_that_comes_back_behind_other_sentences_stays_twice() -> None:
    # A question behind an answer, a refrain behind a verse: nothing on the page tells them from a lead.
    title, by = "青河冬修提前开工", "本报记者 林小禾 文并摄"
    assert kept(page(title, TWO, by, ARTICLE)) == page(title, TWO, by, ARTICLE)


# The evidence

# What seeds do not reach


def test_a_short_first_line_with_a_slip_goes_with_its_copy() -> None:
    head = page("青河县融媒体中心客户端", "本报记者　郑晓禾")
    slipped = page("青河县融媒体中心客尸端", "本报记者　郑晓和", *(slip(text) for text in (ONE, TWO, THREE)))
    assert kept(page(head, ARTICLE, slipped)) == page(head, ARTICLE)


def slip(text: str) -> str:
    """Every twentieth character is missing, doubled or another."""
    kinds = {0: "", 1: text[21:22] * 2, 2: "某"}
    return "".join(kinds[k // 20 % 3] if k % 20 == 13 else char for k, char in enumerate(text))


def test_a_sentence_with_a_slip_in_every_other_word_goes_with_its_copy() -> None:
    spoilt = "".join(char if k % 5 else "某" for k, char in enumerate(FOUR))
    copy = page(*(slip(text) for text in (ONE, TWO)), spoilt, slip(THREE))
    article = page(ONE, TWO, FOUR, THREE)
    assert kept(page(article, copy)) == article


def test_another_name_in_a_long_copy_without_slips_keeps_its_passage() -> None:
    article = page(ONE, TWO, THREE, FOUR, REPLIES)
    left = kept(page(article, article.replace("周大叔", "李大妈")))
    assert left == page(article, "家住下游的李大妈每天都要到渠首看一看，他说心里踏实。")


def test_a_short_body_with_another_word_or_number_in_its_midst_stays_twice_and_whole() -> None:
    warning = ("青禾县气象台今天发布大风预警。", "大风将持续到4日夜间，请船只回港避风。", "市民请减少外出，关好门窗。")
    body = page(*warning)
    assert kept(page(body, body)) == body
    for other in (body.replace("4日", "6日"), body.replace("船只", "渔民")):
        assert kept(page(body, other)) == page(body, other)


def test_an_inserted_paragraph_takes_nothing_from_its_neighbours() -> None:
    inserted = "家住上游的孙老师说，入夏前还有两座泵站要修，共需石料三千方。"  # begins as TWO does
    assert kept(page(ARTICLE, page(ONE, inserted, TWO, THREE))) == page(ARTICLE, inserted)


def test_who_says_it_stays_when_what_is_said_goes() -> None:
    assert kept(page(ONE + FOUR, "答：" + FOUR, TWO, THREE)) == page(ONE + FOUR, "答：", TWO, THREE)


def test_a_value_behind_another_label_stays() -> None:
    office = "青河县水利局防汛抗旱指挥部办公室"
    text = page(f"{office}值班电话：0990-88113136", f"{office}传真：0990-88113136", FOUR)
    assert kept(text) == text


# A page that doubles its lines


def test_where_every_line_is_doubled_short_ones_go_too() -> None:
    lines = ("冬修在望", ONE, "周大叔的心事", TWO, "让路春灌", THREE)
    assert kept(page(*(line for line in lines for _ in range(2)))) == page(*lines)


def test_a_short_line_that_stands_twice_on_an_ordinary_page_stays() -> None:
    text = page(ONE, "加油！", "加油！", TWO, THREE)
    assert kept(text) == text


def test_headings_that_differ_over_items_that_agree_all_stay() -> None:
    items = ("1、英语或俄语", "2、中外绘画史", "3、美术理论及作品分析")
    names = ("山水画研究 何老师", "花鸟画研究 罗老师", "人物画研究 沈老师", "壁画研究 江老师")
    text = page(*(line for name in names for line in (name, *items)))
    assert kept(text) == text


# Too long to be quoted


REPLIES = page(
    "网友山高水长说，开工早是好事，希望工地上的人注意保暖。",
    "网友渠边人说，三处老闸门都换了，明年夏天再看。",
    "网友石料工说，元旦没有休息，可是大家都愿意。",
    "网友夜行船说，保温棚是头一回见，拍了照片发给外地的亲戚。",
)


def prose(seed: int, length: int) -> str:
    """Sentences of characters drawn by chance: nothing in them is said twice."""
    random = Random(seed)
    chars = [chr(random.randrange(0x4E00, 0x9000)) for _ in range(length)]
    return "".join(char + "。" * (k % 35 == 34) for k, char in enumerate(chars)) + "。"


@pytest.mark.parametrize(("length", "times"), [(520, 1), (450, 2)], ids=["a comment", "a statute"])
def test_what_is_too_long_to_be_quoted_goes_wherever_it_stands(length: int, times: int) -> None:
    said = prose(1, length)
    left = kept(page(prose(2, 900), said, prose(3, 2000), "全部评论", said, prose(4, 900)))
    assert left.count(said) == times


def test_several_passages_that_come_again_soon_show_a_page_put_together_wrongly() -> None:
    parts, between, after = [[prose(10 * k + j, n) for k in range(4)] for j, n in ((1, 180), (2, 150), (3, 600))]
    pages = [page(part, other, part, rest) for part, other, rest in zip(parts, between, after, strict=True)]
    singles = [page(part, other, rest) for part, other, rest in zip(parts, between, after, strict=True)]
    assert kept(page(*pages)) == page(*singles)
    assert kept(page(*pages[:1], *singles[1:])) == page(*pages[:1], *singles[1:])


# A twin that goes in its turn


def test_a_copy_whose_twin_went_stands_where_that_one_stands() -> None:
    text = page(ARTICLE, page(ONE, TWO, TWO, THREE))
    assert kept(text) == ARTICLE
    spans = [f.span for f in findings(text)]
    assert all(f.twin is not None and not any(s.start < f.twin.end and f.twin.start < s.end for s in spans)
               for f in findings(text))  # fmt: skip


def test_what_was_cut_short_goes_and_the_whole_sentence_stays() -> None:
    assert kept(page(ONE[:50] + "……[全文]", ARTICLE)) == ARTICLE


def test_the_bullet_of_a_line_goes_with_it() -> None:
    quote = "去年夏天的一场大水冲毁了三处老闸门，技术人员连夜测量，拿出了两套改造方案供乡亲们挑选。"
    assert kept(page("青河冬修记", "● " + quote, ONE, FOUR, TWO, THREE)) == page("青河冬修记", ONE, FOUR, TWO, THREE)


def test_a_finding_names_the_copy_that_stays_and_how_alike_they_are() -> None:
    text = page(ARTICLE, ARTICLE)
    [found] = findings(text)
    assert (found.stage, found.rule, found.reason) == ("repeats", "second-copy", "already appears above")
    assert text[slice(*found.span)] == ARTICLE
    assert found.twin is not None
    assert text[slice(*found.twin)] == ARTICLE
    assert found.twin.end <= found.span.start
    assert found.similarity == 1.0
    assert found.differences == ()


def test_a_finding_on_the_earlier_copy_says_that_the_later_one_stays() -> None:
    text = page(ARTICLE.replace("\n", ""), ARTICLE)
    found = findings(text)
    assert {f.rule for f in found} == {"earlier-copy"}
    assert {f.reason for f in found} == {"already appears below"}
    assert all(f.twin is not None and f.twin.start >= f.span.end for f in found)


def test_a_finding_names_the_differences() -> None:
    slipped = ARTICLE.replace("心里踏实", "心里很踏实")
    [found] = findings(page(ARTICLE, slipped))
    assert found.differences == (("很", ""),)
    assert found.similarity is not None
    assert 0.98 < found.similarity < 1


def test_a_slip_at_the_border_of_a_copy_full_of_slips_is_part_of_the_evidence() -> None:
    within = {"闸门": "闸们", "噪声": "嗓声", "渠首": "渠百"}
    slipped = f"人{ARTICLE[1:-2]}口。"
    for word, misread in within.items():
        slipped = slipped.replace(word, misread)
    text = page(ARTICLE, slipped)
    [found] = findings(text)
    assert found.twin is not None
    assert text[slice(*found.span)] == slipped
    assert text[slice(*found.twin)] == ARTICLE
    assert found.differences[0] == ("人", ARTICLE[0])
    assert found.differences[-1] == ("口", ARTICLE[-2])


def test_another_letter_at_the_border_of_a_clean_copy_keeps_its_passage() -> None:
    other = f"去{ARTICLE[1:]}"
    first = ONE[: ONE.index("。") + 1]
    assert kept(page(ARTICLE, other)) == page(ARTICLE, "去" + first[1:])


def test_the_differences_are_quoted_as_the_text_has_them() -> None:
    slipped = ARTICLE.replace("心里踏实", "心裏“很”踏实")
    [found] = findings(page(ARTICLE, slipped))
    assert found.differences == (("很", ""),)


def test_findings_come_in_the_order_of_the_text_and_do_not_overlap() -> None:
    found = findings(page(ONE, ONE, TWO, TWO, THREE, THREE, ARTICLE))
    assert [f.span for f in found] == sorted(f.span for f in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


# Candidates


WRAPPED = """The river wardens said on Tuesday that the
ferry would run again from the first week of
April, after a winter in which the old pier had
to be rebuilt almost from the ground, with piles
of larch that came down the valley by sledge
and were driven in by hand while the ice held"""

CONTENTS = """Letters from a Lighthouse Keeper
How to Mend a Net in the Dark
What the Tide Leaves Behind
Four Winters on the Outer Bank
Recipes for a Stormy Sunday
Why the Gulls Come Inland
The Shortest Day on the Long Pier"""


@pytest.mark.parametrize("text", [WRAPPED, CONTENTS], ids=["wrapped lines", "a list of titles"])
def test_a_copy_that_is_cut_into_other_passages_is_found(text: str) -> None:
    """Neither has a full stop: with its line breaks a copy loses all its passages."""
    [found] = findings(f"{text}\n{text.replace(chr(10), ' ')}")
    assert found.span.start == len(text) + 1
    assert found.similarity == 1


# Endless pages


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(lambda n: "哈" * n, 10_000, id="one letter"),
        pytest.param(lambda n: "哈哈！" * n, 4_000, id="laughter"),
        pytest.param(lambda n: ONE * n, 100, id="one paragraph"),
        pytest.param(lambda n: page(*[ONE] * n), 100, id="one line"),
        pytest.param(lambda n: page(*(f"{k}、{ONE}" for k in range(n))), 50, id="a numbered list"),
    ],
)
def test_the_work_for_an_endless_repetition_grows_as_the_page_does(text: Callable[[int], str], size: int) -> None:
    assert_linear(findings, text, size)
