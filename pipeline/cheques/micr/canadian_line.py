"""The MICR line of Canadian cheques (Payments Canada, Standard 006): serial, transit and institution, account.

In the text of a line A is transit, B amount, C on-us, D dash; one space stands for a gap of any width.
"""

from __future__ import annotations

import re

from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_LINE = re.compile(
    r"C(?P<serial>\d{3,8})C ?"
    r"A(?P<transit>\d{5})D(?P<institution>0\d{2})A ?"
    r"(?P<account>\d[\d D]*\d)C"
    r"(?: ?(?P<code>\d{2}))?"
    r"(?: ?B(?P<amount>\d{10})B)?"
)
_NEARLY = re.compile(r"A\w{5}D\w{3}A")
_ACCOUNT = range(5, 13)
"""How many digits an account has."""


def is_canadian_micr(micr: MicrReading) -> bool:
    """Whether a line is of the Canadian structure: five digits, a dash and three between two transit symbols."""
    return _NEARLY.search(micr.text) is not None


def parse_canadian_micr(text: str) -> MicrParts | None:
    """The parts of ``C000123C A12345D003A 123D456D7C``; None for other structures."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    account = re.sub(r"[ D]", "", match["account"])
    if len(account) not in _ACCOUNT:
        return None
    return MicrParts(match["serial"], match["institution"] + match["transit"], account, match["amount"] or "")


def canadian_faults(text: str) -> tuple[Reason, ...]:
    """What speaks against a line, as reasons for review; nothing against a good one."""
    complete = parse_canadian_micr(text) is not None
    structure = "serial, transit and institution, account"
    return () if complete else (because(ReasonCode.MICR_STRUCTURE, structure=structure),)
