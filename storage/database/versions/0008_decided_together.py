"""The records that were decided together, so that one undo takes all of them back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch_records",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("batch", sa.Text, primary_key=True),
        sa.Column("argilla_id", sa.Text, primary_key=True),
        sa.Column("queue", sa.Text, sa.ForeignKey("queues.name"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
