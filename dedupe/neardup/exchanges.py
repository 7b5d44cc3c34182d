"""
What two texts have in each other's place: the mark of a template.

A copy that a site has edited lacks a line here and has an extra one there; a notice from the same template has a
different number and a different name in the same place: 任命王建国为局长 and 任命李秀英为局长 are two appointments.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from dedupe.facts import facts, other_facts, spelled_numbers
from dedupe.neardup.alignment import Exchange, exchanges
from dedupe.neardup.contraries import is_opposite
from dedupe.neardup.names import (
    in_brackets,
    in_credit,
    is_apart,
    is_edit,
    is_filed,
    is_other_place,
    is_person,
    is_slip,
    is_word,
)
from dedupe.neardup.negations import is_negated
from dedupe.neardup.signs import is_signed
from dedupe.neardup.spellings import is_caseless_name, is_other_spelling

_REPEATED: Final = 2
"""How often a word of any kind must be exchanged for the same other word to count as the subject of a notice."""


class Exchanged(NamedTuple):
    """
    Counts of what one text has in place of the other's.

    ``names`` counts exchanged people, places and alert levels, and other words that are exchanged throughout or where
    nothing else was edited; ``numbers`` the places where both state a number, and different ones; ``spelled`` those of
    them where one side writes it in words; ``figures`` the places where at least one side states a number;
    ``rewritten`` the places where more than a single letter differs; ``signs`` those where a sign does that may belong
    to a number.
    """

    names: int
    numbers: int
    figures: int
    spelled: int = 0
    rewritten: int = 0
    signs: int = 0


def exchanged(one: str, two: str) -> Exchanged:
    """
    Count what is exchanged between two texts that otherwise agree.

    >>> exchanged("会议决定任命王建国为水利局局长。", "会议决定任命李秀英为水利局局长。").names
    1
    >>> exchanged("本报记者王建国 雨停了。", "本报记者李秀英 雨停了。").names
    0
    >>> exchanged("青禾县今起停水，请储水。", "红石县今起停水，请储水。").names
    1
    >>> exchanged("他表示同意。", "他指出同意。")
    Exchanged(names=0, numbers=0, figures=0, spelled=0, rewritten=1, signs=0)
    >>> exchanged("The court fined Mark Hale 300 crowns.", "The court fined Ruth Dorn two crowns.")
    Exchanged(names=1, numbers=1, figures=1, spelled=1, rewritten=2, signs=0)
    """
    names = alone = edited = rewritten = signs = 0
    called: Counter[tuple[str, str]] = Counter()
    stated = Counter[str]()
    for place in exchanges(one, two):
        both = bool(place.one and place.two) and not place.swapped
        counts = _stated(place) if both else []
        stated.update(counts)
        rewritten += both and not is_slip(place)
        signs += is_signed(place)
        if in_credit(place):
            continue
        if place.swapped or (place.where != "title" and (is_opposite(place) or is_negated(place))):
            names += 1
            continue
        if both and _is_named(place, one, two):
            names += 1
            continue
        word = both and is_word(place) and place.said[0] not in two and place.said[1] not in one
        if word:
            called[place.said] += 1
        if place.where == "text" and (word or (both and is_apart(place))):
            alone += not (in_brackets(place) or is_filed(place))
        elif place.where != "title" and "numbers" not in counts:
            edited += is_edit(place)
    # An editor who changes a word also changes others; if only the subject of a notice differs, it is the next notice.
    names += sum(count >= _REPEATED for count in called.values()) or (0 if edited else alone)
    return Exchanged(names, stated["numbers"], stated["figures"], stated["spelled"], rewritten, signs)


def _is_named(place: Exchange, one: str, two: str) -> bool:
    """Whether the texts name different persons or places here."""
    return (
        is_person(place)
        or is_other_place(place, one, two)
        or is_other_spelling(place, one, two)
        or is_caseless_name(place, one, two)
    )


def _stated(place: Exchange) -> list[str]:
    """Return the number fields of `Exchanged` that an exchange counts towards."""
    digits = [any(token[0].isdigit() for token in side) for side in (place.one, place.two)]
    value = spelled_numbers(place.one)
    other = None if value is None else spelled_numbers(place.two)
    if other is not None:
        if value == other:
            return []
        return ["numbers", "figures"] if all(digits) else ["numbers", "figures", "spelled"]
    if all(digits) and other_facts(facts(place.said[0]), facts(place.said[1]))[0]:
        return ["numbers", "figures"]
    return ["figures"] if any(digits) else []
