"""Claim forms filled and laid on a scanner by the tests, with the true place of the paper."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.templates.template import load_template
from inkfield.schemas.forms.model import FORMS_FOLDER, Form, load_form

DPI = 200
SCALE = DPI / 25.4

VALUES = {
    "patient_name": "Amelia Thornbury",
    "date_of_birth": "07031984",
    "policy_number": "KB40718263",
    "claim_number": "5902718346",
    "diagnosis_1": "E11.9",
    "total": "1240.50",
    "date_signed": "14062026",
}


@lru_cache(maxsize=1)
def claim_form() -> Form:
    return load_form(FORMS_FOLDER / "claim.yaml")


def write(page: np.ndarray, text: str, x: float, y: float, size_mm: float, scale: float = SCALE) -> None:
    """Text with its middle left at a place in mm, in place."""
    picture = Image.fromarray(page)
    font = ImageFont.load_default(size=size_mm * scale)
    ImageDraw.Draw(picture).text((x * scale, y * scale), text, fill=45, font=font, anchor="lm")
    page[...] = np.asarray(picture)


@lru_cache(maxsize=2)
def filled_claim() -> np.ndarray:
    """A filled form as printed and written, grey uint8 at DPI: no scanner yet. Do not write on it."""
    page = np.minimum(load_template(claim_form()).at(SCALE), 238)
    for name, text in VALUES.items():
        field = claim_form().field(name)
        assert field.box is not None
        cells = field.character_boxes()
        if cells:
            for letter, (x, y, width, height) in zip(text, cells, strict=True):
                write(page, letter, x + width * 0.3, y + height / 2, height * 0.7)
        else:
            x, y, _, height = field.box
            write(page, text, x + 4, y + height / 2, height * 0.55)
    write(page, "12 Harbour Street", 16, 67, 5)
    write(page, "Northwick 4071", 16, 77, 5)
    for row, cells_of_row in enumerate(claim_form().field("services").table_cells()[:2]):
        for text, cell in zip((f"0{row + 3}/06/2026", f"9921{row}", "620.25"), cells_of_row, strict=True):
            assert cell.box is not None
            write(page, text, cell.box[0] + 4, cell.box[1] + cell.box[3] / 2, 5)
    tick(page, "sex_female")
    signature = np.array([[20, 250], [28, 242], [33, 254], [41, 243], [46, 253], [60, 246], [80, 250]])
    cv2.polylines(page, [np.round(signature * SCALE).astype(np.int32)], False, (45,), 4, cv2.LINE_AA)
    return page


def tick(page: np.ndarray, name: str) -> None:
    """A cross through a checkbox, reaching a little over it, in place."""
    box = claim_form().field(name).box
    assert box is not None
    x, y, width, height = box
    for start, stop in (
        ((x - 0.5, y), (x + width + 0.5, y + height)),
        ((x + width, y - 0.5), (x, y + height + 0.5)),
    ):
        cv2.line(page, _point(*start), _point(*stop), (45,), 4, cv2.LINE_AA)


def laid(
    page: np.ndarray,
    degrees: float = 0.0,
    size: float = 1.0,
    perspective: float = 0.0,
    cut: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
) -> tuple[np.ndarray, np.ndarray]:
    """The page turned anticlockwise, resized, seen aslant, and with shares of its left, top, right and bottom
    cut off; and the homography from mm of the paper to pixels of the result."""
    height, width = page.shape
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, size), [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, 1, 0], [perspective / width, perspective / (2 * height), 1]])
    way = tilt @ turn
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], float)
    corners = cv2.perspectiveTransform(corners, way)[0]
    low, high = corners.min(0), corners.max(0)
    left, top, right, bottom = np.array(cut) * np.tile(high - low, 2)
    way = np.array([[1, 0, -low[0] - left], [0, 1, -low[1] - top], [0, 0, 1]]) @ way
    shape = (int(high[0] - low[0] - left - right), int(high[1] - low[1] - top - bottom))
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    # Pixels in OpenCV have their middle at whole numbers, our millimetres start at the paper's edge.
    out = cv2.warpPerspective(page, np.linalg.inv(half) @ way @ half, shape, borderValue=(230,))
    noise = np.random.default_rng(3).normal(0, 4, out.shape)
    return np.clip(out + noise, 0, 255).astype(np.uint8), way @ np.diag([SCALE, SCALE, 1.0])


def error_mm(found: np.ndarray, true: np.ndarray) -> float:
    """The largest distance between the two places of any field's corner, in mm of the paper."""
    boxes = [field.box for field in claim_form().fields if field.box is not None]
    corners = np.array([[[x, y] for x, y, _, _ in boxes] + [[x + w, y + h] for x, y, w, h in boxes]], float)
    back = cv2.perspectiveTransform(cv2.perspectiveTransform(corners, true), np.linalg.inv(found))
    return float(np.hypot(*(back - corners)[0].T).max())


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x * SCALE), round(y * SCALE)
