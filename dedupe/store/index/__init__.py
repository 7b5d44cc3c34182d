"""
The index: what runs remember about the documents of earlier runs.

    place      where an index may be located
    index      documents, their buckets and verdicts; looked up and registered in batches
    care       making an index forget, and checking that it is consistent
    buckets    the keys under which documents are found, computed for a batch at once
    records    one document as it is stored
    header     what an index was made with; a different pipeline is refused
    tables     the small interface to storage, which a server could implement too
    rocks      the tables in RocksDB
    turns      the lock under which processes take turns
"""

from dedupe.store.index.buckets import Keys, bucket_keys
from dedupe.store.index.care import forget, verify
from dedupe.store.index.index import Index, Info, Looked
from dedupe.store.index.place import prepare_index
from dedupe.store.index.records import Record, Run

__all__ = ["Index", "Info", "Keys", "Looked", "Record", "Run", "bucket_keys", "forget", "prepare_index", "verify"]
