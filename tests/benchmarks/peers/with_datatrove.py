"""
datatrove's MinHash pipeline with its defaults: signatures, buckets, clusters, filter, on its local executor.

Words by its English tokenizer, which takes a half of the time that its Chinese one takes (and on Chinese text
finds a few copies less), 14 buckets of 8 over 5-grams; of a cluster one document stays. The input is dealt to as
many files as there are processes, which is what it needs to use them. It normalises for comparison only (case,
punctuation, digits folded); no text repair, no bylines, no repeats inside a document, no verification.
"""

from __future__ import annotations

from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from exchange import LINES, arguments, parts


def steps(work: Path, workers: int) -> list[tuple[list[PipelineStep], int]]:
    """The four steps, each with its number of tasks."""
    config = MinhashConfig()
    source, signatures, buckets, gone = (str(work / name) for name in ("parts", "signatures", "buckets", "gone"))
    kept = JsonlWriter(str(work / "kept"), compression=None)
    return [
        ([JsonlReader(source), MinhashDedupSignature(signatures, config=config)], workers),
        ([MinhashDedupBuckets(signatures, buckets, config=config)], config.num_buckets),
        ([MinhashDedupCluster(buckets, gone, config=config)], 1),
        ([JsonlReader(source), MinhashDedupFilter(gone), kept], workers),
    ]


def main() -> None:
    source, out, workers = arguments()
    work = out / "work"
    parts(source, work / "parts", workers)
    for number, (pipeline, tasks) in enumerate(steps(work, workers)):
        # Where a step's log is, an earlier one is taken for it: each has its own.
        LocalPipelineExecutor(pipeline, tasks, workers, logging_dir=str(work / f"log-{number}")).run()
    with (out / LINES).open("wb") as whole:
        for part in sorted((work / "kept").glob("*.jsonl")):
            whole.write(part.read_bytes())


if __name__ == "__main__":
    main()
