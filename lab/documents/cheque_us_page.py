"""A US cheque, personal or business, of banks that do not exist, written by one hand and scanned or photographed.

The foot follows ANSI X9.100-160 (MICR line of transit, on-us and serial; business cheques with an auxiliary on-us
field before it); all else is each printer's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from num2words import num2words
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.changes import UNCHANGED, Changes
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.photo import photograph
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI, PX, Colour, Sheet
from inkfield.lab.documents.writer import Writer, random_writer, sign, write
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr

_FIRST = ("James", "Mary", "Robert", "Linda", "Michael", "Susan", "David", "Karen", "Thomas", "Nancy", "Daniel",
          "Laura", "Paul", "Amy", "Mark", "Helen", "Kevin", "Ruth", "Brian", "Diane")  # fmt: skip
_LAST = ("Miller", "Davis", "Wilson", "Moore", "Taylor", "Clark", "Lewis", "Walker", "Young", "King", "Wright",
         "Hill", "Green", "Baker", "Adams", "Nelson", "Carter", "Parker", "Evans", "Collins")  # fmt: skip
_FIRMS = ("Oakdale Dental Care", "City Water Works", "Lakeview School", "Green Valley Farm", "Harbor Books",
          "Summit Auto Repair", "First Street Church", "Maple Insurance", "Riverside Clinic")  # fmt: skip
_MEMOS = (
    "rent",
    "March rent",
    "books",
    "dues",
    "Gift",
    "lessons",
    "Invoice 2041",
    "car repair",
    "donation",
    "water",
)
_MICR_ABOVE_FOOT_MM = 7.9


@dataclass(frozen=True)
class Printer:
    """A printer's design. Lengths in mm; ``payee``, ``words``, ``date`` and ``low`` are heights of their rules."""

    width: float
    height: float
    colour: Colour
    tint: Colour
    pattern: str | None
    face: str
    date: tuple[float, float, float]
    payee: float
    words: float
    low: float
    label: str
    dollars_over_rule: bool
    box: bool
    memo: str
    business: bool


PRINTERS = (
    Printer(152.4, 69.9, (30, 60, 110), (228, 238, 248), "waves", "tinos", (17.5, 97, 138), 28.5, 36.6, 56.0,
            "beside", False, True, "MEMO", False),
    Printer(152.4, 69.9, (70, 70, 70), (255, 255, 255), None, "roboto", (15.8, 102, 143), 27.4, 35.8, 55.2,
            "beside", True, False, "FOR", False),
    Printer(152.4, 69.9, (20, 100, 60), (236, 246, 232), "dots", "roboto", (18.4, 92, 130), 29.4, 37.8, 57.0,
            "above", False, True, "Memo", False),
    Printer(209.6, 88.9, (110, 30, 50), (248, 240, 232), "lines", "tinos", (23.0, 150, 192), 40.0, 49.5, 74.0,
            "beside", False, True, "MEMO", True),
    Printer(215.9, 88.9, (40, 50, 120), (236, 238, 250), "rosettes", "roboto", (22.0, 158, 200), 38.5, 47.5, 73.0,
            "beside", True, True, "FOR", True),
)  # fmt: skip


def render_us_cheque(
    rng: np.random.Generator,
    hands: Sequence[Path] = (),
    today: date = date(2026, 6, 30),
    photo: bool | None = None,
    printer: Printer | None = None,
    changes: Changes = UNCHANGED,
) -> tuple[np.ndarray, dict[str, Any]]:
    """A cheque (uint8 BGR, some 300 dpi) and its true values by the names of form ``cheque_us``.

    ``photo`` tells whether it was photographed (on a desk, in perspective) or scanned; None draws one.
    Dates are ISO 8601, amounts decimals as text. The same ``rng`` state gives the same cheque. ``printer`` is one of
    ours unless another is given; ``changes`` tell what is otherwise than on a good cheque.
    """
    printer = printer or PRINTERS[int(rng.integers(len(PRINTERS)))]
    value = _dollars(rng)
    written = people.day(rng, today - timedelta(days=900), today)
    number = str(int(rng.integers(101, 9999)))
    account = people.digits(rng, int(rng.integers(8, 12)))
    transit = f"A{_routing(rng)}A"
    micr = (
        f"C{number:0>6}C {transit} {account}C" if printer.business else f"{transit} {account}C {number:0>4}"
    )
    amount = f"{value // 100}.{value % 100:02}"
    memo = people.pick(rng, _MEMOS) if rng.random() < 0.8 else ""
    truth: dict[str, Any] = {
        "payee": people.pick(rng, _FIRMS) if rng.random() < 0.35 else person(rng),
        "courtesy_amount": amount,
        "legal_amount": amount,
        "amount": amount,
        "date": written.isoformat(),
        "memo": memo,
        "check_number": number,
        "micr": micr,
        "signature": True,
    }
    page = _print(printer, number, changes.micr(micr), rng)
    writer = random_writer(rng, hands)
    _fill(page, printer, truth["payee"], value, written, memo, rng, writer, changes)
    changes.then(page, rng, writer)
    if photo if photo is not None else rng.random() < 0.4:
        return photograph(page, rng), truth
    return scan(page, rng), truth


def person(rng: np.random.Generator) -> str:
    """A name of the US."""
    return f"{people.pick(rng, _FIRST)} {people.pick(rng, _LAST)}"


def spoken_dollars(rng: np.random.Generator) -> tuple[str, str, str]:
    """One amount as a writer puts it on a US cheque: in figures, in words, and its value as a decimal text."""
    value = _dollars(rng)
    return _figures(value, rng), _words(value, rng), f"{value // 100}.{value % 100:02}"


def _dollars(rng: np.random.Generator) -> int:
    """An amount in cents: whole dollars half of the time."""
    whole = int(10 ** rng.uniform(1.0, 4.2))
    return whole * 100 + (0 if rng.random() < 0.5 else int(rng.integers(100)))


def _routing(rng: np.random.Generator) -> str:
    """Nine digits whose check digit is right (weights 3, 7, 1)."""
    eight = f"{int(rng.integers(1, 13)):02}{int(rng.integers(1_000_000)):06}"
    total = sum(w * int(d) for w, d in zip((3, 7, 1, 3, 7, 1, 3, 7), eight, strict=True))
    return eight + str(-total % 10)


def _print(printer: Printer, number: str, micr: str, rng: np.random.Generator) -> np.ndarray:
    """The cheque as it is handed out, float32 BGR."""
    sheet = Sheet(printer.width, printer.height)
    width, face, ink = printer.width, printer.face, printer.colour
    if printer.pattern:
        rows = round((printer.height - 11) * PX)
        picture = np.asarray(sheet.image).copy()
        picture[:rows] = background(printer.pattern, printer.tint, rows, picture.shape[1])
        sheet.image.paste(Image.fromarray(picture))
    sheet.text(8, 8, person(rng), 3.0, face=face)
    sheet.text(8, 11.5, f"{int(rng.integers(10, 999))} Oak Street", 2.4, face=face)
    sheet.text(8, 14.6, "Springfield, IL 62704", 2.4, face=face)
    sheet.text(width - 20, 9, number, 3.8, face="courier-prime" if printer.business else face)
    row, left, right = printer.date
    sheet.text(left - 1, row, "DATE", 2.0, ink, face, anchor="rs")
    sheet.line(left, row, right, row, 0.18, ink)
    box = width - 36
    _print_payee(sheet, printer, box)
    end = width - 8 if printer.dollars_over_rule else width - 30
    sheet.line(8, printer.words, end, printer.words, 0.18, ink)
    sheet.text(
        width - 27, printer.words - (0.6 if printer.dollars_over_rule else 0), "DOLLARS", 2.5, ink, face
    )
    sheet.text(8, printer.words + 6.5, "COMMUNITY BANK OF SPRINGFIELD", 2.8, ink, face)
    sheet.text(7, printer.low, printer.memo, 2.2, ink, face)
    sheet.line(17, printer.low, 0.42 * width, printer.low, 0.18, ink)
    sheet.line(0.52 * width, printer.low, width - 8, printer.low, 0.18, ink)
    page = sheet.pixels()
    mask = draw_micr(micr, DPI)
    top = round((printer.height - _MICR_ABOVE_FOOT_MM - 1.5) * PX)
    start = round(float(rng.uniform(6, 12)) * PX)
    share = (mask.astype(np.float32) / 255 * float(rng.uniform(0.9, 0.98)))[..., None]
    place = page[top : top + mask.shape[0], start : start + mask.shape[1]]
    place *= 1 - share
    place += share * 28.0
    return page


def _print_payee(sheet: Sheet, printer: Printer, box: float) -> None:
    """The payee's label and rule, the dollar sign and the box of the figures, if there is one."""
    ink, face, row = printer.colour, printer.face, printer.payee
    if printer.label == "beside":
        sheet.text(7, row - 2.6, "PAY TO THE", 2.1, ink, face)
        start = 8.0 + sheet.text(7, row, "ORDER OF", 2.1, ink, face)
    else:
        sheet.text(7, row - 5.2, "Pay to the order of", 2.0, ink, face)
        start = 8.0
    sheet.line(start, row, box - 4, row, 0.18, ink)
    sheet.text(box - 1, row - 0.4, "$", 4.6, ink, face, anchor="rs")
    if printer.box:
        sheet.box(box, row - 7.0, 29, 8.0, 0.2, ink)


def _fill(
    page: np.ndarray, printer: Printer, payee: str, value: int, day: date, memo: str,
    rng: np.random.Generator, writer: Writer, changes: Changes = UNCHANGED,
) -> None:  # fmt: skip
    """The hand: date, payee, figures, words, memo, signature."""
    width = printer.width

    def above(rule: float) -> float:
        return rule - float(rng.uniform(0.5, 1.4))

    row, left, right = printer.date
    dated, start = _date(day, rng), left + float(rng.uniform(1, 5))
    if "date" not in changes.without:
        write(page, dated, start, above(row), rng, writer, 1.9, right - left + 2)
    write(page, payee, float(rng.uniform(26, 38)), above(printer.payee), rng, writer, 2.1, width - 84)
    start = width - 36 + float(rng.uniform(1.5, 4))
    figures, base = _figures(value, rng), printer.payee - float(rng.uniform(1.2, 2.4))
    if "figures" not in changes.without:
        write(page, figures, start, base, rng, writer, 2.0, width - 9 - start)
    start = float(rng.uniform(9, 16))
    words = _words(100 * changes.words(value // 100) + value % 100, rng)
    if "words" not in changes.without:
        write(page, words, start, above(printer.words), rng, writer, 2.0, width - 33 - start)
    if memo:
        write(page, memo, float(rng.uniform(19, 26)), above(printer.low), rng, writer, 1.9, 0.42 * width - 27)
    place = printer.low - float(rng.uniform(0.5, 1.5)), float(rng.uniform(24, 36))
    if "signature" not in changes.without:
        sign(page, 0.55 * width, *place, rng, writer)


def _date(day: date, rng: np.random.Generator) -> str:
    month = day.strftime("%B")
    forms = (
        day.strftime("%m/%d/%Y"), f"{day.month}/{day.day}/{day.year}", f"{day.month}/{day.day}/{day.year % 100:02}",
        f"{day.month}-{day.day}-{day.year}", f"{month[:3]} {day.day}, {day.year}", f"{month} {day.day}, {day.year}",
    )  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def _figures(value: int, rng: np.random.Generator) -> str:
    whole, cents = divmod(value, 100)
    figures = f"{whole:,}" if rng.random() < 0.6 else str(whole)
    return figures + people.pick(rng, (f".{cents:02}", f".{cents:02}", f".{cents:02}", f" {cents:02}/100"))


def _words(value: int, rng: np.random.Generator) -> str:
    whole, cents = divmod(value, 100)
    text = num2words(whole).replace(",", "").replace(" and ", " ").replace("-", people.pick(rng, "- "))
    text = " ".join(word.capitalize() for word in text.split())
    if cents == 0 and rng.random() < 0.4:
        return text
    figures = people.pick(rng, ("00", "no", "xx")) if cents == 0 else f"{cents:02}"
    return f"{text} {people.pick(rng, ('and', 'and', '&'))} {figures}/100"
