"""A data set in the layout of its own: pictures in a folder ``images``, and ``labels.tsv`` with their texts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

HEADER = "id\tsplit\tpage_or_writer\ttext\n"


def write_labelled_folder(
    folder: Path, prefix: str, pictures: Iterable[tuple[np.ndarray, str, str, str]]
) -> int:
    """Writes pictures (grey uint8, paper 255) with split, hand and text; returns how many there are. Their names are
    ``prefix`` and a number.

    Raises FileExistsError where ``folder`` is a data set already. The labels are written last.
    """
    labels = folder / "labels.tsv"
    if labels.exists():
        raise FileExistsError(f"{labels} is there already")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (grey, split, hand, text) in enumerate(pictures):
        name = f"{prefix}{number:06d}"
        cv2.imwrite(str(folder / "images" / f"{name}.png"), grey)
        rows.append(f"{name}\t{split}\t{hand}\t{text}\n")
    labels.write_text(HEADER + "".join(rows), encoding="utf-8")
    return len(rows)
