"""Taking records out of everything the project holds, and looking whether anything of them is left.

    rows.rewritten(source, target, wanted)     a Parquet file without them
    folders.rewrite(manifest, wanted, …)       an artifact without them, exchanged for the old one at once
    tables.erase(connection, …)                the rows of a database
    files.erase(project, needles)              logs, parts of jobs, uploads, caches
    compacting.compact(project)                what PostgreSQL still holds of rows that are gone
    scanning.scan(project, texts)              where a text still stands

What is to be erased is decided in `curation.erasing`. Each step may be repeated: a second run finds
nothing to do. docs/erasing.md says what no program can reach.
"""
