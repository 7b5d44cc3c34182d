"""The few hot loops, on arrays of code points: view, shingles, MinHash, alignment."""
