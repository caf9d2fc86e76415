"""`inkfield query`: the rows of a SELECT as a table, CSV or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from flows.csv_cells import write_csv
from schemas.database import DatabaseError, open_database
from schemas.query import run_query

Rows = Sequence[Sequence[Any]]


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
    table = Table(caption=f"{len(rows)} rows", caption_justify="left")
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    for row in rows:
        table.add_row(*(escape(_shown(value)) for value in row))
    Console().print(table)


def _print_csv(columns: Sequence[str], rows: Rows) -> None:
    write_csv(sys.stdout, columns, rows)


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
    if isinstance(value, float):
        # SQLite has no decimals: an amount comes as a float that is exact to the hundredth.
        return f"{value:.2f}" if round(value, 2) == value else f"{value:.4g}"
    return "" if value is None else str(value)


PRINTERS: dict[str, Callable[[Sequence[str], Rows], None]] = {
    "table": print_table,
    "csv": _print_csv,
    "json": _print_json,
}
