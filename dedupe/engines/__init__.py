"""Where batches run: processes on this machine."""
