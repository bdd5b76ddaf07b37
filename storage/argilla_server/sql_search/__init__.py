"""The parts of the SQL search engine: one module per kind of question Argilla asks."""
