"""Where batches run: processes of this machine."""
