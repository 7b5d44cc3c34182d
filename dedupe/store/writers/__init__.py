"""Writers: kept documents as JSON Lines, Parquet or a tree of text files, and the account of the run."""

from dedupe.store.writers.account import DecisionsFile, open_decisions, write_account, write_report
from dedupe.store.writers.documents import DocumentWriter, Format, Packing, open_writer

__all__ = [
    "DecisionsFile",
    "DocumentWriter",
    "Format",
    "Packing",
    "open_decisions",
    "open_writer",
    "write_account",
    "write_report",
]
