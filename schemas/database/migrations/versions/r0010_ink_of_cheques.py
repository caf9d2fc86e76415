"""What is written on a cheque has a hash of its own: the same item is known by it without its line, number or amount"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("ink", sa.Text(), nullable=True))
    op.add_column("presented", sa.Column("ink", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("presented", "ink")
    op.drop_column("pages", "ink")
