"""Splits by writer: for data sets that were published without one, and of validation writers in two halves."""

from __future__ import annotations

import zlib
from typing import Literal

Half = Literal["choose", "report"]
"""Validation writers on which choices are made, and those on which figures are reported."""


def split_of_writer(writer: str, validation: int = 10, test: int = 10) -> str:
    """train, val or test, the same on every machine; percentages of the writers in ``validation``, ``test``."""
    place = zlib.crc32(writer.encode()) % 100
    return "val" if place < validation else "test" if place < validation + test else "train"


def half_of_writer(writer: str) -> Half:
    """Which half of the validation writers this one belongs to, the same on every machine."""
    return "choose" if zlib.crc32(f"half {writer}".encode()) % 2 else "report"
