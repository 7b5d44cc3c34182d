"""The gate says what ftfy says, only sooner."""

from __future__ import annotations

import gzip
import json
import random
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ftfy
import numpy as np
import pytest

from dedupe.kernels.survey import marked
from dedupe.kernels.view import code_points
from dedupe.stages import ftfy_gate
from dedupe.stages.ftfy_gate import COMPOSE, SUSPECT, fix_text, gate

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False, explain=False)
NO_ENCODING = CONFIG._replace(fix_encoding=False)
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dev" / "speed"

NOISE = [chr(c) for c in (*range(0x20, 0x3000), *range(0xFE00, 0x10000))]
SPICE = [
    *("\n" * 60),
    *"<&;#aZ é，。“”’…\t\r\x0c\x1b[", "&amp;", "&lt;", "&#13;", "&nbsp;", "&EACUTE;", "&amp;amp;", "\u2028",
    "\ud83d", "\ude00", "\ud800", "\x85", "\x9d", "e\u0301", "\u1112\u1161\u11ab", "â€œ", "Ã©", "Â ", "ä¸­", "вЂ", "ﬁ",
]  # fmt: skip
PROSE = ["图书馆今天开门，", "读者很多。", "The library is open, ", "it’s – “full” ", "Die Bücherei öffnet für alle. "]
WRONG = ["latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso8859-2", "mac-roman", "cp437"]


def strings(seed: int, count: int) -> Iterator[str]:
    """Noise, spiced prose and text that was read with wrong codecs."""
    rng = random.Random(seed)
    table = gate().table
    suspects = [chr(c) for c in np.flatnonzero(table & SUSPECT)]
    for n in range(count):
        kind = n % 4
        if kind == 0:
            yield "".join(rng.choices(suspects + SPICE, k=rng.randint(1, 9)))
        elif kind == 1:
            yield "".join(rng.choice(rng.choice((NOISE, suspects, SPICE))) for _ in range(rng.randint(1, 30)))
        elif kind == 2:
            yield "".join(rng.choice(rng.choice((PROSE, PROSE, SPICE))) for _ in range(rng.randint(1, 20)))
        else:
            words = "".join(rng.choices(PROSE, k=rng.randint(1, 4)))
            broken = words.encode().decode(rng.choice(WRONG), rng.choice(("replace", "ignore")))
            yield rng.choice(PROSE) + rng.choice(("", "\n", " ")) + broken + rng.choice(SPICE)


def assert_equal_to_ftfy(texts: Iterator[str]) -> None:
    for text in texts:
        assert fix_text(text) == ftfy.fix_text(text, CONFIG), ascii(text)


def test_gate_equals_ftfy_on_ten_thousand_strings() -> None:
    assert_equal_to_ftfy(strings(seed=1, count=10_000))


@pytest.mark.slow
def test_gate_equals_ftfy_on_a_million_strings() -> None:
    assert_equal_to_ftfy(strings(seed=2, count=1_000_000))


def test_gate_equals_ftfy_without_repair_of_encodings() -> None:
    for text in strings(seed=3, count=8_000):
        assert fix_text(text, fix_encoding=False) == ftfy.fix_text(text, NO_ENCODING), ascii(text)


@pytest.mark.parametrize("name", ["zh", "en"])
def test_gate_equals_ftfy_on_scraped_news(name: str) -> None:
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("no evaluation data here")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line, _ in zip(file, range(300), strict=False)]
    assert_equal_to_ftfy(iter(texts))
    rng = random.Random(4)
    for text in texts:
        at = rng.randrange(len(text) + 1)
        assert_equal_to_ftfy(iter([text[:at] + rng.choice(SPICE) + text[at:]]))


def test_entities_stay_from_the_line_of_the_first_less_than_sign_on() -> None:
    text = "&amp;\na < b &amp;\n&amp;"
    assert fix_text(text) == ftfy.fix_text(text, CONFIG) == "&\na < b &amp;\n&amp;"


def test_segments_beyond_ftfys_length_are_left_to_ftfy(monkeypatch: pytest.MonkeyPatch) -> None:
    short = gate().config._replace(max_decode_length=5)
    limited = ftfy_gate.Gate(**{**fields(gate()), "config": short})
    for text in strings(seed=5, count=2_000):
        assert limited.fix(text)[0] == ftfy.fix_text(text, CONFIG._replace(max_decode_length=5)), ascii(text)


def test_a_segment_that_ftfy_left_as_it_was_is_no_repair() -> None:
    limited = ftfy_gate.Gate(**{**fields(gate()), "config": gate().config._replace(max_decode_length=5)})
    assert limited.fix("déjà vu, déjà lu") == ("déjà vu, déjà lu", {})


def fields(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


def test_gate_is_exact_for_the_ftfy_that_is_installed() -> None:
    assert gate().exact, "ftfy's tables changed: derive the gate anew (see its docstring), then pin the digest"


def test_with_other_tables_everything_goes_to_ftfy() -> None:
    unknown = ftfy_gate.Gate(**{**fields(gate()), "exact": False, "table": np.zeros(sys.maxunicode + 1, np.uint8)})
    assert unknown.fix("schÃ¶n &amp; gut")[0] == "schön & gut"


def test_no_character_that_composes_goes_unflagged() -> None:
    table = gate().table
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.combining(char) or not unicodedata.is_normalized("NFC", char):
            assert table[code] & COMPOSE, hex(code)
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and parts[0][0] != "<":
            assert table[int(parts[1], 16)] & COMPOSE, parts


def test_no_match_of_badness_goes_without_a_suspect_or_beyond_reach() -> None:
    pattern = gate().badness
    for text in strings(seed=6, count=20_000):
        found = pattern.search(text)
        if found and found[0].isprintable():
            assert len(marked(code_points(found[0]), gate().table, SUSPECT | ftfy_gate.SURE)), ascii(found[0])
            assert len(found[0]) <= 7


def test_what_was_done_is_told() -> None:
    fixed, did = gate().fix("&lt;\nschÃ¶n\nschÃ¶n\nﬁn")
    assert fixed == "<\nschön\nschön\nfin"
    assert did == {"unescape_html": 1, "utf-8 read as latin-1": 2, "fix_latin_ligatures": 1}
