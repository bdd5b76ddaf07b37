"""Where the mirror stands in Argilla's change feed, and which answers were copied from another Argilla."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mirror_positions",
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), primary_key=True),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("queue_ids", JSONB, nullable=False),
        sa.Column("usernames", JSONB, nullable=False),
    )
    op.create_table(
        "moved_responses",
        sa.Column("response_id", sa.Text, primary_key=True),
        sa.Column("origin_id", sa.Text, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("copied_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
