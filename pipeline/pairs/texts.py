"""What runs say: print by the reader of print where it is installed, else by our own; writing by our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.pairs.runs import Run, colons
from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput


@dataclass(frozen=True)
class TextLimits:
    """How runs are cut out."""

    margin_mm: float = limit(0.8, "mm", "guess", "Around a run in its crop")


LIMITS = TextLimits()


@dataclass(frozen=True)
class Reading:
    """``text`` and the probability that it is right to the letter."""

    text: str
    confidence: float


def crop_of(sheet: Sheet, run: Run) -> np.ndarray:
    """The run alone, grey uint8: the strokes of others are painted over. Faint ink that is no stroke stays."""
    margin = round(LIMITS.margin_mm * 10)
    left, top = max(0, run.left - margin), max(0, run.top - margin)
    part = np.s_[top : run.bottom + margin, left : run.right + margin]
    names = sheet.names[part]
    crop = sheet.grey[part].copy()
    crop[(names > 0) & ~np.isin(names, run.strokes)] = 255
    return crop


def read_runs(sheet: Sheet, runs: Sequence[Run], reader: FieldReader) -> list[Reading]:
    """What each run says, in our own reader's freest reading."""
    crops = [set_upright(crop_of(sheet, run)) for run in runs]
    outputs = reader.recognizer.read(crops) if crops else []
    return [_reading(sheet, output, run, reader) for output, run in zip(outputs, runs, strict=True)]


def _reading(sheet: Sheet, output: LineOutput, run: Run, reader: FieldReader) -> Reading:
    text = " ".join(output.best().text.split())
    sure, _ = line_confidences(output, reader.calibration)
    if any(column >= run.right - 2 for column in colons(sheet, run)):
        text = text.rstrip(" .,;:i") + ":"
    return Reading(text, sure)
