"""Every name under which the app keeps something between two runs of a page."""

from __future__ import annotations

SESSION_COOKIE = "understudy_session"
"""The sign-in cookie: HttpOnly, SameSite=Lax, signed."""

TASK = "task"
"""Query parameter and session key: the task that every page is about."""

JOB = "job"
"""Query parameter of the Jobs page: the job whose log is open."""

NOTICE = "notice"
"""Session key: one sentence to show once, after the action that caused it."""
