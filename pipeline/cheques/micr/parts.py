"""What a MICR line says, whatever its country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MicrParts:
    """Digits, "" for what is not there. ``routing`` names the bank, ``amount`` is in hundredths.

    ``account`` is the whole account number; "" also where a line bears only a part of it.
    """

    serial: str
    routing: str
    account: str = ""
    amount: str = ""
