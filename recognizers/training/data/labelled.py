"""The records of a data set: one labelled line or word, or what is wrong with a label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

Box = tuple[int, int, int, int]
Unit = Literal["lines", "words"]


@dataclass(frozen=True)
class LabelledLine:
    """One line or word image on disk, its text, and the hand (writer, page or form) that wrote it.

    ``box`` is (x, y, width, height) in pixels where the image is a whole page, and None where it is the line.
    ``split`` is train, val or test, or empty for what belongs to none of them.
    """

    image: Path
    text: str
    hand: str
    split: str = ""
    box: Box | None = None

    def read(self) -> np.ndarray:
        """The picture as grey uint8 (height, width). Raises OSError when it cannot be decoded."""
        if self.box is None:
            return _decode(self.image)
        x, y, width, height = self.box
        crop = _page(self.image)[max(0, y) : y + height, max(0, x) : x + width]
        if crop.size == 0:
            raise OSError(f"{self.image}: the box {self.box} lies outside the picture")
        return crop


@dataclass(frozen=True)
class Defect:
    """What is wrong with one file or one row of a label file. ``row`` counts from 1; 0 is the whole file."""

    path: Path
    kind: str
    message: str
    row: int = 0

    def __str__(self) -> str:
        return f"{self.path}{f', row {self.row}' if self.row else ''}: {self.message}"


@dataclass(frozen=True)
class LeftOut:
    """A picture that the publishers themselves do not vouch for."""

    image: Path


Row = LabelledLine | LeftOut | Defect


@lru_cache(maxsize=2)
def _page(path: Path) -> np.ndarray:
    """A page is decoded once for all its lines, as long as they are read in order."""
    page = _decode(path)
    page.flags.writeable = False
    return page


def _decode(path: Path) -> np.ndarray:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise OSError(f"{path} is missing or is no image; `inkfield data check` tells what else is wrong")
    return grey
