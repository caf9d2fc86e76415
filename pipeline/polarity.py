"""Polarity: white writing on black (microfilm, inverted fax) is turned into dark on light.

Method: Otsu's two classes; the page is inverted when the dark class fills its middle and the light class is
thin (a morphological opening wider than strokes leaves little of it). A scan with the lid open has a wide
black border but a broad light page; a photo has broad areas of both.
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
    height, width = small.shape
    middle = small[height // 10 : height - height // 10, width // 10 : width - width // 10]
    if float(np.median(middle)) >= 110:
        return False  # the paper, which is most of a page, is light
    if int(middle.max()) - int(np.median(middle)) < 50:
        return False  # nothing light is written on it
    threshold, _ = cv2.threshold(np.ascontiguousarray(middle), 0, 255, cv2.THRESH_OTSU)
    light = (middle > threshold).astype(np.uint8)
    if not 0.0005 * light.size < int(light.sum()) < 0.4 * light.size:
        return False
    size = max(5, max(small.shape) // 60)
    broad = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return int(broad.sum()) < 0.3 * int(light.sum())


def dark_on_light(image: np.ndarray) -> np.ndarray:
    """The image with dark ink on light paper: inverted when `is_inverted`, else unchanged. Grey or BGR
    uint8."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.bitwise_not(image) if is_inverted(grey) else image
