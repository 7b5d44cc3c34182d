"""
The decisions of a run in numbers, with examples of every rule.

It takes one pass, and memory only for rules and examples, however many documents there are. Examples are chosen
by the hash of their document's id, so that they come evenly from the whole run, and equal runs show equal examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heappushpop
from typing import Final, Generic, NamedTuple, TypeVar

from dedupe.model import Json

T = TypeVar("T")

_CLUSTERS: Final = 20
_FAILED: Final = 50
"""How many of the most copied stories and of the failed documents are shown; decisions.jsonl has all of them."""


class Chosen(NamedTuple):
    """A removal, identified by its document and its number there."""

    document: str
    number: int


class Cluster(NamedTuple):
    """A kept document and the copies dropped for it, each with ``id, source, origin, url, published``."""

    kept: str
    title: str
    copies: tuple[Mapping[str, Json], ...]


class Top(Generic[T]):
    """
    Keeps the few highest-ranking of many; among equals, the first.

    >>> top = Top[str](2)
    >>> for rank, name in [(1, "a"), (3, "b"), (2, "c"), (3, "d")]:
    ...     top.add(rank, name)
    >>> list(top)
    ['b', 'd']
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[int, int, T]] = []
        self._count = 0

    def __iter__(self) -> Iterator[T]:
        return (one for _, _, one in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1])))

    def add(self, rank: int, one: T) -> None:
        """Add one if it ranks high enough."""
        self._count += 1
        entry = rank, -self._count, one
        if len(self._heap) < self._most:
            heappush(self._heap, entry)
        elif self._most:
            heappushpop(self._heap, entry)


@dataclass(slots=True)
class RuleCount:
    """What one rule removed: the number of removals, of documents affected, and of characters."""

    reason: str
    examples: Top[Chosen]
    removals: int = 0
    documents: int = 0
    characters: int = 0


@dataclass(slots=True)
class Digest:
    """
    The counts of a run; ``examples`` is the number of examples to show for each rule.

    >>> digest = Digest(examples=3)
    >>> removed = {"stage": "bylines", "rule": "zh.by", "start": 0, "end": 4, "evidence": {"reason": "An author."}}
    >>> digest.add({"id": "a", "outcome": "kept", "metadata": {}, "repairs": [], "error": None, "removed": [removed]})
    >>> [(key, rule.characters) for key, rule in digest.rules.items()], digest.chosen
    ([(('bylines', 'zh.by'), 4)], {'a': {0}})
    """

    examples: int
    rules: dict[tuple[str, str], RuleCount] = field(default_factory=dict)
    repairs: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    clusters: Top[Cluster] = field(default_factory=lambda: Top(_CLUSTERS))
    failed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, decision: Mapping[str, Json]) -> None:
        """Count one document's decision."""
        if decision["outcome"] == "failed":
            if len(self.failed) < _FAILED:
                self.failed.append((decision["id"], decision["error"]))
            return
        if decision["outcome"] == "kept":
            self.found.update(decision["metadata"].keys())
        self.repairs.update({f"{one['stage']}: {one['name']}" for one in decision["repairs"]})
        if copies := decision.get("copies"):
            title = decision["metadata"].get("title") or ""
            self.clusters.add(len(copies), Cluster(decision["id"], title, tuple(copies)))
        seen = set()
        for number, removed in enumerate(decision["removed"]):
            key = removed["stage"], removed["rule"]
            rule = self.rules.get(key)
            if rule is None:
                rule = self.rules[key] = RuleCount(removed["evidence"]["reason"], Top(self.examples))
            rule.removals += 1
            rule.characters += removed["end"] - removed["start"]
            if key not in seen:
                seen.add(key)
                rule.documents += 1
                rule.examples.add(_chance(decision["id"]), Chosen(decision["id"], number))

    @property
    def chosen(self) -> Mapping[str, set[int]]:
        """The chosen examples: documents, with the numbers of their removals."""
        documents: defaultdict[str, set[int]] = defaultdict(set)
        for rule in self.rules.values():
            for document, number in rule.examples:
                documents[document].add(number)
        return dict(documents)


def _chance(document: str) -> int:
    return int.from_bytes(blake2b(document.encode("utf-8", "surrogatepass"), digest_size=8).digest())
