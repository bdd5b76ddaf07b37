"""Locks that last as long as a transaction, in every process of the project."""

from __future__ import annotations

from sqlalchemy import Connection, text


def hold(connection: Connection, name: str) -> None:
    """Wait for the lock `name` and hold it until this transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
