"""`inkfield query`: the rows of a SELECT as a table, CSV or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from inkfield.flows.batch.summary import many
from inkfield.flows.commands.csv_cells import write_csv
from inkfield.schemas.database.connection import DatabaseError, open_database
from inkfield.schemas.database.read_only_query import run_query

Rows = Sequence[Sequence[Any]]
_READABLE = 24
"""A cell may be cut into lines of so many characters; shorter ones are hard to read."""


def open_existing(url: str) -> Engine:
    """The database as it is, without changing it. Raises DatabaseError, also for a SQLite file that is not
    there."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return open_database(url, migrate=False)  # has the better message
    file = parsed.database or ""
    if parsed.get_backend_name() == "sqlite" and file not in ("", ":memory:") and not Path(file).exists():
        raise DatabaseError(
            f"There is no database {file} yet. Read documents into it: inkfield process PATH --db ..."
        )
    return open_database(url, migrate=False)


def print_query(url: str, sql: str, output_format: str) -> None:
    """Runs a SELECT read-only and prints its rows. Raises DatabaseError and QueryError."""
    columns, rows = run_query(open_existing(url), sql)
    PRINTERS[output_format](columns, rows)


def print_table(columns: Sequence[str], rows: Rows) -> None:
    """A table; where it would be too wide to be read, a record a block, as psql's ``\\x auto`` does."""
    console = Console()
    cells = [[_shown(value) for value in row] for row in rows]
    if _least_width(columns, cells) > console.width:
        _print_records(console, columns, cells)
        return
    table = Table(caption=many(len(rows), "row"), caption_justify="left")
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _least_width(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Width in characters of a table whose cells are cut into lines no shorter than _READABLE."""
    widest = [
        max(map(cell_len, (column, *column_cells)))
        for column, *column_cells in zip(columns, *cells, strict=True)
    ]
    return sum(min(width, _READABLE) + 3 for width in widest) + 1


def _print_records(console: Console, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    if not cells:
        console.print(escape(", ".join(columns)))
    for number, row in enumerate(cells, start=1):
        console.rule(f"[bold]record {number} of {len(cells)}[/]", align="left", characters="-")
        record = Table(show_header=False, box=None, pad_edge=False)
        record.add_column(no_wrap=True, overflow="fold")
        record.add_column(overflow="fold")
        for column, cell in zip(columns, row, strict=True):
            record.add_row(escape(column), escape(cell))
        console.print(record)
    console.print(many(len(cells), "row"), style="italic")


def _print_csv(columns: Sequence[str], rows: Rows) -> None:
    write_csv(sys.stdout, columns, ([_to_the_cent(value) for value in row] for row in rows))


def _to_the_cent(value: Any) -> Any:
    """SQLite has no decimals: an amount comes as a float that is exact to the hundredth. Other floats stay whole."""
    return f"{value:.2f}" if isinstance(value, float) and round(value, 2) == value else value


def _print_json(columns: Sequence[str], rows: Rows) -> None:
    print(json.dumps(as_objects(columns, rows), ensure_ascii=False, indent=1))


def as_objects(columns: Sequence[str], rows: Rows) -> list[dict[str, Any]]:
    """One object a row. Dates become ISO 8601 texts, decimals texts too: a JSON number would not keep the
    cents."""
    return [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _shown(value: Any) -> str:
    value = _to_the_cent(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


PRINTERS: dict[str, Callable[[Sequence[str], Rows], None]] = {
    "table": print_table,
    "csv": _print_csv,
    "json": _print_json,
}
