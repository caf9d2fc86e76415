"""Missing pages; programs and their tokens; what a webhook was told; spot checks of what was accepted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "documents", sa.Column("page_missing", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["review_users.id"], name="fk_api_tokens_user_id_review_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
        comment="by what programs are known that call the REST API",
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "webhook_calls",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_webhook_calls_document_id_documents",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_webhook_calls"),
        comment="of which status of a document the webhook was told, or is to be told",
    )
    op.create_index("ix_webhook_calls_next_at", "webhook_calls", ["next_at"])
    op.create_table(
        "spot_checks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("field_id", KEY, nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("field_name", sa.Text(), nullable=False),
        sa.Column("picked_at", TIME, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("was_right", sa.Boolean(), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["field_id"], ["fields.id"], name="fk_spot_checks_field_id_fields", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["review_users.id"], name="fk_spot_checks_user_id_review_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_spot_checks"),
        comment="accepted fields that people read without seeing the reading: whether it was right, no values",
    )
    op.create_index("ix_spot_checks_field_id", "spot_checks", ["field_id"], unique=True)
    op.create_index("ix_spot_checks_user_id", "spot_checks", ["user_id"])
    op.create_index("ix_spot_checks_answered_at", "spot_checks", ["answered_at"])


def downgrade() -> None:
    op.drop_column("documents", "page_missing")
    for table in ("spot_checks", "webhook_calls", "api_tokens"):
        op.drop_table(table)
