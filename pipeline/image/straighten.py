"""The stages from a page as scanned to one that can be cut into lines: upright, level, letters large enough, dark on
white paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.dark_areas import lift_dark_areas
from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import quarter_turn, rotation
from inkfield.pipeline.image.orientation import Letters, find_letters, rotate_upright, upright_angle
from inkfield.pipeline.image.punch_holes import fill_punch_holes
from inkfield.pipeline.image.view import View
from inkfield.pipeline.stages import Stage
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel


@dataclass(frozen=True)
class StraightenLimits:
    """Which pages are enlarged before they are read."""

    large_enough: float = limit(
        26.0,
        "px",
        "rendered",
        "Pixels of height, the median of a page's letters, to which the small letters of screens and "
        "of coarse scans are brought: lines of less cannot be parted from their neighbours, nor "
        "strokes from noise",
    )
    usual_mm: float = limit(
        2.0, "mm", "guess", "Height of print, by which the resolution of an enlarged page is told"
    )
    coarse: int = limit(
        2000, "px", "guess", "Longer side in pixels from which a page is fine enough whatever its letters"
    )
    least_zoom: float = limit(1.25, "times", "guess", "That are worth enlarging a page")
    most_zoom: float = limit(4.0, "times", "guess", "That a page is enlarged")


LIMITS = StraightenLimits()


def set_upright(view: View, recognizer: LineModel) -> View:
    """Turned the right way up, and enlarged where its letters are small."""
    letters = find_letters(view.grey)
    turn = upright_angle(view.grey, letters, recognizer)
    upright = rotate_upright(view.image, turn)
    view = view.moved(upright, quarter_turn(view.image.shape, turn))
    zoom = wanted_zoom(upright.shape, letters.turned() if letters and turn in (90, 270) else letters)
    if zoom == 1.0:
        return view
    large = cv2.resize(upright, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    scale = np.diag([large.shape[1] / upright.shape[1], large.shape[0] / upright.shape[0], 1.0])
    # A screen's dpi says nothing about its letters: they are taken to be of the usual size in print.
    return view.moved(large, scale, min(view.dpi * zoom, LIMITS.large_enough / LIMITS.usual_mm * 25.4))


def level(view: View, recognizer: LineModel) -> View:
    """Turned by the small angle by which it lies crooked."""
    angle = skew_angle(view.grey)
    return view.moved(deskew(view.image, angle), rotation(view.image.shape, angle))


def lift(view: View, recognizer: LineModel) -> View:
    """White print on dark areas turned dark, pictures taken out."""
    return view.changed(lift_dark_areas(view.image, view.dpi, recognizer))


def clean(view: View, recognizer: LineModel) -> View:
    """Grey, with background and punch holes taken out."""
    return view.changed(fill_punch_holes(suppress_background(view.image), view.dpi))


def _image(view: View) -> np.ndarray:
    return view.image


STRAIGHTEN: tuple[Stage[View, LineModel], ...] = (
    Stage("upright", set_upright, _image),
    Stage("deskewed", level, _image),
    Stage("dark areas lifted", lift, _image),
    Stage("background suppressed", clean, _image),
)
"""From a page as scanned to one that can be cut into lines."""


def wanted_zoom(shape: tuple[int, ...], letters: Letters | None) -> float:
    """How many times a page of ``shape`` (height, width, ...) is to be enlarged before it is read: 1 to 4."""
    if letters is None or max(shape) >= LIMITS.coarse:
        return 1.0
    zoom = LIMITS.large_enough * letters.scale / height_of_ink(letters.mask)
    return 1.0 if zoom < LIMITS.least_zoom else min(LIMITS.most_zoom, zoom)


def height_of_ink(mask: np.ndarray) -> float:
    """The height of the component in which the median pixel of ink lies: dots, of which there may be many, hold
    little."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, area = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(height)
    return float(height[order][np.searchsorted(np.cumsum(area[order]), area.sum() / 2)])
