"""The cleaner inside other programs: one module for each, none of them imported by this package."""
