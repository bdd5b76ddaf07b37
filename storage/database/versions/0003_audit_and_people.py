"""The audit log becomes a chain that only grows; sign-ins are counted; sessions keep no token in clear."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOTHING_BEFORE = "0" * 64


def upgrade() -> None:
    _chain()
    _guard()
    # tokens stood in clear: they are dropped, and everybody signs in once more
    op.execute("UPDATE sessions SET argilla_token = '', revoked_at = coalesce(revoked_at, now())")
    op.add_column("sessions", sa.Column("checked_at", MOMENT, nullable=False, server_default=sa.func.now()))
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )
    op.create_table(
        "deactivated",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("workspaces", JSONB, nullable=False),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("by", sa.Text, nullable=False),
    )


def _chain() -> None:
    op.drop_table("audit")  # made by 0001 and never written to
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("audit_by_actor", "audit", ["actor", "seq"])
    op.create_index("audit_by_action", "audit", ["action", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, server_default="1"),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.execute(f"INSERT INTO audit_head (seq, hash) VALUES (0, '{NOTHING_BEFORE}')")


def _guard() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'The audit log only grows: % is refused.', TG_OP; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
