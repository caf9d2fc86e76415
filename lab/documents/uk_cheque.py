"""UK cheques of banks drawn at random, one bank a seed: personal and business."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from num2words import num2words

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import Caption
from inkfield.lab.documents.cheque_us_page import person
from inkfield.lab.documents.design import Design, Drawing, Entry, cents, true_values

_SEED = 44
_BANKS = (
    "Thornbury Bank plc",
    "BRAMBLE & CO",
    "Kestrel Building Society",
    "NORTHMOOR BANK",
    "Old Wharf Bank",
)


def uk_design(seed: int) -> Design:
    """The bank of a seed."""
    draw = Drawing(np.random.default_rng([_SEED, seed]))
    rng = draw.rng
    business = draw.chance(0.4)
    width, height = (
        (draw.near(203, 4), draw.near(98, 4)) if business else (draw.near(153, 2), draw.near(77, 2))
    )
    foot = height - 9.5
    first = draw.near(0.46, 0.03) * foot
    gap = draw.near(9.0, 0.8)
    rows = (first, first + gap, first + 2 * gap)
    high, wide = draw.near(9.0, 1.2), draw.near(36, 4)
    left = width - wide - draw.near(6, 2.5)
    top = rows[1] - high + draw.near(1.5, 3.0)
    draw.put(9, draw.near(8, 1), draw.pick(_BANKS), draw.near(4.2, 0.8), bold=draw.chance(0.5))
    draw.put(
        9, 13, f"{people.digits(rng, 2)} High Street, {people.pick(rng, ('Ashby', 'Wells', 'Truro'))}", 2.2
    )
    sort = f"{people.digits(rng, 2)}-{people.digits(rng, 2)}-{people.digits(rng, 2)}"
    draw.put(width - 9, draw.near(7, 0.6), sort, 3.0, to_left=True)
    label, size = draw.pick(("Pay", "PAY", "Pay to")), draw.near(2.9, 0.4)
    start = 9 + draw.put(9, rows[0], label, size) + 1.5
    payee_end = left - draw.near(3, 1.5) if top < rows[0] else draw.near(left + wide - 4, 3)
    words_end = left - draw.near(3, 1.5)
    date_end = width - draw.near(8, 2)
    date_left = date_end - draw.near(36, 4)
    date_row = draw.near(17, 1.2) if not business else draw.near(22, 2)
    caption = draw.pick(("Date", "DATE", "Date"))
    draw.put(date_left - 1, date_row, caption, 2.3, to_left=True)
    second = draw.pick(("", "", "only", "POUNDS"))
    draw.put(words_end, rows[2] - 0.4, second, 2.2, to_left=True)
    low = foot - draw.near(5.5, 1.0)
    draw.put(draw.near(width - 60, 5), rows[2] + draw.near(4.5, 0.8), person(rng).upper()[:24], 2.2)
    draw.put(draw.near(12, 3), low, "Cheque No.     Sort Code     Account No.", 1.8)
    sign_inside = draw.chance(0.6)
    size = draw.near(5.0, 0.7)
    x = left + 1.0 if sign_inside else left - 4.5
    sign = Caption(x, top + high / 2 + 0.36 * size, ((draw.face, "£"),), size, draw.ink)
    words_end = words_end if sign_inside else words_end - 4.5
    payee_end = payee_end if sign_inside or top >= rows[0] else payee_end - 4.5
    signed = (width - 62, width - 8, low - draw.near(1.5, 1.0))
    return Design(
        width=width, height=height, captions=tuple(draw.captions),
        rules=((start, payee_end, rows[0]), (9.0, words_end, rows[1]), (9.0, words_end, rows[2]),
               (date_left, date_end, date_row)),
        box=(left, top, wide, high), sign=sign, payee=(start + 1, payee_end - 1, rows[0]),
        words=((9.5, words_end - 1, rows[1]), (9.5, words_end - (14 if second else 1), rows[2])),
        figures=(left + (size if sign_inside else 0.5), left + wide - 1, top + 0.72 * high),
        day=(date_left, date_end + 1, date_row), signature=signed, **draw.paper(),
    )  # fmt: skip


def uk_entry(seed: int, rng: np.random.Generator, today: date) -> Entry:
    """What is written on a cheque of the bank of a seed, and the true values, by the names of form ``cheque_uk``."""
    value = cents(rng)
    pounds, pence = divmod(value, 100)
    day = people.day(rng, today - timedelta(days=900), today)
    sort = f"{people.digits(rng, 2)}D{people.digits(rng, 4)}"
    account = people.digits(rng, 8)
    code = f" {people.pick(rng, ('00', '01', '02'))}" if seed % 4 < 2 else ""
    micr = f"C{int(rng.integers(1, 1_000_000)):06}C {sort}A {account}C{code}"
    payee = person(rng)
    truth = true_values(payee, f"{pounds}.{pence:02}", day, micr) | {"account_number": account}
    return Entry(payee, _words(pounds, pence, rng), _figures(pounds, pence, rng),
                  day.strftime(people.pick(rng, _DATES)), micr, truth)  # fmt: skip


_DATES = ("%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d-%m-%Y")


def _words(pounds: int, pence: int, rng: np.random.Generator) -> str:
    said = num2words(pounds).replace(",", "").replace("-", people.pick(rng, "- "))
    if rng.random() < 0.3:
        said = said.replace(" and ", " ")
    said += people.pick(rng, (" pounds", " pounds", ""))
    if pence:
        said = said if said.endswith("pounds") else f"{said} pounds"
        tens = num2words(pence).replace("-", " ")
        said += f" and {people.pick(rng, (f'{pence:02}', tens))} pence"
    said += people.pick(rng, (" only", ""))
    return (
        said[0].upper() + said[1:] if rng.random() < 0.6 else " ".join(w.capitalize() for w in said.split())
    )


def _figures(pounds: int, pence: int, rng: np.random.Generator) -> str:
    figures = f"{pounds:,}" if rng.random() < 0.6 else str(pounds)
    return figures + people.pick(
        rng, (f".{pence:02}", f".{pence:02}", f"-{pence:02}" if not pence else f".{pence:02}")
    )
