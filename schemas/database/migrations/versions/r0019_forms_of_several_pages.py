"""Pages of forms of several pages: which page of the form each is, and which of them belong together"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("sheet", sa.Integer(), nullable=True))
    op.add_column("pages", sa.Column("part_of", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("pages", "part_of")
    op.drop_column("pages", "sheet")
