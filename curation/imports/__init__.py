"""Import: a file's rows become a task's records, cleaned and redacted, each once.

    preview = imports.preview(path)
    mapping = imports.guess_mapping(task, preview)
    imports.import_file(project, task.name, path, mapping, source="shop export", imported_by="owner")

What cannot be read is kept as a reject with its line and the reason. Held-out records are chosen
here, by hash, before any label exists.
"""

from curation.imports.files import Reject
from curation.imports.history import PastImport, listing, rejects
from curation.imports.importing import ImportResult, import_file
from curation.imports.job import run, start
from curation.imports.limits import limits_of
from curation.imports.mapping import ColumnMapping
from curation.imports.previewing import Preview, guess_mapping, preview
from curation.imports.terms import Terms

__all__ = [
    "ColumnMapping", "ImportResult", "PastImport", "Preview", "Reject", "Terms", "guess_mapping",
    "import_file", "limits_of", "listing", "preview", "rejects", "run", "start",
]  # fmt: skip
