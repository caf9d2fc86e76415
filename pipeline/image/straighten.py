"""From a page as scanned to one that can be cut into lines: upright, level, letters large enough, dark on white
paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.dark_areas import lift_dark_areas
from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import quarter_turn, rotation, to_grey
from inkfield.pipeline.image.orientation import Letters, find_letters, rotate_upright, upright_angle
from inkfield.pipeline.image.punch_holes import fill_punch_holes
from inkfield.pipeline.records import Trace
from inkfield.recognizers.line_model import LineModel

_LARGE_ENOUGH = 26.0
"""Pixels of height, the median of a page's letters, to which the small letters of screens and of coarse scans are
brought: lines of less cannot be parted from their neighbours, nor strokes from noise."""
_USUAL_MM = 2.0
_COARSE = 2000
"""Longer side in pixels from which a page is fine enough whatever its letters."""


@dataclass(frozen=True)
class StraightPage:
    """``grey`` uint8 at ``dpi``, and the homography ``to_scan``, float (3, 3), from its pixels to the scan's."""

    grey: np.ndarray
    dpi: float
    to_scan: np.ndarray


def straighten(image: np.ndarray, dpi: float, recognizer: LineModel, trace: Trace) -> StraightPage:
    """An upright, level grey page with its background taken out. ``image`` is grey or BGR uint8."""
    letters = find_letters(to_grey(image))
    turn = upright_angle(to_grey(image), letters, recognizer)
    to_straight = quarter_turn(image.shape, turn)
    image = rotate_upright(image, turn)
    trace("upright", image)
    zoom = wanted_zoom(image.shape, letters.turned() if letters and turn in (90, 270) else letters)
    height, width = image.shape[:2]
    image = enlarged(image, zoom)
    to_straight = np.diag([image.shape[1] / width, image.shape[0] / height, 1.0]) @ to_straight
    # A screen's dpi says nothing about its letters: they are taken to be of the usual size in print.
    dpi = dpi if zoom == 1.0 else min(dpi * zoom, _LARGE_ENOUGH / _USUAL_MM * 25.4)
    angle = skew_angle(to_grey(image))
    to_straight = rotation(image.shape, angle) @ to_straight
    image = deskew(image, angle)
    trace("deskewed", image)
    image = lift_dark_areas(image, dpi, recognizer)
    trace("dark areas lifted", image)
    grey = fill_punch_holes(suppress_background(image), dpi)
    trace("background suppressed", grey)
    return StraightPage(grey, dpi, np.linalg.inv(to_straight))


def wanted_zoom(shape: tuple[int, ...], letters: Letters | None) -> float:
    """How many times a page of ``shape`` (height, width, ...) is to be enlarged before it is read: 1 to 4."""
    if letters is None or max(shape) >= _COARSE:
        return 1.0
    zoom = _LARGE_ENOUGH * letters.scale / height_of_ink(letters.mask)
    return 1.0 if zoom < 1.25 else min(4.0, zoom)


def height_of_ink(mask: np.ndarray) -> float:
    """The height of the component in which the median pixel of ink lies: dots, of which there may be many, hold
    little."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, area = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(height)
    return float(height[order][np.searchsorted(np.cumsum(area[order]), area.sum() / 2)])


def enlarged(image: np.ndarray, zoom: float) -> np.ndarray:
    if zoom == 1.0:
        return image
    return cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
