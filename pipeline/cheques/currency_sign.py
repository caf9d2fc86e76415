"""Finds the printed currency sign before the courtesy amount, in any typeface and also where its print is broken."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import cv2
import numpy as np
from PIL import Image, ImageDraw

from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.synthesis.fonts import bundled_fonts, load_font
from inkfield.schemas.readings import Box

_HEIGHT = 26
"""Height of the drawn signs, in pixels."""
_SIZES_MM = (3.0, 3.5, 4.0, 4.6, 5.3, 6.2)
_LEAST = 0.5
"""Correlation from which on something is a currency sign. Set for the dollar."""


@lru_cache(maxsize=8)
def _signs(characters: str) -> tuple[np.ndarray, ...]:
    """The signs in every bundled typeface, float32 0..1, ``_HEIGHT`` high with a margin of empty paper."""
    drawn = []
    for path, character in product(bundled_fonts("typed"), characters):
        font = load_font(path, 60)
        picture = Image.new("L", (120, 120))
        ImageDraw.Draw(picture).text((60, 60), character, fill=255, font=font, anchor="mm")
        ink = np.asarray(picture)
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        width = round(ink.shape[1] * _HEIGHT / ink.shape[0])
        sign = cv2.resize(ink, (width, _HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        drawn.append(cv2.GaussianBlur(np.pad(sign, 3), (0, 0), 1.0))
    return tuple(drawn)


def find_currency_sign(grey: np.ndarray, area: Box, scale: float, signs: str = "$") -> Box | None:
    """The box of one of the ``signs`` in an area of a grey uint8 picture (``scale`` px a mm); None where there is
    none."""
    part = crop(grey, area)
    if min(part.shape, default=0) < 3 * scale:
        return None
    paper = cv2.GaussianBlur(cv2.dilate(part, np.ones((9, 9), np.uint8)), (0, 0), 4)
    dark = np.clip(paper.astype(np.float32) - part, 0, None)
    dark = np.clip(dark / max(30.0, float(np.percentile(dark, 98))), 0, 1)
    best: tuple[float, Box] | None = None
    for size in _SIZES_MM:
        zoom = _HEIGHT / (size * scale)
        ink = cv2.resize(
            dark, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        )
        for sign in _signs(signs):
            if ink.shape[0] < sign.shape[0] or ink.shape[1] < sign.shape[1]:
                continue
            found = cv2.matchTemplate(ink, sign, cv2.TM_CCOEFF_NORMED)
            # Of two alike the left one: figures follow the sign.
            found = found - np.linspace(0, 0.12, found.shape[1], dtype=np.float32)
            _, score, _, (x, y) = cv2.minMaxLoc(found)
            if score > _LEAST and (best is None or score > best[0]):
                height, width = sign.shape
                left, top = area[0] + round((x + 3) / zoom), area[1] + round((y + 3) / zoom)
                best = (score, (left, top, round((width - 6) / zoom), round((height - 6) / zoom)))
    return best[1] if best else None
