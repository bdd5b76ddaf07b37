"""Moving between Argillas: queues with their records, suggestions and answers, and accounts.

    export(project, folder)            from the project's Argilla into a folder
    import_folder(project, folder)     from such a folder into the project's Argilla

Both count what they copy and read it a second time to compare.
"""

from storage.moving.accounts import handed_over
from storage.moving.exporting import export
from storage.moving.folder import Manifest
from storage.moving.importing import Imported, ImportedQueue, import_folder

__all__ = ["Imported", "ImportedQueue", "Manifest", "export", "handed_over", "import_folder"]
