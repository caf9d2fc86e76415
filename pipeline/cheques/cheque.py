"""One cheque in a picture, set upright and level: its standard, its fields' places and what is written there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import inked
from inkfield.pipeline.cheques.crops import clean, field_crops
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.printed_captions import without_captions
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.image.geometry import map_box
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class ChequeLimits:
    """When a word may have been taken for print."""

    word_mm: tuple[float, float] = limit(
        (4.0, 0.6), "mm", "guess", "From where to where over its rule a word stands"
    )
    word_wide_mm: float = limit(2.5, "mm", "guess", "Width of the ink of the shortest word")


LIMITS = ChequeLimits()


@dataclass(frozen=True)
class Cheque:
    """A cheque set upright and level: BGR or grey ``image``, its layout, and the homography back to the scan.

    ``standard`` was decided when it was found, by its MICR line where it has one.
    """

    image: np.ndarray
    layout: ChequeLayout
    to_scan: np.ndarray
    standard: ChequeStandard

    @property
    def proven(self) -> bool:
        """Whether it is surely a cheque: its MICR line is one of its standard's, or nearly. Without one it is what its
        rules and boxes look like, and what is printed on it has to tell (see captions.py)."""
        return self.standard.owns(self.layout.micr)

    @property
    def numbered(self) -> bool:
        """Whether its line has the number of a cheque in it. Deposit slips have lines, too, with their account only."""
        parts = self.standard.parts(self.layout.micr.text)
        return parts is not None and bool(parts.serial)

    @property
    def dpi(self) -> float:
        """Resolution by the paper's known width: what a file says of its resolution is often wrong."""
        return self.layout.scale * 25.4

    @cached_property
    def cleaned(self) -> np.ndarray:
        """The cheque as grey uint8 without pattern and rules, paper 255."""
        return clean(self.image, self.layout)

    @cached_property
    def bare(self) -> np.ndarray:
        """The cheque as `cleaned`, without the print around the name and the words where it is told by its look."""
        return (
            self.cleaned
            if self.layout.small_print
            else without_captions(self.cleaned, self.image, self.layout)
        )

    @cached_property
    def crops(self) -> dict[str, np.ndarray]:
        """The writing of every field by its region's name, grey uint8."""
        return field_crops(self.bare, self.layout)

    def lost_word(self, name: str) -> bool:
        """Whether ink as wide as a word was taken for print on a line: a caption, or a word of neat writing."""
        band, box = self.layout.lines.get(name), self.layout.regions.get(name)
        if band is None or box is None:
            return False
        x, _, width, _ = box.box
        above, below = (round(mm * self.layout.scale) for mm in LIMITS.word_mm)
        part = slice(max(0, band.row - above), band.row - below), slice(x, x + width)
        taken = inked(self.cleaned[part]) & ~inked(self.bare[part])
        return int(taken.any(axis=0).sum()) >= LIMITS.word_wide_mm * self.layout.scale

    def scan_box(self, name: str) -> Box | None:
        """Where a region lies on the page as scanned."""
        region = self.layout.regions.get(name)
        return map_box(region.box, self.to_scan) if region else None
