"""Draws a form's fields on the pictures of its blank: named, coloured by kind. For people who correct a form file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from inkfield.pipeline.templates.template import load_template
from inkfield.schemas.forms.boxes import PlacedBox, boxes_of
from inkfield.schemas.forms.model import Form

DPI = 150.0
_COLOURS = {
    "checkbox": (200, 120, 0),
    "signature": (160, 0, 160),
    "date": (0, 130, 0),
    "amount": (0, 0, 210),
    "integer": (0, 0, 210),
    "code": (0, 110, 220),
    "name": (150, 90, 0),
    "address": (150, 90, 0),
}
"""Blue, green, red. Kinds that are not here are dark grey."""
_OTHER = (90, 90, 90)
_TINT = 0.18


def draw_fields(blank: np.ndarray, width_mm: float, boxes: Sequence[PlacedBox]) -> np.ndarray:
    """BGR picture of a page of the blank (grey or BGR uint8, ``width_mm`` wide) at 150 dpi with these boxes on it."""
    scale = DPI / 25.4
    size = (round(width_mm * scale), round(width_mm * scale * blank.shape[0] / blank.shape[1]))
    picture = cv2.resize(blank, size, interpolation=cv2.INTER_AREA)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    tinted = picture.copy()
    for box in boxes:
        cv2.rectangle(tinted, *_corners(box, scale), _colour(box), cv2.FILLED)
    picture = cv2.addWeighted(tinted, _TINT, picture, 1 - _TINT, 0)
    for box in boxes:
        first, last = _corners(box, scale)
        cv2.rectangle(picture, first, last, _colour(box), 1)
        if not box.field.rpartition(".")[2].isdigit():  # cells of combs need no name each
            _write(picture, box.field, (first[0] + 2, last[1] - 3), _colour(box))
    return picture


def _corners(box: PlacedBox, scale: float) -> tuple[tuple[int, int], tuple[int, int]]:
    x, y, width, height = (number * scale for number in box.box_mm)
    return (round(x), round(y)), (round(x + width), round(y + height))


def _colour(box: PlacedBox) -> tuple[int, int, int]:
    return _COLOURS.get(box.kind, _OTHER)


def _write(picture: np.ndarray, text: str, place: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 3, cv2.LINE_AA)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.36, colour, 1, cv2.LINE_AA)


def draw_form(form: Form) -> dict[int, np.ndarray]:
    """By number of page the picture of a form's blank with its fields, BGR; empty for a form without a blank. Raises
    FormError for a blank that cannot be read."""
    return {
        number: draw_fields(load_template(sheet).image, sheet.paper.width_mm, list(boxes_of(sheet)))
        for number, sheet in form.sheets().items()
        if sheet.blank is not None
    }


def write_overlay(form: Form, folder: Path) -> list[Path]:
    """Writes the pictures of `draw_form` as ``NAME.fields.png`` (of several pages ``NAME.2.fields.png``); their paths.
    Raises FormError for a blank that cannot be read and OSError where the folder cannot be written."""
    paths = []
    for number, picture in draw_form(form).items():
        page = f".{number}" if form.pages else ""
        path = folder / f"{form.name}{page}.fields.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        paths.append(path)
    return paths
