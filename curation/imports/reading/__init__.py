"""Any file becomes batches of text, or a sentence that says why it does not.

    opened = open_file(Path("talks.jsonl.gz"))
    opened.format, opened.shape, opened.columns, opened.detected
    for batch in opened.batches(): ...

The file is parsed in a process of its own, under limits of memory and time: whoever calls sees batches, or
InvalidInput. The modules by what they do: `formats` tells what a file is; `csv_rows`, `json_rows`,
`parquet_rows`, `arrow_rows`, `excel_rows` and `chatml_rows` read it; `sources`, `compression`, `archives`
and `folders` say where its bytes come from; `shapes` knows conversations; `guarding`, `wire`, `serving` and
`supervised` bring the rows over; `fetching` brings files from elsewhere.
"""
