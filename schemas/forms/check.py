"""What is wrong with a form beyond the shape of its file: fields on one another, a blank that is no such paper."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from inkfield.schemas.kinds import kind_of, kinds_with

if TYPE_CHECKING:
    from inkfield.schemas.forms.boxes import MmBox
    from inkfield.schemas.forms.model import Field, Form


_MOST_OVERLAP = 0.25
"""Share of the smaller of two boxes that may lie in the other: boxes measured by hand touch, and no more."""
_SHAPE = 0.02
"""How far the sides of a blank may be from the paper's, as a share. A4 and Letter differ by 9 %, scans by under 1 %."""
_SIZE = 0.05
"""The same for its size in millimetres, where the image tells its resolution."""
_LEAST_DPI = 72.0
"""Below this the small print of a blank, by which pages are aligned, is lost."""
_TRUE_DPI = 100.0
"""Lower resolutions in an image's header (72, 96) are what programs write that know none."""
_FORMATS = ("PNG", "TIFF", "JPEG", "WEBP", "BMP")
_MOST_COLUMNS = 1600
"""PostgreSQL's limit on the columns of a table."""
_COLUMNS_OF_A_FIELD = 3
_COLUMNS_OF_A_VIEW = 20


def faults_of(form: Form) -> list[str]:
    """All that is wrong, one line each; empty for a form that can be used."""
    faults: list[str] = []
    for sheet in form.sheets().values():
        faults += [f"blank: {fault}" for fault in _faults_of_blank(sheet)]
        if form.layout == "registered":
            faults += _faults_of_boxes(sheet)
    for field in form.fields:
        faults += [f"fields[{field.name}].{fault}" for fault in _faults_of_field(field)]
    if _COLUMNS_OF_A_FIELD * len(form.fields) + _COLUMNS_OF_A_VIEW > _MOST_COLUMNS:
        faults.append(
            f"fields: {len(form.fields)} are more than a table can have columns for; make two forms"
        )
    return faults


def _faults_of_field(field: Field) -> Iterator[str]:
    if field.cells and field.lines > 1:
        yield "lines: character boxes (cells) stand in one line"
    if field.cells and "cells" not in kind_of(field.kind).keys:
        yield f"cells: a field of kind {field.kind} has no character boxes"
    for column in (field, *field.columns):
        where = "" if column is field else f"columns[{column.name}]."
        keys = kind_of(column.kind).keys
        if column.pattern and "pattern" not in keys:
            yield f"{where}pattern: belongs to the kinds {kinds_with('pattern')}; this is {column.kind}"
        if column.grammar and "grammar" not in keys:
            yield f"{where}grammar: belongs to the kinds {kinds_with('grammar')}; this is {column.kind}"
    values = [option.value for option in field.options]
    yield from (
        f"options: two have the value {value}" for value in sorted({v for v in values if values.count(v) > 1})
    )
    for left, right in combinations(sorted(field.columns, key=lambda column: column.x), 2):
        common = left.x + left.width - right.x
        beside = right.y >= left.y + (left.height or math.inf) or left.y >= right.y + (
            right.height or math.inf
        )
        if not beside and common > _MOST_OVERLAP * min(left.width, right.width):
            yield f"columns: {left.name} and {right.name} overlap by {common:g} mm"


def _faults_of_boxes(form: Form) -> Iterator[str]:
    boxes = [(_named(field, place), box) for field in form.fields for place, box in enumerate(_boxes(field))]
    for (one, first), (other, second) in combinations(boxes, 2):
        share = overlap(first, second)
        if share > _MOST_OVERLAP:
            yield f"fields: {one} and {other} lie on one another ({100 * share:.0f} % of the smaller); move one"


def _boxes(field: Field) -> list[MmBox]:
    """Where the field's ink is looked for: at its options where it has some, else in its box."""
    if field.options:
        return [option.box for option in field.options]
    if field.box is not None:
        return [field.box]
    return list(field.cell_boxes or ())


def _named(field: Field, place: int) -> str:
    return f"{field.name} ({field.options[place].value})" if field.options else field.name


def overlap(first: MmBox, second: MmBox) -> float:
    """Share of the smaller box that lies in the other, 0 to 1."""
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(first[2] * first[3], second[2] * second[3])


def _faults_of_blank(form: Form) -> Iterator[str]:
    if form.blank is None:
        return
    path = form.blank_path()
    if not path.is_file():
        yield f"there is no file {form.blank} beside the form; add it or correct the name"
        return
    try:
        size, dpi = _look(path)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        yield f"{form.blank} is no image that can be read; give a PNG, TIFF or JPEG of the empty form"
        return
    width, height = form.paper.width_mm, form.paper.height_mm
    shown, wanted = size[1] / size[0], height / width
    if abs(math.log(shown / wanted)) > _SHAPE:
        yield (
            f"{form.blank} is {shown:.2f} times as high as wide, the paper ({width:g} x {height:g} mm) "
            f"{wanted:.2f} times; give the whole page, and the paper's true size"
        )
    elif (across := size[0] / width * 25.4) < _LEAST_DPI:
        yield f"{form.blank} has {across:.0f} dots an inch; scan it at 150 or more"
    elif dpi >= _TRUE_DPI and abs(math.log(across / dpi)) > _SIZE:
        true = f"{size[0] / dpi * 25.4:.0f} x {size[1] / dpi * 25.4:.0f} mm"
        yield f"{form.blank} is {true} large at its {dpi:.0f} dpi, the paper {width:g} x {height:g} mm; correct one"


def _look(path: Path) -> tuple[tuple[int, int], float]:
    """Size in pixels and dots an inch (0 where it tells none) of an image that can be read to its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=_FORMATS) as image:
            size, dpi = image.size, float(image.info.get("dpi", (0, 0))[0])
            image.load()
    return size, dpi
