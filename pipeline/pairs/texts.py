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
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.text.print_reader import read_print_line
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput


@dataclass(frozen=True)
class TextLimits:
    """How runs are cut out."""

    margin_mm: float = limit(0.8, "mm", "guess", "Around a run in its crop")
    space: float = limit(
        0.27, "heights", "guess", "Between two typed letters, from which there is a space between them"
    )


LIMITS = TextLimits()
_NARROW = frozenset("1.,:;'-")
"""Beside these gaps are wide without a space."""


@dataclass(frozen=True)
class Reading:
    """``text`` and the probability that it is right to the letter."""

    text: str
    confidence: float


def crop_of(sheet: Sheet, run: Run) -> np.ndarray:
    """The run alone, grey uint8: the strokes of others are painted over. Faint ink that is no stroke stays."""
    margin = round(LIMITS.margin_mm * PX_MM)
    left, top = max(0, run.left - margin), max(0, run.top - margin)
    part = np.s_[top : run.bottom + margin, left : run.right + margin]
    names = sheet.names[part]
    crop = sheet.grey[part].copy()
    crop[(names > 0) & ~np.isin(names, run.strokes)] = 255
    return crop


def spaced(sheet: Sheet, run: Run, output: LineOutput) -> str:
    """The freest reading of a run of print that was read as it was cut, with a space wherever the ink leaves room for
    one."""
    characters = output.spans().characters
    left = max(0, run.left - round(LIMITS.margin_mm * PX_MM))
    middles = np.array([(span.left + span.right) / 2 + left for span in characters])
    text = [span.text for span in characters]
    for gap in sorted(_gaps(sheet, run), reverse=True):
        after = int(np.searchsorted(middles, gap))
        before, behind = text[after - 1 : after], text[after : after + 1]
        if (
            not before
            or not behind
            or " " in (before[0], behind[0])
            or before[0] in "(["
            or behind[0] in ")]"
        ):
            continue
        if not {before[0], behind[0]} & _NARROW:
            text.insert(after, " ")
            middles = np.insert(middles, after, gap)
    return " ".join("".join(text).split())


def _gaps(sheet: Sheet, run: Run) -> list[float]:
    """Middles of the gaps of a run that are as wide as a space."""
    edges = sheet.edges[list(run.strokes)]
    edges = edges[np.argsort(edges[:, 0])]
    ends = np.maximum.accumulate(edges[:, 2])[:-1]
    wide = edges[1:, 0] - ends > LIMITS.space * run.height
    return [float(gap) for gap in ((ends + edges[1:, 0]) / 2)[wide]]


def read_runs(sheet: Sheet, runs: Sequence[Run], reader: FieldReader) -> list[Reading]:
    """What each run says. Print is read by the reader of print, where it is installed."""
    crops = [crop_of(sheet, run) for run in runs]
    outputs = reader.recognizer.read([set_upright(crop) for crop in crops]) if crops else []
    found = []
    for run, crop, output in zip(runs, crops, outputs, strict=True):
        text = " ".join(output.best().text.split())
        sure, _ = line_confidences(output, reader.calibration)
        if run.writing < 0 and len(text) > 1:
            text, sure = read_print_line(crop) or (text, sure)
        if any(column >= run.right - 2 for column in colons(sheet, run)):
            text = text.rstrip(" .,;:i") + ":"
        found.append(Reading(text, sure))
    return found
