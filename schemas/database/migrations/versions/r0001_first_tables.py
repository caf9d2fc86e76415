"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The types as they were when this was written: a migration never imports the models, which go on changing.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
# SQLite: hundredths, see schemas/database/columns.py
AMOUNT = sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("already_done", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_batches_status")),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_table(
        "form_views",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_form_views"),
    )
    op.create_table(
        "documents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("timings", JSON, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'processing', 'done', 'review', 'failed')",
            name=op.f("ck_documents_status"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_documents_batch_id_batches"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("sha256", "form_key", name="uq_documents_sha256_form_key"),
    )
    op.create_index("ix_documents_batch_id", "documents", ["batch_id"])

    op.create_table(
        "pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Double(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("quality", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('done', 'review', 'blank', 'unknown_form')", name=op.f("ck_pages_status")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_pages_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("document_id", "number", name="uq_pages_document_id_number"),
    )
    op.create_index("ix_pages_form", "pages", ["form"])

    op.create_table(
        "fields",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value_text", sa.Text(), nullable=True),
        sa.Column("value_number", AMOUNT, nullable=True),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("value_bool", sa.Boolean(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("box", JSON, nullable=True),
        sa.Column("alternatives", JSON, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.CheckConstraint("status IN ('accepted', 'review', 'empty')", name=op.f("ck_fields_status")),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name=op.f("ck_fields_confidence")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name="fk_fields_page_id_pages", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_fields"),
        sa.UniqueConstraint("page_id", "name", name="uq_fields_page_id_name"),
    )
    op.create_index("ix_fields_status", "fields", ["status"])

    op.create_table(
        "reviews",
        sa.Column("id", KEY, nullable=False),
        sa.Column("field_id", KEY, nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["fields.id"], name="fk_reviews_field_id_fields", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_field_id", "reviews", ["field_id"])


def downgrade() -> None:
    for table in ("reviews", "fields", "pages", "documents", "form_views", "batches"):
        op.drop_table(table)
