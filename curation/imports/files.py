"""The words of a file being read, under the name the rest of the import knows them by."""

from curation.imports.reading.files import Format, OpenedFile, Reject, Row, open_file, raw_text

__all__ = ["Format", "OpenedFile", "Reject", "Row", "open_file", "raw_text"]
