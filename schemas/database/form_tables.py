"""The tables of a form: a row a page (of forms of several pages a row a filled form) with a typed column for every
value, its confidence and its status; and a table of its own for each table of the form, with a row a line.

They hold the current readings only, and are written in the transaction that writes the evidence (``fields``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from inkfield.schemas.database.columns import Key, form_column
from inkfield.schemas.database.filled_forms import FilledForm, all_filled_forms, filled_form
from inkfield.schemas.database.form_columns import (
    FormColumn,
    FormLayout,
    page_table_name,
    row_table_name,
    short,
)
from inkfield.schemas.database.tables import FieldRow, FormViewRow, PageRow
from inkfield.schemas.forms.model import view_columns
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.kinds.kind import Stored

SQLITE_ONLY = "sqlite only"


class FormTable:
    """One table, and where in it the value, confidence and status of a field go."""

    def __init__(
        self,
        name: str,
        columns: Sequence[FormColumn],
        first: Sequence[Column[Any]],
        last: Sequence[Column[Any]] = (),
    ) -> None:
        taken = {column.name for column in (*first, *last)}
        values = {column.column: Column(column.column, form_column(column.type)) for column in columns}
        made: list[Column[Any]] = []
        self.places: dict[tuple[str, Stored], tuple[str, str | None, str | None]] = {}
        seen = taken | set(values)
        for column in columns:
            made.append(values[column.column])
            _, confidence, status = view_columns(column.field)
            for extra, kind in ((confidence, Double()), (status, Text())):
                if extra not in seen:
                    made.append(Column(extra, kind))
                    seen.add(extra)
            said = [
                extra if extra not in taken and extra not in values else None
                for extra in (confidence, status)
            ]
            self.places[column.field, column.type] = (column.column, said[0], said[1])
        metadata = MetaData()
        Table("pages", metadata, Column("id", Key, primary_key=True))
        # People look at the lines of a table in it, at pages through the view: that one is in the order of speed.
        ordered = made if last else sorted(made, key=_depth)
        self.table = Table(name, metadata, *first, *ordered, *last)
        self.nothing: dict[str, Any] = dict.fromkeys(column.name for column in made)
        Index(short(f"ix_{name}_document_id"), self.table.c.document_id, self.table.c.page_number)
        for column_name in sorted({column.column for column in columns if column.indexed}):
            Index(short(f"ix_{name}_{column_name}"), self.table.c[column_name])
        for status in sorted({status for _, _, status in self.places.values() if status is not None}):
            self.index_status(status)

    def index_status(self, status: str) -> None:
        """An index on a column of statuses.

        SQLite does not know that nearly all are accepted, and would look up nearly all rows one by one where that is
        asked for: there the index has only those that are for review, and another one the empty ones.
        """
        name, column = self.table.name, self.table.c[status]
        Index(short(f"ix_{name}_{status}"), column, sqlite_where=column == "review")
        empty = Index(
            short(f"ix_{name}_{status}_empty"),
            column,
            sqlite_where=column == "empty",
            info={SQLITE_ONLY: True},
        )
        empty.ddl_if(dialect="sqlite")

    def put(self, row: dict[str, Any], name: str, read: FieldRow) -> None:
        """Puts a field into a row; one that has no column of its type there (any more) is left out."""
        place = self.places.get((name, kind_of(read.kind).stored))
        if place is None:
            return
        row[place[0]] = read.value
        if place[1] is not None:
            row[place[1]] = read.confidence
        if place[2] is not None:
            row[place[2]] = read.status


class FormTables:
    """All tables of a form, whatever the database; made by `form_tables`."""

    def __init__(self, form: str, layout: FormLayout) -> None:
        self.layout = layout
        self.pages = FormTable(
            page_table_name(form),
            layout.columns,
            [
                _page_id(primary_key=True),
                Column("document_id", Key, nullable=False),
                Column("page_number", Integer, nullable=False),
                Column("status", Text, nullable=False),
                Column("form_version", Integer),
                Column("reviewed_by", Text),
            ],
        )
        self.pages.index_status("status")
        self.rows = {
            name: FormTable(
                row_table_name(form, name),
                columns,
                [
                    Column("document_id", Key, nullable=False),
                    Column("page_number", Integer, nullable=False),
                    Column("row_number", Integer, autoincrement=False),
                ],
                [_page_id()],
            )
            for name, columns in layout.tables.items()
        }
        for lines in self.rows.values():
            lines.table.append_constraint(PrimaryKeyConstraint("page_id", "row_number"))

    def every(self) -> list[FormTable]:
        return [self.pages, *self.rows.values()]

    def insert(self, session: Session, forms: Sequence[FilledForm], reviewers: Mapping[int, str]) -> None:
        """Writes filled forms that are not there yet. ``reviewers`` are by page id."""
        found = self.rows_of(forms, reviewers)
        for mine in self.every():
            if found[mine.table.name]:
                session.execute(insert(mine.table), found[mine.table.name])

    def rows_of(
        self, forms: Sequence[FilledForm], reviewers: Mapping[int, str]
    ) -> dict[str, list[dict[str, Any]]]:
        """The rows of filled forms by the name of the table."""
        found: dict[str, list[dict[str, Any]]] = {mine.table.name: [] for mine in self.every()}
        for pages in forms:
            reviewer = next((reviewers[page.id] for page in pages if page.id in reviewers), None)
            found[self.pages.table.name].append(self._page(pages, reviewer))
            for name, lines in self._lines(pages).items():
                found[self.rows[name].table.name] += lines
        return found

    def take_out(self, session: Session, page_id: int) -> None:
        for mine in self.every():
            session.execute(delete(mine.table).where(mine.table.c.page_id == page_id))

    def _page(self, pages: FilledForm, reviewer: str | None) -> dict[str, Any]:
        page = pages[0]
        waits = any(one.status == "review" for one in pages)
        row = self.pages.nothing | {
            "page_id": page.id,
            "document_id": page.document_id,
            "page_number": page.number,
            "status": "review" if waits else page.status,
            "form_version": page.form_version,
            "reviewed_by": reviewer,
        }
        for read in _fields(pages):
            if "." not in read.name:
                self.pages.put(row, read.name, read)
        return row

    def _lines(self, pages: FilledForm) -> dict[str, list[dict[str, Any]]]:
        page = pages[0]
        found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in self.rows}
        for read in _fields(pages):
            name, _, cell = read.name.partition(".")
            if not cell or name not in found:
                continue
            number, _, column = cell.partition(".")
            start = {
                "page_id": page.id,
                "document_id": page.document_id,
                "page_number": page.number,
                "row_number": int(number),
            }
            lines = self.rows[name]
            lines.put(found[name].setdefault(int(number), lines.nothing | start), column, read)
        return {name: [rows[number] for number in sorted(rows)] for name, rows in found.items()}


def form_tables(form: str, layout: FormLayout) -> FormTables:
    """The tables of a form: described once, which takes SQLAlchemy a hundredth of a second a form."""
    return _described(form, json.dumps(layout.as_json()))


@lru_cache(maxsize=256)
def _described(form: str, layout: str) -> FormTables:
    return FormTables(form, FormLayout.from_json(json.loads(layout)))


def _fields(pages: FilledForm) -> Iterable[FieldRow]:
    return (field for page in pages for field in page.fields)


_DEPTHS: tuple[type[TypeEngine[Any]], ...] = (Double, Boolean, Date, Numeric, BigInteger)


def _depth(column: Column[Any]) -> int:
    """Where in a row a column lies: a database reads a row from its beginning up to the column that it looks for.
    Statuses come first, they are asked for most; then what has a fixed width; texts, which may be long, come last."""
    if isinstance(column.type, Text):
        return -1 if column.name.endswith("_status") else len(_DEPTHS)
    return _DEPTHS.index(type(column.type))


def _page_id(primary_key: bool = False) -> Column[Any]:
    return Column(
        "page_id",
        Key,
        ForeignKey("pages.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
    )


_known: WeakKeyDictionary[Engine, dict[str, FormTables]] = WeakKeyDictionary()


def forget_tables(engine: Engine) -> None:
    """The tables of the forms have changed: look again what they are."""
    _known.pop(engine, None)


def tables_of(session: Session, form: str) -> FormTables | None:
    """The tables that a form has in this database; None where it has none yet."""
    known = _known.setdefault(cast(Engine, session.get_bind()), {})
    if form not in known:
        wanted = (FormViewRow.name == form) & FormViewRow.columns.is_not(None)
        found = session.scalar(select(FormViewRow.columns).where(wanted))
        if found is None:
            return None
        known[form] = form_tables(form, FormLayout.from_json(found))
    return known[form]


def write_pages(session: Session, pages: Iterable[PageRow], reviewers: dict[int, str] | None = None) -> None:
    """Writes pages that are new, and have their ids, into the tables of their forms: of a form of several pages all
    that belong to them, in place of what stands there."""
    by_form: dict[str, list[PageRow]] = {}
    for page in pages:
        if page.form is not None:
            by_form.setdefault(page.form, []).append(page)
    for form, mine in by_form.items():
        tables = tables_of(session, form)
        if tables is None:
            continue
        filled = all_filled_forms(session, mine)
        for page in (page for several in filled if several[0].sheet is not None for page in several):
            tables.take_out(session, page.id)
        tables.insert(session, filled, reviewers or {})


def rewrite_page(session: Session, page: PageRow, reviewer: str | None) -> None:
    """Writes a page that may stand in the table of its form already."""
    tables = tables_of(session, page.form) if page.form is not None else None
    if tables is None:
        return
    filled = filled_form(session, page)
    for one in filled:
        tables.take_out(session, one.id)
    tables.insert(session, [filled], {page.id: reviewer} if reviewer else {})


def take_out(session: Session, form: str | None, page_id: int) -> None:
    """Takes a page out of the tables of a form."""
    tables = tables_of(session, form) if form is not None else None
    if tables is not None:
        tables.take_out(session, page_id)
