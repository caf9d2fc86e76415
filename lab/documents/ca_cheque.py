"""Canadian cheques of banks drawn at random, one bank a seed: in English, in French, or both."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from num2words import num2words

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import Caption
from inkfield.lab.documents.cheque_us_page import person
from inkfield.lab.documents.design import (
    Design,
    Drawing,
    Entry,
    cents,
    evenly,
    true_values,
)

_SEED = 12
_PAY = (
    ("PAY TO THE", "ORDER OF"),
    ("PAYEZ À", "L'ORDRE DE"),
    ("PAY TO THE ORDER OF /", "PAYEZ À L'ORDRE DE"),
)
_ORDERS = {
    "%d%m%Y": ("DDMMYYYY", "JJMMAAAA"),
    "%m%d%Y": ("MMDDYYYY", "MMJJAAAA"),
    "%Y%m%d": ("YYYYMMDD", "AAAAMMJJ"),
}
_GROUPS = {"%d%m%Y": (2, 2, 4), "%m%d%Y": (2, 2, 4), "%Y%m%d": (4, 2, 2)}


def ca_order(seed: int) -> str:
    """How the bank of a seed has the date written: a format of strftime."""
    return tuple(_ORDERS)[int(np.random.default_rng([_SEED, seed, 1]).integers(3))]


def ca_design(seed: int) -> Design:
    """The bank of a seed."""
    draw = Drawing(np.random.default_rng([_SEED, seed]))
    rng = draw.rng
    language = int(rng.integers(3))  # English, French, both
    business = draw.chance(0.4)
    width, height = (
        (draw.near(210, 5), draw.near(92, 4)) if business else (draw.near(153, 2), draw.near(71, 2))
    )
    foot = height - 9.5
    rows = (draw.near(0.5, 0.02) * foot, 0.0)
    rows = (rows[0], rows[0] + draw.near(9.0, 0.7))
    wide, high = draw.near(31, 3), draw.near(8.0, 0.8)
    left = width - wide - draw.near(6, 2)
    top = rows[0] - high + draw.near(0.5, 0.8)
    draw.put(8, 8, person(rng), 3.0)
    draw.put(8, 11.6, f"{int(rng.integers(10, 999))} Maple Road", 2.3)
    draw.put(
        8, 14.8, people.pick(rng, ("Halifax NS  B3H 4R2", "Gatineau QC  J8X 3W5", "Guelph ON  N1G 2W1")), 2.3
    )
    draw.put(width - 8, 7, people.digits(rng, 3), 3.6, to_left=True)
    order = ca_order(seed)
    letters = _ORDERS[order][1 if language == 1 else 0]
    cell, gap = draw.near(4.7, 0.3), float(rng.choice([0.0, 1.2, 2.0]))
    x = width - 8 * cell - 2 * gap - draw.near(8, 2)
    y = draw.near(10.5, 0.8)
    cells = evenly(x, y, cell, draw.near(5.4, 0.4), _GROUPS[order], gap)
    draw.put(x - 1.2, y + 4, "DATE", 2.0, to_left=True)
    pay, small = _PAY[language], draw.near(2.05, 0.2)
    draw.put(7, rows[0] - 2.7, pay[0], small)
    start = 8.2 + draw.put(7, rows[0], pay[1], small)
    payee_end = left - draw.near(6.5, 1.0)
    size = draw.near(4.6, 0.5)
    sign = Caption(left - 1.0, rows[0] - 0.5, ((draw.face, "$"),), size, draw.ink, to_left=True)
    dollars = draw.pick(("DOLLARS", "/100 DOLLARS", "100 DOLLARS"))
    words_end = width - 10 - draw.put(width - 9, rows[1], dollars, 2.4, to_left=True)
    low = foot - draw.near(3.6, 0.8)
    bank = people.pick(
        rng, ("Caisse du Grand Lac", "MAPLELEAF SAVINGS", "Prairie Trust", "Banque des Laurentides")
    )
    draw.put(8, rows[1] + 6.5, bank, 2.8)
    memo = ("MEMO", "POUR", "MEMO / POUR")[language]
    memo_left = 8 + draw.put(7, low, memo, 2.0)
    middle = 0.54 * width
    draw.put(width - 8, low - 0.4, draw.pick(("MP", "PER", "")), 1.9, to_left=True)
    return Design(
        width=width, height=height, captions=tuple(draw.captions),
        rules=((start, payee_end, rows[0]), (8.0, words_end, rows[1]), (memo_left, 0.42 * width, low),
               (middle, width - 8, low)),
        box=(left, top, wide, high) if draw.chance(0.8) else None, sign=sign,
        payee=(start + 1, payee_end - 1, rows[0]), words=((9.0, words_end - 1, rows[1]),),
        figures=(left + 0.5, left + wide - 1, top + 0.72 * high), day=(0.0, 0.0, 0.0),
        signature=(middle + 2, width - 12, low - 1.0), cells=cells, letters=letters, **draw.paper(),
    )  # fmt: skip


def ca_entry(seed: int, rng: np.random.Generator, today: date) -> Entry:
    """What is written on a cheque of the bank of a seed, and the true values, by the names of form ``cheque_ca``."""
    value = cents(rng)
    dollars, rest = divmod(value, 100)
    day = people.day(rng, today - timedelta(days=900), today)
    account = people.digits(rng, int(rng.choice([7, 7, 9, 12])))
    printed = f"{account[:3]}D{account[3:6]}D{account[6:]}" if len(account) == 7 else account
    serial = f"{int(rng.integers(1, 1000)):0{int(rng.choice([3, 6]))}}"
    bank = people.pick(rng, ("001", "002", "003", "004", "006", "010", "815")).replace("815", "016")
    micr = f"C{serial}C A{int(rng.integers(1, 100000)):05}D{bank}A {printed}C"
    payee = person(rng)
    truth = true_values(payee, f"{dollars}.{rest:02}", day, micr) | {"account_number": account}
    figures = f"{dollars:,}" if rng.random() < 0.5 else str(dollars)
    return Entry(payee, _words(dollars, rest, rng), f"{figures}.{rest:02}",
                  day.strftime(ca_order(seed)), micr, truth)  # fmt: skip


def _words(dollars: int, rest: int, rng: np.random.Generator) -> str:
    french = rng.random() < 0.4
    said = num2words(dollars, lang="fr" if french else "en").replace(",", "")
    if not french:
        said = said.replace(" and ", " ").replace("-", people.pick(rng, "- "))
    said = f"{said} {'et' if french else people.pick(rng, ('and', '&'))} {rest:02}/100"
    return said[0].upper() + said[1:]
