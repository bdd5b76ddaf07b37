"""Keeping a project: proving that it stands as it was written, copying it elsewhere, taking it back.

verify(project).faults              what is missing, changed or points nowhere
backups.backup(project, target)     artifacts, settings and both databases as of one moment
backups.restore(source, folder)     a new project from such a copy, or nothing
"""

from storage.keeping.report import Fault, Report
from storage.keeping.sealing_old import seal_old
from storage.keeping.verifying import verify

__all__ = ["Fault", "Report", "seal_old", "verify"]
