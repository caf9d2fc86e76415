"""Indexes of the items that only their writing tells, and of the calls of the webhook that are to be made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INK_ALONE = sa.text("item IS NULL AND ink IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_presented_ink_alone", "presented", ["id"], sqlite_where=INK_ALONE, postgresql_where=INK_ALONE
    )
    op.drop_index("ix_webhook_calls_next_at", "webhook_calls")
    op.create_index(
        "ix_webhook_calls_due",
        "webhook_calls",
        ["next_at"],
        sqlite_where=sa.text("told = 0"),  # as SQLAlchemy asks there: SQLite compares the words
        postgresql_where=sa.text("NOT told"),
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_calls_due", "webhook_calls")
    op.create_index("ix_webhook_calls_next_at", "webhook_calls", ["next_at"])
    op.drop_index("ix_presented_ink_alone", "presented")
