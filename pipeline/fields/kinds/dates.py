"""Dates: eight boxes, separators, spelled months, ISO, two-digit years; and the grammar of valid ones."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np

from inkfield.pipeline.fields.kinds.kind import TextReading
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import (
    Expression,
    choice,
    compile_,
    literal,
    sequence,
    weighted,
    words,
)
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Column, Field

DateOrder = Literal["DMY", "MDY", "YMD"]
FIRST_YEAR, LAST_YEAR = 1900, 2099


@dataclass(frozen=True)
class DateLimits:
    """How much rarer other ways to write a date are."""

    pivot: int = limit(
        69,
        "year",
        "standard",
        "Two-digit years up to this are 20xx, above it 19xx (as POSIX strptime has it)",
    )
    caption: float = limit(-3.0, "nats", "guess", "For print that was left before a date")
    french_month: float = limit(-0.5, "nats", "guess", "For a French month, where the form says French")
    bare_digit: float = limit(-1.0, "nats", "guess", 'Of "5" for "05"')
    short_year: float = limit(-1.5, "nats", "guess", "Of a year of two digits")
    whole_month: float = limit(-1.0, "nats", "guess", "Of a month's whole name, for its first three letters")
    month_with_point: float = limit(-0.5, "nats", "guess", "Of a month's first three letters with a point")
    ordinal: float = limit(-4.0, "nats", "guess", 'Of "1st"')
    dashes: float = limit(-0.7, "nats", "guess", "Between the parts, for strokes")
    other_gaps: float = limit(-2.0, "nats", "guess", "Between the parts, for strokes: points and spaces")
    spelled: float = limit(-1.5, "nats", "guess", "Of a month that is spelled")


LIMITS = DateLimits()


MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_FOREIGN = {
    "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "marz": 3, "mai": 5, "juni": 6, "juli": 7,
    "oktober": 10, "dezember": 12, "janvier": 1, "février": 2, "fevrier": 2, "mars": 3, "avril": 4,
    "juin": 6, "juillet": 7, "août": 8, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11,
    "décembre": 12, "decembre": 12, "sept": 9, "dez": 12, "okt": 10,
}  # fmt: skip
FRENCH_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_HEAD = re.compile(r"^\W*(?:dated?|le)\b\W*", re.IGNORECASE)
"""A caption that was left before a date."""
_SLIPS = str.maketrans("OoQlI|iSsBZz", "000111155822")


def parse_date(text: str, order: DateOrder = "DMY") -> date | None:
    """The date a text says, of 1900 to 2099; None when it says none or an impossible one.

    ``order`` settles what figures alone leave open; a year first (2019-11-22), a spelled month, or figures
    that make sense in only one order of day and month are taken as they are.
    """
    text = _HEAD.sub("", " ".join(text.split()))
    match = re.search(r"[^\W\d_]{3,}", text)
    month = _month(match[0]) if match else None
    if match and month:
        before = re.findall(r"\d+", text[: match.start()])
        after = re.findall(r"\d+", text[match.end() :])
        return _with_month(before, after, month)
    text = text.translate(_SLIPS)
    parts = re.findall(r"\d+", text)
    if sum(map(len, parts)) == 8 and (
        len(parts) == 1 or all(len(part) <= 2 for part in parts) or len(parts) > 3
    ):
        parts = _cut("".join(parts), order)
    elif sum(map(len, parts)) == 6 and len(parts) in (1, 6):
        digits = "".join(parts)
        parts = [digits[:2], digits[2:4], digits[4:]]
    if len(parts) != 3:
        return None
    if len(parts[0]) == 4:
        order = "YMD"
    elif order == "YMD" and len(parts[2]) == 4:
        order = "DMY"
    named = dict(zip(order, parts, strict=True))
    made = _date(named["Y"], named["M"], named["D"])
    if (
        made is None
        and order != "YMD"
        and len(parts[2]) == 4
        and len({len(p) for p in parts[:2]} & {1, 2}) > 0
    ):
        return _date(named["Y"], named["D"], named["M"]) if _has_separators(text) else None
    return made


def _has_separators(text: str) -> bool:
    return re.search(r"\d\s*[-/.]\s*\d", text) is not None


def _cut(digits: str, order: DateOrder) -> list[str]:
    if order == "YMD":
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]]


def _with_month(before: list[str], after: list[str], month: int) -> date | None:
    numbers = before + after
    if len(numbers) != 2:
        return None
    if len(numbers[0]) == 4:  # 2019 November 22
        return _date(numbers[0], str(month), numbers[1])
    return _date(numbers[1], str(month), numbers[0])


def _month(word: str) -> int | None:
    small = word.lower()
    if small in _FOREIGN:
        return _FOREIGN[small]
    for number, name in enumerate(MONTHS, 1):
        if name.startswith(small) and len(small) >= 3:
            return number
    return None


def _date(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= LIMITS.pivot else 1900
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=16)
def date_automaton(
    order: DateOrder = "DMY",
    cells: bool = True,
    years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR),
    french: bool = False,
) -> Automaton:
    """Every calendar date of these years. ``cells``: eight bare digits, as in boxes.

    Else separators, single digits, two-digit years and spelled months too (folding case), ``french`` ones beside the
    English.
    """
    return compile_(_dates(order, years) if cells else _written(order, years, french), fold_case=not cells)


def _dates(order: DateOrder, years: tuple[int, int]) -> Expression:
    every = [str(year) for year in range(years[0], years[1] + 1)]
    leap = [str(year) for year in range(years[0], years[1] + 1) if isleap(year)]
    days = [
        f"{day:02d}{month:02d}" if order == "DMY" else f"{month:02d}{day:02d}"
        for month, last in enumerate(_LENGTHS, 1)
        for day in range(1, last + 1)
    ]
    february = "2902" if order == "DMY" else "0229"
    forms = [(words(days), words(every))]
    if leap:
        forms.append((literal(february), words(leap)))
    return choice(*(sequence(*(pair[::-1] if order == "YMD" else pair)) for pair in forms))


@lru_cache(maxsize=3)
def parted_automaton(order: DateOrder) -> Automaton:
    """Every calendar date as its three parts with spaces between them, the year with four figures or two: as a date is
    written between printed lines. 29 February is allowed in every year: `parse_date` has the last word."""
    year = {str(y): 0.0 for y in range(FIRST_YEAR, LAST_YEAR + 1)} | {f"{y:02d}": 0.0 for y in range(100)}
    forms = []
    for month, last in enumerate(_LENGTHS, 1):
        day = {f"{d:02d}": 0.0 for d in range(1, last + 1 + (month == 2))}
        day |= {str(d): LIMITS.bare_digit for d in range(1, 10)}
        figure = {f"{month:02d}": 0.0} | ({str(month): LIMITS.bare_digit} if month < 10 else {})
        parts = {"D": words(day), "M": words(figure), "Y": words(year)}
        first, second, third = (parts[part] for part in order)
        forms.append(sequence(first, literal(" "), second, literal(" "), third))
    return compile_(choice(*forms))


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SEPARATORS = ("/", "-", ".", " ", ", ", ". ")


def _suffix(day: int) -> str:
    """Of a day's ordinal: 1st, 2nd, 3rd, 4th, 11th."""
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _written(order: DateOrder, years: tuple[int, int], french: bool) -> Expression:
    """29 February is allowed in every year here: `parse_date` has the last word."""
    year = {str(y): 0.0 for y in range(years[0], years[1] + 1)}
    for y in range(max(years[0], 1900 + LIMITS.pivot + 1), min(years[1], 2000 + LIMITS.pivot) + 1):
        year[f"{y % 100:02d}"] = LIMITS.short_year
    forms = []
    for month, last in enumerate(_LENGTHS, 1):
        last += month == 2
        day = {f"{d:02d}": 0.0 for d in range(1, last + 1)} | {
            str(d): LIMITS.bare_digit for d in range(1, 10)
        }
        figure = {f"{month:02d}": 0.0} | ({str(month): LIMITS.bare_digit} if month < 10 else {})
        name = MONTHS[month - 1]
        spelled = {name: LIMITS.whole_month, name[:3]: 0.0, name[:3] + ".": LIMITS.month_with_point} | (
            {"sept": LIMITS.whole_month} if month == 9 else {}
        )
        if french:
            spelled[FRENCH_MONTHS[month - 1]] = LIMITS.french_month
        ordinal = {f"{d}{_suffix(d)}": 0.0 for d in range(1, last + 1)}
        of = words([" of ", " "])
        forms.append(
            weighted(
                sequence(words(ordinal), of, words(spelled), words([" ", ", "]), words(year)), LIMITS.ordinal
            )
        )
        forms.append(
            weighted(
                sequence(words(spelled), literal(" "), words(ordinal), words([", ", " "]), words(year)),
                LIMITS.ordinal,
            )
        )
        for separator in ("/", "-", ".", " "):
            parts = {"D": words(day), "M": words(figure), "Y": words(year)}
            gap = literal(separator, {"/": 0.0, "-": LIMITS.dashes}.get(separator, LIMITS.other_gaps))
            forms.append(sequence(parts[order[0]], gap, parts[order[1]], gap, parts[order[2]]))
        forms.append(
            weighted(
                sequence(words(spelled), literal(" "), words(day), words([", ", " ", ","]), words(year)),
                LIMITS.spelled,
            )
        )
        gap = words(["-", " ", "/", ". "])
        forms.append(
            weighted(
                sequence(words(day), gap, words(spelled), words(["-", " ", ", ", "/"]), words(year)),
                LIMITS.spelled,
            )
        )
    head = {"": 0.0, "date ": LIMITS.caption, "date: ": LIMITS.caption - 1} | (
        {"le ": LIMITS.caption} if french else {}
    )
    return sequence(words(head), choice(*forms))


def _grammar(field: Field | Column) -> Automaton:
    if field.parts:
        return parted_automaton(field.date_order or "DMY")
    in_cells = bool(field.cells or (isinstance(field, Field) and field.cell_boxes))
    return date_automaton(field.date_order or "DMY", cells=in_cells, french=field.language == "french")


def _day(rng: np.random.Generator) -> str:
    return date.fromordinal(int(rng.integers(720_000, 740_000))).strftime("%d%m%Y")


DATE = TextReading(
    "date",
    parse=lambda text, field: parse_date(text, field.date_order or "DMY"),
    grammar=_grammar,
    two_looks=True,  # dates are written in figures, or with the month's name
    sample=_day,
    sampled_as={"date_order": "DMY", "cells": 8},
)
