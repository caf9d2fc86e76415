"""A table of lines, read cell by cell; as one value it is its lines as JSON."""

from __future__ import annotations

import json
from typing import Any

from inkfield.schemas.kinds.kind import FieldKind


class Table(FieldKind):
    """Values are JSON texts: a list of objects, one a line, with the columns' names as keys."""

    def equal(self, written: Any, read: Any) -> bool:
        return _lines(written) == _lines(read)


def _lines(value: Any) -> list[dict[str, str]]:
    """A table as lines of texts, so that 12.50 and "12.50" are alike; empty cells are left out."""
    lines = json.loads(value) if isinstance(value, str) else value
    return [{name: str(cell) for name, cell in line.items() if cell not in (None, "")} for line in lines]


TABLE = Table(
    "table",
    comment="the lines as JSON; they have a table of their own",
    keys=frozenset(),
    in_tables=False,
    judged=False,
)
