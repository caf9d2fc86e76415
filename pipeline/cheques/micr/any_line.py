"""A line that has the look of a cheque's, whatever its country: a dozen digits in groups between symbols."""

from __future__ import annotations

import re

from inkfield.pipeline.cheques.micr.reading import MicrReading

_FEWEST_DIGITS, _FEWEST_SYMBOLS = 12, 2
_KNOWN = re.compile(r"\d{8,10}A|C\d{5,7}C ?\d{5,7}C ?\d{2}$|C\d{5,7}C ?\d{2}D\d{2}D?\d{2}A|A\d{4,6}D\d{2,4}A")
"""Lines of the standards that are known, a symbol of which may not have been read: a person sees their fields."""


def is_cheque_line(micr: MicrReading) -> bool:
    """Whether a line is a cheque's of a country that has no standard here."""
    digits = sum(c.isdigit() for c in micr.text)
    symbols = len(re.sub(r"[\d D]", "", micr.text))
    return digits >= _FEWEST_DIGITS and symbols >= _FEWEST_SYMBOLS and _KNOWN.search(micr.text) is None
