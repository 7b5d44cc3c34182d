"""
The HTML report of a run, for the person who has to answer for what was removed.

    digest     the decisions of a run in numbers, with evenly chosen examples
    excerpt    an example with its surrounding text
    page       both as one self-contained HTML file
"""
