"""
The index: what runs remember of the documents of earlier runs.

    index      documents, their buckets and verdicts; looked up and registered in batches
    records    one document as it is stored
    header     what an index was made with; another pipeline is refused
    tables     the small interface to storage, which a server can take over
    rocks      the tables in RocksDB
    turns      the lock under which processes take turns
"""

from dedupe.store.index.index import Index, Info, Looked, bucket_keys, prepare_index
from dedupe.store.index.records import Record, Run

__all__ = ["Index", "Info", "Looked", "Record", "Run", "bucket_keys", "prepare_index"]
