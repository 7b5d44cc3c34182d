"""Writers: kept documents as one JSON Lines file or as a tree of text files."""

from dedupe.store.writers.documents import DocumentWriter, Format, open_writer

__all__ = ["DocumentWriter", "Format", "open_writer"]
