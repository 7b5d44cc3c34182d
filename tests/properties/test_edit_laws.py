"""The laws of cutting, for any text and any findings, against the slow obvious version of each."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Surviving, cut, kept_spans, restore
from dedupe.model import Finding, Span

TEXTS = st.text(st.sampled_from("雨停ab \t\u3000\n\n。"), max_size=40) | st.text(max_size=30)


@st.composite
def cuttings(draw: st.DrawFn) -> tuple[str, list[Finding]]:
    text = draw(TEXTS)
    return text, draw(findings_in(len(text)))


def findings_in(length: int) -> st.SearchStrategy[list[Finding]]:
    spans = st.tuples(st.integers(-2, length + 2), st.integers(0, 12))
    return st.lists(spans, max_size=6).map(
        lambda pairs: [Finding("s", str(k), Span(at, at + size), "") for k, (at, size) in enumerate(pairs)]
    )


def owners(text: str, findings: list[Finding]) -> list[Finding | None]:
    """For every character, the first finding in the list that covers it."""
    return [next((f for f in findings if f.span.start <= at < f.span.end), None) for at in range(len(text))]


def responsible(text: str, findings: list[Finding]) -> list[Finding | None]:
    """For every character, the finding of the removal that took it."""
    took: list[Finding | None] = [None] * len(text)
    for removal in cut(text, findings).removals:
        for at in range(*removal.span):
            assert took[at] is None, "two removals overlap"
            took[at] = removal.finding
    return took


@given(cuttings())
def test_kept_and_removed_text_rebuild_the_original(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    done = cut(text, findings)
    assert restore(done.text, done.removals) == text


@given(cuttings())
def test_removals_are_slices_in_order_and_never_empty(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    removals = cut(text, findings).removals
    assert all(r.text == text[r.span.start : r.span.end] != "" for r in removals)
    assert all(a.span.end <= b.span.start for a, b in pairwise(removals))


@given(cuttings())
def test_every_marked_character_goes_for_the_first_finding_that_marks_it(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    for owner, took in zip(owners(text, findings), responsible(text, findings), strict=True):
        assert owner is None or took is owner


@given(cuttings())
def test_beyond_what_was_marked_only_white_space_goes(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    for char, owner, took in zip(text, owners(text, findings), responsible(text, findings), strict=True):
        assert owner is not None or took is None or char.isspace()


@given(cuttings())
def test_white_space_goes_only_beside_something_marked(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    marks = owners(text, findings)
    for removal in cut(text, findings).removals:
        assert any(marks[at] is removal.finding for at in range(*removal.span))


@given(cuttings())
def test_a_tidy_text_stays_without_blanks_at_its_ends(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    shift = len(text) - len(text.lstrip())
    moved = [f.__class__("s", f.rule, Span(f.span.start - shift, f.span.end - shift), "") for f in findings]
    kept = cut(text.strip(), moved).text
    assert kept == kept.strip()


@given(cuttings())
def test_no_line_gets_blanks_at_its_ends_that_had_none(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    tidy = "\n".join(line.strip() for line in text.split("\n"))
    kept = cut(tidy, findings).text
    assert all(line == line.strip() for line in kept.split("\n"))


@given(cuttings())
def test_words_and_lines_that_were_apart_stay_apart(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    marks = owners(text, findings)
    took = responsible(text, findings)
    words = [at for at in range(len(text)) if took[at] is None and not text[at].isspace()]
    for one, two in pairwise(words):
        between = range(one + 1, two)
        free = {text[at] for at in between if marks[at] is None and text[at].isspace()}
        stays = {text[at] for at in between if took[at] is None}
        assert bool(stays) == bool(free)
        assert ("\n" in stays) == ("\n" in free)


@given(cuttings(), st.data())
def test_lifted_offsets_point_to_the_same_characters(cutting: tuple[str, list[Finding]], data: st.DataObject) -> None:
    text, findings = cutting
    done = cut(text, findings)
    surviving = Surviving(text, done)
    gone = {at for removal in done.removals for at in range(*removal.span)}
    origins = [at for at in range(len(text)) if at not in gone]
    assert [surviving.origin(at) for at in range(len(origins))] == origins
    if origins:
        start = data.draw(st.integers(0, len(origins) - 1))
        end = data.draw(st.integers(start + 1, len(origins)))
        assert surviving.lift_span(Span(start, end)) == Span(origins[start], origins[end - 1] + 1)
        assert surviving.lift_span(Span(start, start)) == Span(origins[start], origins[start])
        assert surviving.lift_span(Span(len(origins), len(origins))) == Span(origins[-1] + 1, origins[-1] + 1)


@given(cuttings(), st.data())
def test_two_rounds_of_cutting_remove_what_one_round_with_lifted_findings_removes(
    cutting: tuple[str, list[Finding]], data: st.DataObject
) -> None:
    text, findings = cutting
    first = cut(text, findings)
    more = data.draw(findings_in(len(first.text)))
    more = [f for f in more if 0 <= f.span.start < f.span.end <= len(first.text)]
    surviving = Surviving(text, first)
    together = cut(text, [*findings, *(surviving.lift(f) for f in more)])
    assert together.text == cut(first.text, more).text


@given(cuttings())
def test_kept_spans_hold_the_kept_text(cutting: tuple[str, list[Finding]]) -> None:
    text, findings = cutting
    done = cut(text, findings)
    spans = kept_spans(len(text), done.removals)
    assert "".join(text[s:e] for s, e in spans) == done.text
    assert all(span.length > 0 for span in spans)
