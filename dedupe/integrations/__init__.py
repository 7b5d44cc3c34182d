"""The cleaner inside other people's programs: one module each, none of them imported by ours."""
