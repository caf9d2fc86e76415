"""Which columns the tables of a form have: one for every field that it has or ever had, by the type of its value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from inkfield.schemas.forms.model import Column, Field, Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.kinds.kind import Stored

PAGE_COLUMNS = ("page_id", "document_id", "page_number", "status", "form_version", "reviewed_by")
"""The first columns of a form's table, a row a page."""
ROW_COLUMNS = ("page_id", "document_id", "page_number", "row_number")
"""The first columns of the table of a form's table, a row a line; lines count from 1."""
_LONGEST_NAME = 63
"""PostgreSQL cuts names after so many bytes."""


@dataclass(frozen=True)
class FormColumn:
    """The column that holds the values of a field, as long as the field has this type."""

    field: str
    type: Stored
    column: str
    indexed: bool = False


@dataclass(frozen=True)
class FormLayout:
    """The columns of a form's table, and those of its tables by the name of their field."""

    columns: tuple[FormColumn, ...] = ()
    tables: dict[str, tuple[FormColumn, ...]] = field(default_factory=dict)
    ask_again: tuple[str, ...] = ()
    """Fields (of tables: ``services.charge``) for which a person is asked again; see schemas/store/settled.py."""
    presented_once: bool = True
    """Whether an item that was presented before goes to review; see schemas/store/presented.py."""

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": _listed(self.columns),
            "tables": {name: _listed(columns) for name, columns in self.tables.items()},
            "ask_again": list(self.ask_again),
            "presented_once": self.presented_once,
        }

    @staticmethod
    def from_json(found: dict[str, Any]) -> FormLayout:
        return FormLayout(
            tuple(FormColumn(*column) for column in found["columns"]),
            {name: tuple(FormColumn(*column) for column in table) for name, table in found["tables"].items()},
            tuple(found["ask_again"]),
            found["presented_once"],
        )


def with_form(layout: FormLayout, form: Form) -> FormLayout:
    """The layout with a column for every field that the form has now. What it had stays."""
    tables = dict(layout.tables)
    for described in form.fields:
        if described.kind == "table":
            tables[described.name] = _with(tables.get(described.name, ()), described.columns, ROW_COLUMNS)
    cells = [(f"{field.name}.{column.name}", column) for field in form.fields for column in field.columns]
    ask = [name for name, described in [*((f.name, f) for f in form.fields), *cells] if described.ask_again]
    return FormLayout(
        _with(layout.columns, form.fields, PAGE_COLUMNS), tables, tuple(ask), form.presented_once
    )


def _with(
    old: tuple[FormColumn, ...], fields: Sequence[Field | Column], taken: Sequence[str]
) -> tuple[FormColumn, ...]:
    columns = list(old)
    for described in fields:
        stored = kind_of(described.kind).stored
        indexed = described.index or stored == "date"
        known = next((c for c in columns if (c.field, c.type) == (described.name, stored)), None)
        if known is None:
            names = {column.column for column in columns} | set(taken)
            name = described.name if described.name not in names else f"{described.name}__{stored}"
            columns.append(FormColumn(described.name, stored, name, indexed))
        elif indexed and not known.indexed:
            columns[columns.index(known)] = FormColumn(known.field, known.type, known.column, True)
    return tuple(columns)


def page_table_name(form: str) -> str:
    """The name of a form's table; the view has the name of the form."""
    return short(f"form_{form}")


def row_table_name(form: str, table: str) -> str:
    """The name of the table of a form's table: ``claim_services``."""
    return short(f"{form}_{table}")


def short(name: str) -> str:
    """A name that PostgreSQL does not cut, so that two long ones stay two."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _listed(columns: Iterable[FormColumn]) -> list[list[Any]]:
    return [[column.field, column.type, column.column, column.indexed] for column in columns]
