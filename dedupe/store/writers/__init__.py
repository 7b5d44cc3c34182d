"""Writers: kept documents as one JSON Lines file or as a tree of text files, and the account."""

from dedupe.store.writers.account import write_account
from dedupe.store.writers.documents import DocumentWriter, Format, open_writer

__all__ = ["DocumentWriter", "Format", "open_writer", "write_account"]
