"""The words of a file being read, under the name the rest of the import knows them by."""

from curation.imports.reading.archives import Member
from curation.imports.reading.batches import Batch, Reject, Row, raw_text
from curation.imports.reading.files import OpenedFile, members, open_file, peek, reading
from curation.imports.reading.limits import Limits
from curation.imports.reading.opened import Format
from curation.imports.reading.shapes import Shape

__all__ = [
    "Batch", "Format", "Limits", "Member", "OpenedFile", "Reject", "Row", "Shape", "members", "open_file",
    "peek", "raw_text", "reading",
]  # fmt: skip
