"""What began a batch, so that it is begun once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("key", sa.Text(), nullable=True))
    op.create_index("ix_batches_key", "batches", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_batches_key", "batches")
    op.drop_column("batches", "key")
