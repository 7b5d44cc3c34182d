"""The only code that touches files: readers, parts, writers, finished runs, the index."""
