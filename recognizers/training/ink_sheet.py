"""A contact sheet: pictures of words in rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

_WIDTH = 1000
_GAP = 14


def write_sheet(path: Path, pictures: Sequence[np.ndarray]) -> None:
    """Writes grey uint8 pictures of one height, in the order given, as a PNG of some 1000 px width."""
    rows: list[list[np.ndarray]] = [[]]
    for picture in pictures:
        if rows[-1] and sum(p.shape[1] + _GAP for p in rows[-1]) + picture.shape[1] > _WIDTH:
            rows.append([])
        rows[-1].append(picture)
    lines = [np.hstack([np.pad(p, _GAP // 2, constant_values=255) for p in row]) for row in rows]
    widest = max(line.shape[1] for line in lines)
    padded = [np.pad(line, ((0, 0), (0, widest - line.shape[1])), constant_values=255) for line in lines]
    cv2.imwrite(str(path), np.vstack(padded))
