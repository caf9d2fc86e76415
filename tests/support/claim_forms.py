"""Filled claim forms for tests: the blank with figures in its fields, laid on a scanner in a known way."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.schemas.forms.model import Form, load_forms

CLAIM: Form = load_forms()["claim"]
MM = 25.4


def filled(dpi: float, rng: np.random.Generator | None = None) -> np.ndarray:
    """The claim form at ``dpi``, grey uint8, with something written in every field."""
    rng = rng or np.random.default_rng(1)
    page = cv2.imread(str(CLAIM.blank_path()), cv2.IMREAD_GRAYSCALE)
    scale = dpi / MM
    page = cv2.resize(page, (round(210 * scale), round(297 * scale)), interpolation=cv2.INTER_AREA)
    for field in CLAIM.fields:
        cells = [cell.box for row in field.table_cells() for cell in row] or [field.box]
        for box in cells:
            assert box is not None
            x, y, width, height = (v * scale for v in box)
            text = str(rng.integers(10, 10**6))
            place = (int(x + 0.1 * width), int(y + 0.8 * height))
            cv2.putText(
                page, text, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, dpi / 160, (50,), max(1, round(dpi / 120))
            )
    return page


def laid(
    page: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The page turned, enlarged and shifted (pixels), and the float (3, 3) matrix that did it."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += shift
    moved = cv2.warpAffine(page, matrix, (width, height), borderValue=(255,), flags=cv2.INTER_AREA)
    return moved, np.vstack([matrix, [0, 0, 1]])


def letter(dpi: float = 150) -> np.ndarray:
    """A page of running text that is no form."""
    page = np.full((round(297 * dpi / MM), round(210 * dpi / MM)), 250, np.uint8)
    rng = np.random.default_rng(4)
    for y in range(160, page.shape[0] - 100, 34):
        words = " ".join("".join(rng.choice(list("aeinorstlmd"), rng.integers(2, 9))) for _ in range(9))
        cv2.putText(page, words[:60], (110, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40,), 1, cv2.LINE_AA)
    return page
