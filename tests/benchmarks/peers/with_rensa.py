"""
ftfy and rensa (MinHash in Rust), as its documentation shows it; one process.

Repairs text with ftfy's defaults, then MinHash (128 values) of raw character 5-grams and LSH of 16 bands at 0.7;
the first document stays. ``without-ftfy`` as a fourth argument leaves the repair out, too. No bylines, no repeats
inside a document, no verification on the text, no account of what went.
"""

from __future__ import annotations

import sys

from exchange import arguments, records, write
from ftfy import fix_text
from rensa import RMinHash, RMinHashDeduplicator


def main() -> None:
    repair = "without-ftfy" not in sys.argv
    sys.argv = sys.argv[:4]
    source, out, _ = arguments()
    index = RMinHashDeduplicator(threshold=0.7, num_perm=128, use_lsh=True, num_bands=16)
    kept = []
    for record in records(source):
        text = fix_text(record["text"]) if repair else record["text"]
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update([text[at : at + 5] for at in range(len(text) - 4)])
        if index.add(record["id"], sketch):
            kept.append({"id": record["id"], "text": text})
    write(kept, out)


if __name__ == "__main__":
    main()
