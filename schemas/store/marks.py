"""Rows as JSON, and hashes of them: by these it is told whether something has changed since somebody was shown it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inkfield.schemas.database.tables import FieldRow
from inkfield.schemas.reasons import Reason

OF_FIELD = ("kind", "text", "value_text", "value_number", "value_date", "value_bool", "confidence", "status", "box",
            "alternatives", "source", "reasons")  # fmt: skip


def field_mark(field: FieldRow) -> str:
    """A short hash of a field as a person is shown it, by which it is told whether it has changed since."""
    return fingerprint(columns(field, OF_FIELD))[:16]


def fingerprint(row: dict[str, Any]) -> str:
    """A hash of columns, or of a page as `undo.remember` gives it."""
    return hashlib.sha256(json.dumps(as_json(row), sort_keys=True).encode()).hexdigest()


def columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def as_json(value: Any) -> Any:
    """As JSON has it: numbers with their cents and times as texts."""
    match value:
        case dict():
            return {name: as_json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [as_json(inner) for inner in value]
        case Decimal():
            return f"{value:.2f}"
        case Reason():
            return [str(value.code), value.as_json()]
        case datetime() | date():
            return value.isoformat()
    return value
