"""One SQL view per form: a row per page, a typed column per field.

Amounts are exact on PostgreSQL (numeric). SQLite has no decimal type: there the view divides the stored whole
hundredths by 100.0, which gives the floating point number nearest to the amount, the very one that a literal
as 12.34 means; so amounts compare and print as they should up to 15 digits, and ``sum`` over a connection of
inkfield is exact (see schemas/exact_sum.py). In other programs ``sum`` on SQLite rounds in the 16th digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Engine, delete, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from schemas.analysts import grant_view
from schemas.columns import value_column
from schemas.form import Field, Form, view_columns
from schemas.migrate import exclusive
from schemas.tables import FormViewRow


class ViewError(Exception):
    """A form's view cannot be made. The message names the view and says what to do."""


def sync_views(engine: Engine, forms: Mapping[str, Form] | Iterable[Form]) -> list[str]:
    """Bring the views in step with the forms; returns the names of those that were made anew.

    A view is dropped and made again only when its definition changed. Views of forms that are not among
    ``forms`` stay: their rows are still there. Raises ViewError when a form has the name of a table or view
    that is not ours, or when views of the user's own stand on one that must change.
    """
    wanted = {form.name: view_definition(form, engine) for form in _listed(forms)}
    with engine.connect() as connection:
        if not _outdated(connection, wanted):
            return []
    with exclusive(engine) as connection:
        names = _outdated(connection, wanted)
        for name in names:
            _replace(connection, name, wanted[name])
    return names


def view_definition(form: Form, engine: Engine) -> str:
    """The CREATE VIEW statement of a form in the database's dialect."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    columns = ["d.id AS document_id", "d.file_name", "p.number AS page_number", "p.status"]
    for field in form.fields:
        columns += _field_columns(field, engine)
    listed = ",\n  ".join(columns)
    return (
        f"CREATE VIEW {quote(form.name)} AS SELECT\n  {listed}\n"
        f"FROM pages p JOIN documents d ON d.id = p.document_id\n"
        f"WHERE d.is_current AND p.form = '{form.name}'"
    )


def _field_columns(field: Field, engine: Engine) -> list[str]:
    # A subquery for each column, not a join: the database then looks up only the columns that a query names.
    quote = engine.dialect.identifier_preparer.quote_identifier
    sources = (_value_expression(field, engine.dialect.name == "sqlite"), "f.confidence", "f.status")
    of_page = f"FROM fields f WHERE f.page_id = p.id AND f.name = '{field.name}'"
    return [
        f"(SELECT {source} {of_page}) AS {quote(column)}"
        for source, column in zip(sources, view_columns(field.name), strict=True)
    ]


def _value_expression(field: Field, sqlite: bool) -> str:
    column = f"f.{value_column(field.kind)}"
    if field.kind == "integer":
        return f"{column} / 100" if sqlite else f"CAST({column} AS BIGINT)"
    if column == "f.value_number" and sqlite:
        return f"{column} / 100.0"
    return column


def _listed(forms: Mapping[str, Form] | Iterable[Form]) -> Iterable[Form]:
    return forms.values() if isinstance(forms, Mapping) else forms


def _outdated(connection: Connection, wanted: Mapping[str, str]) -> list[str]:
    rows = connection.execute(select(FormViewRow.name, FormViewRow.definition)).all()
    noted = {name: definition for name, definition in rows}
    present = set(inspect(connection).get_view_names())
    return [name for name, text in wanted.items() if name not in present or noted.get(name) != text]


def _replace(connection: Connection, name: str, definition: str) -> None:
    found = inspect(connection)
    present = name in found.get_view_names()
    noted = connection.scalar(select(FormViewRow.name).where(FormViewRow.name == name))
    if found.has_table(name) and not (present and noted):
        raise ViewError(f"{name}: the database has a table or view of that name already; rename the form")
    try:
        if present:
            quote = connection.dialect.identifier_preparer.quote_identifier
            connection.exec_driver_sql(f"DROP VIEW {quote(name)}")
        connection.exec_driver_sql(definition)
        grant_view(connection, name)
    except DBAPIError as error:
        reason = str(error.orig).strip()
        raise ViewError(f"{name}: the view cannot be made anew; drop what stands on it: {reason}") from error
    connection.execute(delete(FormViewRow).where(FormViewRow.name == name))
    connection.execute(insert(FormViewRow).values(name=name, definition=definition))
