"""Backups: a project as of one moment, in a folder or in one file, and back again.

    made = backup(project, Path("/backups/triage"))    # a folder: what is unchanged is linked
    made = backup(project, Path("triage.tar"))         # one file
    restored = restore(Path("triage.tar"), Path("/srv/again"))

What a backup holds lies in its folder as in the project, so it can be read without this product too:

    backup_20261121T193000.123456Z_ab12cd/
      backup.json             what there is, with the SHA-256 of every file and manifest; sealed
      project/                understudy.toml, audit-anchor.json, tasks/…
      databases/              understudy.dump, argilla.dump: for pg_restore
      secrets.json            only where it was asked for

Not in it: jobs' logs and unfinished parts, caches, services' logs, and sign-in sessions.
"""

from storage.keeping.backups.backing_up import Made, backup
from storage.keeping.backups.moment import answering
from storage.keeping.backups.restoring import Elsewhere, Restored, restore

__all__ = ["Elsewhere", "Made", "Restored", "answering", "backup", "restore"]
