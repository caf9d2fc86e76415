"""The MICR line of US cheques (ANSI X9.100-160): auxiliary on-us (business cheques), transit, on-us, amount.

In the text of a line A is transit, B amount, C on-us, D dash; one space stands for a gap of any width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.recognizers.limits import limit
from inkfield.schemas.reasons import Reason, ReasonCode, because

_LINE = re.compile(
    r"(?:C(?P<auxiliary>[\d D]*\d[\d D]*)C ?)?"
    r"A(?P<routing>\d{9})A ?"
    r"(?P<on_us>[AC]?[\d D]*\d[\d D]*[AC]?[\d D]*?)"
    r"(?: ?B(?P<amount>\d{10})B?)?"
)
"""Specimens print a transit symbol for the on-us one."""
_NEARLY = re.compile(r"A[\d ]{8,10}A")
_SERIAL, _ACCOUNT = range(3, 11), range(4, 20)
"""How many digits a serial and an account have."""


@dataclass(frozen=True)
class UsLineLimits:
    """Which group of digits is the account."""

    alone: int = limit(
        7,
        "digits",
        "guess",
        "Digits from which on a group before the on-us symbol is an account by itself, and a short "
        "one beside it the serial: accounts are printed in groups of two to five",
    )


LIMITS = UsLineLimits()


def is_us_micr(micr: MicrReading) -> bool:
    """Whether a line is of the US structure: nine digits between two transit symbols; one unread digit is allowed."""
    return _NEARLY.search(micr.text) is not None


def parse_us_micr(text: str) -> MicrParts | None:
    """The parts of a US line such as ``C001025C A123456780A 0012345678C B0000012500B``; None for other structures.

    A business cheque has its serial before the routing number between on-us symbols of its own. On a personal one it
    stands behind the on-us symbol, and the account before it, in one group or in several; where nothing stands behind
    it a group too short for an account beside one that is none is the serial.
    """
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    before, _, behind = re.sub(r"^[AC]", "", match["on_us"]).replace("A", "C").partition("C")
    groups = before.replace("D", "").split()
    serial = re.sub(r"[ D]", "", match["auxiliary"] or "")
    after = re.sub(r"[ D]", "", behind)
    if not serial and after:
        serial = after
    elif not serial and len(groups) == 2 and any(len(group) >= LIMITS.alone for group in groups):
        serial = min(groups, key=len)
        groups.remove(serial)
    account = "".join(groups)
    if len(account) not in _ACCOUNT or (serial and len(serial) not in _SERIAL):
        return None
    return MicrParts(serial, match["routing"], account, match["amount"] or "")


def routing_is_valid(routing: str) -> bool:
    """Check digit of a US routing number: weights 3, 7, 1 add up to a multiple of ten (ABA)."""
    if not re.fullmatch(r"\d{9}", routing):
        return False
    return sum(w * int(d) for w, d in zip((3, 7, 1) * 3, routing, strict=True)) % 10 == 0


def us_faults(text: str) -> tuple[Reason, ...]:
    """What speaks against a line, as reasons for review; nothing against a good one."""
    parsed = parse_us_micr(text)
    if parsed is None:
        return (because(ReasonCode.MICR_STRUCTURE, structure="routing number, account and serial"),)
    return () if routing_is_valid(parsed.routing) else (because(ReasonCode.CHECK_DIGIT),)
