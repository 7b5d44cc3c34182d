"""
The order of processing: first each document on its own, then all of them together.

    document   the stages of one document, pure
    batch      a worker's share: load, clean, write a part
    parts      what a worker leaves on disk for the corpus pass
    corpus     the drop rule over all parts, and the finished output
    claimer    the drop rule against an index, in one atomic operation
    warm       exercise everything once, before workers start
"""
