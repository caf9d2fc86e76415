"""The archive: lines and words of whole pages, and an index to search them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from inkfield.schemas.database.analysts import grant_view

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INDEX = {
    "sqlite": (
        """CREATE VIRTUAL TABLE archive_index USING fts5(
             best, readings, tokenize = "unicode61 remove_diacritics 0", prefix = '3')""",
        """CREATE TRIGGER archive_pages_gone AFTER DELETE ON archive_pages
           BEGIN DELETE FROM archive_index WHERE rowid = old.id; END""",
    ),
    "postgresql": (
        """CREATE TABLE archive_index (
             page_id bigint PRIMARY KEY REFERENCES archive_pages (id) ON DELETE CASCADE,
             readings text NOT NULL,
             places tsvector NOT NULL)""",
        "CREATE INDEX ix_archive_index_places ON archive_index USING gin (places)",
        "COMMENT ON TABLE archive_index IS 'what the archive is searched by: folded words, all that they may be'",
    ),
}
VIEW = "archive_words"
DEFINITION = {
    "sqlite": f"""CREATE VIEW {VIEW} AS
SELECT d.id AS document_id, d.file_name, p.number AS page_number, l.number AS line_number, w.key + 1 AS word_number,
  w.value ->> 'text' AS text, w.value ->> 'confidence' AS confidence, w.value -> 'box' AS box,
  w.value -> 'readings' AS readings
FROM archive_lines l JOIN archive_pages p ON p.id = l.page_id JOIN documents d ON d.id = p.document_id,
  json_each(l.words) w""",
    "postgresql": f"""CREATE VIEW {VIEW} AS
SELECT d.id AS document_id, d.file_name, p.number AS page_number, l.number AS line_number, w.place AS word_number,
  w.value ->> 'text' AS text, CAST(w.value ->> 'confidence' AS double precision) AS confidence, w.value -> 'box' AS box,
  w.value -> 'readings' AS readings
FROM archive_lines l JOIN archive_pages p ON p.id = l.page_id JOIN documents d ON d.id = p.document_id,
  jsonb_array_elements(l.words) WITH ORDINALITY w (value, place)""",
}
COMMENT = "the words of the archive, with their boxes in pixels of the scan and all that they may be"


def upgrade() -> None:
    op.create_table(
        "archived",
        sa.Column("document_id", KEY, autoincrement=False, nullable=False),
        sa.Column("read_with", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_archived_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_archived"),
        comment="documents whose text is in the archive, and what it was read with",
    )
    op.create_table(
        "archive_pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["archived.document_id"],
            name="fk_archive_pages_document_id_archived",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_archive_pages"),
        sa.UniqueConstraint("document_id", "number", name="uq_archive_pages_document_id_number"),
        comment="pages in the archive: their size in pixels of the scan",
    )
    op.create_table(
        "archive_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("box", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["archive_pages.id"],
            name="fk_archive_lines_page_id_archive_pages",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_archive_lines"),
        sa.UniqueConstraint("page_id", "number", name="uq_archive_lines_page_id_number"),
        comment="lines in the archive, with their words; see the view archive_words",
    )
    connection = op.get_bind()
    for statement in INDEX[connection.dialect.name]:
        op.execute(statement)
    _make_view(connection, DEFINITION[connection.dialect.name])


def downgrade() -> None:
    op.execute(f"DROP VIEW IF EXISTS {VIEW}")
    op.execute(f"DELETE FROM form_views WHERE name = '{VIEW}'")
    op.execute("DROP TABLE archive_index")
    for table in ("archive_lines", "archive_pages", "archived"):
        op.drop_table(table)


def _make_view(connection: sa.Connection, definition: str) -> None:
    """A view of ours, noted beside those of the forms: later migrations take it down and put it up again with them."""
    noted = sa.table("form_views", sa.column("name"), sa.column("definition"))
    connection.execute(noted.insert().values(name=VIEW, definition=definition))
    op.execute(definition)
    if connection.dialect.name == "postgresql":
        op.execute(f"COMMENT ON VIEW {VIEW} IS '{COMMENT}'")
    grant_view(connection, VIEW)
