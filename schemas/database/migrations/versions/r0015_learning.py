"""Learning: the ink of what people settled, and the weights that were made of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "learning_lessons",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settled_at", TIME, nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("written", sa.Text(), nullable=True),
        sa.Column("ink", sa.LargeBinary(), nullable=True),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("in_cells", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_learning_lessons_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_learning_lessons"),
        sa.UniqueConstraint(
            "document_id", "source", "page_number", "form", "name",
            name="uq_learning_lessons_document_id_source_page_number_form_name",
        ),
        comment="crops of what people settled, and their texts: what `inkfield learn` learns from",
    )  # fmt: skip
    op.create_table(
        "learned_weights",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=True),
        sa.Column("confidences", JSON, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learned_weights"),
        sa.UniqueConstraint("name", name="uq_learned_weights_name"),
        comment="weights that were learned from what people settled; where none is in use, the shipped ones are",
    )
    op.create_index(
        "uq_learned_weights_in_use",
        "learned_weights",
        ["in_use"],
        unique=True,
        sqlite_where=sa.text("in_use = 1"),
        postgresql_where=sa.text("in_use"),
    )


def downgrade() -> None:
    op.drop_table("learned_weights")
    op.drop_table("learning_lessons")
