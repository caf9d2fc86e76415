"""A picture of the lines that were read worst, each with its text and its reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from recognizers.evaluation import Evaluation

_WIDTH = 1400
_ROW = 128


def write_contact_sheet(path: Path, evaluation: Evaluation, count: int = 30) -> None:
    """Writes the ``count`` lines with the highest share of wrong characters, worst first, as one PNG."""
    worst = sorted(evaluation.results, key=lambda r: -r.character_errors / max(1, len(r.line.text)))[:count]
    sheet = Image.new("RGB", (_WIDTH, _ROW * max(1, len(worst))), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(16)
    for row, result in enumerate(worst):
        top = row * _ROW
        line = Image.fromarray(np.ascontiguousarray(result.line.read()))
        line.thumbnail((_WIDTH - 10, 76))
        sheet.paste(line, (5, top + 4))
        draw.text((5, top + 82), result.line.text, "black", font)
        draw.text((5, top + 102), result.read, "firebrick", font)
        draw.line((0, top + _ROW - 2, _WIDTH, top + _ROW - 2), "lightgrey")
    sheet.save(path)
