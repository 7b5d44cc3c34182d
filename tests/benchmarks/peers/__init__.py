"""
Other tools at the same task, each as one would write it by its documentation, in an environment of its own.

Every script is called ``SCRIPT IN.jsonl OUT WORKERS`` and writes the documents that stay to
``OUT/documents.jsonl``. Each does less work than ``dedupe clean``; its docstring says what it leaves out.
"""
