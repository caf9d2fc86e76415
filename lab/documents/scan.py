"""What a scanner makes of a sheet: paper grain, a crooked feed, the lid, focus, noise, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.lab.documents.sheet import DPI

SKEW_DEGREES = 1.5


def scan(page: np.ndarray, rng: np.random.Generator, skew: float = SKEW_DEGREES) -> np.ndarray:
    """A scan (uint8 BGR) of a printed and filled sheet (float32 BGR, 300 dpi), up to ``skew`` degrees crooked.

    The result is as large as the sheet, give or take 2 mm on every side.
    """
    page = _paper(page, rng)
    page = _feed(page, rng, skew)
    page = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.45, 0.9)))
    lit: np.ndarray = _light(page, rng)
    noise: np.ndarray = rng.standard_normal(page.shape[:2], dtype=np.float32)[..., None]
    colour: np.ndarray = rng.standard_normal((*page.shape[:2], 3), dtype=np.float32)
    noisy = lit + noise * float(rng.uniform(1.0, 3.2)) + colour * float(rng.uniform(0.4, 1.4))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def jpeg(image: np.ndarray, quality: int) -> bytes:
    """The image as a JPEG file, as scanners put it into their PDFs."""
    done, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("this image cannot be packed as JPEG")
    return packed.tobytes()


def scanned(page: np.ndarray, rng: np.random.Generator, dpi: int, grey: bool, quality: int) -> np.ndarray:
    """What a scanner of that resolution makes of a sheet (float32 BGR, 300 dpi), out of its JPEG file: uint8 BGR."""
    image = scan(page, rng)
    if dpi != DPI:
        image = cv2.resize(image, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)
    if grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg(image, quality), np.uint8), cv2.IMREAD_COLOR))


def _paper(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fibres and clouds: paper is darker here and lighter there by a hundredth or two."""
    height, width = page.shape[:2]
    clouds = _noise(rng, height, width, 90) * float(rng.uniform(0.003, 0.009))
    fibres = _noise(rng, height, width, 2.2) * float(rng.uniform(0.004, 0.011))
    tint = 1.0 - np.array(rng.uniform(0.0, 0.03, 3), np.float32)
    return page * (1.0 + clouds + fibres)[..., None] * tint


def _noise(rng: np.random.Generator, height: int, width: int, grain: float) -> np.ndarray:
    """Smooth noise of unit deviation, float32, with grains of so many pixels."""
    rows, columns = max(2, int(height / grain)), max(2, int(width / grain))
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _feed(page: np.ndarray, rng: np.random.Generator, skew: float) -> np.ndarray:
    """Lays the sheet crooked under the lid; the scanner's frame cuts it or shows the lid beside it."""
    height, width = page.shape[:2]
    frame = tuple(int(v) for v in np.round(np.array([width, height]) + rng.uniform(-20, 24, 2)))
    # Long sheets are led straighter: an edge strays by 6 mm at the most.
    angle = float(np.clip(rng.normal(0, skew / 2), -skew, skew)) * min(1.0, 2400 / max(height, width))
    scale = 1.0 + rng.normal(0, 0.003)
    matrix = np.array(cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale), np.float64)
    matrix[:, 2] += (np.array(frame) - [width, height]) / 2 + rng.uniform(-8, 8, 2)
    matrix[0, 0] *= 1.0 + rng.normal(0, 0.0015)  # the feed is a little faster or slower than the camera
    lid = float(rng.uniform(225, 252))
    sheet = cv2.warpAffine(page, matrix, frame, flags=cv2.INTER_LINEAR, borderValue=(lid, lid, lid))
    inside = cv2.warpAffine(np.ones((height, width), np.float32), matrix, frame)
    # The sheet throws a thin shadow on the lid.
    shadow = cv2.GaussianBlur(inside, (0, 0), 5.0) * (1 - inside)
    return sheet - (shadow * float(rng.uniform(10, 90)))[..., None]


def _light(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The scanner's tone curve: paper nearly white, ink not quite black, a lamp that is not quite even."""
    white, black = float(rng.uniform(1.0, 1.03)), float(rng.uniform(0, 22))
    across = np.linspace(-1, 1, page.shape[1], dtype=np.float32) * float(rng.uniform(-0.012, 0.012))
    return (black + page * ((255 - black) / 255) * white) * (1.0 + across)[None, :, None]
