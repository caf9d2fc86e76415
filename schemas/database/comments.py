"""Comments on the tables, views and columns of a form, so that an analyst finds their way with psql alone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, inspect

from inkfield.schemas.database.form_columns import FormLayout
from inkfield.schemas.database.form_tables import form_tables
from inkfield.schemas.forms.model import Column, Field, Form, view_columns
from inkfield.schemas.kinds import kind_of

_FIRST = {
    "document_id": "id of the document, as in the table documents",
    "file_name": "name of the file",
    "page_number": "number of the page in the document, from 1; cheques scanned together are a page each",
    "row_number": "line of the table, from 1",
    "page_id": "id of the page, as in the tables pages and fields",
    "status": "status of the page: done, or review while a field waits for a person",
    "batch": "name of the batch that read the document",
    "path": "where the file lies, as far as inkfield knows",
    "received_at": "when the document came",
    "finished_at": "when it was read last",
    "form_version": "version of the form that the page was read with",
    "reviewed_by": "who settled something on the page last; null where nobody did",
    "label": "what the separator before the document says; null where there is none",
    "part": "which document of its file it is, from 1: separators split a file",
}


def comment_on_form(connection: Connection, form: Form, layout: FormLayout) -> None:
    """Comments on a form's tables and view. SQLite knows no comments."""
    if connection.dialect.name != "postgresql":
        return
    tables = form_tables(form.name, layout)
    page_table = tables.pages.table
    _comment(
        connection, "TABLE", page_table.name, f"{form.title}: a row a page. Ask the view {form.name}.",
        {column.name for column in page_table.columns}, _said(form.fields),
    )  # fmt: skip
    names = {*("document_id", "file_name", "page_number", "status"), *_said(form.fields)}
    names |= {"batch", "path", "received_at", "finished_at", "form_version", "reviewed_by", "label", "part"}
    _comment(
        connection,
        "VIEW",
        form.name,
        f"{form.title}: the current reading of each page.",
        names,
        _said(form.fields),
    )
    for field in form.fields:
        if field.name in tables.rows:
            table = tables.rows[field.name].table
            _comment(
                connection, "TABLE", table.name, f"{form.title}, table {field.name}: a row a line.",
                {column.name for column in table.columns}, _said(field.columns),
            )  # fmt: skip


def comments_of(connection: Connection, view: str) -> dict[str | None, str]:
    """What is said of a view (under None) and of its columns, so that it can be said of the same view made anew."""
    if connection.dialect.name != "postgresql":
        return {}
    found = inspect(connection)
    said: dict[str | None, str | None] = {None: found.get_table_comment(view)["text"]}
    said.update((column["name"], column.get("comment")) for column in found.get_columns(view))
    return {column: comment for column, comment in said.items() if comment}


def comment_again(connection: Connection, view: str, said: Mapping[str | None, str]) -> None:
    """Says of a view what `comments_of` has found."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    for column, comment in said.items():
        what = f"VIEW {quote(view)}" if column is None else f"COLUMN {quote(view)}.{quote(column)}"
        _run(connection, f"COMMENT ON {what}", comment)


def _said(fields: tuple[Field, ...] | tuple[Column, ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    for field in fields:
        value, confidence, status = view_columns(field.name)
        said[confidence] = f"probability that {field.name} is right, 0 to 1"
        said[status] = f"{field.name} is accepted, for review, or empty"
        said[value] = kind_of(field.kind).described(field.required)
    return said


def _comment(
    connection: Connection, what: str, name: str, comment: str, columns: set[str], said: Mapping[str, str]
) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    _run(connection, f"COMMENT ON {what} {quote(name)}", comment)
    for column in sorted(columns):
        found = said.get(column) or _FIRST.get(column)
        if found is not None:
            _run(connection, f"COMMENT ON COLUMN {quote(name)}.{quote(column)}", found)


def _run(connection: Connection, statement: str, comment: str) -> None:
    # COMMENT takes no parameters: the quote is doubled instead, as in every text of SQL.
    text = comment.replace("'", "''")
    connection.execution_options(no_parameters=True).exec_driver_sql(f"{statement} IS '{text}'")
