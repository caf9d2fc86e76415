"""Lays a form's template on a page exactly, and leads from millimetres of the paper to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import map_box
from inkfield.pipeline.templates.align import MmBox, cut, refine
from inkfield.pipeline.templates.identify import Match
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class RegisterLimits:
    """How far off a match may be."""

    search_mm: tuple[float, float] = limit(
        (1.5, 0.8), "mm", "guess", "By which the match may be wrong at first, and then"
    )


LIMITS = RegisterLimits()


@dataclass(frozen=True)
class Registration:
    """How a form lies on a page. ``homography`` float64 (3, 3): mm of the paper to pixels of the page.

    ``paper`` is (width, height) in mm, ``page_shape`` (height, width) in pixels. ``turned`` is 180 for a page
    that was scanned upside down, 90 or 270 for one that lies sideways. ``residual_mm`` is the median distance
    between where landmarks lie and where they should.
    """

    form: str
    homography: np.ndarray
    paper: tuple[float, float]
    page_shape: tuple[int, int]
    turned: int
    residual_mm: float

    def to_page(self, box_mm: MmBox) -> Box:
        """The upright pixel box around a box of the form; may reach over the page's edge."""
        x, y, width, height = box_mm
        fine = np.diag([0.01, 0.01, 1.0])  # map_box takes whole units: hundredths of a millimetre
        whole = (round(x * 100), round(y * 100), round(width * 100), round(height * 100))
        return map_box(whole, self.homography @ fine)

    def visible(self, box_mm: MmBox) -> float:
        """Share of the box that lies on the page, 0 to 1: less than 1 where the scanner cut the paper off."""
        x, y, width, height = box_mm
        grid = np.stack(np.meshgrid(np.linspace(x, x + width, 21), np.linspace(y, y + height, 21)), -1)
        points = cv2.perspectiveTransform(grid.reshape(1, -1, 2), self.homography)[0]
        rows, columns = self.page_shape
        inside = (points >= 0).all(1) & (points[:, 0] < columns) & (points[:, 1] < rows)
        return float(inside.mean())

    def warp(self, image: np.ndarray, dpi: float = 300.0) -> np.ndarray:
        """The whole paper, upright and square, at ``dpi``. Grey or BGR uint8; what the scan lacks is white."""
        return self.cut(image, (0.0, 0.0, *self.paper), dpi)

    def cut(self, image: np.ndarray, box_mm: MmBox, dpi: float = 300.0) -> np.ndarray:
        """One box of the form, upright and square, at ``dpi``; like ``warp`` but only that part."""
        return cut(image, self.homography, box_mm, dpi)


def register(grey: np.ndarray, form: Form, match: Match) -> Registration:
    """Refines where the match says that ``form`` lies on the grey uint8 page.

    Keeps the match's own homography where too few of the form's patches are found.
    """
    template = load_template(form)
    homography, residual = match.homography, float("nan")
    for search_mm in LIMITS.search_mm:
        fit = refine(grey, template, homography, search_mm)
        if fit is None:
            break
        homography, residual = fit.homography, fit.residual_mm
    shape = (int(grey.shape[0]), int(grey.shape[1]))
    return Registration(match.form, homography, template.paper, shape, match.turned, residual)
