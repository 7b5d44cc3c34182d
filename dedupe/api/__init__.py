"""
Everything the command line can do, without click.

    run        whole scrapes into a directory; options says how
    cleaner    documents one by one, or as a list
    arrivals   documents as they come, in a crawl or a stream
    care       looking after an index
    account    what went from a document and why, and its original back
    report     a run as a page for people
    suggest    what the sites of a run repeat, as rules to read and keep
"""

from dedupe.api.account import Account, account_of_file, account_of_run
from dedupe.api.arrivals import Arrivals, StreamedLine, stream
from dedupe.api.care import export_index, forget_documents, index_info, merge_indexes, verify_index
from dedupe.api.cleaner import Cleaner, Result
from dedupe.api.options import RunOptions
from dedupe.api.report import report
from dedupe.api.run import RunReport, clean
from dedupe.api.suggest import suggest

__all__ = [
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
    "export_index",
    "forget_documents",
    "index_info",
    "merge_indexes",
    "report",
    "stream",
    "suggest",
    "verify_index",
]
