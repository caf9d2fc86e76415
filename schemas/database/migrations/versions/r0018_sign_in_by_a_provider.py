"""People who sign in through their organisation's sign-in service (OpenID Connect), and sign-ins that have begun"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("review_users", sa.Column("issuer", sa.Text(), nullable=True))
    op.add_column("review_users", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index("ix_review_users_identity", "review_users", ["issuer", "subject"], unique=True)
    op.add_column("review_sessions", sa.Column("id_token", sa.Text(), nullable=True))
    op.create_table(
        "review_sign_ins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_sign_ins"),
        sa.UniqueConstraint("token_hash", name="uq_review_sign_ins_token_hash"),
        comment="sign-ins that have begun at the sign-in service; deleted after ten minutes",
    )
    op.create_index("ix_review_sign_ins_begun_at", "review_sign_ins", ["begun_at"])


def downgrade() -> None:
    op.drop_table("review_sign_ins")
    op.drop_column("review_sessions", "id_token")
    op.drop_index("ix_review_users_identity", "review_users")
    op.drop_column("review_users", "subject")
    op.drop_column("review_users", "issuer")
