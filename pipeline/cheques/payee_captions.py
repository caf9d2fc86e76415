"""Printed captions that were left in the crop of a payee and read with the name: PAY before it, OR BEARER behind."""

from __future__ import annotations

import re
from dataclasses import replace

from inkfield.pipeline.fields.kinds.names import parse_name
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because

_BEFORE = re.compile(
    r"^\W*pay(?:\W*to\b(\W*the\W+order\W+of\b)?|\b(?!-))|^\W*(to\W+)?the\W+order\W+of\b", re.IGNORECASE
)
_BEHIND = re.compile(r"(\bor\W+(bearer|order)\b|\bया\s+धारक\s+को)\W*$", re.IGNORECASE)

_PERHAPS = re.compile(
    r"^\W*(?:pay|payez|to|order|ordre|l'?\s?ordre|à|a|de|of)\b(?!\.)|\b[S5$£€E]$", re.IGNORECASE
)


def perhaps_captioned(reading: FieldReading) -> FieldReading:
    """The reading for a person where a piece of a caption, or the currency's sign, may stand at its ends: a name may
    begin so as well (de Vries)."""
    if not isinstance(reading.value, str) or _PERHAPS.search(reading.value) is None:
        return reading
    return replace(reading, reasons=(*reading.reasons, because(ReasonCode.CAPTION)))


def text_without_captions(text: str) -> str:
    """The text without printed captions at its ends; as it is where nothing else would be left.

    PAY is taken off only as a word of its own: Payal and Pay-Tech keep their names, and so does a payee To.
    """
    bare = _BEHIND.sub("", _BEFORE.sub("", text).lstrip(" :.,")).strip()
    return bare if any(letter.isalpha() for letter in bare) else text


def payee_without_captions(reading: FieldReading) -> FieldReading:
    """The reading with captions taken off its text, value and alternatives."""
    if not isinstance(reading.value, str):
        return reading
    others = tuple(
        replace(a, text=text_without_captions(a.text), value=parse_name(text_without_captions(a.text)))
        for a in reading.alternatives
    )
    text = text_without_captions(reading.text)
    if text == reading.text:
        return replace(reading, alternatives=others)
    return replace(reading, text=text, value=parse_name(text), alternatives=others)
