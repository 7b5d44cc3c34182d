"""
Everything the command line can do, without click.

    run        whole scrapes into a directory
    cleaner    documents one by one, as a list or as a stream
    account    what went from a document and why, and its original back
"""

from dedupe.api.account import Account, account_of_file, account_of_run
from dedupe.api.cleaner import INDEX_REFUSAL, Arrivals, Cleaner, Result, StreamedLine, stream
from dedupe.api.run import RunOptions, RunReport, clean

__all__ = [
    "INDEX_REFUSAL",
    "Account",
    "Arrivals",
    "Cleaner",
    "Result",
    "RunOptions",
    "RunReport",
    "StreamedLine",
    "account_of_file",
    "account_of_run",
    "clean",
    "stream",
]
