"""A picture of the lines that were read worst, each with its text and its reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.evaluate.line_errors import Evaluation, LineResult
from inkfield.recognizers.synthesis.fonts import BUNDLED

LABEL_FONT = BUNDLED / "roboto.ttf"
"""Pillow's own font lacks the accents."""
_WIDTH = 1200
_MARGIN = 8
_LINE = 60
_ROW = _LINE + 66


def write_contact_sheet(path: Path, evaluation: Evaluation, count: int = 30) -> None:
    """Writes the ``count`` lines with the highest share of wrong characters, worst first, as one PNG.

    Under each line stand its label (black), its reading (red) and its hand with its share of errors (grey).
    """
    worst = [r for r in sorted(evaluation.results, key=_share, reverse=True)[:count] if r.character_errors]
    pictures = [_scaled(result) for result in worst]
    width = min(_WIDTH, max((p.width for p in pictures), default=0) + 2 * _MARGIN)
    sheet = Image.new("RGB", (max(width, 520), _ROW * max(1, len(worst))), "white")
    draw = ImageDraw.Draw(sheet)
    font, small = ImageFont.truetype(str(LABEL_FONT), 17), ImageFont.truetype(str(LABEL_FONT), 12)
    for row, (result, picture) in enumerate(zip(worst, pictures, strict=True)):
        top = row * _ROW
        sheet.paste(picture, (_MARGIN, top + 4))
        draw.text((_MARGIN, top + _LINE + 5), result.line.text, "black", font)
        draw.text((_MARGIN, top + _LINE + 25), result.read, "firebrick", font)
        note = f"{result.line.hand}   {result.line.image.stem}   {_share(result):.0%}"
        draw.text((_MARGIN, top + _LINE + 46), note, "grey", small)
        draw.line((0, top + _ROW - 1, sheet.width, top + _ROW - 1), "lightgrey")
    if not worst:
        draw.text((_MARGIN, _MARGIN), "Every line is right to the letter.", "black", font)
    sheet.save(path, "PNG")


def _share(result: LineResult) -> float:
    return result.character_errors / max(1, len(result.line.text))


def _scaled(result: LineResult) -> Image.Image:
    line = Image.fromarray(np.ascontiguousarray(result.line.read()))
    scale = min(_LINE / line.height, (_WIDTH - 2 * _MARGIN) / line.width)
    return line.resize((max(1, round(line.width * scale)), max(1, round(line.height * scale))))
