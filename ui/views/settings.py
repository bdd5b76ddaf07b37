"""Settings: the task, its error tags, the teachers, and where this project's parts answer."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from storage.artifacts import code_version
from ui.components.page import header
from ui.resources import project
from ui.task_choice import chosen_task
from ui.views import settings_queues, settings_tags, settings_task, settings_teachers

SECTION = "section"


def page() -> None:
    """One section at a time; which one stands in the address."""
    header(
        "Settings",
        "What this project is told: its task, the ways a label can be wrong, its teachers and queues.",
    )
    sections: dict[str, Callable[[], None]] = {
        "Task": _task,
        "Error tags": _tags,
        "Teachers": _teachers,
        "Queues": _queues,
        "Project": _project,
    }
    wanted = st.query_params.get(SECTION, "Task")
    if "settings.section" not in st.session_state:
        st.session_state["settings.section"] = wanted if wanted in sections else "Task"
    chosen = st.segmented_control(
        "Section", list(sections), key="settings.section", required=True, label_visibility="collapsed"
    )
    st.query_params[SECTION] = str(chosen)
    sections[str(chosen)]()


def _task() -> None:
    settings_task.draw(chosen_task())


def _tags() -> None:
    settings_tags.draw(chosen_task())


def _teachers() -> None:
    settings_teachers.draw()


def _queues() -> None:
    settings_queues.draw(chosen_task())


def _project() -> None:
    settings = project().settings
    services = settings.services
    with st.container(key="sheet_project"):
        st.table(
            {
                "Project": project().name,
                "Understudy": code_version(),
                "App": f"{settings.app.host}:{settings.app.port}",
                "PostgreSQL": (services.postgres_url and "external") or "in the project folder",
                "Argilla": services.argilla_url or "in the project folder",
                "Redis": (services.redis_url and "external") or "in the project folder",
                "Training": f"{settings.training.device}, {settings.training.threads} thread(s)",
            },
            border="horizontal",
        )
        st.caption("These stand in understudy.toml, and take effect when the project is started again.")
