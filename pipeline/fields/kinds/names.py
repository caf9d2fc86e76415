"""Names of persons and firms: written as the ink has them, tidied for storing."""

from __future__ import annotations

import re

from inkfield.pipeline.fields.kinds.kind import TextReading

_EDGES = " \t,;:=_*-–—~'\"/"


def parse_name(text: str) -> str | None:
    """The name with single spaces, without fillers at its ends.

    None when no letter is left, or a bracket stands alone: a capital that was misread, for names have them in pairs.
    """
    text = re.sub(r"\s+", " ", text).strip(_EDGES)
    text = re.sub(r"\s+([.,])", r"\1", text)
    text = re.sub(r"([.,]){2,}", r"\1", text)
    # "R.Kumar" and "R. Kumar" are one name; initials among themselves ("S.K.") stay together.
    text = re.sub(r"\.(?=[^\W\d_]{2})", ". ", text).replace(".  ", ". ")
    if not any(c.isalpha() for c in text) or text.count("(") != text.count(")"):
        return None
    return text


NAME = TextReading(
    "name",
    parse=lambda text, field: parse_name(text),
    squeezed=True,
    from_list=True,
)
ADDRESS = TextReading("address", parse=lambda text, field: parse_name(text), calibrated_as="name")
