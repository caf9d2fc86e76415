"""French cheques of banks drawn at random, one bank a seed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from num2words import num2words

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import Caption
from inkfield.lab.documents.design import Design, Drawing, Entry, cents, true_values
from inkfield.pipeline.fields.kinds.dates import FRENCH_MONTHS

_SEED = 33
_BANKS = (
    "BANQUE DU VEXIN",
    "Crédit des Cévennes",
    "Caisse de l'Aubrac",
    "BANQUE LIGÉRIENNE",
    "Société du Morvan",
)
_FIRST = (
    "Camille",
    "Hugo",
    "Louise",
    "Antoine",
    "Chloé",
    "Émile",
    "Juliette",
    "Paul",
    "Nina",
    "Marc",
    "Inès",
    "Théo",
)
_LAST = (
    "Lambert",
    "Moreau",
    "Girard",
    "Fontaine",
    "Rousseau",
    "Mercier",
    "Blanchard",
    "Garnier",
    "Perrin",
    "Leroux",
)
_PAYABLE = ("Payez contre ce chèque non endossable", "Payez contre ce chèque", "PAYEZ CONTRE CE CHÈQUE NON ENDOSSABLE",
            "Payez contre ce chèque non endossable sauf au profit d'une banque")  # fmt: skip


def fr_design(seed: int) -> Design:
    """The bank of a seed."""
    draw = Drawing(np.random.default_rng([_SEED, seed]))
    rng = draw.rng
    width, height = draw.near(175, 1.5), draw.near(80, 1)
    foot = height - 9.5
    first = draw.near(0.36, 0.025) * foot
    gap = draw.near(8.4, 0.6)
    rows = (first, first + gap, first + 2 * gap)
    draw.put(9, draw.near(8, 1), draw.pick(_BANKS), draw.near(4.2, 0.8), bold=draw.chance(0.4))
    draw.put(
        width - 45,
        draw.near(7, 0.6),
        f"Série {people.digits(rng, 2)}   Chèque n° {people.digits(rng, 7)}",
        2.2,
    )
    wide, high = draw.near(40, 3), draw.near(9.0, 1.0)
    left = width - wide - draw.near(6, 2)
    top = draw.near(0.42, 0.03) * foot - high / 2
    inside = draw.chance(0.5)
    size = draw.near(4.6, 0.5)
    x = left + 1.0 if inside else left - 4.6
    sign = Caption(x, top + high / 2 + 0.36 * size, ((draw.face, "€"),), size, draw.ink)
    end = left - draw.near(3, 1.0) - (0 if inside else 4.6)
    small = draw.near(2.1, 0.2)
    raised = draw.chance(0.6)
    text = draw.pick(_PAYABLE)
    start = 8.0
    if raised:
        draw.put(8, rows[0] - draw.near(5.6, 0.5), text, small)
    else:
        start = 9.5 + draw.put(8, rows[0], text[:22].strip(), small)
    to = draw.pick(("à", "À l'ordre de", "A", "à l'ordre de"))
    payee_left = 9.5 + draw.put(8, rows[2], to, 2.5)
    payee_end = end if draw.chance(0.6) else end - 4
    draw.put(9, rows[2] + 5.5, "Payable en France", 2.1)
    draw.put(
        9,
        rows[2] + 9.0,
        f"{people.digits(rng, 2)} rue du Moulin   tél. 01 {people.digits(rng, 2)} 00 00",
        2.0,
    )
    date_row = max(rows[2] - draw.near(1.0, 2.0), top + high + draw.near(7.0, 0.8))
    date_end = width - draw.near(7, 1.5)
    date_left = date_end - draw.near(30, 3)
    draw.put(date_left - 1.0, date_row, draw.pick(("le", "Le", "LE", "date")), 2.3, to_left=True)
    town_left = date_left - 25
    rules = [
        (start, end, rows[0]),
        (8.0, end, rows[1]),
        (payee_left, payee_end, rows[2]),
        (date_left, date_end, date_row),
    ]
    if town_left > end + 3 or date_row > rows[2] + 4:
        draw.put(town_left - 1, date_row, draw.pick(("à", "A")), 2.3, to_left=True)
        rules.append((town_left, date_left - 6, date_row))
    draw.put(
        0.56 * width,
        date_row + draw.near(4.5, 0.6),
        f"M. {people.pick(rng, _FIRST)} {people.pick(rng, _LAST)}",
        2.2,
    )
    return Design(
        width=width, height=height, captions=tuple(draw.captions), rules=tuple(rules),
        box=(left, top, wide, high), sign=sign, payee=(payee_left + 0.5, payee_end - 1, rows[2]),
        words=((start + 0.5, end - 1, rows[0]), (8.5, end - 1, rows[1])),
        figures=(left + (size + 1.5 if inside else 0.6), left + wide - 1, top + 0.72 * high),
        day=(date_left, date_end + 1, date_row), signature=(0.6 * width, width - 8, foot - draw.near(5.0, 1.0)),
        font="CMC-7", **draw.paper(),
    )  # fmt: skip


def fr_entry(seed: int, rng: np.random.Generator, today: date) -> Entry:
    """What is written on a cheque of the bank of a seed, and the true values, by the names of form ``cheque_fr``."""
    value = cents(rng, high=4.0)
    euros, rest = divmod(value, 100)
    day = people.day(rng, today - timedelta(days=900), today)
    account = f"{int(rng.integers(10**11, 10**12)):012}"
    micr = f"<{int(rng.integers(1, 10**7)):07}< {int(rng.integers(10**11)):012}> {account}:"
    payee = f"{people.pick(rng, _FIRST)} {people.pick(rng, _LAST)}"
    truth = true_values(payee, f"{euros}.{rest:02}", day, micr)
    spelled = f"{day.day} {FRENCH_MONTHS[day.month - 1]} {day.year}"
    written = (day.strftime("%d/%m/%Y"), day.strftime("%d/%m/%y"), day.strftime("%d.%m.%Y"), spelled)
    figures = f"{euros:,}".replace(",", people.pick(rng, (" ", "."))) if rng.random() < 0.5 else str(euros)
    return Entry(payee, _words(euros, rest, rng), f"{figures},{rest:02}{people.pick(rng, ('', ' €'))}",
                  written[int(rng.integers(4))], micr, truth)  # fmt: skip


def _words(euros: int, rest: int, rng: np.random.Generator) -> str:
    said = num2words(euros, lang="fr") + " euros"
    if rest and rng.random() < 0.6:
        said += f" et {num2words(rest, lang='fr')} centimes"
    elif rest:
        said += f" et {rest:02} centimes"
    return said[0].upper() + said[1:] if rng.random() < 0.7 else said
