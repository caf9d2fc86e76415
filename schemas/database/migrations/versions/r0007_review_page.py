"""The review page: people, who is signed in, answers that wait for a second person, undo, the audit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ROLES = "role IN ('reader', 'reviewer', 'supervisor', 'admin')"
ACTIONS = "action IN ('answer', 'skip', 'unreadable')"
KEPT = ("id", "at", "who", "action", "document_id", "page_number", "field_name")
"""Columns of the audit that nothing may change, ever."""


def upgrade() -> None:
    op.add_column("pages", sa.Column("scan_number", sa.Integer(), nullable=True))
    op.create_table(
        "review_users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(ROLES, name="ck_review_users_role"),
        sa.PrimaryKeyConstraint("id", name="pk_review_users"),
        sa.UniqueConstraint("name", name="uq_review_users_name"),
        comment="who may sign in on the review page",
    )
    op.create_table(
        "review_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        _belongs("review_sessions", "user_id", "review_users"),
        sa.PrimaryKeyConstraint("id", name="pk_review_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_review_sessions_token_hash"),
        comment="who is signed in on the review page",
    )
    op.create_index("ix_review_sessions_user_id", "review_sessions", ["user_id"])
    op.create_table(
        "review_failed_sign_ins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_failed_sign_ins"),
        comment="sign-ins that failed in the last hour",
    )
    op.create_index("ix_review_failed_sign_ins_at", "review_failed_sign_ins", ["at"])
    op.create_table(
        "review_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("field_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint(ACTIONS, name="ck_review_answers_action"),
        _belongs("review_answers", "field_id", "fields"),
        _belongs("review_answers", "user_id", "review_users"),
        sa.PrimaryKeyConstraint("id", name="pk_review_answers"),
        sa.UniqueConstraint("field_id", "user_id", name="uq_review_answers_field_id_user_id"),
        comment="what people said about fields that still wait",
    )
    op.create_table(
        "review_steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("field_id", KEY, nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _belongs("review_steps", "user_id", "review_users"),
        _belongs("review_steps", "page_id", "pages"),
        _belongs("review_steps", "field_id", "fields"),
        sa.PrimaryKeyConstraint("id", name="pk_review_steps"),
        comment="what can be undone on the review page",
    )
    op.create_index("ix_review_steps_user_id", "review_steps", ["user_id"])
    op.create_index("ix_review_steps_page_id", "review_steps", ["page_id"])
    op.create_table(
        "review_audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("page_number", sa.Integer(), nullable=True),
        sa.Column("field_name", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_review_audit"),
        comment="what people did on the review page: rows are added only",
    )
    op.create_index("ix_review_audit_at", "review_audit", ["at"])
    op.create_index("ix_review_audit_document_id", "review_audit", ["document_id"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("pages", "scan_number")
    for table in (
        "review_audit",
        "review_steps",
        "review_answers",
        "review_failed_sign_ins",
        "review_sessions",
        "review_users",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION review_audit_stays()")


def _belongs(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """A foreign key: the row goes with what it belongs to."""
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete="CASCADE"
    )


_TAKES_VALUES_OUT = " AND ".join(
    ["NEW.before IS NULL", "NEW.after IS NULL", "NEW.note IS NULL"]
    + [f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in KEPT]
)
"""What a purge does, and nothing else."""
_REFUSED = "the audit is added to, never changed"
_SQLITE = (
    f"""CREATE TRIGGER review_audit_stays BEFORE UPDATE ON review_audit
    WHEN NOT ({_TAKES_VALUES_OUT.replace("IS NOT DISTINCT FROM", "IS")})
    BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END""",
    f"""CREATE TRIGGER review_audit_is_kept BEFORE DELETE ON review_audit
    BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION review_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {_TAKES_VALUES_OUT} THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '{_REFUSED}';
    END $$""",
    """CREATE TRIGGER review_audit_stays BEFORE UPDATE OR DELETE ON review_audit
    FOR EACH ROW EXECUTE FUNCTION review_audit_stays()""",
    """CREATE TRIGGER review_audit_is_kept BEFORE TRUNCATE ON review_audit
    FOR EACH STATEMENT EXECUTE FUNCTION review_audit_stays()""",
)
