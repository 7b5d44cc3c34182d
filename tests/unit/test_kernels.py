"""The hot loops against the slow obvious version of each."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dedupe.kernels.align import Chain, find_chains
from dedupe.kernels.minhash import BLOCK, EMPTY, fmix32, permutations, sign
from dedupe.kernels.seeds import MAX_SEEDS, Block
from dedupe.kernels.shingles import mix64, reference_hash, shingle_hashes, widened
from dedupe.kernels.view import code_points, comparison_view, fold
from tests.growth import assert_linear

NEWS = (
    "入冬以来，青河两岸的冬修工地上一片忙碌。县水利局负责人介绍，今年计划加固堤防十二公里，"
    "清淤渠道四十三条，目前工程量已完成七成以上。农户周大叔说，渠水通到田头，明年的春灌就不愁了。"
)
ANY_CHARACTER = (
    st.characters() | st.characters(categories=["Cs", "Cn", "Co"]) | st.sampled_from("漢字ｱﾊﾟＡａßİǅ½㎏ﬁⅨ①é한각ไทย")
)


# Shingles


@given(st.text(ANY_CHARACTER, max_size=40), st.integers(1, 9))
def test_shingle_hashes_are_those_of_plain_python(text: str, n: int) -> None:
    slow = [reference_hash(text[at : at + n]) for at in range(len(text) - n + 1)]
    assert (shingle_hashes(code_points(text), n) >> np.uint64(32)).tolist() == slow


@given(st.text("甲乙丙", max_size=30), st.integers(1, 6))
def test_equal_runs_have_equal_hashes_and_others_do_not(text: str, n: int) -> None:
    runs = [text[at : at + n] for at in range(len(text) - n + 1)]
    hashes = shingle_hashes(code_points(text), n).tolist()
    assert [hashes.index(h) for h in hashes] == [runs.index(run) for run in runs]


@given(st.text("甲乙丙", max_size=30), st.integers(1, 6), st.integers(0, 20))
def test_long_runs_are_told_by_the_shingles_that_cover_them(text: str, shingle: int, more: int) -> None:
    n = shingle + more
    runs = [text[at : at + n] for at in range(len(text) - n + 1)]
    hashes = widened(shingle_hashes(code_points(text), shingle), shingle, n).tolist()
    assert [hashes.index(h) for h in hashes] == [runs.index(run) for run in runs]


@pytest.mark.parametrize("n", [10, 12, 15, 20, 24, 25])
def test_runs_of_the_same_shingles_in_another_order_are_told_apart(n: int) -> None:
    draw = random.Random(n)
    for _ in range(200):
        pieces = ["".join(draw.choices("ab", k=5)) for _ in range(n // 5)]
        one, other = ("".join(draw.sample(pieces, len(pieces))).ljust(n, "c") for _ in range(2))
        hashes = [int(widened(shingle_hashes(code_points(text), 5), 5, n)[0]) for text in (one, other)]
        assert (hashes[0] == hashes[1]) is (one == other)


def test_a_text_shorter_than_a_shingle_has_none() -> None:
    assert len(shingle_hashes(code_points("雨停了。"), 5)) == 0
    assert len(shingle_hashes(code_points(""), 1)) == 0
    assert len(shingle_hashes(code_points("雨停了。呀"), 5)) == 1


def test_the_hash_is_the_same_in_every_version() -> None:
    assert [reference_hash("新闻报道稿"), reference_hash("a"), reference_hash("")] == [FIXED_ZH, FIXED_A, 0]


FIXED_ZH, FIXED_A = 3281481495, 2892164412


def test_hashing_leaves_its_input_alone() -> None:
    hashes = np.array([1, 2, 3], dtype=np.uint64)
    mix64(hashes)
    short = hashes.astype(np.uint32)
    fmix32(short)
    assert hashes.tolist() == short.tolist() == [1, 2, 3]


# Signatures


def datasketch_signature(shingles: list[str], num_perm: int, seed: int) -> list[int]:
    slow = MinHash(
        num_perm=num_perm,
        seed=seed,
        scheme="affine32",
        hashfunc=lambda data: reference_hash(data.decode("utf-8", "surrogatepass")),
    )
    for shingle in shingles:
        slow.update(shingle.encode("utf-8", "surrogatepass"))
    return [int(value) for value in slow.hashvalues]


def shingles_of(text: str, n: int = 5) -> list[str]:
    return [text[at : at + n] for at in range(len(text) - n + 1)]


@pytest.mark.parametrize(("num_perm", "seed"), [(16, 0), (64, 7), (128, 1), (256, 2**32 - 1)])
@pytest.mark.parametrize("length", [5, 6, 40, len(NEWS)])
def test_a_signature_is_datasketch_s_bit_for_bit(num_perm: int, seed: int, length: int) -> None:
    text = NEWS[:length]
    signature = sign(shingle_hashes(code_points(text), 5), num_perm, seed)
    assert signature.tolist() == datasketch_signature(shingles_of(text), num_perm, seed)


@given(st.text(ANY_CHARACTER, max_size=60))
@hypothesis_settings(max_examples=40)
def test_every_text_has_datasketch_s_signature(text: str) -> None:
    assert sign(shingle_hashes(code_points(text), 3), 16, 1).tolist() == datasketch_signature(
        shingles_of(text, 3), 16, 1
    )


def test_a_text_without_shingles_has_the_signature_of_an_empty_set() -> None:
    nothing = sign(np.empty(0, dtype=np.uint64), 16, 1)
    assert nothing.tolist() == datasketch_signature([], 16, 1) == [int(EMPTY)] * 16


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 10_000])
def test_the_borders_of_blocks_change_nothing(size: int) -> None:
    hashes = np.random.RandomState(3).randint(0, 2**63, size=size, dtype=np.int64).astype(np.uint64)
    a, b = (coefficients.astype(np.uint64)[:, None] for coefficients in permutations(16, 1))
    mixed = fmix32((hashes >> np.uint64(32)).astype(np.uint32)).astype(np.uint64)
    assert sign(hashes, 16, 1).tolist() == ((a * mixed + b) % 2**32).min(axis=1).tolist()


def test_the_signature_of_a_text_is_the_minimum_of_its_parts() -> None:
    hashes = shingle_hashes(code_points(NEWS), 5)
    parts = [sign(part, 128, 1) for part in np.split(hashes, [11, 40, 41, 70])]
    assert np.minimum.reduce(parts).tolist() == sign(hashes, 128, 1).tolist()


def test_permutations_are_datasketch_s() -> None:
    a, b = permutations(128, 1)
    slow = MinHash(num_perm=128, seed=1, scheme="affine32")
    assert [a.tolist(), b.tolist()] == [np.asarray(p).tolist() for p in slow.permutations]


def test_signatures_estimate_jaccard() -> None:
    one, two = NEWS, NEWS[20:] + "另据了解，相关部门将继续做好后续服务保障工作，确保各项任务落到实处。"
    a, b = set(shingles_of(one)), set(shingles_of(two))
    rows = [sign(shingle_hashes(code_points(t), 5), 1024, 1) for t in (one, two)]
    assert abs((rows[0] == rows[1]).mean() - len(a & b) / len(a | b)) < 0.05


# The comparison view


@cache
def simplified() -> dict[str, str]:
    lines = files("dedupe.kernels").joinpath("simplified.txt").read_text("utf-8").splitlines()
    flat = [char for line in lines if not line.startswith("#") for char in line]
    return {flat[at]: flat[at + 1] for at in range(0, len(flat), 2) if flat[at] != flat[at + 1]}


def slow_view(text: str) -> tuple[str, list[int]]:
    seen, offsets = "", []
    for at, char in enumerate(text):
        if "\ud800" <= char <= "\udfff":
            continue
        letters = [c for c in unicodedata.normalize("NFKC", char).casefold() if c.isalnum()]
        if letters:
            letter = char.casefold() if len(letters) > 1 and char.isnumeric() else letters[0]
            while letter in simplified():
                letter = simplified()[letter]
            seen += letter
            offsets.append(at)
    return seen, offsets


@given(st.text(ANY_CHARACTER, max_size=50))
def test_the_view_is_that_of_one_character_after_the_other(text: str) -> None:
    view = comparison_view(text)
    assert (view.text(), view.offsets.tolist()) == slow_view(text)
    assert len(view) == len(view.codes) == len(view.offsets)


def test_every_plane_folds_as_its_characters_do() -> None:
    some = "".join(chr(code) for code in range(0, 0x110000, 97))
    view = comparison_view(some)
    assert (view.text(), view.offsets.tolist()) == slow_view(some)


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("記者從縣水務局獲悉，灌溉工程進展順利。", "记者从县水务局获悉，灌溉工程进展顺利。"),
        ("臺灣農業專家參觀了這個試驗區", "台湾农业专家参观了这个试验区"),
        ("發展後勁與頭髮", "发展后劲与头发"),
        ("市道復甦，當局回覆稱屋簷與餐枱已修葺", "市道复苏，当局回复称屋檐与餐台已修葺"),
        ("衞生署敍述，暱稱「糭姐」的居民背脊痺痛", "卫生署叙述，昵称“粽姐”的居民背脊痹痛"),
    ],
)
def test_traditional_and_simplified_text_look_the_same(traditional: str, simple: str) -> None:
    assert comparison_view(traditional).text() == comparison_view(simple).text()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("ﾃﾚﾋﾞ", "テレヒ"),
        ("Straße", "strase"),
        ("“你好，”他说。", "你好他说"),
        ("第一行\n第二行\u3000", "第一行第二行"),
        ("ＮＢＡ-2026", "nba2026"),
    ],
)
def test_width_case_punctuation_and_white_space_do_not_count(one: str, other: str) -> None:
    assert comparison_view(one).text() == comparison_view(other).text() == other


def test_digits_count() -> None:
    assert comparison_view("气温3度").text() != comparison_view("气温4度").text()


def test_a_traditional_character_and_its_simplified_form_are_one() -> None:
    assert [old for old, new in simplified().items() if not fold(old) == fold(new) == fold(fold(new))] == []


def test_positions_are_those_of_the_first_character_at_or_after_an_offset() -> None:
    view = comparison_view("雨，停。了")
    assert view.positions(np.arange(6)).tolist() == [0, 1, 1, 2, 2, 3]


# Alignment


def chains(text: str, seed: int = 4, minimum: int = 8, gap: int = 6) -> list[Chain]:
    return aligned(text, seed, minimum, gap)


def aligned(text: str, seed: int, minimum: int, gap: int, *, min_alike: float = 0.6, min_run: int = 2) -> list[Chain]:
    codes = code_points(text)
    return find_chains(codes, shingle_hashes(codes, seed), minimum, gap, min_alike, min_run)


def maximal_repeats(text: str, minimum: int) -> list[tuple[int, int, int]]:
    """All (at, twin, length) that cannot be made longer, in quadratic time."""
    found = []
    for at in range(len(text)):
        for twin in range(at - minimum + 1):
            if twin and text[at - 1] == text[twin - 1]:
                continue
            length = 0
            while at + length < len(text) and text[at + length] == text[twin + length]:
                length += 1
            if length >= minimum:
                found.append((at, twin, length))
    return found


def assert_sound(text: str, found: list[Chain], minimum: int, gap: int) -> None:
    """What a chain claims, holds."""
    for chain in found:
        assert chain.matched == sum(b.length for b in chain.blocks) >= minimum
        for b in chain.blocks:
            assert b.length > 0
            assert b.at - b.twin >= minimum or len(chain.blocks) > 1
            assert text[b.at : b.at + b.length] == text[b.twin : b.twin + b.length]
        for a, b in pairwise(chain.blocks):
            assert 0 <= b.at - (a.at + a.length) <= gap
            assert 0 <= b.twin - (a.twin + a.length) <= gap
            assert abs(a.diagonal - b.diagonal) <= 2 * gap
    assert [c.matched for c in found] == sorted((c.matched for c in found), reverse=True)


def assert_covered(text: str, found: list[Chain], minimum: int) -> None:
    """Every maximal repeat lies within the copies that the chains found."""
    covered = {at for chain in found for at in range(chain.start, chain.end)}
    for at, twin, length in maximal_repeats(text, minimum):
        assert set(range(at, at + length)) <= covered, (text, at, twin, length)


def rare_enough(text: str, seed: int) -> bool:
    runs = [text[at : at + seed] for at in range(len(text) - seed + 1)]
    return all(runs.count(run) <= MAX_SEEDS + 1 for run in set(runs))


@st.composite
def repetitive(draw: st.DrawFn) -> str:
    """Passages drawn from a few, with edits: copies, interleaved copies, truncated copies."""
    passages = draw(st.lists(st.text("甲乙丙丁戊己", min_size=8, max_size=24), min_size=1, max_size=3))
    pieces = []
    for _ in range(draw(st.integers(2, 5))):
        passage = draw(st.sampled_from(passages))
        start = draw(st.integers(0, 4))
        pieces += [passage[start : len(passage) - draw(st.integers(0, 4))], draw(st.text("甲乙丙丁戊己", max_size=5))]
    return "".join(pieces)


@given(repetitive(), st.sampled_from([0, 6, 20]))
@hypothesis_settings(max_examples=300)
def test_every_maximal_repeat_is_covered_and_every_chain_is_true(text: str, gap: int) -> None:
    found = chains(text, gap=gap)
    assert_sound(text, found, 8, gap)
    if rare_enough(text, 4):
        assert_covered(text, found, 8)


def test_random_texts_with_planted_copies_are_covered() -> None:
    source = random.Random(5)
    for _ in range(60):
        text = "".join(source.choices("天地玄黄宇宙洪荒日月盈昃", k=120))
        at, length = source.randrange(60), source.randrange(20, 60)
        text += "".join(source.choices("辰宿列张", k=source.randrange(10))) + text[at : at + length]
        assert_covered(text, chains(text), 8)


def test_a_copy_that_opens_with_a_phrase_of_its_own_end_is_found_whole() -> None:
    # "青河水利局" stands at both ends: the short match of the two must not take the place of the copy.
    passage = "青河水利局昨日通报，今冬加固堤防十二公里，渠道清淤已近尾声，联系人：青河水利局陈工"
    apart = "。另据省气象台预报，未来三天全省以晴为主，气温缓慢回升，利于施工。"
    found = chains(passage + apart + passage + "，欢迎监督", seed=4, minimum=20, gap=60)
    assert (found[0].start, found[0].twin_start) == (len(passage + apart), 0)
    assert found[0].matched == len(passage)


def test_an_edit_inside_a_copy_stands_in_a_gap() -> None:
    one = "冬修工地上机器轰鸣，数百名农民冒着严寒清理渠道"
    two = one.replace("数百名", "大约百名")
    [chain] = chains(one + "；" + two, seed=4, minimum=12, gap=6)
    assert [b.length for b in chain.blocks] == [one.index("数"), len(one) - one.index("百")]
    assert (chain.start, chain.end) == (len(one) + 1, len(one) + 1 + len(two))
    assert (chain.twin_start, chain.twin_end) == (0, len(one))


def test_a_gap_longer_than_allowed_makes_two_chains() -> None:
    one, two = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉"
    text = one + two + "。" + one + "天地玄黄宇宙洪荒" + two
    assert len(chains(text, gap=8)) == 1
    assert len(chains(text, gap=7)) == 2


@pytest.mark.parametrize(("min_alike", "expected"), [(0.6, 1), (0.7, 2)])
def test_a_wide_gap_is_bridged_where_enough_of_it_is_alike(min_alike: float, expected: int) -> None:
    before, behind = "今冬加固堤防十二公里渠道清淤", "联系人青河水利局陈工欢迎监督"
    one, two = (before + "".join(f"天地玄{slip}" for slip in slips) + behind for slips in ("黄宇宙", "洪荒日"))
    found = aligned(one + "，" + two, 4, 8, 20, min_alike=min_alike)
    assert len(found) == expected


@pytest.mark.parametrize(("min_run", "expected"), [(3, 4), (4, 2)])
def test_equal_characters_in_a_gap_count_from_so_many_in_a_row_on(min_run: int, expected: int) -> None:
    before, behind = "今冬加固堤防十二公里渠道清淤", "联系人青河水利局陈工欢迎监督"
    one, two = (before + "".join(f"天地玄{slip}" for slip in slips) + behind for slips in ("黄宇宙", "洪荒日"))
    [chain] = aligned(one + "，" + two, 4, 8, 20, min_run=min_run)
    assert len(chain.blocks) == expected


def test_copies_closer_than_the_minimum_are_a_rhythm() -> None:
    verse = "月儿弯弯照九州，"
    assert chains(verse * 9, minimum=2 * len(verse)) != []
    assert chains(verse * 9, minimum=9 * len(verse)) == []
    assert min(c.blocks[0].diagonal for c in chains(verse * 9, minimum=2 * len(verse))) >= 2 * len(verse)


def test_a_turned_chain_is_the_same_likeness_from_the_other_side() -> None:
    chain = Chain.of((Block(30, 2, 10), Block(45, 13, 5)))
    assert (chain.start, chain.end, chain.twin_start, chain.twin_end, chain.matched) == (30, 50, 2, 18, 15)
    turned = chain.turned()
    assert (turned.start, turned.end, turned.twin_start, turned.twin_end) == (2, 18, 30, 50)
    assert turned.turned() == chain


@pytest.mark.parametrize("opening", ["今冬", ""])
def test_a_phrase_that_stands_very_often_takes_nothing_from_a_copy(opening: str) -> None:
    phrase = "青河县农田水利建设指挥部办公室"
    words = ("通报堤防加固进度", "公布清淤渠道名单", "提醒农户检修水泵", "发布封冻日期预测")
    passage = opening + "。".join(phrase + word for word in words)
    often = "".join(phrase + "".join(chr(0x5000 + 20 * k + j) for j in range(12)) for k in range(30))
    text = f"{passage}。{often}。{passage}"
    best = chains(text, seed=4, minimum=30, gap=6)[0]
    assert (best.start, best.twin_start, best.matched) == (len(text) - len(passage), 0, len(passage))


def test_a_text_shorter_than_a_seed_has_no_chains() -> None:
    assert [chains(text) for text in ("", "甲", "甲乙丙", "甲乙丙丁")] == [[]] * 4


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(lambda n: "哈" * n, 10_000, id="one character"),
        pytest.param(lambda n: "咚锵" * n, 5_000, id="two characters"),
        pytest.param(lambda n: NEWS * n, 100, id="one passage"),
        pytest.param(lambda n: "".join(f"{NEWS[:37]}{k}" for k in range(n)), 100, id="a numbered list"),
        pytest.param(lambda n: "".join(f"{k:06d}，第二版，下转第四版" for k in range(n)), 100, id="a short phrase"),
    ],
)
def test_the_work_for_an_endless_repetition_grows_as_the_text_does(text: Callable[[int], str], size: int) -> None:
    assert_linear(lambda text: chains(text, seed=8, minimum=30, gap=60), text, size)
