"""Boxes in rows and columns become a table: at least three rows of one height, two columns, a printed head for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inkfield.pipeline.proposal.found import FoundColumn, FoundField
from inkfield.recognizers.limits import limit
from inkfield.schemas.kinds import kind_of


@dataclass(frozen=True)
class GridsLimits:
    """Which boxes are a table."""

    least_rows: int = limit(3, "rows", "guess", "Of the smallest table")
    least_columns: int = limit(2, "columns", "guess", "Of the smallest table")
    alike_mm: float = limit(0.8, "mm", "guess", "By which rows of a table differ in height")
    touch_mm: float = limit(1.2, "mm", "guess", "Between boxes of one table")


LIMITS = GridsLimits()


def with_tables(fields: Sequence[FoundField]) -> list[FoundField]:
    """The fields of a page, those of a table as one field in the place of its first."""
    columns = [column for column in _columns(fields) if len(column) >= LIMITS.least_rows]
    left = list(fields)
    while columns:
        first, *columns = columns
        beside = [first, *(column for column in columns if _same_rows(column, first))]
        columns = [column for column in columns if column not in beside]
        group = _neighbours(sorted(beside, key=lambda column: column[0].box[0]), first)
        if len(group) >= LIMITS.least_columns:
            at = min(left.index(cell) for column in group for cell in column)
            left.insert(at, _table(group))
            left = [field for field in left if not any(field is cell for column in group for cell in column)]
    return left


def _columns(fields: Sequence[FoundField]) -> list[list[FoundField]]:
    """Runs of boxes one under the other with one label."""
    columns: list[list[FoundField]] = []
    for field in sorted(fields, key=lambda field: (field.page, field.box[1], field.box[0])):
        if field.how != "box" or not field.label or not kind_of(field.kind).in_tables:
            continue
        for column in columns:
            above = column[-1]
            touches = -0.5 < field.box[1] - above.box[1] - above.box[3] < LIMITS.touch_mm
            if touches and field.label == above.label and all(
                abs(field.box[side] - above.box[side]) < LIMITS.alike_mm for side in (0, 2, 3)
            ):  # fmt: skip
                column.append(field)
                break
        else:
            columns.append([field])
    return columns


def _same_rows(column: Sequence[FoundField], other: Sequence[FoundField]) -> bool:
    return len(column) == len(other) and all(
        abs(a.box[1] - b.box[1]) < LIMITS.alike_mm and abs(a.box[3] - b.box[3]) < LIMITS.alike_mm
        for a, b in zip(column, other, strict=True)
    )


def _neighbours(columns: list[list[FoundField]], first: list[FoundField]) -> list[list[FoundField]]:
    """The columns around the first that touch each other."""
    at = columns.index(first)
    group = [first]
    for column in reversed(columns[:at]):
        if group[0][0].box[0] - column[0].box[0] - column[0].box[2] > LIMITS.touch_mm:
            break
        group.insert(0, column)
    for column in columns[at + 1 :]:
        if column[0].box[0] - group[-1][0].box[0] - group[-1][0].box[2] > LIMITS.touch_mm:
            break
        group.append(column)
    return group


def _table(group: Sequence[Sequence[FoundField]]) -> FoundField:
    first, rows = group[0][0], len(group[0])
    x, y = first.box[0], first.box[1]
    right = max(column[0].box[0] + column[0].box[2] for column in group)
    bottom = group[0][-1].box[1] + group[0][-1].box[3]
    columns = tuple(
        FoundColumn(column[0].label, column[0].kind, column[0].box[0] - x, column[0].box[2])
        for column in group
    )
    sure = min(cell.sure for column in group for cell in column)
    box = (x, y, right - x, bottom - y)
    return replace(first, box=box, kind="table", label="", sure=sure, how="grid", rows=rows, columns=columns)
