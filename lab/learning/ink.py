"""The ink of a field as it is kept, and as the network sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from inkfield.pipeline.fields.cell_reader import drawn_together
from inkfield.pipeline.fields.kinds import written
from inkfield.pipeline.fields.reader import Ink, has_ink, side_by_side_in_cells, widened
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.recognizers.line_model import side_by_side
from inkfield.schemas.forms.model import Column, Field

Parts = Sequence[tuple[int, int]]


def packed(ink: Ink) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """The crops (lines, or character boxes) one below the other as PNG, and the [height, width] of each."""
    crops = ink.cells or ink.lines
    widest = max(crop.shape[1] for crop in crops)
    sheet = np.vstack([np.pad(c, ((0, 0), (0, widest - c.shape[1])), constant_values=255) for c in crops])
    _, png = cv2.imencode(".png", sheet)
    return png.tobytes(), tuple((crop.shape[0], crop.shape[1]) for crop in crops)


def unpacked(png: bytes, parts: Parts, in_cells: bool) -> Ink:
    """What `packed` was given, without its box."""
    sheet = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    crops, top = [], 0
    for height, width in parts:
        crops.append(sheet[top : top + height, :width])
        top += height
    return Ink((), None, tuple(crops)) if in_cells else Ink(tuple(crops), None)


def as_line(field: Field | Column, ink: Ink) -> np.ndarray | None:
    """The picture of a field that the network reads, grey uint8; None without ink."""
    if ink.cells:
        return side_by_side_in_cells(ink.cells)
    if written(field).squeezed:
        ink = replace(ink, lines=tuple(widened(line) for line in ink.lines))
    crops = [set_upright(line) for line in ink.lines if has_ink(line)]
    if not crops:
        return None
    if len(crops) == 1:
        return crops[0]
    return side_by_side([drawn_together(crop, crop.shape[0] // 2) for crop in crops])
