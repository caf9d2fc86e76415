"""Whole numbers."""

from __future__ import annotations

import re

_SLIPS = str.maketrans("OoQlI|i", "0001111")


def parse_integer(text: str) -> int | None:
    """The whole number a text says (up to 18 digits, grouping allowed); None when it says none."""
    text = re.sub(r"(?<=\d)[,' ](?=\d)", "", text.strip().strip("#*=. "))
    if sum(c.isdigit() for c in text):
        text = text.translate(_SLIPS)
    match = re.fullmatch(r"[-+]?[0-9]{1,18}", text)
    return int(text) if match else None
