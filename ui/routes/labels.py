"""GET /api/labels: the labels of a queue's task, searched by words or walked as a tree.

`?queue=&q=&under=&limit=` answers `{"labels": […], "total": n, "groups": [{"path", "count"}]}`: a task
of thousands of labels never sends them all.
"""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation import outputs, queues
from storage.errors import InvalidInput
from storage.project import Project
from ui.routes.gate import Visit, gated

MOST_LABELS = 500
LONGEST_QUERY = 500


def routes(project: Project) -> list[BaseRoute]:
    """Labels."""
    return [Route("/api/labels", gated(project, "review", _labels), methods=["GET"])]


def _labels(visit: Visit) -> Response:
    queue = queues.get(visit.project, visit.query.get("queue", ""))
    task = queues.task_of(visit.project, queue)
    words = visit.query.get("q", "")[:LONGEST_QUERY]
    found = outputs.find_labels(task.labels, words, under=visit.query.get("under", ""), limit=_limit(visit))
    return JSONResponse(asdict(found))


def _limit(visit: Visit) -> int:
    given = visit.query.get("limit", "50")
    if not given.isdecimal() or not 1 <= int(given) <= MOST_LABELS:
        raise InvalidInput(f"limit is {given!r}.", next_step=f"Ask for 1 to {MOST_LABELS} labels.")
    return int(given)
