"""Documents that are parts of a file: their pages, what the separator before them says, whether that is in doubt"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with _without_views(), op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
        documents.add_column(sa.Column("first_page", sa.Integer(), nullable=True))
        documents.add_column(sa.Column("last_page", sa.Integer(), nullable=True))
        documents.add_column(sa.Column("label", sa.Text(), nullable=True))
        documents.add_column(sa.Column("split_doubt", sa.Text(), nullable=True))
        documents.drop_constraint("uq_documents_sha256", type_="unique")
        documents.create_unique_constraint("uq_documents_sha256_part", ["sha256", "part"])
    op.create_index("ix_documents_label", "documents", ["label"])
    if op.get_bind().dialect.name == "postgresql":
        comment = "one content each, or a part of it: the file that it came in, its status, why it failed"
        op.execute(f"COMMENT ON TABLE documents IS '{comment}'")


def downgrade() -> None:
    op.execute("DELETE FROM documents WHERE part > 1")
    op.drop_index("ix_documents_label", "documents")
    with _without_views(), op.batch_alter_table("documents") as documents:
        documents.drop_constraint("uq_documents_sha256_part", type_="unique")
        documents.create_unique_constraint("uq_documents_sha256", ["sha256"])
        for column in ("part", "first_page", "last_page", "label", "split_doubt"):
            documents.drop_column(column)


@contextmanager
def _without_views() -> Iterator[None]:
    """SQLite makes the table anew, which no view may stand on meanwhile: those that earlier migrations made in this
    very run are taken down, and put up again."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    views = connection.execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid")
    ).all()
    quote = connection.dialect.identifier_preparer.quote
    for name, _ in views:
        connection.exec_driver_sql(f"DROP VIEW {quote(name)}")
    yield
    for _, definition in views:
        connection.exec_driver_sql(definition)
