"""
Fuzz one target for some minutes:  python -m tests.fuzz file --minutes 15 [--keep DIR]

Needs atheris (pip install atheris). DIR keeps what was learned, for the next time; an input that breaks a promise
is written to DIR/crash-*: mend, and put it into `test_targets.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dedupe", "yaml"]):
    from tests.fuzz.targets import TARGETS, seeds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    place = asked.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus = place / asked.target
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(asked.target):
        (corpus / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    target = TARGETS[asked.target]
    limits = [f"-max_total_time={asked.minutes * 60:.0f}", "-timeout=20", "-rss_limit_mb=2000", "-max_len=20000"]
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-artifact_prefix={place}/", *limits], lambda data: target(data) if data else None
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
