"""Licences stated later, overrides of what stands against an export, and what was exported."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stated_licences",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("stated_licences_task", "stated_licences", ["task", "seq"])
    op.create_table(
        "export_overrides",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("against", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.create_index("export_overrides_version", "export_overrides", ["task", "version", "seq"])
    op.create_table(
        "dataset_exports",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("splits", JSONB, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("left_out", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("override_seq", sa.BigInteger),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("dataset_exports_task", "dataset_exports", ["task", "seq"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
