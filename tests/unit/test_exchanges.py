"""Where two texts differ is what the slow, plain way finds."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe.neardup.alignment import differing, sentences

PLAIN_SENTENCE = re.compile(r"[^\n。！？!?]*?(?:[。！？!?\n]+[”’」』）)]*|[.](?=\s)|$)\s*")
"""As one says it: as little as can be, up to a full stop."""

TOKENS = st.lists(st.sampled_from("abcdefghij"), max_size=12)


def plainly_differing(one: list[str], two: list[str]) -> list[tuple[int, ...]]:
    found = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    return [tuple(place) for tag, *place in found if tag != "equal"]


@given(TOKENS, TOKENS)
@example(list("abc"), list("abc"))
@example(list("aab"), list("ab"))
@example(list("abcd"), list("bcda"))
def test_what_differs_is_what_difflib_finds_in_the_whole(one: list[str], two: list[str]) -> None:
    assert list(differing(one, two)) == plainly_differing(one, two)


@given(st.permutations("abcdefghijkl"), st.data())
def test_and_so_where_nothing_stands_twice(one: list[str], data: st.DataObject) -> None:
    at = sorted(data.draw(st.lists(st.integers(0, len(one)), min_size=2, max_size=2)))
    others = data.draw(st.lists(st.sampled_from("uvwxyz" + "".join(one[at[0] : at[1]])), unique=True, max_size=8))
    two = one[: at[0]] + others + one[at[1] :]
    assert list(differing(one, two)) == plainly_differing(one, two)


@pytest.mark.parametrize("times", [1, 125])  # 627 are more than our own aligner takes
def test_sequences_of_any_length_are_aligned_alike(times: int) -> None:
    one, two = [*"abcab" * times, "e", "f"], [*"abdab" * times, "g", "f"]
    assert list(differing(one, two)) == plainly_differing(one, two)


@given(st.text("雨a.。!\n ”)　", max_size=14))
@example("a.\n")
@example("1.5 m. Next.)")
def test_a_text_falls_into_the_sentences_of_the_plain_pattern(text: str) -> None:
    assert sentences(text) == [said for said in PLAIN_SENTENCE.findall(text) if said.strip()]
