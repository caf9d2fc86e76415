"""What a MICR line must say: the grammar of each standard. A line that it does not cover is not complete, or misread.

In the text of a line A is transit, B amount, C on-us, D dash; one space stands for a gap of any width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Standard = Literal["cheque", "cheque_us"]

_INDIAN = re.compile(r"C(\d{6})C ?(\d{9})A ?(?:(\d{6})C ?)?(\d{2})")
"""CTS-2010 (RBI): serial 6, city, bank and branch 9, account 6 (some banks print none), transaction code 2."""
_US = re.compile(
    r"(?:C(?P<auxiliary>[\d D]*\d[\d D]*)C ?)?"
    r"A(?P<routing>\d{9})A ?"
    r"(?P<on_us>[AC]?[\d D]*\d[\d D]*[AC]?[\d D]*?)"
    r"(?: ?B(?P<amount>\d{10})B?)?"
)
"""ANSI X9.100-160: auxiliary on-us (business cheques), transit, on-us, amount. Specimens print a transit symbol for
the on-us one."""
_SERIAL, _ACCOUNT = range(3, 11), range(4, 20)
"""How many digits a US serial and a US account have."""
_ALONE = 7
"""Digits from which on a group before the on-us symbol is an account by itself, and a short one beside it the serial:
accounts are printed in groups of two to five."""


@dataclass(frozen=True)
class IndianMicr:
    """The parts of a CTS-2010 line: 6 + 9 + 6 + 2 digits; ``account`` is "" where the bank prints none."""

    cheque_number: str
    city_bank_branch: str
    account: str
    transaction_code: str


@dataclass(frozen=True)
class UsMicr:
    """The parts of a US line: digits, "" for what is not there. ``amount`` is in cents."""

    routing: str
    account: str
    serial: str
    amount: str


def parse_indian_micr(text: str) -> IndianMicr | None:
    """The parts of ``C083654C 500025033A 290062C 31`` or of ``C083654C 500025033A 31``; None for other structures."""
    match = _INDIAN.fullmatch(text)
    return IndianMicr(*(part or "" for part in match.groups())) if match else None


def parse_us_micr(text: str) -> UsMicr | None:
    """The parts of a US line such as ``C001025C A123456780A 0012345678C B0000012500B``; None for other structures.

    A business cheque has its serial before the routing number between on-us symbols of its own. On a personal one it
    stands behind the on-us symbol, and the account before it, in one group or in several; where nothing stands behind
    it a group too short for an account beside one that is none is the serial.
    """
    match = _US.fullmatch(text)
    if match is None:
        return None
    before, _, behind = re.sub(r"^[AC]", "", match["on_us"]).replace("A", "C").partition("C")
    groups = before.replace("D", "").split()
    serial = re.sub(r"[ D]", "", match["auxiliary"] or "")
    after = re.sub(r"[ D]", "", behind)
    if not serial and after:
        serial = after
    elif not serial and len(groups) == 2 and any(len(group) >= _ALONE for group in groups):
        serial = min(groups, key=len)
        groups.remove(serial)
    account = "".join(groups)
    if len(account) not in _ACCOUNT or (serial and len(serial) not in _SERIAL):
        return None
    return UsMicr(match["routing"], account, serial, match["amount"] or "")


def routing_is_valid(routing: str) -> bool:
    """Check digit of a US routing number: weights 3, 7, 1 add up to a multiple of ten (ABA)."""
    if not re.fullmatch(r"\d{9}", routing):
        return False
    return sum(w * int(d) for w, d in zip((3, 7, 1) * 3, routing, strict=True)) % 10 == 0


def micr_faults(text: str, standard: Standard) -> tuple[str, ...]:
    """What speaks against a line of this standard, as reasons for review; nothing against a good one."""
    if standard == "cheque":
        complete = parse_indian_micr(text) is not None
        return () if complete else ("the MICR line is not 6, 9, (6) and 2 digits: read it on the cheque",)
    parsed = parse_us_micr(text)
    if parsed is None:
        return ("the MICR line is not routing number, account and serial: read it on the cheque",)
    return () if routing_is_valid(parsed.routing) else ("the routing number's check digit is wrong",)
