"""Finds the printed currency sign before the courtesy amount, in any typeface and also where its print is broken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import cv2
import numpy as np
from PIL import Image, ImageDraw

from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.limits import limit
from inkfield.recognizers.synthesis.fonts import bundled_fonts, load_font
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class CurrencySignLimits:
    """What a currency sign looks like."""

    height: int = limit(26, "px", "guess", "Of the drawn signs")
    sizes_mm: tuple[float, ...] = limit(
        (3.0, 3.5, 4.0, 4.6, 5.3, 6.2), "mm", "guess", "Heights that are tried"
    )
    least: float = limit(
        0.5,
        "correlation",
        "guess",
        "Correlation from which on something is a currency sign; set for the dollar",
    )
    least_area_mm: float = limit(3.0, "mm", "guess", "Side of a place in which it is looked for")
    least_ink: float = limit(
        30.0, "grey levels", "guess", "By which the darkest is darker than paper at least"
    )
    ink_percentile: int = limit(98, "%", "guess", "Of the place's pixels: the darkest")
    left_first: float = limit(
        0.12,
        "correlation",
        "guess",
        "That a sign at the left is ahead of one at the right: figures follow it",
    )


LIMITS = CurrencySignLimits()


@lru_cache(maxsize=8)
def _signs(characters: str) -> tuple[np.ndarray, ...]:
    """The signs in every bundled typeface, float32 0..1, ``height`` high with a margin of empty paper."""
    drawn = []
    for path, character in product(bundled_fonts("typed"), characters):
        font = load_font(path, 60)
        picture = Image.new("L", (120, 120))
        ImageDraw.Draw(picture).text((60, 60), character, fill=255, font=font, anchor="mm")
        ink = np.asarray(picture)
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        width = round(ink.shape[1] * LIMITS.height / ink.shape[0])
        sign = cv2.resize(ink, (width, LIMITS.height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        drawn.append(cv2.GaussianBlur(np.pad(sign, 3), (0, 0), 1.0))
    return tuple(drawn)


def find_currency_sign(grey: np.ndarray, area: Box, scale: float, signs: str = "$") -> Box | None:
    """The box of one of the ``signs`` in an area of a grey uint8 picture (``scale`` px a mm); None where there is
    none."""
    part = crop(grey, area)
    if min(part.shape, default=0) < LIMITS.least_area_mm * scale:
        return None
    paper = cv2.GaussianBlur(cv2.dilate(part, np.ones((9, 9), np.uint8)), (0, 0), 4)
    dark = np.clip(paper.astype(np.float32) - part, 0, None)
    dark = np.clip(dark / max(LIMITS.least_ink, float(np.percentile(dark, LIMITS.ink_percentile))), 0, 1)
    best: tuple[float, Box] | None = None
    for size in LIMITS.sizes_mm:
        zoom = LIMITS.height / (size * scale)
        ink = cv2.resize(
            dark, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        )
        for sign in _signs(signs):
            if ink.shape[0] < sign.shape[0] or ink.shape[1] < sign.shape[1]:
                continue
            found = cv2.matchTemplate(ink, sign, cv2.TM_CCOEFF_NORMED)
            # Of two alike the left one: figures follow the sign.
            found = found - np.linspace(0, LIMITS.left_first, found.shape[1], dtype=np.float32)
            _, score, _, (x, y) = cv2.minMaxLoc(found)
            if score > LIMITS.least and (best is None or score > best[0]):
                height, width = sign.shape
                left, top = area[0] + round((x + 3) / zoom), area[1] + round((y + 3) / zoom)
                best = (score, (left, top, round((width - 6) / zoom), round((height - 6) / zoom)))
    return best[1] if best else None
