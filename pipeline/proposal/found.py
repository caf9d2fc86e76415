"""A field that was found on a blank, before it is part of a form file."""

from __future__ import annotations

from dataclasses import dataclass

from inkfield.schemas.forms.boxes import MmBox


@dataclass(frozen=True)
class FoundOption:
    """One box of a group of which one is ticked."""

    label: str
    box: MmBox


@dataclass(frozen=True)
class FoundColumn:
    """A column of a table: ``x`` in mm from the table's left edge, ``width`` in mm."""

    label: str
    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class FoundField:
    """``box`` is (x, y, width, height) in mm of its page. ``sure`` is how likely it is a field of this kind, 0 to 1, by
    rule of thumb; 1 where the PDF says so. ``how`` says in a few words what it was found by."""

    page: int
    box: MmBox
    kind: str
    label: str
    sure: float
    how: str
    cells: int = 0
    lines: int = 1
    name: str = ""
    """What the PDF calls it, or its label there; empty: it is named by ``label``."""
    options: tuple[FoundOption, ...] = ()
    rows: int = 0
    columns: tuple[FoundColumn, ...] = ()
    """Of a table."""
    values: tuple[str, ...] = ()
    """The values of a list to choose from."""
