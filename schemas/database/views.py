"""Brings tables and views in step with the form files: `sync_views`.

Each form has a table (see form_tables.py) and, named as the form, a view of its current rows: the columns of
the table with what is known of the document besides. The view joins so that a database looks up only what a query
names: what it asks of the form's own columns is answered from the form's table alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Engine, Table, delete, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from inkfield.schemas.database.analysts import grant_view
from inkfield.schemas.database.comments import comment_on_form
from inkfield.schemas.database.form_columns import FormLayout, page_table_name, with_form
from inkfield.schemas.database.form_tables import SQLITE_ONLY, forget_tables, form_tables
from inkfield.schemas.database.migrate import exclusive
from inkfield.schemas.database.tables import FormViewRow
from inkfield.schemas.forms.model import Form, view_columns
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store.fill_tables import fill_tables

DOCUMENT_COLUMNS = {
    "batch": "b.name",
    "path": "d.path",
    "received_at": "d.received_at",
    "finished_at": "d.finished_at",
    "form_version": "t.form_version",
    "reviewed_by": "t.reviewed_by",
    "label": "d.label",
    "part": "d.part",
}
"""What a view has after the fields. A field of the same name comes first: then the view goes without."""


class ViewError(Exception):
    """A form's table or view cannot be made. The message names it and says what to do."""


@dataclass(frozen=True)
class _Wanted:
    form: Form
    layout: FormLayout
    definition: str


def sync_views(engine: Engine, forms: Mapping[str, Form] | Iterable[Form]) -> list[str]:
    """Bring tables and views in step with the forms; returns the names of those forms whose were made anew.

    Tables only ever gain columns. Those of forms that are not among ``forms`` stay. Raises ViewError when a form
    has the name of a table or view that is not ours, or when views of the user's own stand on one that must change.
    """
    listed = list(forms.values() if isinstance(forms, Mapping) else forms)
    with engine.connect() as connection:
        if not _outdated(connection, listed):
            return []
    with exclusive(engine) as connection:
        outdated = _outdated(connection, listed)
        for wanted in outdated:
            _update(connection, wanted)
    forget_tables(engine)
    return [wanted.form.name for wanted in outdated]


def view_definition(form: Form, layout: FormLayout, engine: Engine) -> str:
    """The CREATE VIEW statement of a form in the database's dialect."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    tables = form_tables(form.name, layout)
    names = [name for field in form.fields for name in view_columns(field.name)]
    columns = ["t.document_id", "d.file_name", "t.page_number", "t.status"]
    for field in form.fields:
        places = tables.pages.places[field.name, kind_of(field.kind).stored]
        for name, column in zip(view_columns(field.name), places, strict=True):
            columns.append(f"t.{quote(column or name)} AS {quote(name)}")
    columns += [f"{source} AS {name}" for name, source in DOCUMENT_COLUMNS.items() if name not in names]
    listed = ",\n  ".join(columns)
    return (
        f"CREATE VIEW {quote(form.name)} AS SELECT\n  {listed}\n"
        f"FROM {quote(tables.pages.table.name)} t\n"
        f"LEFT JOIN documents d ON d.id = t.document_id\n"
        f"LEFT JOIN batches b ON b.id = d.batch_id"
    )


def _outdated(connection: Connection, forms: Iterable[Form]) -> list[_Wanted]:
    rows = connection.execute(select(FormViewRow.name, FormViewRow.definition, FormViewRow.columns)).all()
    noted = {name: (definition, columns) for name, definition, columns in rows}
    found = inspect(connection)
    views, tables = set(found.get_view_names()), set(found.get_table_names())
    outdated = []
    for form in forms:
        definition, columns = noted.get(form.name, ("", None))
        before = FormLayout.from_json(columns) if columns else FormLayout()
        layout = with_form(before, form)
        wanted = _Wanted(form, layout, view_definition(form, layout, connection.engine))
        there = {mine.table.name for mine in form_tables(form.name, layout).every()} <= tables
        if not (there and form.name in views and layout == before and definition == wanted.definition):
            outdated.append(wanted)
    return outdated


def _update(connection: Connection, wanted: _Wanted) -> None:
    name = wanted.form.name
    try:
        _drop_view(connection, name)
        made = _update_tables(connection, wanted)
        connection.exec_driver_sql(wanted.definition)
        comment_on_form(connection, wanted.form, wanted.layout)
        for relation in (name, *made):
            grant_view(connection, relation)
    except DBAPIError as error:
        reason = str(error.orig).strip()
        raise ViewError(f"{name}: the view cannot be made anew; drop what stands on it: {reason}") from error
    _note(connection, name, wanted.definition, wanted.layout)
    for table in made:
        _note(connection, table, "", None)


def _note(connection: Connection, name: str, definition: str, layout: FormLayout | None) -> None:
    connection.execute(delete(FormViewRow).where(FormViewRow.name == name))
    columns = layout.as_json() if layout else None
    connection.execute(insert(FormViewRow).values(name=name, definition=definition, columns=columns))


def _drop_view(connection: Connection, name: str) -> None:
    found = inspect(connection)
    present = name in found.get_view_names()
    noted = connection.scalar(select(FormViewRow.name).where(FormViewRow.name == name))
    if found.has_table(name) and not (present and noted):
        raise ViewError(f"{name}: the database has a table or view of that name already; rename the form")
    if present:
        quote = connection.dialect.identifier_preparer.quote_identifier
        connection.exec_driver_sql(f"DROP VIEW {quote(name)}")


def _update_tables(connection: Connection, wanted: _Wanted) -> list[str]:
    """Makes the form's tables, or adds the columns and indexes that they lack; new tables are filled from the
    evidence. Returns the names of the tables of its tables."""
    form = wanted.form.name
    tables = form_tables(form, wanted.layout)
    noted = connection.execute(select(FormViewRow.name, FormViewRow.columns)).all()
    mine = {name for name, _ in noted} | {page_table_name(name) for name, columns in noted if columns}
    found = inspect(connection)
    new = []
    for part in tables.every():
        if not found.has_table(part.table.name):
            part.table.create(connection)
            new.append(part)
        elif part.table.name not in mine or part.table.name in found.get_view_names():
            raise ViewError(
                f"{part.table.name}: the database has a table or view of that name already; rename the form {form}"
                f" or its table"
            )
        else:
            _add_columns(connection, part.table)
    if new:
        fill_tables(connection, form, tables, new)
    return [part.table.name for part in tables.rows.values()]


def _add_columns(connection: Connection, table: Table) -> None:
    found = inspect(connection)
    there = {column["name"] for column in found.get_columns(table.name)}
    add = Operations(MigrationContext.configure(connection))
    for column in table.columns:
        if column.name not in there:
            add.add_column(table.name, Column(column.name, column.type))
    indexes = {index["name"] for index in found.get_indexes(table.name)}
    for index in table.indexes:
        elsewhere = SQLITE_ONLY in index.info and connection.dialect.name != "sqlite"
        if index.name not in indexes and not elsewhere:
            index.create(connection)
