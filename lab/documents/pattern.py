"""The pale security patterns that banks print under the writing."""

from __future__ import annotations

import numpy as np


def background(name: str, tint: tuple[int, int, int], height: int, width: int) -> np.ndarray:
    """A pattern (triangles, waves, dots, rosettes or lines) over ``tint``: uint8 RGB, 300 dpi."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / 11.8, y / 11.8  # in mm
    match name:
        case "triangles":
            slope = np.abs(np.mod(x, 64) - 32) * 1.7
            depth = ((y * 2 - slope) > 0) * (0.5 + 0.5 * (np.mod(y, 1.1) < 0.55)) * 0.09
        case "waves":
            phase = np.sin(x / 7) * 3 + np.sin(x / 23 + y / 9) * 4
            depth = 0.10 * _lines(y + phase, 1.6, 0.30) + 0.03 * (np.sin(x / 13 + y / 21) > 0.3)
        case "dots":
            fine = (np.mod(x, 1.3) - 0.65) ** 2 + (np.mod(y, 1.3) - 0.65) ** 2
            size = 0.10 + 0.09 * (np.sin(x / 19) * np.sin(y / 13) + 1)
            depth = 0.15 * (fine < size)
        case "rosettes":
            angle = np.arctan2(np.mod(y, 38) - 19, np.mod(x, 44) - 22)
            reach = np.hypot(np.mod(y, 38) - 19, np.mod(x, 44) - 22)
            depth = 0.11 * _lines(reach + 1.5 * np.cos(9 * angle) + 0.5 * np.cos(23 * angle), 2.2, 0.28)
        case "lines":
            depth = 0.10 * _lines(x * 0.5 + y * 0.87 + np.sin(y / 5), 1.3, 0.3) + 0.07 * _lines(y, 9.0, 3.2)
        case _:
            raise ValueError(f"no pattern is called {name!r}")
    shade = (
        np.array([1.0, 0.72, 1.15], np.float32)
        if tint[2] < tint[0]
        else np.array([1.2, 0.75, 0.6], np.float32)
    )
    fade = 0.85 + 0.15 * np.cos(x / 60)
    pixels = np.array(tint, np.float32) * (1 - (depth * fade)[..., None] * shade)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _lines(across: np.ndarray, spacing: float, thick: float) -> np.ndarray:
    """1 on lines every ``spacing`` mm, ``thick`` mm wide, 0 between, with soft edges."""
    off = np.abs(np.mod(across, spacing) - spacing / 2)
    return np.clip((thick / 2 - off) / 0.08 + 0.5, 0, 1)
