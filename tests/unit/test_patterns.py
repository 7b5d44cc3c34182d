"""Patterns that are compiled when they are first asked answer as those of `re` do, and say so when they are wrong."""

from __future__ import annotations

import re

import pytest

from dedupe.patterns import pattern


@pytest.mark.parametrize("method", ["search", "match", "fullmatch", "findall", "split"])
def test_it_answers_as_the_pattern_of_re_does(method: str) -> None:
    lazy, made = pattern("(?P<word>[a-z]+) ?", re.IGNORECASE), re.compile("(?P<word>[a-z]+) ?", re.IGNORECASE)
    for text in ("", "rain", "Rain fell", "雨"):
        one, two = (getattr(each, method)(text) for each in (lazy, made))
        assert (one == two) or (one.span(), one.groupdict()) == (two.span(), two.groupdict())
    assert (lazy.sub("x", "ab 雨"), lazy.flags, lazy.groupindex) == ("x雨", made.flags, made.groupindex)


def test_bytes_are_asked_with_bytes() -> None:
    assert pattern(rb"[\x80-\xff]+").findall(b"a\xc2\xa0b") == [b"\xc2\xa0"]


def test_nothing_is_compiled_before_it_is_asked_and_once_then(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr("dedupe.patterns.re.compile", lambda *what, of=re.compile: made.append(what[0]) or of(*what))
    lazy = pattern("a+")
    assert made == []
    assert [lazy.match("aa"), lazy.match("b")][1] is None
    assert made == ["a+"]


def test_a_wrong_pattern_says_so_when_it_is_asked() -> None:
    with pytest.raises(re.error, match="unterminated"):
        pattern("[a").search("a")
