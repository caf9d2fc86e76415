"""Who writes on our pages, to whom and how much: names, addresses, dates, codes and amounts, all invented."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from num2words import num2words

from inkfield.pipeline.fields.kinds.codes import has_check_digit
from inkfield.recognizers.language.corpora import LISTS
from inkfield.schemas.forms.model import CheckDigit

DIAGNOSES = (
    "A09", "B34.9", "D50.9", "E03.9", "E11.9", "E55.9", "E66.9", "E78.5", "F32.9", "F41.1", "G43.9", "G47.3",
    "H10.9", "H25.1", "H66.9", "I10", "I25.1", "I48.9", "I50.9", "J01.9", "J06.9", "J18.9", "J20.9", "J30.4",
    "J45.9", "K21.9", "K29.7", "K35.8", "K52.9", "K80.2", "L20.9", "L40.0", "M17.1", "M25.5", "M54.5", "M79.1",
    "N20.0", "N39.0", "R05", "R07.4", "R10.4", "R51", "S52.5", "S82.6", "S93.4", "T78.4", "Z00.0", "Z23",
)  # fmt: skip
"""Everyday ICD-10 codes (WHO)."""
PROCEDURES = (
    "10060", "11730", "20610", "29125", "36415", "71046", "73030", "73560", "76700", "80048", "80053", "81002",
    "82947", "85025", "87070", "90471", "92014", "93000", "94010", "96372", "97110", "97140", "99203", "99213",
    "99214", "99283", "99385", "99396",
)  # fmt: skip
_STREETS = ("Mill Lane", "Station Road", "Church Street", "Park Avenue", "River Road", "Oak Street", "Hill Road",
            "Garden Street", "Market Street", "Lake View Road", "School Lane", "Bridge Street")  # fmt: skip
_TOWNS = ("Eastwick", "Northgate", "Fairview", "Ashford", "Milton", "Kingsbury", "Redhill", "Springfield",
          "Weston", "Brookside")  # fmt: skip


@lru_cache(maxsize=4)
def _names(sort: str) -> tuple[str, ...]:
    rows = [line.split("\t") for line in (LISTS / "names_in.txt").read_text("utf-8").splitlines()]
    return tuple(row[1] for row in rows if row[0] == sort and len(row) == 2 and row[1].isascii())


def pick(rng: np.random.Generator, values: tuple[str, ...] | str) -> str:
    """One of the values."""
    return values[int(rng.integers(len(values)))]


def digits(rng: np.random.Generator, count: int) -> str:
    """So many random digits; the first is not 0."""
    return str(int(rng.integers(1, 10))) + "".join(str(d) for d in rng.integers(0, 10, count - 1))


def with_check_digit(figures: str, kind: CheckDigit) -> str:
    """The figures with the check digit of that kind behind them."""
    return next(figures + str(d) for d in range(10) if has_check_digit(figures + str(d), kind))


def person(rng: np.random.Generator) -> str:
    """A full name, now and then with an initial."""
    parts = [pick(rng, _names("first")), pick(rng, _names("last"))]
    if rng.random() < 0.3:
        parts.insert(int(rng.integers(0, 2)), pick(rng, "ABCDGHJKLMNPRSTV") + ".")
    return " ".join(parts)


def address(rng: np.random.Generator) -> tuple[str, str]:
    """Two lines: house and street, town and code."""
    return f"{int(rng.integers(1, 200))} {pick(rng, _STREETS)}", f"{pick(rng, _TOWNS)} {digits(rng, 5)}"


def day(rng: np.random.Generator, first: date, last: date) -> date:
    """A day of the span, both ends in it."""
    return first + timedelta(days=int(rng.integers((last - first).days + 1)))


def rupees(rng: np.random.Generator) -> int:
    """An amount as cheques have it: few significant figures, from some hundreds to some crores."""
    figures = int(rng.choice([1, 2, 2, 3, 3, 4]))
    size = int(rng.choice([3, 4, 4, 5, 5, 6, 6, 7, 8]))
    return int(rng.integers(10 ** (figures - 1), 10**figures)) * 10 ** max(0, size - figures)


def in_figures(value: int) -> str:
    """Indian grouping: 12,34,567."""
    text = str(value)
    head, tail = text[:-3], text[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join(groups)


def in_words(value: int) -> str:
    """Indian words, each with a capital, without commas: Twelve Lakh Thirty Four Thousand."""
    text = num2words(value, lang="en_IN").replace(",", "").replace("-", " ").replace(" and ", " ")
    return " ".join(word.capitalize() for word in text.split())
