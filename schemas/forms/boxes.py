"""Every box of a form, in millimetres: fields, the cells of tables and combs, the options of choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inkfield.schemas.forms.model import Field, Form

MmBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class PlacedBox:
    """One box. ``box_mm`` is (x, y, width, height) in mm from the top left corner of its page.

    ``field`` is the field's name, of a part ``comb.1``, ``choice.VALUE`` or ``table.1.column``: rows and cells count
    from 1. ``kind`` is the field's, of an option ``checkbox``, of a table cell its column's.
    """

    page: int
    field: str
    kind: str
    box_mm: MmBox

    def as_json(self) -> dict[str, object]:
        """The keys of `inkfield forms boxes --json`; numbers are rounded to a hundredth of a millimetre."""
        box = [round(number, 2) for number in self.box_mm]
        return {"page": self.page, "field": self.field, "kind": self.kind, "box_mm": box}


def boxes_of(form: Form) -> list[PlacedBox]:
    """All boxes in the order of the fields. A table stands as its cells, a choice as its options; a comb stands as its
    whole box and then its cells. Fields that are found on the page itself (cheques) have none."""
    return [box for field in form.fields for box in _boxes(field)]


def _boxes(field: Field) -> Iterator[PlacedBox]:
    if field.kind == "table":
        for number, row in enumerate(field.table_cells(), 1):
            for cell in row:
                if cell.box is not None:
                    yield PlacedBox(field.page, f"{field.name}.{number}.{cell.name}", cell.kind, cell.box)
        return
    for option in field.options:
        yield PlacedBox(field.page, f"{field.name}.{option.value}", "checkbox", option.box)
    cells = field.character_boxes()
    whole = field.box if field.box is not None or not cells else _around(cells)
    if whole is not None and not field.options:
        yield PlacedBox(field.page, field.name, field.kind, whole)
    for number, cell_box in enumerate(cells, 1):
        yield PlacedBox(field.page, f"{field.name}.{number}", field.kind, cell_box)


def _around(boxes: tuple[MmBox, ...]) -> MmBox:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
