"""Whole numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from inkfield.pipeline.fields.kinds.kind import TextReading
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.regular import from_regular_expression

_SLIPS = str.maketrans("OoQlI|i", "0001111")


def parse_integer(text: str) -> int | None:
    """The whole number a text says (up to 18 digits, grouping allowed); None when it says none."""
    text = re.sub(r"(?<=\d)[,' ](?=\d)", "", text.strip().strip("#*=. "))
    if sum(c.isdigit() for c in text):
        text = text.translate(_SLIPS)
    match = re.fullmatch(r"[-+]?[0-9]{1,18}", text)
    return int(text) if match else None


@lru_cache(maxsize=1)
def integer_automaton() -> Automaton:
    """Figures without signs between them."""
    return from_regular_expression("[0-9]{1,18}")


INTEGER = TextReading(
    "integer",
    parse=lambda text, field: parse_integer(text),
    grammar=lambda field: integer_automaton(),
    calibrated_as="code",
)
