"""Cheques of countries that have no form here, drawn at random: Brazil, Tunisia, Spain, Kenya as their lines go."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from num2words import num2words

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import Caption
from inkfield.lab.documents.design import Design, Drawing, Entry, cents, true_values

_SEED = 99
_COUNTRIES = {
    "br": ("R$", "pt_BR", "Pague por este cheque a quantia de", "e centavos acima", "a", "BANCO DO PLANALTO"),
    "tn": ("DT", "fr", "Payez contre ce chèque", "", "à l'ordre de", "BANQUE DE CARTHAGO"),
    "es": ("€", "es", "Páguese por este cheque a", "Euros", "Euros (en letra)", "BANCO DE LA SIERRA"),
    "ke": ("KSh", "en", "Pay", "or bearer", "Kenya Shillings", "UMOJA BANK LTD"),
}
"""By country: currency sign, language of num2words, captions, a bank that does not exist."""


def country_of(seed: int) -> str:
    """The country of a seed."""
    return tuple(_COUNTRIES)[seed // 2 % 4]


def other_design(seed: int) -> Design:
    """The bank of a seed."""
    draw = Drawing(np.random.default_rng([_SEED, seed]))
    country = country_of(seed)
    sign_text, _, pay, behind, second, bank = _COUNTRIES[country]
    width, height = draw.near(175, 3), draw.near(80, 3)
    foot = height - 9.5
    rows = [draw.near(0.36, 0.03) * foot]
    rows += [rows[0] + draw.near(8.5, 0.5), rows[0] + 2 * draw.near(8.5, 0.4)]
    wide, high = draw.near(42, 4), draw.near(8.5, 1.0)
    left = width - wide - draw.near(6, 2)
    top = draw.near(8, 2) if country == "br" else draw.near(0.42, 0.05) * foot - high / 2
    draw.put(9, draw.near(8, 1), bank, draw.near(4.2, 0.8))
    start = 9.5 + draw.put(8, rows[0], pay, draw.near(2.2, 0.2))
    end = width - 12 if top + high < rows[0] - 4 else left - 10
    draw.put(end, rows[1] - 0.4, behind, 2.2, to_left=True)
    third = 9.5 + draw.put(8, rows[2], second, 2.3)
    size = draw.near(3.8, 0.4)
    sign = Caption(
        left - 1.0, top + high / 2 + 0.36 * size, ((draw.face, sign_text),), size, draw.ink, to_left=True
    )
    date_left = 0.62 * width
    date_row = rows[2] + draw.near(7.5, 0.8)
    below = country in ("br", "tn", "es")
    if not below:
        date_row = draw.near(13, 1)
    rules = [
        (start, end, rows[0]),
        (8.0, end, rows[1]),
        (third, end, rows[2]),
        (date_left, width - 8, date_row),
    ]
    return Design(
        width=width, height=height, captions=tuple(draw.captions), rules=tuple(rules),
        box=(left, top, wide, high), sign=sign, payee=(third, end - 1, rows[2]),
        words=((start + 0.5, end - 1, rows[0]), (8.5, end - 20, rows[1])),
        figures=(left + 0.6, left + wide - 1, top + 0.72 * high), day=(date_left, width - 8, date_row),
        signature=(0.6 * width, width - 8, foot - draw.near(4.5, 1.0)),
        font="E-13B" if country == "ke" else "CMC-7", **draw.paper(),
    )  # fmt: skip


def other_entry(seed: int, rng: np.random.Generator, today: date) -> Entry:
    """What is written on a cheque of the bank of a seed, and the true values, by the names of form
    ``cheque_generic``."""
    country = country_of(seed)
    value = cents(rng)
    whole, rest = divmod(value, 100)
    day = people.day(rng, today - timedelta(days=900), today)
    match country:
        case "br":
            micr = f"<{people.digits(rng, 8)}<{people.digits(rng, 10)}>{people.digits(rng, 12)}:"
        case "tn":
            micr = f"<{people.digits(rng, 7)}< {people.digits(rng, 8)}> {people.digits(rng, 13)}:"
        case "es":
            micr = f"<{people.digits(rng, 8)}< {people.digits(rng, 8)}= {people.digits(rng, 10)}:"
        case _:
            micr = f"C{people.digits(rng, 6)}C {people.digits(rng, 5)}A {people.digits(rng, 13)}C"
    comma = country != "ke"
    figures = f"{whole:,}.{rest:02}"
    if comma:
        figures = figures.replace(",", "_").replace(".", ",").replace("_", ".")
    payee = people.person(rng)
    said = num2words(whole, lang=_COUNTRIES[country][1]).replace(",", "")
    truth = true_values(payee, f"{whole}.{rest:02}", day, micr)
    return Entry(payee, said, figures, day.strftime("%d/%m/%Y"), micr, truth)
