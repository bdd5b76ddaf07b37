"""What people said of duplicates: which copy is kept, which records are none, which are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_rulings",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("records", JSONB, nullable=False),
        sa.Column("others", JSONB, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_index("duplicate_rulings_task", "duplicate_rulings", ["task", "seq"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
