"""Labelled values of pages that are no known form"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from inkfield.schemas.database.analysts import grant_view

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
VIEW = "labelled_values"
DEFINITION = f"""CREATE VIEW {VIEW} AS
SELECT d.id AS document_id, d.file_name, p.number AS page_number, v.row_number, v.label, v.value, v.kind,
  v.box, v.confidence, v.id
FROM pairs v JOIN pages p ON p.id = v.page_id JOIN documents d ON d.id = p.document_id WHERE d.is_current"""
COMMENTS = {
    "TABLE pairs": "labelled values of pages that are no known form: see the view labelled_values",
    f"VIEW {VIEW}": "what is filled in on pages of no known form, with its printed label; nobody has looked at it",
    f"COLUMN {VIEW}.row_number": "row in a table, from 1; null outside of tables",
    f"COLUMN {VIEW}.value": "as read; of checkboxes and signatures true or false",
    f"COLUMN {VIEW}.kind": "guessed by the words of the label",
    f"COLUMN {VIEW}.box": "[x, y, width, height] in pixels of the page as scanned",
}


def upgrade() -> None:
    op.create_table(
        "pairs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("box", JSON, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="ck_pairs_confidence"),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_pairs_page_id_pages", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_pairs"),
    )
    op.create_index("ix_pairs_page_id", "pairs", ["page_id"])
    _make_view(op.get_bind())


def downgrade() -> None:
    op.execute(f"DROP VIEW IF EXISTS {VIEW}")
    op.execute(f"DELETE FROM form_views WHERE name = '{VIEW}'")
    op.drop_table("pairs")


def _make_view(connection: sa.Connection) -> None:
    """A view of ours, noted beside those of the forms: later migrations take it down and put it up again with them."""
    noted = sa.table("form_views", sa.column("name"), sa.column("definition"))
    connection.execute(noted.delete().where(noted.c.name == VIEW))
    connection.execute(noted.insert().values(name=VIEW, definition=DEFINITION))
    op.execute(DEFINITION)
    if connection.dialect.name == "postgresql":
        for what, comment in COMMENTS.items():
            op.execute(f"COMMENT ON {what} IS '{comment}'")
    grant_view(connection, VIEW)
