"""Large batches are read on an engine: how often the reading of a document has begun; no more chunks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("documents", sa.Column("begun", sa.Integer(), nullable=False, server_default="0"))
    # Only work to be done stood in it: what a batch that was cut off has not read, the same call again reads.
    op.drop_table("chunks")


def downgrade() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.Column("paths", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("flow_run", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'done', 'lost')", name=op.f("ck_chunks_status")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_chunks_batch_id_batches"),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sa.UniqueConstraint("batch_id", "number", name="uq_chunks_batch_id_number"),
    )
    op.drop_column("documents", "begun")
