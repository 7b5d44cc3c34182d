"""
Byline rules: what they are, how a line and a page are read by them, and their self-test.

Rules are written in YAML, in packs by language; `dedupe.rules.loader` reads them, all else here is pure.
"""

from __future__ import annotations

from dedupe.rules.matcher import Hit, Rulebook
from dedupe.rules.page import Page
from dedupe.rules.parsing import parse
from dedupe.rules.rule import Example, Rule, RuleSource
from dedupe.rules.selftest import Failure, Report, check, report

__all__ = [
    "Example",
    "Failure",
    "Hit",
    "Page",
    "Report",
    "Rule",
    "RuleSource",
    "Rulebook",
    "check",
    "parse",
    "report",
]
