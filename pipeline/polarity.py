"""Polarity: white writing on black (microfilm, inverted fax) is turned into dark on light.

Method: morphological top-hats (Serra 1982). Strokes are thin: with dark ink the bottom-hat (closing minus
image) holds them, with light ink the top-hat (image minus opening) does. Wide dark borders, photos and
logos are thicker than the kernel and count for neither, so a scan with the lid open is not taken for an
inverted one.
"""

from __future__ import annotations

import cv2
import numpy as np


def is_inverted(grey: np.ndarray) -> bool:
    """True when the strokes are lighter than the paper. ``grey`` is uint8 (height, width)."""
    if grey.size == 0 or min(grey.shape) < 8:
        return False
    shrink = max(1, round(max(grey.shape) / 900))
    small = cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    if float(np.median(small)) >= 128:
        return False  # the paper, which is most of a page, is light
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (9, 9))
    # Only contrasts above scanner noise count.
    light = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, kernel).astype(np.int32)
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, kernel).astype(np.int32)
    return int(light[light > 40].sum()) > 1.3 * int(dark[dark > 40].sum())


def dark_on_light(image: np.ndarray) -> np.ndarray:
    """The image with dark ink on light paper: inverted when `is_inverted`, else unchanged. Grey or BGR
    uint8."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.bitwise_not(image) if is_inverted(grey) else image
