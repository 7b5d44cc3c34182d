"""What happens to one document, a judge a file; every stage is a pure function."""
