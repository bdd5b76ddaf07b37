"""Where imports come from, kept under a name, and the mappings that were used last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("member", sa.Text),
        sa.Column("as_table", sa.Boolean, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", JSONB),
        sa.Column("last_import", sa.Text),
        sa.UniqueConstraint("task", "name"),
    )
    op.create_table(
        "mappings",
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), primary_key=True),
        sa.Column("columns_hash", sa.Text, primary_key=True),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("used_by", sa.Text, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
