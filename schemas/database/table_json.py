"""A table of a form as one field: its lines as JSON, made from the fields of its cells."""

from __future__ import annotations

import json

from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.status import status_of


def refresh_tables(page: PageRow) -> None:
    """Makes the tables of a page anew from their cells (``services.1.charge``): the lines, and whether a cell waits."""
    for table in page.fields:
        if table.kind == "table":
            _refresh(table, [field for field in page.fields if field.name.startswith(f"{table.name}.")])


def _refresh(table: FieldRow, cells: list[FieldRow]) -> None:
    if not cells:
        return
    lines: dict[int, dict[str, str | None]] = {}
    for cell in cells:
        _, number, column = cell.name.split(".", 2)
        lines.setdefault(int(number), {})[column] = kind_of(cell.kind).shown(cell.value)
    doubtful = [cell.name for cell in cells if cell.status == "review"]
    table.text = table.value_text = json.dumps([lines[n] for n in sorted(lines)], ensure_ascii=False)
    table.confidence = min((cell.confidence for cell in cells if cell.status != "empty"), default=0.0)
    table.reasons = (because(ReasonCode.CELLS, cells=tuple(doubtful)),) if doubtful else ()
    table.status = status_of(table.value_text, table.reasons)
