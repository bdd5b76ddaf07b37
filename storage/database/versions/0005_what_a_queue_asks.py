"""What each review queue asks, written down when it is opened: Argilla fixes it then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


_LABELS_OF_OPEN_QUEUES = """
UPDATE queues SET asked = jsonb_build_object('labels', definition -> 'labels', 'ratings', '[]'::jsonb)
FROM tasks
WHERE tasks.name = queues.task AND jsonb_typeof(definition -> 'labels') = 'array'
  AND jsonb_array_length(definition -> 'labels') BETWEEN 2 AND 500
  AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(definition -> 'labels') AS label
                  WHERE length(label) > 200)
"""  # until now a queue asked for a label where Argilla could list them all


def upgrade() -> None:
    op.add_column("queues", sa.Column("asked", JSONB, nullable=False, server_default="{}"))
    op.execute(_LABELS_OF_OPEN_QUEUES)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
