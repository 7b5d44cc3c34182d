"""
Everything the command line can do, without click.

    run        clean whole scrapes into a directory; `options` says how
    cleaner    clean documents one by one, or as a list
    arrivals   clean documents as they arrive, in a crawl or a stream
    care       look after an index
    account    what was removed from a document and why, and its original back
    report     a run as an HTML page
    suggest    what the sites of a run repeat, as proposed rules
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
