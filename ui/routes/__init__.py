"""The app's own HTTP routes, beside Streamlit's: sign-in, reviews and votes without a rerun, downloads."""

from __future__ import annotations

from starlette.routing import BaseRoute

from storage.project import Project
from ui.routes import (
    context,
    downloads,
    entrance,
    flags,
    health,
    labels,
    leases,
    reviews,
    reviews_same,
    votes,
)


def all_routes(project: Project) -> list[BaseRoute]:
    """Every route of ours for one project."""
    parts = (
        health, entrance, reviews, reviews_same, leases, context, labels, flags, votes, downloads,
    )  # fmt: skip
    return [route for part in parts for route in part.routes(project)]
