"""CSV that a spreadsheet opens as data, not as formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet take a text for a formula (OWASP, CSV Injection); the full-width ones
do so in East Asian settings."""


def safe_cell(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would run. Numbers stay as they are."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A header line and one line a row (RFC 4180; None is an empty cell)."""
    # With "\n" alone Python would leave a lone "\r" unquoted.
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([safe_cell(column) for column in columns])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
