"""Records flagged for discussion, and the final decisions on those that people decided differently."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "flags",
        sa.Column("queue", sa.Text, sa.ForeignKey("queues.name"), primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("flagged_by", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("flagged_at", MOMENT, nullable=False),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolved_at", MOMENT),
    )
    op.create_index("flags_open", "flags", ["task"], postgresql_where=sa.text("resolved_at IS NULL"))
    op.create_table(
        "adjudications",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, sa.ForeignKey("queues.name"), nullable=False),
        sa.Column("adjudicator", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("output", sa.Text),
        sa.Column("why", sa.Text, nullable=False, server_default=""),
        sa.Column("review_id", sa.Text, nullable=False),
        sa.Column("review_version", sa.Text, nullable=False),
        sa.Column("judged", JSONB, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False, unique=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("adjudications_by_record", "adjudications", ["task", "record_id", "seq"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
