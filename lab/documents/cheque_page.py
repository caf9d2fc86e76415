"""A cheque of the Indian CTS-2010 layout from banks that do not exist, written by one hand and scanned.

The standard fixes the paper (202 x 92 mm), the date boxes at the upper right, the amount box under them and the
MICR band (E-13B) at the foot; colours, pattern, typeface and the exact places are each bank's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import capwords
from typing import Any

import numpy as np
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.changes import UNCHANGED, Changes
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI, PX, Colour, Sheet
from inkfield.lab.documents.writer import Writer, random_writer, sign, write, write_in_cells
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr

WIDTH_MM, HEIGHT_MM = 202.0, 92.0
_MICR_TOP_MM = 83.6
TRANSACTIONS = ("10", "11", "29", "31")


@dataclass(frozen=True)
class Bank:
    """A bank's house style. Lengths in mm; ``date`` is (x, y, cell width, cell height) of the first date box,
    ``starts`` from where to where people begin the name, the words and their second line, ``ends`` where the name and
    the second line end at the latest."""

    name: str
    place: str
    colour: Colour
    tint: Colour
    pattern: str
    face: str
    has_white_head: bool
    rules: tuple[float, float, float]
    rule_end: float
    dotted: bool
    date: tuple[float, float, float, float]
    comb: bool
    amount: tuple[float, float, float, float]
    account: tuple[float, float, float, float]
    labels: tuple[str, str, str, str]
    code: str
    starts: tuple[tuple[float, float], ...] = ((24.0, 46.0), (24.0, 32.0), (21.0, 28.0))
    ends: tuple[float, float] = (141.0, WIDTH_MM)


BANKS = (
    Bank("MERIDIAN BANK LTD", "Lal Bagh Road, Nagarpur, 411002", (128, 30, 60), (250, 244, 222), "triangles",
         "roboto", True, (25.6, 34.2, 42.7), 143.0, True, (154.0, 7.4, 5.1, 5.4), False,
         (145.0, 36.2, 50.0, 8.8), (12.0, 45.6, 53.0, 5.8), ("PAY", "RUPEES", "OR BEARER", "A/C NO."), "411211007"),
    Bank("Bank of Kaveri", "14 Temple Street, Devgiri, 500021", (20, 100, 90), (216, 243, 230), "waves",
         "tinos", False, (24.8, 33.4, 41.8), 141.0, False, (152.6, 7.8, 5.2, 6.0), False,
         (144.6, 34.6, 51.0, 9.0), (11.0, 44.2, 62.0, 7.0), ("Pay", "Rupees", "or Bearer", "A/c. No."), "500087014"),
    Bank("UTTARA COOPERATIVE BANK", "Station Road, Chandpura, 302015", (40, 70, 150), (224, 234, 250), "dots",
         "roboto", True, (26.2, 34.8, 43.2), 142.0, False, (153.2, 8.2, 5.0, 5.6), True,
         (146.0, 36.6, 49.0, 8.6), (14.0, 46.4, 56.0, 6.0), ("Pay", "Rupees", "or Order", "A/c No."), "302305011"),
    Bank("Sahyadri Union Bank", "9 Fort Road, Malgaon, 400071", (150, 80, 20), (252, 236, 224), "rosettes",
         "tinos", True, (25.2, 33.8, 42.3), 143.5, True, (153.6, 7.0, 5.15, 5.8), False,
         (145.4, 35.4, 50.0, 9.2), (12.5, 45.0, 58.0, 6.4), ("PAY", "RUPEES", "OR BEARER", "A/c No."), "400112033"),
    Bank("NILGIRI PEOPLE'S BANK", "2 Hill Street, Kotur, 643001", (95, 45, 120), (238, 230, 248), "lines",
         "roboto", False, (25.0, 33.6, 42.1), 142.0, False, (152.8, 7.6, 5.15, 5.8), False,
         (145.0, 35.2, 50.4, 8.8), (11.5, 44.6, 60.0, 6.6), ("Pay", "Rupees", "Or Bearer", "A/c No."), "643440002"),
)  # fmt: skip


def render_cheque(
    rng: np.random.Generator,
    hands: Sequence[Path] = (),
    today: date = date(2026, 6, 30),
    bank: Bank | None = None,
    changes: Changes = UNCHANGED,
) -> tuple[np.ndarray, dict[str, Any]]:
    """A scanned cheque (uint8 BGR, 300 dpi) and its true values by the names of form ``cheque_in``.

    Dates are ISO 8601, amounts decimals as text. ``hands`` are the fonts to write with; no date lies after
    ``today``. The same ``rng`` state gives the same cheque. ``bank`` is one of ours unless another is given;
    ``changes`` tell what is otherwise than on a good cheque, of which the true values know nothing.
    """
    bank = bank or BANKS[int(rng.integers(len(BANKS)))]
    value = people.rupees(rng)
    amount = f"{value}.00"
    written = people.day(rng, today - timedelta(days=900), today)
    account = people.digits(rng, int(rng.choice([11, 12, 14, 15])))
    number = f"{int(rng.integers(1, 1_000_000)):06}"
    micr = f"C{number}C {bank.code}A {account[-6:]}C {people.pick(rng, TRANSACTIONS)}"
    truth = true_values(people.person(rng), amount, written, account, micr)
    page = _print(bank, account, people.person(rng).upper(), changes.micr(micr), rng)
    writer = random_writer(rng, hands)
    fill(page, bank, truth["payee"], value, written, rng, writer, changes)
    changes.then(page, rng, writer)
    return scan(page, rng), truth


def true_values(payee: str, amount: str, written: date, account: str, micr: str) -> dict[str, Any]:
    """The true values of a cheque by the names of form ``cheque_in``."""
    return {
        "payee": payee,
        "courtesy_amount": amount,
        "legal_amount": amount,
        "amount": amount,
        "date": written.isoformat(),
        "account_number": account,
        "micr": micr,
        "signature": True,
    }


def _print(bank: Bank, account: str, holder: str, micr: str, rng: np.random.Generator) -> np.ndarray:
    """The cheque as the bank hands it out, float32 BGR."""
    sheet = Sheet(WIDTH_MM, HEIGHT_MM)
    top = 16.5 if bank.has_white_head else 0.0
    area = (round(top * PX), round(75.5 * PX))
    picture = np.asarray(sheet.image).copy()
    picture[area[0] : area[1]] = background(bank.pattern, bank.tint, area[1] - area[0], picture.shape[1])
    sheet.image.paste(Image.fromarray(picture))
    _print_head(sheet, bank)
    _print_date(sheet, bank)
    _print_rules(sheet, bank)
    _print_boxes(sheet, bank, account)
    _print_small(sheet, bank, holder, rng)
    page = sheet.pixels()
    print_micr(page, micr, rng)
    return page


def _print_head(sheet: Sheet, bank: Bank) -> None:
    """The bank's mark, name and branch."""
    x, colour = 9.0, bank.colour
    sheet.polygon(
        [(x, 12.5), (x + 4.5, 4.0), (x + 9, 12.5), (x + 6.5, 12.5), (x + 4.5, 8.4), (x + 2.2, 12.5)], colour
    )
    sheet.text(20.5, 9.4, bank.name, 5.6, colour, bank.face)
    sheet.text(20.8, 12.6, bank.place, 2.4, face=bank.face)
    sheet.text(
        20.8,
        15.3,
        f"IFS CODE - {bank.name.replace(' ', '')[:4].upper()}0{bank.code[3:9]}",
        2.1,
        face=bank.face,
    )
    sheet.text(84, 15.0, "VALID FOR THREE MONTHS FROM THE DATE OF ISSUE", 2.1, face=bank.face)


def _print_date(sheet: Sheet, bank: Bank) -> None:
    x, y, width, height = bank.date
    sheet.text(x - 8.2, y + 2.4, "DATE", 2.3, face=bank.face)
    for i, letter in enumerate("DDMMYYYY"):
        if not bank.comb:
            sheet.box(x + i * width, y, width, height, 0.17, (90, 90, 90), (255, 255, 255))
        sheet.text(x + (i + 0.5) * width, y + height + 2.5, letter, 2.4, face=bank.face, anchor="ms")
    if bank.comb:
        sheet.box(x, y, 8 * width, height, 0.17, (90, 90, 90), (255, 255, 255))
        for i in range(1, 8):
            sheet.line(x + i * width, y, x + i * width, y + height, 0.17, (90, 90, 90))


def _print_rules(sheet: Sheet, bank: Bank) -> None:
    pay, rupees, bearer, _ = bank.labels
    first, second, third = bank.rules
    rule = sheet.dotted if bank.dotted else lambda x0, x1, y: sheet.line(x0, y, x1, y, 0.18, (70, 70, 70))
    width = sheet.text(8.0, first, pay, 3.0, face=bank.face)
    rule(8.6 + width, bank.rule_end + 13, first)
    sheet.text(bank.rule_end + 15, first, bearer, 2.6, face=bank.face)
    width = sheet.text(8.0, second, rupees, 3.0, face=bank.face)
    rule(8.6 + width, bank.rule_end + 1, second)
    rule(18.5, bank.rule_end - 1, third)


def _print_boxes(sheet: Sheet, bank: Bank, account: str) -> None:
    x, y, width, height = bank.amount
    sheet.box(x, y, width, height, 0.22, (60, 60, 60), (255, 255, 255))
    sheet.rupee(x + 1.6, y + 0.28 * height, 4.0)
    x, y, width, height = bank.account
    sheet.box(x, y, width, height, 0.2, (60, 60, 60), (255, 255, 255))
    label = 15.0
    sheet.line(x + label, y, x + label, y + height, 0.2, (60, 60, 60))
    sheet.text(x + 1.5, y + 0.68 * height, bank.labels[3], 2.6, face=bank.face)
    sheet.text(
        x + label + 5, y + 0.72 * height, account, 3.2, face="courier-prime" if bank.dotted else bank.face
    )


def _print_small(sheet: Sheet, bank: Bank, holder: str, rng: np.random.Generator) -> None:
    x, y, _, height = bank.account
    sheet.text(x + 20, y + height + 3.4, f"SB  {int(rng.integers(100000, 999999))}", 2.3, face=bank.face)
    sheet.box(x - 1, y + height + 5.2, 52, 14.5, 0.0, fill=(214, 214, 222))
    sheet.text(158, 71.2, holder[:24], 2.5, face=bank.face)
    sheet.text(166, 74.6, "Please sign above", 2.3, face=bank.face)
    sheet.text(
        78, 74.0, f"Payable at par at all branches of {capwords(bank.name)} in India.", 2.2, face=bank.face
    )
    for i in range(34):
        high = 30.0 + i * 1.1
        sheet.line(196.6, high, 200.2, high, (0.2, 0.35, 0.55)[int(rng.integers(3))], (20, 20, 20))


def print_micr(page: np.ndarray, micr: str, rng: np.random.Generator) -> None:
    """The E-13B line in the clear band at the foot; a gap of one or two places parts its groups."""
    mask = draw_micr(micr.replace(" ", " " * int(rng.integers(1, 3))), DPI)
    left = round((WIDTH_MM * PX - mask.shape[1]) / 2 + float(rng.uniform(-12, 12)))
    top = round(_MICR_TOP_MM * PX)
    share = (mask.astype(np.float32) / 255 * float(rng.uniform(0.9, 0.98)))[..., None]
    place = page[top : top + mask.shape[0], left : left + mask.shape[1]]
    place *= 1 - share
    place += share * 28.0


def fill(
    page: np.ndarray, bank: Bank, payee: str, value: int, day: date, rng: np.random.Generator, writer: Writer,
    changes: Changes = UNCHANGED,
) -> None:  # fmt: skip
    """The hand: payee, date, words on one or two lines, figures, signature."""
    x, y, width, height = bank.date
    cells = [(x + i * width, y, width, height) for i in range(8)]
    if "date" not in changes.without:
        write_in_cells(page, day.strftime("%d%m%Y"), cells, rng, writer)
    first, second, third = bank.rules

    def above(rule: float) -> float:
        return rule - float(rng.uniform(0.6, 1.6))

    start = float(rng.uniform(*bank.starts[0]))
    write(page, payee, start, above(first), rng, writer, 2.2, min(95, bank.ends[0] - start))
    words = people.in_words(changes.words(value)).split() + (["Only"] if rng.random() < 0.6 else [])
    split = len(words) if len(" ".join(words)) <= 40 else max(1, _split(words, 38))
    start = float(rng.uniform(*bank.starts[1]))
    said = "words" not in changes.without
    if said:
        write(
            page, " ".join(words[:split]), start, above(second), rng, writer, 2.1, bank.rule_end - 2 - start
        )
    if said and words[split:]:
        start = float(rng.uniform(*bank.starts[2]))
        end = min(bank.rule_end - 4, bank.ends[1])
        write(page, " ".join(words[split:]), start, above(third), rng, writer, 2.1, end - start)
    x, y, width, height = bank.amount
    figures = people.in_figures(value) + people.pick(rng, ("/-", "/-", "/-", ""))
    start = x + float(rng.uniform(7, 11))
    base = y + height * float(rng.uniform(0.64, 0.76))
    if "figures" not in changes.without:
        write(page, figures, start, base, rng, writer, 2.3, x + width - 2 - start)
    place = float(rng.uniform(150, 160)), float(rng.uniform(62.5, 66)), float(rng.uniform(26, 38))
    if "signature" not in changes.without:
        sign(page, *place, rng, writer)


def _split(words: list[str], longest: int) -> int:
    """How many words go on the first line."""
    length = 0
    for i, word in enumerate(words):
        length += len(word) + 1
        if length > longest:
            return i
    return len(words)
