"""The pages. Each reads like a table of contents: widgets, one typed read, drawing."""
