"""`inkfield export`: all rows of one form's view in a file: CSV, JSON or Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from inkfield.flows.commands.csv_cells import write_csv
from inkfield.flows.commands.query_command import Rows, as_objects, open_existing
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.forms.model import Form, load_forms, view_columns
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.kinds.amount import CENT
from inkfield.schemas.kinds.kind import Stored

AMOUNT = pa.decimal128(18, 2)
_ARROW: dict[Stored, pa.DataType] = {
    "amount": AMOUNT,
    "integer": pa.int64(),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "text": pa.string(),
}


class UnknownForm(Exception):
    """There is no form of the name that was given."""


class UnfitName(Exception):
    """The name of the file and the format do not go together."""


def format_of(output: Path, asked: str | None) -> str:
    """The format of an export: the one that is asked for, or else the one that the file's name ends with.

    Raises UnfitName where neither tells one, and where the two differ.
    """
    ending = output.suffix.lower().removeprefix(".")
    known = ", ".join(f".{name}" for name in WRITERS)
    if asked is None:
        if ending not in WRITERS:
            raise UnfitName(
                f"{output}: no format has this ending. End the name with {known}, or give --format."
            )
        return ending
    if ending in WRITERS and ending != asked:
        raise UnfitName(f"{output}: --format {asked} does not fit a name that ends with .{ending}.")
    return asked


def export_rows(url: str, form_name: str, output_format: str, output: Path) -> int:
    """Writes the rows of a form's view, ordered by document and page; returns their number.

    The file appears whole or not at all, readable by its owner only. Amounts are exact decimals. Raises
    UnknownForm, DatabaseError, QueryError and OSError.
    """
    forms = load_forms()
    if form_name not in forms:
        raise UnknownForm(f"There is no form {form_name!r}. There are: {', '.join(sorted(forms))}.")
    form = forms[form_name]
    names = [name for name, _ in column_types(form)]
    listed = ", ".join(f'"{name}"' for name in names)
    _, rows = run_query(
        open_existing(url), f'SELECT {listed} FROM "{form_name}" ORDER BY document_id, page_number'
    )
    typed = [
        [_typed(value, kind) for value, (_, kind) in zip(row, column_types(form), strict=True)]
        for row in rows
    ]
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        WRITERS[output_format](draft, form, names, typed)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    return len(typed)


def column_types(form: Form) -> list[tuple[str, pa.DataType]]:
    """The columns of the form's view with their Arrow types, in order."""
    columns: list[tuple[str, pa.DataType]] = [
        ("document_id", pa.int64()),
        ("file_name", pa.string()),
        ("page_number", pa.int64()),
        ("status", pa.string()),
    ]
    for field in form.fields:
        value, confidence, status = view_columns(field.name)
        columns += [
            (value, _ARROW[kind_of(field.kind).stored]),
            (confidence, pa.float64()),
            (status, pa.string()),
        ]
    return columns


def _typed(value: Any, kind: pa.DataType) -> Any:
    """SQLite gives numbers and texts where other databases give decimals, dates and booleans: makes them
    alike."""
    if value is None:
        return None
    if kind == AMOUNT:
        return Decimal(str(value)).quantize(CENT)
    if kind == pa.bool_():
        return bool(value)
    if kind == pa.date32() and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _write_csv(path: Path, form: Form, names: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, names, rows)


def _write_json(path: Path, form: Form, names: Sequence[str], rows: Rows) -> None:
    path.write_text(
        json.dumps(as_objects(names, rows), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _write_parquet(path: Path, form: Form, names: Sequence[str], rows: Rows) -> None:
    schema = pa.schema(column_types(form))
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)


WRITERS: dict[str, Callable[[Path, Form, Sequence[str], Rows], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "parquet": _write_parquet,
}
