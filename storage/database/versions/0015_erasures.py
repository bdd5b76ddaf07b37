"""What was erased: who asked for it and why, and fingerprints that keep it from being imported again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.Text, primary_key=True),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("report", JSONB),
    )
    op.create_table(
        "erased_records",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("erasure_id", sa.Text, sa.ForeignKey("erasures.erasure_id"), nullable=False),
    )
    op.create_table(
        "backups_made",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
