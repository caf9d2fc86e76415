"""The MICR line of CTS-2010 (RBI): serial 6, city, bank and branch 9, account 6 (some banks print none), code 2.

In the text of a line A is transit, B amount, C on-us, D dash; one space stands for a gap of any width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_LINE = re.compile(r"C(\d{6})C ?(\d{9})A ?(?:(\d{6})C ?)?(\d{2})")
_NEARLY = re.compile(r"C\w{6}C ?\w{9}A ?(\w{6}C ?)?\w{2}")


@dataclass(frozen=True)
class IndianMicr:
    """The parts of a CTS-2010 line: 6 + 9 + 6 + 2 digits; ``account`` is "" where the bank prints none."""

    cheque_number: str
    city_bank_branch: str
    account: str
    transaction_code: str


def is_indian_micr(micr: MicrReading) -> bool:
    """Whether a line is of the Indian structure, with symbols misread or not."""
    return _NEARLY.fullmatch(micr.text) is not None


def parse_indian_micr(text: str) -> IndianMicr | None:
    """The parts of ``C083654C 500025033A 290062C 31`` or of ``C083654C 500025033A 31``; None for other structures."""
    match = _LINE.fullmatch(text)
    return IndianMicr(*(part or "" for part in match.groups())) if match else None


def indian_parts(text: str) -> MicrParts | None:
    """Serial and routing number; the six digits of the account are no whole account number."""
    parsed = parse_indian_micr(text)
    return MicrParts(parsed.cheque_number, parsed.city_bank_branch) if parsed else None


def indian_faults(text: str) -> tuple[Reason, ...]:
    """What speaks against a line, as reasons for review; nothing against a good one."""
    complete = parse_indian_micr(text) is not None
    return () if complete else (because(ReasonCode.MICR_STRUCTURE, structure="6, 9, (6) and 2 digits"),)
