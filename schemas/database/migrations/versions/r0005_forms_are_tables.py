"""One row a content, what people settled, items presented, columns of the forms' tables"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
COMMENTS = {
    "batches": "files that were handed in together",
    "documents": "one content each: the file that it came in, its status, why it failed",
    "pages": "pages of documents, with their form, or their full text where they are none",
    "fields": "the evidence of what was read: text, value, confidence, box, alternatives, reasons",
    "reviews": "what people said about fields, in order; what holds is in settled",
    "settled": "what people settled: it holds for every later reading",
    "presented": "hashes of the items (cheques) that were presented, and which of them is posted",
    "form_views": "which views and tables are of forms",
    "chunks": "parts of large batches, one flow run each",
    "leases": "rights to do something alone, for a while",
    "runs": "runs of the schedules, with their figures",
}
VALUES = ("value_text", "value_number", "value_date", "value_bool")


def upgrade() -> None:
    op.add_column("pages", sa.Column("form_key", sa.Text(), nullable=True))
    op.add_column("pages", sa.Column("picture", sa.Text(), nullable=True))
    op.execute("UPDATE pages SET form_key = CAST(form_version AS TEXT) WHERE form IS NOT NULL")
    op.add_column("form_views", sa.Column("columns", JSON, nullable=True))
    op.create_table(
        "settled",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_settled_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_settled"),
        sa.UniqueConstraint(
            "document_id", "page_number", "form", "name", name="uq_settled_document_id_page_number_form_name"
        ),
    )
    op.create_table(
        "presented",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_presented_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_presented"),
        sa.UniqueConstraint("document_id", "page_number", name="uq_presented_document_id_page_number"),
    )
    op.create_index("ix_presented_item", "presented", ["item"])
    op.create_index("ix_presented_amount", "presented", ["amount"])
    op.create_index(
        "uq_presented_posted",
        "presented",
        ["item"],
        unique=True,
        sqlite_where=sa.text("posted"),
        postgresql_where=sa.text("posted"),
    )
    keep_settled(op.get_bind())
    one_row_a_content(op.get_bind())
    with op.batch_alter_table("documents") as documents:
        documents.drop_constraint("uq_documents_sha256_form_key", type_="unique")
        documents.create_unique_constraint("uq_documents_sha256", ["sha256"])

    if op.get_bind().dialect.name == "postgresql":
        for table, comment in COMMENTS.items():
            op.create_table_comment(table, comment)


def downgrade() -> None:
    with op.batch_alter_table("documents") as documents:
        documents.drop_constraint("uq_documents_sha256", type_="unique")
        documents.create_unique_constraint("uq_documents_sha256_form_key", ["sha256", "form_key"])
    op.drop_table("presented")
    op.drop_table("settled")
    op.drop_column("form_views", "columns")
    op.drop_column("pages", "picture")
    op.drop_column("pages", "form_key")


def keep_settled(connection: sa.Connection) -> None:
    """What people settled, also in readings that a later one superseded, belongs to the content from now on."""
    said = connection.execute(
        sa.text(
            "SELECT d.sha256, p.number, p.form, f.name, f.kind, r.new_value, r.reviewer, r.at, f.id, f.text, "
            "f.value_text, f.value_number, f.value_date, f.value_bool, f.status "
            "FROM reviews r JOIN fields f ON f.id = r.field_id JOIN pages p ON p.id = f.page_id "
            "JOIN documents d ON d.id = p.document_id ORDER BY r.at, r.id"
        ).columns(at=TIME)
    ).mappings()
    kept = survivors(connection)
    last: dict[tuple[Any, ...], Any] = {
        (r["sha256"], r["number"], r["form"] or "", r["name"]): r for r in said
    }
    for (sha256, number, form, name), row in last.items():
        connection.execute(
            sa.text(
                "INSERT INTO settled (document_id, page_number, form, name, kind, value, reviewer, at) "
                "VALUES (:document, :number, :form, :name, :kind, :value, :reviewer, :at)"
            ).bindparams(sa.bindparam("at", type_=TIME)),
            {
                "document": kept[sha256],
                "number": number,
                "form": form,
                "name": name,
                "kind": row["kind"],
                "value": row["new_value"],
                "reviewer": row["reviewer"],
                "at": row["at"],
            },
        )
        values = ", ".join(f"{column} = :{column}" for column in VALUES)
        connection.execute(
            sa.text(
                f"UPDATE fields SET {values}, status = :status WHERE id <> :id AND name = :name AND kind = :kind "
                "AND page_id IN (SELECT id FROM pages WHERE document_id = :document AND number = :number "
                "AND form = :form)"
            ),
            {**{c: row[c] for c in (*VALUES, "status", "id", "name", "kind", "number", "form")},
             "document": kept[sha256]},
        )  # fmt: skip


def one_row_a_content(connection: sa.Connection) -> None:
    """Takes away the readings that a later one of the same content superseded: no view showed them."""
    kept = survivors(connection)
    rows = connection.execute(sa.text("SELECT id, sha256 FROM documents")).all()
    for document in [id for id, sha256 in rows if kept[sha256] != id]:
        pages = "SELECT id FROM pages WHERE document_id = :document"
        for statement in (
            f"DELETE FROM reviews WHERE field_id IN (SELECT id FROM fields WHERE page_id IN ({pages}))",
            f"DELETE FROM fields WHERE page_id IN ({pages})",
            "DELETE FROM pages WHERE document_id = :document",
            "DELETE FROM documents WHERE id = :document",
        ):
            connection.execute(sa.text(statement), {"document": document})


def survivors(connection: sa.Connection) -> dict[str, int]:
    """By content the document that stays: the current one, or else the last that was read, or else the last."""
    rows = connection.execute(
        sa.text(
            "SELECT sha256, id FROM documents ORDER BY is_current, "
            "CASE WHEN status IN ('done', 'review') THEN 1 ELSE 0 END, id"
        )
    )
    return {sha256: id for sha256, id in rows}
