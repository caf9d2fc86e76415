"""Lines of the archive that people corrected"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "archive_corrections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("box", JSON, nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_archive_corrections_document_id_documents",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_archive_corrections"),
        comment="lines of the archive as people corrected them, who and when; the last of a place holds",
    )
    op.create_index("ix_archive_corrections_document_id", "archive_corrections", ["document_id"])


def downgrade() -> None:
    op.drop_table("archive_corrections")
