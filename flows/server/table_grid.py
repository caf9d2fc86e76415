"""A table of a form as a grid that can be corrected: its lines, each cell with its field, if it has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inkfield.schemas.database.tables import FieldRow
from inkfield.schemas.forms.model import Form


def grid_of(table: FieldRow, fields: Sequence[FieldRow], form: Form | None) -> dict[str, Any]:
    """Columns in the form's order and the lines that have something in them."""
    cells: dict[int, dict[str, FieldRow]] = {}
    for field in fields:
        name, _, cell = field.name.partition(".")
        if name == table.name and cell:
            number, _, column = cell.partition(".")
            cells.setdefault(int(number), {})[column] = field
    known = [column.name for column in form.field(table.name).columns] if form else []
    columns = known or list(dict.fromkeys(column for line in cells.values() for column in line))
    lines = [
        [_cell(cells[number].get(column)) for column in columns]
        for number in sorted(cells)
        if any(cell.status != "empty" for cell in cells[number].values())
    ]
    return {"field": table, "columns": columns, "lines": lines}


def _cell(field: FieldRow | None) -> dict[str, Any]:
    if field is None:
        return {"id": None, "value": "", "status": "empty"}
    return {"id": field.id, "value": field.value_as_text() or "", "status": field.status}
