"""The fourteen symbols of E-13B (ANSI X9.27, ISO 1004-1), drawn from their geometry.

Every symbol stands on a grid of modules of 0.013 inch, nine high and up to seven wide, at its right edge; symbols
follow each other at 0.125 inch. In text, A is transit, B amount, C on-us, D dash; a space is an empty position.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class E13bLimits:
    """The size of E-13B's symbols (ANSI X9.27, ISO 1004-1)."""

    module_inch: float = limit(0.013, "inch", "standard", "Side of a module, of which symbols are made")
    pitch_inch: float = limit(0.125, "inch", "standard", "From symbol to symbol")
    rows: int = limit(9, "modules", "standard", "Height of a symbol")
    columns: int = limit(7, "modules", "standard", "Width of a symbol at most")


LIMITS = E13bLimits()

SYMBOLS = "0123456789ABCD"

_DIGITS = {
    "0": (".#####.", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", "#.....#", ".#####."),
    "1": ("##..", "##..", ".#..", ".#..", ".#..", "####", "####", "####", "####"),
    "2": ("####", "...#", "...#", "...#", "####", "#...", "#...", "#...", "####"),
    "3": ("####.", "...#.", "...#.", "...#.", "####.", "...##", "...##", "...##", "#####"),
    "4": ("##....", "##....", "##....", "##....", "##....", "##..##", "######", "....##", "....##"),
    "5": ("#####", "#....", "#....", "#....", "#####", "....#", "....#", "....#", "#####"),
    "6": ("####..", "#..#..", "#..#..", "#.....", "#.....", "######", "#....#", "#....#", "######"),
    "7": ("#####", "#...#", "#...#", "....#", "..###", "..#..", "..#..", "..#..", "..#.."),
    "8": (".#####.", ".#...#.", ".#...#.", ".#...#.", ".#####.", "##...##", "##...##", "##...##", "#######"),
    "9": ("######", "#....#", "#....#", "#....#", "######", "....##", "....##", "....##", "....##"),
}  # fmt: skip
_RECTANGLES = {
    "A": ((0, 1.5, 2, 7.5), (4, 0, 7, 3), (4, 6, 7, 9)),
    "B": ((0, 5, 3, 8), (4, 2, 5, 7), (6, 1, 7, 6)),
    "C": ((0, 1.5, 1, 7.5), (2, 1.5, 3, 7.5), (4, 0.5, 7, 4.5)),
    "D": ((0, 3, 2, 6), (3, 3, 5, 6), (6, 3, 7, 6)),
}
"""Left, top, right and bottom in modules of what the four symbols are made of; some lie on half modules."""


def glyph(symbol: str) -> np.ndarray:
    """The ink of one symbol in half modules, bool (18, 14), right-aligned. Raises KeyError for what E-13B lacks."""
    grid = np.zeros((2 * LIMITS.rows, 2 * LIMITS.columns), bool)
    if symbol in _RECTANGLES:
        for left, top, right, bottom in _RECTANGLES[symbol]:
            grid[int(2 * top) : int(2 * bottom), int(2 * left) : int(2 * right)] = True
        return grid
    modules = np.array([[c == "#" for c in row] for row in _DIGITS[symbol]])
    grid[:, 2 * (LIMITS.columns - modules.shape[1]) :] = np.kron(modules, np.ones((2, 2), bool))
    return grid


def draw_symbol(symbol: str, pixels_per_inch: float) -> np.ndarray:
    """One symbol as a uint8 mask, 255 is ink, of 7 x 9 modules at this resolution, edges smoothed."""
    fine = np.kron(glyph(symbol).astype(np.uint8) * 255, np.ones((4, 4), np.uint8))
    fine = np.where(cv2.GaussianBlur(fine, (0, 0), 2.2) > 127, 255, 0).astype(np.uint8)  # rounded corners
    module = LIMITS.module_inch * pixels_per_inch
    size = (max(1, round(LIMITS.columns * module)), max(1, round(LIMITS.rows * module)))
    return cv2.resize(fine, size, interpolation=cv2.INTER_AREA)


def draw_micr(text: str, pixels_per_inch: float) -> np.ndarray:
    """A MICR line as a uint8 mask, 255 is ink, one symbol every 0.125 inch. Raises KeyError as `glyph`."""
    pitch = LIMITS.pitch_inch * pixels_per_inch
    height = max(1, round(LIMITS.rows * LIMITS.module_inch * pixels_per_inch))
    line = np.zeros((height, round(pitch * len(text)) + 1), np.uint8)
    for i, symbol in enumerate(text):
        if symbol != " ":
            mask = draw_symbol(symbol, pixels_per_inch)
            right = round(pitch * (i + 1))
            line[:, right - mask.shape[1] : right] = mask
    return line
