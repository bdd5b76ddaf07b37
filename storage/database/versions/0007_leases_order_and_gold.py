"""The order of a queue's cards, who holds which of them, and the records whose right output is known."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("NOT done")


def upgrade() -> None:
    op.add_column("queues", sa.Column("handing", JSONB, nullable=False, server_default="{}"))
    op.add_column("queues", sa.Column("handing_revision", sa.Integer, nullable=False, server_default="1"))
    op.create_table(
        "queue_records",
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("label_id", sa.Text, nullable=False),
        sa.Column("arrival", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("shuffle", sa.BigInteger, nullable=False),
        sa.Column("doubt", sa.Double, nullable=False, server_default="0"),
        sa.Column("facets", JSONB, nullable=False, server_default="{}"),
        sa.Column("blind", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("probe", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("done", sa.Boolean, nullable=False, server_default="false"),
    )
    op.create_index("queue_records_newest", "queue_records", ["queue", "arrival"], postgresql_where=WAITING)
    op.create_index("queue_records_random", "queue_records", ["queue", "shuffle"], postgresql_where=WAITING)
    op.create_index(
        "queue_records_doubt",
        "queue_records",
        ["queue", sa.text("doubt DESC"), "shuffle"],
        postgresql_where=WAITING,
    )
    op.create_table(
        "leases",
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("until", MOMENT),
        sa.Column("decided_at", MOMENT),
    )
    op.create_index("leases_of_person", "leases", ["queue", "person", "decided_at"])
    op.create_index(
        "leases_held", "leases", ["queue", "until"], postgresql_where=sa.text("until IS NOT NULL")
    )
    op.create_table(
        "gold",
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.name"), primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("output", sa.Text),
        sa.Column("marked_by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
