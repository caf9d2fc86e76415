"""Reads a value: as the figures, date, phone number or address that its label asks for where the ink fits, else freely.

What was written is looked at twice, without the rule that it stands on and with it: taking a rule out takes a little of
the writing. What was typed is read freely.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from inkfield.pipeline.fields.calibration import confidence
from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.ranking import Candidate, evidence, merge_looks, rank
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.pairs.runs import Run
from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.pipeline.pairs.texts import crop_of, spaced
from inkfield.pipeline.text.print_reader import read_print_line
from inkfield.recognizers.grammars.regular import from_regular_expression
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput


@dataclass(frozen=True)
class ValueLimits:
    """How a value is read."""

    signed: float = limit(
        0.7, "probability", "guess", "That writing beside a label that asks for a signature is one"
    )
    off_pattern: float = limit(
        1.0,
        "nats a character",
        "guess",
        "By which a free reading must be likelier to be no such number or date",
    )
    darkest: float = limit(1.0, "%", "guess", "Percentile of a crop's pixels that is made black")
    contrast: float = limit(
        1.6, "power", "guess", "To which the brightness of writing is raised: pens are faint"
    )


LIMITS = ValueLimits()
_PATTERNS = (
    (r"e-?mail", r"[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9-]+(\.[a-z]{2,3}){1,2}"),
    (r"phone|\bfax\b|\bmobile\b|\bcell\b|\btel\b|telefon|telephone", r"\+?[0-9 ()./-]{7,20}"),
    (r"\bzip\b|postal code|postleitzahl|\bplz\b", r"[0-9]{5}(-[0-9]{4})?"),
    (r"\bssn\b|social security", r"[0-9]{3}-[0-9]{2}-[0-9]{4}"),
    (r"\bstate\b", r"[A-Z]{2}"),
    (r"\b(gender|sex)\b", r"M|F|Male|Female|male|female"),
)
"""What a label says, and how its value is written."""
_OF_KIND = {
    "date": r"(0?[1-9]|[12][0-9]|3[01])[/.-](0?[1-9]|[12][0-9]|3[01])[/.-]((19|20)?[0-9]{2})",
    "amount": r"\$?[0-9]{1,3}(,?[0-9]{3}){0,2}([.][0-9]{2})?",
    "integer": r"[0-9]{1,6}",
}
_LANGUAGES = {"name": "names", "address": "address", "text": "english"}
_PLACE = re.compile(r"\b(city|town|county|country|state)\b")


@dataclass(frozen=True)
class ReadValue:
    """``confidence`` is the probability that the value is right to the letter."""

    value: str | bool
    kind: str
    confidence: float


def read_value(
    sheet: Sheet, lines: Sequence[Run], label: str, kind: str, reader: FieldReader
) -> ReadValue | None:
    """The value that stands in these lines, a line break between two; None where nothing can be read."""
    if kind == "signature":
        return ReadValue(True, kind, LIMITS.signed)
    texts, sure = [], 1.0
    for line in lines:
        text, line_sure = _read_line(sheet, line, label, kind, reader)
        if text:
            texts.append(text)
            sure *= line_sure
    return ReadValue("\n".join(texts), kind, sure) if texts else None


def _read_line(sheet: Sheet, line: Run, label: str, kind: str, reader: FieldReader) -> tuple[str, float]:
    if line.writing < 0:
        return _typed(sheet, line, label, kind, reader)
    with_rules = replace(sheet, grey=sheet.ruled)
    crops = [set_upright(_darker(crop_of(of, line))) for of in (sheet, with_rules)]
    outputs = reader.recognizer.read(crops)
    found = _by_pattern(outputs, label, kind) or _by_language(outputs, label, kind)
    if not found:
        return "", 0.0
    calibrated = reader.calibration.get(kind) or reader.calibration.get("line")
    return found[0].text, confidence(evidence(found, outputs[0]), calibrated)


def _typed(sheet: Sheet, line: Run, label: str, kind: str, reader: FieldReader) -> tuple[str, float]:
    crop = crop_of(sheet, line)
    outputs = reader.recognizer.read([crop])
    sure = line_confidences(outputs[0], reader.calibration)[0]
    if kind in _OF_KIND:
        found = _by_pattern(outputs, label, kind)
        if found:
            return found[0].text, sure
    ours, read = spaced(sheet, line, outputs[0]), read_print_line(crop)
    if read is None:
        return ours, sure
    # Where both read the same letters, ours has the spaces that the ink shows.
    return (ours if "".join(ours.split()) == "".join(read[0].split()) else read[0]), read[1]


def _darker(crop: np.ndarray) -> np.ndarray:
    darkest = float(np.percentile(crop, LIMITS.darkest))
    stretched = np.clip((crop - darkest) / max(1.0, 255 - darkest), 0, 1)
    return (255 * stretched**LIMITS.contrast).astype(np.uint8)


def _by_pattern(outputs: Sequence[LineOutput], label: str, kind: str) -> list[Candidate]:
    """Readings as the label asks for them, best first; none where the ink is no such thing."""
    pattern = _pattern(label, kind)
    if pattern is None:
        return []
    found = merge_looks(*(rank(output.within(_automaton(pattern)), _as_it_is) for output in outputs))
    if not found:
        return []
    free = sum(output.best().log_probability for output in outputs) * 2 / (len(outputs) + 1)
    short = (free - found[0].log_probability) / max(1, len(found[0].text))
    return found if short < LIMITS.off_pattern else []


def _by_language(outputs: Sequence[LineOutput], label: str, kind: str) -> list[Candidate]:
    language = "address" if _PLACE.search(label.lower()) else _LANGUAGES.get(kind)
    return merge_looks(*(rank(output.n_best(language), _as_it_is) for output in outputs))


def _pattern(label: str, kind: str) -> str | None:
    said = label.lower()
    for words, pattern in _PATTERNS:
        if re.search(words, said):
            return pattern
    return _OF_KIND.get(kind)


_automaton = lru_cache(maxsize=16)(from_regular_expression)


def _as_it_is(text: str) -> str | None:
    return " ".join(text.split()) or None
