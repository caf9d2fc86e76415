"""A table as one reading: its rows as JSON, made from the readings of its cells once the rules have spoken."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.status import status_of


def cell_name(table: str, row: int, column: str) -> str:
    """Name of the reading of a table cell; ``row`` counts from 1."""
    return f"{table}.{row}.{column}"


def column_cells(readings: Sequence[FieldReading], table: str, column: str) -> list[FieldReading]:
    """The cells of one column, in the order of the readings."""
    name = re.compile(rf"{re.escape(table)}\.\d+\.{re.escape(column)}")
    return [reading for reading in readings if name.fullmatch(reading.name)]


def says_something(cell: FieldReading) -> bool:
    """Whether a cell makes its row one: something is written in it. A box that is not ticked is in every row."""
    return cell.status != "empty" and cell.value is not False


def with_rows(table: FieldReading, readings: Sequence[FieldReading]) -> FieldReading:
    """The table's reading with the values of its cells: accepted when no cell is for review.

    Its confidence is that of the least sure cell. As it is for a table without cells.
    """
    cells = [reading for reading in readings if reading.name.startswith(f"{table.name}.")]
    if not cells:
        return table
    rows: dict[str, dict[str, str | None]] = {}
    for cell in cells:
        _, row, column = cell.name.split(".", 2)
        rows.setdefault(row, {})[column] = kind_of(cell.kind).shown(cell.value)
    text = json.dumps(list(rows.values()), ensure_ascii=False)
    doubtful = tuple(cell.name for cell in cells if cell.status == "review")
    reasons = (because(ReasonCode.CELLS, cells=doubtful),) if doubtful else ()
    return replace(
        table,
        text=text,
        value=text,
        confidence=min((cell.confidence for cell in cells if cell.status != "empty"), default=0.0),
        status=status_of(text, reasons),
        reasons=reasons,
    )
