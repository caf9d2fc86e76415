"""The template of a form as the pipeline needs it: its print, and the landmarks by which a page is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Form, FormError


@dataclass(frozen=True)
class TemplateLimits:
    """How landmarks are found."""

    landmark_dpi: float = limit(
        50.0,
        "dpi",
        "rendered",
        "Resolution at which landmarks are found: noise is averaged away and handwriting is faint, "
        "headings are not. Of the matches between filled pages and their template 70 % are right at "
        "50 dpi, 60 % at 100 (and 40 % with ORB).",
    )
    landmarks: int = limit(1000, "landmarks", "guess", "That are kept of a page or template at most")


LIMITS = TemplateLimits()

MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Landmarks:
    """Corners of print with their descriptors (SIFT): ``points`` float32 (n, 2), ``descriptors`` float32 (n, 128)."""

    points: np.ndarray
    descriptors: np.ndarray


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single equality
class Template:
    """``image`` is grey uint8 at ``scale`` pixels a mm; ``paper`` is (width, height) in mm, and so are the points of
    ``landmarks``."""

    image: np.ndarray
    scale: float
    paper: tuple[float, float]
    landmarks: Landmarks

    def at(self, pixels_per_mm: float) -> np.ndarray:
        """The template's picture at another resolution, grey uint8."""
        return _resized(self.image, pixels_per_mm / self.scale)


def load_template(form: Form) -> Template:
    """The template of a form of layout ``registered``; kept in memory. Raises FormError when it cannot be read."""
    path = form.blank_path()
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise FormError(f"{path}: cannot be read: {error}") from error
    return _load(path, changed, form.paper.width_mm, form.paper.height_mm)


@lru_cache(maxsize=64)
def _load(path: Path, changed: int, width_mm: float, height_mm: float) -> Template:
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise FormError(f"{path}: is no image that can be read; give a PNG, TIFF or JPEG")
    scale = image.shape[1] / width_mm
    small = LIMITS.landmark_dpi / MM_PER_INCH
    found = find_landmarks(_resized(image, small / scale))
    return Template(
        image, scale, (width_mm, height_mm), Landmarks(found.points / np.float32(small), found.descriptors)
    )


def find_landmarks(grey: np.ndarray) -> Landmarks:
    """Landmarks of a grey uint8 picture at ``landmark_dpi``, points in its pixels (the edge of the first is 0).

    Method: SIFT (Lowe 2004), whose descriptors do not change as the picture turns or shrinks.
    """
    everywhere = np.full(grey.shape, 255, np.uint8)
    keypoints, descriptors = cv2.SIFT.create(nfeatures=LIMITS.landmarks).detectAndCompute(grey, everywhere)
    if descriptors is None:
        return Landmarks(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))
    return Landmarks(np.array([k.pt for k in keypoints], np.float32) + np.float32(0.5), descriptors)


def _resized(image: np.ndarray, factor: float) -> np.ndarray:
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    if size == (image.shape[1], image.shape[0]):
        return image
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
