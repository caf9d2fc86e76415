"""What a kind of field is: how its values are stored and written, when two are equal, what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.readings import Value

Stored = Literal["text", "amount", "integer", "date", "bool"]
"""How values are stored; the SQL types are in schemas/database/columns.py."""
Key = Literal["pattern", "grammar", "cells", "date_order"]
"""Keys of a form file that only fields of some kinds may have; ``stale_after_days`` and ``post_dated`` go with
``date_order``."""


@dataclass(frozen=True)
class FieldKind:
    """A kind of field, by default one whose values are texts. A kind is a file in schemas/kinds.

    How it is read from the ink is in pipeline/fields/kinds; a kind without a file there is read as ``read_like`` is,
    and what is read becomes a value by `typed`.
    """

    name: str
    stored: Stored = "text"
    samples: tuple[str, ...] = ()
    """Values as a person types them, for tests and made-up databases; of a kind that depends on the form, none."""
    comment: str = ""
    """What its columns hold, for an analyst; ``{required}`` becomes ", required" where a form says so. Default: the
    name."""
    keys: frozenset[Key] = frozenset({"cells"})
    in_tables: bool = True
    """Whether a column of a table can be of this kind."""
    compared_as: str = ""
    """The kind with whose fields a rule ``equal`` may compare it; default: its own."""
    adds_up: bool = False
    """Whether a rule ``sum`` may add up its values."""
    judged: bool = True
    """Whether its status follows from its confidence and the form's limit, not from other fields."""
    read_like: str = "text"

    def typed(self, text: str) -> Value:
        """The value that a text means as a person types it; None for an empty text. Raises ValueError."""
        text = clean(text).strip()
        return self.parse(text) if text else None

    def parse(self, text: str) -> Value:
        """As `typed`, of a text that is not empty and has no spaces around it."""
        return text

    def as_text(self, value: Any) -> str | None:
        """The text that `typed` takes for a value, also for one that SQLite gives; None for no value."""
        return None if value is None else str(value)

    def shown(self, value: Any) -> str | None:
        """A value as it stands in the JSON of a table and in reports."""
        return self.as_text(value)

    def same(self, written: Any, read: Any) -> bool:
        """Whether what was read is what was written: values as JSON or SQL have them. Empty is equal to empty."""
        if written in (None, "", []):
            return read in (None, "", "[]")
        return read is not None and self.equal(written, read)

    def equal(self, written: Any, read: Any) -> bool:
        """As `same`, of two values that are there."""
        return " ".join(str(written).split()) == " ".join(str(read).split())

    def check(self, name: str, value: Value, today: date) -> None:
        """Raises ValueError for a value that no field of this kind has, whatever its form; ``name`` is the field's."""

    def described(self, required: bool) -> str:
        """What a column of this kind holds."""
        comment = self.comment or self.name.replace("_", " ") + "{required}"
        return comment.replace("{required}", ", required" if required else "")
