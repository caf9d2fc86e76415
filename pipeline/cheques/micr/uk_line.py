"""The MICR line of UK cheques (Cheque and Credit Clearing, Standard 3): serial 6, sort code 6 with a dash, account 8,
and a transaction code of 2 that some print.

In the text of a line A is transit, B amount, C on-us, D dash; one space stands for a gap of any width.
"""

from __future__ import annotations

import re

from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_LINE = re.compile(r"C(\d{6})C ?(\d{2}D\d{2}D?\d{2})A ?(\d{8})C(?: ?(\d{2}))?")
_NEARLY = re.compile(r"C\w{6}C ?\w{2}D\w{2}D?\w{2}A ?\w{7,9}C?(?: ?\w{2})?")


def is_uk_micr(micr: MicrReading) -> bool:
    """Whether a line is of the UK's structure, with symbols misread or not: a sort code with a dash before one transit
    symbol."""
    return _NEARLY.fullmatch(micr.text) is not None


def parse_uk_micr(text: str) -> MicrParts | None:
    """The parts of ``C000123C 40D2518A 12345678C 01``; None for other structures."""
    match = _LINE.fullmatch(text)
    return MicrParts(match[1], match[2].replace("D", ""), match[3]) if match else None


def uk_faults(text: str) -> tuple[Reason, ...]:
    """What speaks against a line, as reasons for review; nothing against a good one."""
    complete = parse_uk_micr(text) is not None
    return () if complete else (because(ReasonCode.MICR_STRUCTURE, structure="6, 6 and 8 digits"),)
