"""Boxes under turns of the page: readings are made on a straightened page, boxes are told on the scan."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.schemas.readings import Box


def to_grey(image: np.ndarray) -> np.ndarray:
    """The picture in grey: itself when it is grey already, else BGR turned grey. uint8."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def map_box(box: Box, matrix: np.ndarray) -> Box:
    """The upright box around ``box`` after the homography ``matrix``, float (3, 3)."""
    x, y, width, height = box
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    moved = cv2.perspectiveTransform(corners[None], matrix.astype(np.float64))[0]
    left, top = np.floor(moved.min(0)).astype(int)
    right, bottom = np.ceil(moved.max(0)).astype(int)
    return int(left), int(top), int(right - left), int(bottom - top)


def clipped(box: Box, shape: tuple[int, ...]) -> Box:
    """The part of a box that lies on a picture of this shape (height, width), a pixel at least."""
    x, y, width, height = box
    left, top = (min(max(0, at), size - 1) for at, size in ((x, shape[1]), (y, shape[0])))
    right, bottom = min(x + width, shape[1]), min(y + height, shape[0])
    return left, top, max(1, right - left), max(1, bottom - top)


def rotation(shape: tuple[int, ...], degrees: float) -> np.ndarray:
    """The homography of turning a picture of this shape about its middle, anticlockwise, size kept."""
    height, width = shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.vstack([turn, [0, 0, 1]])


def quarter_turn(shape: tuple[int, ...], degrees: int) -> np.ndarray:
    """The homography of turning a picture of this shape clockwise by 0, 90, 180 or 270 degrees."""
    height, width = shape[:2]
    match degrees % 360:
        case 90:
            return np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]], float)
        case 180:
            return np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], float)
        case 270:
            return np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]], float)
        case _:
            return np.eye(3)


def crop(image: np.ndarray, box: Box) -> np.ndarray:
    """The part of the picture in the box, as far as it lies on the picture."""
    x, y, width, height = box
    return image[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]


def middle_in(box: Box, other: Box) -> bool:
    """Whether the middle of a box lies in another."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return other[0] <= x <= other[0] + other[2] and other[1] <= y <= other[1] + other[3]
