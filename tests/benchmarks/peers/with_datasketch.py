"""
ftfy and datasketch, as a tutorial puts them together; one process.

Repairs text with ftfy's defaults, then MinHash (128 values) of raw character 5-grams and an LSH index at 0.7;
the first document stays. No bylines, no repeats inside a document, no verification of what the index proposes,
no account of what went.
"""

from __future__ import annotations

from datasketch import MinHash, MinHashLSH
from exchange import arguments, records, write
from ftfy import fix_text


def main() -> None:
    source, out, _ = arguments()
    index = MinHashLSH(threshold=0.7, num_perm=128)
    kept = []
    for record in records(source):
        text = fix_text(record["text"])
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode("utf-8") for gram in {text[at : at + 5] for at in range(len(text) - 4)}])
        if not index.query(sketch):
            index.insert(record["id"], sketch)
            kept.append({"id": record["id"], "text": text})
    write(kept, out)


if __name__ == "__main__":
    main()
