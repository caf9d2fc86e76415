"""Reads a value: by the kind that its label speaks of where the ink fits it, else freely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.pairs.runs import Run
from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.pipeline.pairs.texts import crop_of
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class ValueLimits:
    """When something was written."""

    signed: float = limit(
        0.7, "probability", "guess", "That writing beside a label that asks for a signature is one"
    )


LIMITS = ValueLimits()


@dataclass(frozen=True)
class ReadValue:
    """``confidence`` is the probability that the value is right to the letter."""

    value: str | bool
    kind: str
    confidence: float


def read_value(sheet: Sheet, lines: Sequence[Run], kind: str, reader: FieldReader) -> ReadValue | None:
    """The value written in these lines, their texts with line breaks between; None where nothing is read."""
    if kind == "signature":
        return ReadValue(True, kind, LIMITS.signed)
    texts, sure = [], 1.0
    for line in lines:
        output = reader.recognizer.read([set_upright(crop_of(sheet, line))])[0]
        text = " ".join(output.best().text.split())
        if not text:
            continue
        texts.append(text)
        sure *= line_confidences(output, reader.calibration)[0]
    return ReadValue("\n".join(texts), kind, sure) if texts else None
