"""
The HTML report of a run: what a person reads who has to answer for what went.

    digest     the decisions of a run in numbers, with examples chosen evenly
    excerpt    an example with what stood around it
    page       both as one self-contained HTML file
"""
