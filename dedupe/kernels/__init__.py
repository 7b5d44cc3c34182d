"""The few hot loops, over arrays of code points: comparison view, shingles, MinHash, alignment."""
