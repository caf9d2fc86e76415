"""Reads handwritten and typed fields on scanned forms and bank cheques into a SQL database.

The Python interface, for programs that read documents themselves; most users need the command `inkfield` only.

    from pathlib import Path

    from inkfield import Settings, read_document

    reading = read_document(Path("scan.pdf"), Settings())
    for page in reading.pages:
        for field in page.fields:
            print(page.number, field.name, field.value, field.confidence, field.status)

What `inkfield process` wrote is asked in SQL; every form has a view of its name:

    from inkfield import open_database, run_query

    result = run_query(open_database("sqlite:///fields.db"), "SELECT payee, amount FROM cheque_in")
    print(result.columns, result.rows)

Names are imported when they are used first, so that ``import inkfield`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkfield.pipeline.document import read_document as read_document
    from inkfield.pipeline.intake import IntakeLimits as IntakeLimits
    from inkfield.pipeline.settings import Settings as Settings
    from inkfield.schemas.database.connection import open_database as open_database
    from inkfield.schemas.database.connection import transaction as transaction
    from inkfield.schemas.database.read_only_query import run_query as run_query
    from inkfield.schemas.forms.model import load_forms as load_forms
    from inkfield.schemas.readings import DocumentReading as DocumentReading
    from inkfield.schemas.readings import FieldReading as FieldReading
    from inkfield.schemas.readings import PageReading as PageReading

_HOME = {
    "DocumentReading": "schemas.readings",
    "FieldReading": "schemas.readings",
    "IntakeLimits": "pipeline.intake",
    "PageReading": "schemas.readings",
    "Settings": "pipeline.settings",
    "load_forms": "schemas.forms.model",
    "open_database": "schemas.database.connection",
    "read_document": "pipeline.document",
    "run_query": "schemas.database.read_only_query",
    "transaction": "schemas.database.connection",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
