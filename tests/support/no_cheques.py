"""What lies on a cheque scanner and is no cheque."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.lab.documents.sheet import Sheet


def deposit_slip() -> np.ndarray:
    """A printed slip with a column of boxes."""
    sheet = Sheet(190, 85)
    sheet.text(10, 10, "DEPOSIT SLIP", 5.0)
    for k in range(6):
        sheet.box(110, 15 + 9 * k, 70, 9)
        sheet.text(100, 21 + 9 * k, ["Cash", "Notes", "Coins", "Cheque", "Fee", "Total"][k], 2.6, anchor="rs")
    return sheet.pixels().astype(np.uint8)


def open_hand() -> np.ndarray:
    """Something of skin's colour and shape before a wall."""
    picture = np.full((1000, 2200, 3), (120, 130, 140), np.uint8)
    for k in range(5):
        cv2.ellipse(picture, (700 + 180 * k, 420), (60, 330), 8 * (k - 2), 0, 360, (120, 150, 200), -1)
    cv2.ellipse(picture, (1060, 760), (430, 260), 0, 0, 360, (118, 148, 198), -1)
    return cv2.GaussianBlur(picture, (0, 0), 6)
