"""Argilla's own published tests, run against our search engine: `make argilla-suite`."""
