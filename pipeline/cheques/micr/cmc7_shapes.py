"""The ten digits and five symbols of CMC-7 (ISO 1004-2), drawn from their geometry.

Every symbol is seven upright bars of 0.15 mm; from each bar to the next it is 0.3 mm, but 0.5 mm at two of the six
intervals, and which two is the code: the digits have both among the first five, the symbols one at the last. How
long the bars are only makes the symbol legible to people. The letters of CMC-7 (one or three wide intervals) are
not used on cheques and not here. In text, the symbols S I to S V are ``: ; < = >``, as ISO 2033 codes them and as
readers in France and Brazil give them; a space is an empty position.

The code was checked against scans of French cheques (all digits, S I, S III, S V) and a drawing of the font.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class Cmc7Limits:
    """The size of CMC-7's symbols (ISO 1004-2)."""

    pitch_mm: float = limit(3.175, "mm", "standard", "From symbol to symbol")
    height_mm: float = limit(2.85, "mm", "standard", "Of a symbol")
    bar_mm: float = limit(0.15, "mm", "standard", "Width of a bar")
    narrow_mm: float = limit(0.3, "mm", "standard", "From bar to bar, over a narrow interval")
    wide_mm: float = limit(0.5, "mm", "standard", "From bar to bar, over a wide interval")
    bars: int = limit(7, "bars", "standard", "Of a symbol")


LIMITS = Cmc7Limits()

SYMBOLS = "0123456789:;<=>"

WIDE_INTERVALS = {
    "0": (3, 4), "1": (1, 5), "2": (2, 3), "3": (1, 3), "4": (1, 4),
    "5": (4, 5), "6": (3, 5), "7": (1, 2), "8": (2, 5), "9": (2, 4),
    ":": (1, 6), ";": (2, 6), "<": (3, 6), "=": (4, 6), ">": (5, 6),
}  # fmt: skip
"""Which two of the intervals 1 to 6 are wide."""

_BARS = {
    "0": (".#####.", "#######", "##...##", "##...##", "##...##", "##...##", "##...##", "#######", ".#####."),
    "1": ("...##..", "..###..", ".####..", "##.##..", "...##..", "...##..", "#######", "#######", "#######"),
    "2": (".#####.", "#######", "##...##", "....###", "...###.", ".####..", "####...", "#######", "#######"),
    "3": ("######.", "#######", "....###", "..####.", "..####.", "....###", "##...##", "#######", "######."),
    "4": ("##.....", "###....", "####...", "##.####", "##..###", "#######", "#######", "....###", "....###"),
    "5": ("#######", "#######", "##.....", "######.", "#######", "....###", "##...##", "#######", "######."),
    "6": (".#####.", "#######", "##...##", "##.....", "######.", "#######", "##...##", "#######", ".#####."),
    "7": ("#######", "#######", "##..###", "...###.", "..###..", ".###...", "###....", "##.....", "##....."),
    "8": (".#####.", "##...##", "##...##", "#######", ".#####.", "#######", "##...##", "#######", ".#####."),
    "9": (".#####.", "#######", "##...##", "#######", ".######", ".....##", "##...##", "#######", ".#####."),
    ":": (".....##", "...####", ".######", "#######", "#######", "#######", "######.", "####...", "##....."),
    ";": ("....###", "....###", "....###", "#######", "#######", "#######", "#######", "#######", "#######"),
    "<": ("#######", "#######", "#######", "#######", "#######", ".......", ".......", "#######", "#######"),
    "=": ("####...", "####...", "#######", "#######", "...####", "#######", "#######", "####...", "####..."),
    ">": ("..###..", ".#####.", "#######", "#######", "#.###.#", "..###..", "#.###.#", "#######", "##...##"),
}  # fmt: skip
"""Which ninths of the height each bar is printed on: a shape of our own in each symbol's likeness."""


def bar_places(symbol: str, narrow: float = LIMITS.narrow_mm, wide: float = LIMITS.wide_mm) -> np.ndarray:
    """Middles of the seven bars in mm from that of the first, float (7,). Raises KeyError for what is no symbol."""
    steps = [wide if i in WIDE_INTERVALS[symbol] else narrow for i in range(1, LIMITS.bars)]
    return np.concatenate([[0.0], np.cumsum(steps)])


def draw_cmc7(text: str, pixels_per_inch: float) -> np.ndarray:
    """A line of CMC-7 as a uint8 mask, 255 is ink, one symbol every 0.125 inch at the right of its position.

    Raises KeyError for a character that is neither a symbol nor a space.
    """
    fine = max(1, round(2000 / pixels_per_inch))
    scale = fine * pixels_per_inch / 25.4
    size = round(LIMITS.pitch_mm * len(text) * scale) + fine, round(LIMITS.height_mm * scale)
    line = np.zeros((size[1], size[0]), np.uint8)
    edges = np.round(np.linspace(0, size[1], len(_BARS["0"]) + 1)).astype(int)
    for i, symbol in enumerate(text):
        if symbol == " ":
            continue
        places = bar_places(symbol)
        left = LIMITS.pitch_mm * (i + 1) - LIMITS.bar_mm - places[-1]
        for bar, place in enumerate(places):
            columns = slice(round((left + place) * scale), round((left + place + LIMITS.bar_mm) * scale))
            for row, above, below in zip(_BARS[symbol], edges[:-1], edges[1:], strict=True):
                if row[bar] == "#":
                    line[above:below, columns] = 255
    small = (max(1, size[0] // fine), max(1, size[1] // fine))
    return cv2.resize(line, small, interpolation=cv2.INTER_AREA)
