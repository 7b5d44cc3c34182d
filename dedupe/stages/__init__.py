"""The stages that process a single document, one judge per module; every stage is a pure function."""
