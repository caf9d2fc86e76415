"""Amounts in figures, as people write them on Indian and western forms."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from inkfield.pipeline.fields.kinds.amount_grammar import amount_automaton
from inkfield.pipeline.fields.kinds.amount_locale import locale_of
from inkfield.pipeline.fields.kinds.kind import TextReading, drawn
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.regular import from_regular_expression

__all__ = ["MOST_DIGITS", "amount_automaton", "parse_amount"]

MOST_DIGITS = 12
"""An amount of more digits is something else (an account number)."""

_CURRENCY = re.compile(r"(?i)rupees|rs\.?|inr|usd|eur|gbp|dollars?|[₹$€£]")
_ONLY = re.compile(r"(?i)\bonly\b\.?")
_FRACTION = re.compile(r"(?i)(?:[\s&+-]|\band\b)*(\d{1,2}|x{1,3}|no|nil|zero)\s*/\s*(?:100|1oo|x{2,3})\W*$")
_TAIL = re.compile(r"[\s*#=_/.,:;'\"«»-]*$")
_HEAD = re.compile(r"^[\s*#=_/.,:;'\"«»-]*")
# Letters that a reader gives for digits; taken as such only among digits.
_SLIPS = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "i": "1", "|": "1"})
_LESS_SURE_SLIPS = str.maketrans("SsBZzbgq", "55822699")


def parse_amount(text: str, signed: bool = False) -> Decimal | None:
    """The amount a text says, exact; None when it says none.

    Knows Indian, western and misplaced grouping (1,25,000/-  1,25000/-  150,00,000/-  1,250.00  1.250,00),
    cents as decimals, also behind an equals sign (12=45), as a fraction (12 45/100) or raised (12 45), currency
    signs, fillers (**12**, =12=, 12/-, 12-). A dash before the figures is a filler, unless ``signed``: then it, or
    brackets, make the amount negative.
    """
    text = _ONLY.sub(" ", _CURRENCY.sub(" ", text)).strip()
    negative = signed and (bool(re.match(r"-\s*[\d.]", text)) or bool(re.match(r"\(.*\)$", text)))
    cents: int | None = None
    fraction = _FRACTION.search(text)
    if fraction:
        cents = int(fraction[1]) if fraction[1].isdigit() else 0
        text = text[: fraction.start()]
    tail = _TAIL.search(text)
    slashed = tail is not None and "/" in tail[0]
    text = _TAIL.sub("", _HEAD.sub("", text.strip("()[] ")))
    value = _parse_figures(_undo_slips(text), cents, slashed)
    return -value if value is not None and negative else value


def _undo_slips(text: str) -> str:
    digits = sum(c.isdigit() for c in text)
    letters = sum(c.isalpha() for c in text)
    if digits == 0 or letters == 0:
        return text
    if digits > letters or not re.search(r"[^\W\d_oO]", text):
        text = text.translate(_SLIPS)
        letters = sum(c.isalpha() for c in text)
    # One doubtful letter among at least three certain digits.
    return text.translate(_LESS_SURE_SLIPS) if letters == 1 and digits >= 3 else text


def _parse_figures(text: str, cents: int | None, slashed: bool) -> Decimal | None:
    """Figures with separators only. ``slashed``: a "/-" followed, so what came before are whole units."""
    if not text or not re.fullmatch(r"\d[\d,.' /=-]*", text):
        return None
    decimals = None
    if cents is None and not slashed:
        # Two digits behind a point, a comma that is the only sort of its kind, "=", a dash, or raised (a space).
        match = re.fullmatch(
            r"(.*\d)\s*[.]\s*(\d{1,2})|(.*\d)\s*[,]\s*(\d{2})|(.*\d)\s*[-= ]\s*(\d{2})", text
        )
        if match:
            text, decimals = [group for group in match.groups() if group is not None]
    elif cents is None:
        point = re.fullmatch(r"(.*\d)\s*[-.=]\s*(\d{2})", text)
        if point:
            text, decimals = point.groups()
    digits = re.sub(r"[,.' -]", "", text)
    if not digits.isdigit() or not digits.isascii() or len(digits) > MOST_DIGITS:
        return None
    value = Decimal(digits)
    if cents is not None:
        value += Decimal(cents) / 100
    elif decimals:
        value += Decimal(decimals.ljust(2, "0")) / 100
    return value


@lru_cache(maxsize=1)
def _with_cents_apart() -> Automaton:
    """Units, a space and cents: as an amount is written on both sides of a printed line."""
    return from_regular_expression(r"\$?([0-9]{1,3},)?[0-9]{1,6}\.? [0-9]{2}")


AMOUNT = TextReading(
    "amount",
    parse=lambda text, field: parse_amount(text),
    grammar=lambda field: _with_cents_apart() if field.parts else amount_automaton(locale_of(field.grammar)),
    figures=True,
    sample=drawn("amount"),
    sampled_as={"grammar": "indian"},
)
