"""What a telephone makes of a sheet on a desk: perspective, uneven light, blur, the camera's noise."""

from __future__ import annotations

import cv2
import numpy as np

_DESKS_BGR = ((52, 74, 96), (70, 70, 72), (38, 44, 50), (96, 110, 120), (60, 84, 60))
_RESOLUTION = 0.75
"""Of the sheet's 300 dpi what a telephone's picture of all of it has."""


def photograph(
    page: np.ndarray, rng: np.random.Generator, fill: tuple[float, float] = (0.62, 0.9)
) -> np.ndarray:
    """A photo (uint8 BGR) of a printed and filled sheet (float32 BGR, 300 dpi) lying on a desk.

    The sheet covers a share of the picture's width within ``fill``, turned by up to 4 degrees and seen askew: its
    sides differ by up to a twentieth.
    """
    page = cv2.resize(page, None, fx=_RESOLUTION, fy=_RESOLUTION, interpolation=cv2.INTER_AREA)
    height, width = page.shape[:2]
    share = float(rng.uniform(*fill))
    frame = round(width / share), round(height / share * float(rng.uniform(1.0, 1.35)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.radians(float(rng.uniform(-4, 4)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width / 2, height / 2])
    seen = (corners - middle) * (1 + rng.uniform(-0.025, 0.025, (4, 1))) @ turn.T + np.array(frame) / 2
    homography = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    desk = np.array(_DESKS_BGR[int(rng.integers(len(_DESKS_BGR)))], np.float32)
    grain = cv2.resize(
        rng.standard_normal((max(2, frame[1] // 9), max(2, frame[0] // 60)), dtype=np.float32), frame
    )
    photo: np.ndarray = desk + grain[..., None] * 5.0
    inside = cv2.warpPerspective(np.ones((height, width), np.float32), homography, frame)
    shadow = cv2.GaussianBlur(inside, (0, 0), 12.0)
    photo *= (1 - 0.35 * shadow)[..., None]
    photo += (cv2.warpPerspective(page, homography, frame) - photo) * inside[..., None]
    photo *= _light(frame, rng)[..., None]
    photo = cv2.GaussianBlur(photo, (0, 0), float(rng.uniform(0.6, 1.4)))
    noise = rng.standard_normal(photo.shape[:2], dtype=np.float32)[..., None] * float(rng.uniform(1.5, 4.5))
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def _light(frame: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A lamp from one side: brightness falls off across the picture to as little as 60 %."""
    width, height = frame
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = ((x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)) / 0.7
    least = float(rng.uniform(0.6, 0.95))
    light: np.ndarray = (1 + least) / 2 + (1 - least) / 2 * np.clip(along * 1.4, -1, 1)
    return light.astype(np.float32) * float(rng.uniform(0.82, 1.0))
