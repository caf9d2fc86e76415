"""The reader of a "folder of line images + labels.tsv" data set."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np


@dataclass(frozen=True)
class LabelledLine:
    """One line or word image on disk, its text, and the hand (writer, page or form) that wrote it."""

    image: Path
    text: str
    hand: str

    def read(self) -> np.ndarray:
        """The picture as grey uint8 (height, width). Raises OSError when it cannot be decoded."""
        grey = cv2.imread(str(self.image), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise OSError(f"{self.image} is missing or is no image")
        return grey


def read_lines(folder: Path, split: str | None = None) -> Iterator[LabelledLine]:
    """Lines of ``folder/labels.tsv`` (columns id, split, page_or_writer, text; no quoting), in file order.

    Raises FileNotFoundError without labels.tsv and ValueError for a row that does not fit.
    """
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["text"] is None:
                raise ValueError(f"{folder / 'labels.tsv'}: row {row['id']} has too few columns")
            if split is None or row["split"] == split:
                yield LabelledLine(_image_of(folder, row["id"]), row["text"], row["page_or_writer"])


def _image_of(folder: Path, identifier: str) -> Path:
    for suffix in (".webp", ".png", ".jpg"):
        path = folder / "images" / (identifier + suffix)
        if path.exists():
            return path
    return folder / "images" / (identifier + ".webp")
