"""Compares what was read with what was written: the JSON files beside rendered examples.

``NAME.json`` belongs to the scan ``NAME.pdf``: ``{"pages": [{"form": "cheque_in", "fields": {"payee": "A. Kumar",
"amount": "1500.00", "date": "2026-03-15"}}]}``. Dates are ISO 8601, amounts decimals as text, an empty field null,
a table a list of objects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds import kind_of


@dataclass(frozen=True)
class Compared:
    """One field of one page: what was written, what was read, and whether they are the same."""

    file_name: str
    page: int
    form: str
    field: str
    kind: str
    written: Any
    read: Any
    status: str | None
    exact: bool


def compare(
    engine: Engine, forms: Mapping[str, Form], scans: Sequence[Path], expected_folder: Path
) -> list[Compared]:
    """Every expected field of the scans with its row in the database. A page without a row has no field right."""
    results: list[Compared] = []
    for scan in scans:
        pages = json.loads((expected_folder / f"{scan.stem}.json").read_text(encoding="utf-8"))["pages"]
        for number, page in enumerate(pages, start=1):
            row = _row(engine, page["form"], scan.name, number)
            for name, written in page["fields"].items():
                kind = forms[page["form"]].field(name).kind
                read = row.get(name)
                exact = bool(row) and kind_of(kind).same(written, read)
                status = row.get(f"{name}_status")
                results.append(
                    Compared(scan.name, number, page["form"], name, kind, written, read, status, exact)
                )
    return results


def _row(engine: Engine, form: str, file_name: str, page: int) -> dict[str, Any]:
    sql = f'SELECT * FROM "{form}" WHERE file_name = :file_name AND page_number = :page'
    columns, rows = run_query(engine, sql, {"file_name": file_name, "page": page})
    return dict(zip(columns, rows[0], strict=True)) if rows else {}
