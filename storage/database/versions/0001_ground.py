"""Tasks, prompts, teachers, queues, jobs, sessions and what else the first release keeps."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def created(name: str = "created_at") -> sa.Column[Any]:
    return sa.Column(name, MOMENT, nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    op.create_table(
        "tasks", text("name", primary_key=True), text("title"), text("kind"),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"), created(),
    )  # fmt: skip
    op.create_table(
        "prompts", sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True), text("system"), text("template"), text("reason"),
        sa.Column("answers_tags", JSONB, nullable=False), text("content_hash"), text("created_by"), created(),
        sa.UniqueConstraint("task", "content_hash"),
    )  # fmt: skip
    op.create_table(
        "teachers", text("name", primary_key=True), text("kind"),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    )  # fmt: skip
    op.create_table(
        "held_out", text("task", primary_key=True), text("record_id", primary_key=True), text("import_id"),
        created("chosen_at"),
    )  # fmt: skip
    op.create_table(
        "numbers", text("scope", primary_key=True), sa.Column("last", sa.BigInteger, nullable=False)
    )
    op.create_table(
        "settings", text("key", primary_key=True), sa.Column("value", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    )  # fmt: skip
    _jobs()
    op.create_table(
        "sessions", text("id_hash", primary_key=True), text("user_id"), text("username"), text("role"),
        text("argilla_token"), created(), sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
    )  # fmt: skip
    op.create_table(
        "audit", sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True), created("at"),
        text("actor"), text("action"), text("subject"),
        sa.Column("facts", JSONB, nullable=False, server_default="{}"),
    )  # fmt: skip
    op.create_table(
        "queues", text("name", primary_key=True), sa.Column("task", sa.Text, sa.ForeignKey("tasks.name")),
        sa.Column("prompt_version", sa.Integer, nullable=False), text("argilla_id"), text("purpose"),
        created(),
    )  # fmt: skip
    op.create_table(
        "comparisons", text("id", primary_key=True), sa.Column("task", sa.Text, sa.ForeignKey("tasks.name")),
        text("evaluation_id"), text("left_candidate"), text("right_candidate"), text("argilla_id"), created(),
    )  # fmt: skip


def _jobs() -> None:
    op.create_table(
        "jobs", text("job_id", primary_key=True), text("kind"), text("title"), sa.Column("task", sa.Text),
        text("queue"), text("function"), sa.Column("args", JSONB, nullable=False), sa.Column("lock", sa.Text),
        text("status"), sa.Column("cancel_requested", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger), text("message", server_default=""),
        text("error", server_default=""), sa.Column("artifact", sa.Text),
        sa.Column("summary", JSONB, nullable=False, server_default="{}"), text("created_by"), created(),
        sa.Column("started_at", MOMENT), sa.Column("heartbeat_at", MOMENT), sa.Column("finished_at", MOMENT),
        sa.Column("pid", sa.Integer),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')"
        ),
    )  # fmt: skip
    op.create_index("jobs_by_status", "jobs", ["status", "created_at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
