"""A sheet of paper on which print is drawn in millimetres, at 300 dpi."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inkfield.lab.documents.captions import Caption
from inkfield.recognizers.synthesis.fonts import available_fonts, bundled_fonts, load_font

DPI = 300
PX = DPI / 25.4
"""Pixels a millimetre."""

SCRIPT_FONTS = Path(__file__).with_name("script_fonts")

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Sheet:
    """White paper of ``width_mm`` x ``height_mm`` to print on."""

    def __init__(self, width_mm: float, height_mm: float, paper: Colour = (255, 255, 255)) -> None:
        self.width_mm, self.height_mm = width_mm, height_mm
        self.image = Image.new("RGB", (round(width_mm * PX), round(height_mm * PX)), paper)
        self._draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size_mm: float, colour: Colour = (30, 30, 30), face: str = "roboto",
        anchor: str = "ls", bold: bool = False,
    ) -> float:  # fmt: skip
        """Prints ``text`` with its baseline's start (or what ``anchor`` says) at ``x``, ``y``; returns its width."""
        font = load_font(typeface(face), max(5, round(size_mm * PX)))
        self._draw.text((x * PX, y * PX), text, fill=colour, font=font, anchor=anchor, stroke_width=int(bold))
        return float(font.getlength(text)) / PX

    def caption(self, caption: Caption) -> float:
        """Prints a caption; returns its width in mm."""
        widths = [text_width(text, caption.size, face) for face, text in caption.runs]
        space = 0.35 * caption.size
        total = sum(widths) + space * (len(widths) - 1)
        x = caption.x - total if caption.to_left else caption.x
        for (face, text), width in zip(caption.runs, widths, strict=True):
            self.text(x, caption.y, text, caption.size, caption.colour, face, bold=caption.bold)
            x += width + space
        return total

    def line(
        self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.2, colour: Colour = (40, 40, 40)
    ) -> None:
        """A straight line."""
        ends = (x0 * PX, y0 * PX, x1 * PX, y1 * PX)
        self._draw.line(ends, fill=colour, width=max(1, round(width_mm * PX)))

    def dotted(self, x0: float, x1: float, y: float, colour: Colour = (60, 60, 60)) -> None:
        """A level line of fine dots, as micro print looks at 300 dpi."""
        for i, x in enumerate(np.arange(x0, x1, 0.34)):
            self.line(x, y, x + (0.22 if i % 5 else 0.12), y, 0.18 if i % 3 else 0.26, colour)

    def box(
        self, x: float, y: float, width: float, height: float, line_mm: float = 0.2,
        colour: Colour = (40, 40, 40), fill: Colour | None = None,
    ) -> None:  # fmt: skip
        """A rectangle, filled or not; ``line_mm`` 0 draws no frame."""
        corners = (x * PX, y * PX, (x + width) * PX, (y + height) * PX)
        if fill is not None:
            self._draw.rectangle(corners, fill=fill)
        if line_mm:
            self._draw.rectangle(corners, outline=colour, width=max(1, round(line_mm * PX)))

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * PX, y * PX) for x, y in points], fill=colour)

    def rupee(self, x: float, y: float, size_mm: float, colour: Colour = (30, 30, 30)) -> None:
        """The rupee sign (U+20B9, which our typefaces lack), ``size_mm`` high, from its upper left corner."""
        pen, wide = 0.11 * size_mm, 0.62 * size_mm
        for bar in (0.05, 0.3):
            self.line(x, y + bar * size_mm, x + wide, y + bar * size_mm, pen, colour)
        arc = (
            (x - 0.1 * wide) * PX,
            (y + 0.05 * size_mm) * PX,
            (x + 0.78 * wide) * PX,
            (y + 0.6 * size_mm) * PX,
        )
        self._draw.arc(arc, -80, 85, fill=colour, width=max(1, round(pen * PX)))
        self.line(x, y + 0.56 * size_mm, x + 0.35 * wide, y + 0.56 * size_mm, pen, colour)
        self.line(x + 0.05 * wide, y + 0.56 * size_mm, x + 0.75 * wide, y + size_mm, pen, colour)

    def pixels(self) -> np.ndarray:
        """The sheet as float32 BGR, 0 to 255."""
        return np.asarray(self.image)[..., ::-1].astype(np.float32)


def text_width(text: str, size_mm: float, face: str) -> float:
    """Width of a printed text in mm."""
    return float(load_font(typeface(face), max(5, round(size_mm * PX))).getlength(text)) / PX


@lru_cache(maxsize=64)
def typeface(name: str) -> Path:
    """A printed typeface by its name: of the repository, with those for scripts of India, or a fetched one. Raises
    KeyError when there is none of that name."""
    known = [*available_fonts("typed"), *bundled_fonts("typed"), *sorted(SCRIPT_FONTS.glob("*.ttf"))]
    return {path.stem: path for path in known}[name]
