"""Bytes that nobody wrote, for hours: `python -m tests.fuzz`."""
