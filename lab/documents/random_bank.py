"""Banks and printers that nobody tuned anything on: layouts drawn at random within what each standard leaves open."""

from __future__ import annotations

from string import capwords

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.cheque_page import Bank
from inkfield.lab.documents.cheque_us_page import Printer
from inkfield.lab.documents.sheet import Colour

_PLACES = (
    "Nandipur",
    "Seohara",
    "Vellanad",
    "Tirora",
    "Bhadrak",
    "Karwan",
    "Manjeri",
    "Phulbani",
    "Udala",
    "Gogri",
)
_SORTS = ("Bank", "Cooperative Bank", "Gramin Bank", "Union Bank", "Commercial Bank", "Peoples Bank Ltd")
_PATTERNS = ("triangles", "waves", "dots", "rosettes", "lines")
_LABELS = (("PAY", "RUPEES", "OR BEARER", "A/C NO."), ("Pay", "Rupees", "or Bearer", "A/c. No."),
           ("Pay", "Rupees", "Or Order", "A/c No."), ("PAY", "Rupees", "Or Bearer", "A/c"))  # fmt: skip
_FACES = ("roboto", "tinos")


def _tint(rng: np.random.Generator) -> Colour:
    red, green, blue = (int(v) for v in rng.integers(214, 253, 3))
    return red, green, blue


def _ink(rng: np.random.Generator) -> Colour:
    red, green, blue = (int(v) for v in rng.integers(10, 150, 3))
    return red, green, blue


def random_bank(rng: np.random.Generator) -> Bank:
    """A bank of India (CTS-2010): the standard's paper and MICR band, all else its own."""

    def near(value: float, reach: float) -> float:
        return value + float(rng.uniform(-reach, reach))

    name = f"{people.pick(rng, _PLACES)} {people.pick(rng, _SORTS)}"
    first = near(25.4, 0.9)
    gap = near(8.6, 0.5)
    labels = _LABELS[int(rng.integers(len(_LABELS)))]
    cell = near(5.15, 0.15)
    return Bank(
        name=name.upper() if rng.random() < 0.5 else name,
        place=f"{int(rng.integers(1, 90))} {capwords(people.pick(rng, _PLACES))} Road, {people.pick(rng, _PLACES)}",
        colour=_ink(rng), tint=_tint(rng), pattern=people.pick(rng, _PATTERNS), face=people.pick(rng, _FACES),
        has_white_head=bool(rng.random() < 0.5), rules=(first, first + gap, first + 2 * gap),
        rule_end=near(142.5, 1.0), dotted=bool(rng.random() < 0.4),
        date=(near(153.2, 0.8), near(7.6, 0.6), cell, near(5.8, 0.4)), comb=bool(rng.random() < 0.4),
        amount=(near(145.2, 0.7), first + near(10.2, 0.6), near(50.0, 0.8), near(8.9, 0.3)),
        account=(near(12.2, 1.5), first + near(20.0, 0.8), near(58.0, 4.0), near(6.4, 0.5)),
        labels=labels, code=people.digits(rng, 9),
    )  # fmt: skip


def random_printer(rng: np.random.Generator) -> Printer:
    """A printer of US cheques, personal or business."""

    def near(value: float, reach: float) -> float:
        return value + float(rng.uniform(-reach, reach))

    business = bool(rng.random() < 0.4)
    width, height = (near(212.0, 4.0), 88.9) if business else (152.4, 69.9)
    payee = near(39.2 if business else 28.4, 0.9)
    end = width - near(13.0, 4.0)
    return Printer(
        width=width, height=height, colour=_ink(rng), tint=_tint(rng),
        pattern=people.pick(rng, _PATTERNS) if rng.random() < 0.8 else None, face=people.pick(rng, _FACES),
        date=(near(22.5 if business else 17.2, 1.0), end - near(41.0, 3.0), end), payee=payee,
        words=payee + near(9.2 if business else 8.3, 0.4), low=near(73.5 if business else 56.0, 0.8),
        label=people.pick(rng, ("beside", "above")), dollars_over_rule=bool(rng.random() < 0.4),
        box=bool(rng.random() < 0.6), memo=people.pick(rng, ("MEMO", "FOR", "Memo", "For")), business=business,
    )  # fmt: skip
