"""GET /downloads/{task}/{version}/{format}: a dataset version as a file, written for this one request.

`?split=` names one split; without it, formats for training hold the train split and tables hold all.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from curation import datasets
from storage.project import Project
from ui.actions import datasets as act
from ui.routes.gate import Visit, gated


def routes(project: Project) -> list[BaseRoute]:
    """Exports of dataset versions, for those who may export."""
    return [Route("/downloads/{task}/{version}/{format}", gated(project, "export", _export), methods=["GET"])]


def _export(visit: Visit) -> Response:
    task, version, form = (visit.path[name] for name in ("task", "version", "format"))
    folder = Path(tempfile.mkdtemp(prefix="understudy-export-"))
    try:
        split = visit.query.get("split")
        name = f"{task}-{version}-{split}" if split else f"{task}-{version}"
        path = folder / f"{name}{datasets.suffix(form)}"
        act.export(visit.project, visit.person, task, version, form, path, split=split)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    cleaning = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, filename=path.name, background=cleaning, headers={"Cache-Control": "no-store"})
