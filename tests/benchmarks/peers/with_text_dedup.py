"""
text-dedup's MinHash program (the release on PyPI), all defaults: its own command, then its result as JSON Lines.

250 permutations of SHA-1, 5-grams of what stands between other than letters and digits, threshold 0.7; the first
document of a cluster stays, and documents of fewer than five tokens go. No text repair, no bylines, no repeats
inside a document, no verification, no account of what went.
"""

from __future__ import annotations

import os
import subprocess
import sys

from exchange import arguments, write


def main() -> None:
    source, out, workers = arguments()
    # A cache of its own: an earlier run's would be found again, and nothing be computed.
    os.environ |= {"HF_HOME": str(out / "home"), "HF_HUB_OFFLINE": "1"}
    from datasets import load_from_disk  # noqa: PLC0415 - it reads the environment when it is imported

    where = ["--path", "json", "--data_files", str(source), "--split", "train", "--column", "text"]
    how = ["--cache_dir", str(out / "cache"), "--num_proc", str(workers), "--output", str(out / "result")]
    subprocess.run([sys.executable, "-m", "text_dedup.minhash", *where, *how], check=True)
    write(load_from_disk(str(out / "result")).select_columns(["id", "text"]), out)


if __name__ == "__main__":
    main()
