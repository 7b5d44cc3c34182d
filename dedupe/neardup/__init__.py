"""Copies across documents: signatures propose, exact comparison decides, one rule drops."""
