"""The tables, triggers and indexes of the search engine: their SQL, and how they are kept right."""
