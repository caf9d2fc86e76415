"""Scans that no bank may pay without a person: cheques that lack something or are defaced, and other pictures.

Each kind is rendered on banks and printers drawn at random; the same seed gives the same picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.changes import UNCHANGED, Changes
from inkfield.lab.documents.cheque_page import Bank, render_cheque
from inkfield.lab.documents.cheque_us_page import Printer, render_us_cheque
from inkfield.lab.documents.random_bank import random_bank, random_printer
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import Writer, random_writer, write

_CROSSED = ("CANCELLED", "VOID", "SAMPLE COPY", "SPECIMEN", "Cancelled", "Not valid")
_FIRMS = ("LARKMOOR TRADING COMPANY", "Quillstone Infotech", "ORIONFIELD TEXTILES PVT LTD", "Sorrel & Sons")
_LABELS = ("North", "South", "Centre", "East", "Others (%)", "Coastal", "Plan", "Actual")
_WORDS = ("these", "make", "some", "each", "write", "out", "call", "they", "number", "this", "said", "find", "people",
          "water", "first", "with", "long", "page", "year", "invoice", "amount", "pay", "order", "date", "total",
          "dollars", "report", "policy", "premium", "holder", "member", "group")  # fmt: skip

Kind = Callable[[np.random.Generator], np.ndarray]


def good(rng: np.random.Generator, american: bool) -> tuple[np.ndarray, dict[str, object]]:
    """A good cheque of a bank drawn at random, and its true values."""
    return _cheque(rng, american, lambda design: UNCHANGED)


def _cheque(
    rng: np.random.Generator, american: bool, changes: Callable[[Bank | Printer], Changes]
) -> tuple[np.ndarray, dict[str, object]]:
    if american:
        printer = random_printer(rng)
        return render_us_cheque(rng, printer=printer, changes=changes(printer))
    bank = random_bank(rng)
    return render_cheque(rng, bank=bank, changes=changes(bank))


def _changed(changes: Callable[[Bank | Printer], Changes]) -> Kind:
    """A cheque of either country with these changes."""

    def render(rng: np.random.Generator) -> np.ndarray:
        return _cheque(rng, bool(rng.random() < 0.4), changes)[0]

    return render


def _amount_places(design: Bank | Printer) -> tuple[tuple[float, float, float, float], ...]:
    """Where figures and words stand, in mm: x, y, width, height."""
    if isinstance(design, Bank):
        x, y, width, height = design.amount
        words = (
            22.0,
            design.rules[0] + 1.2,
            design.rule_end - 22.0,
            2 * (design.rules[1] - design.rules[0]) - 1.5,
        )
        return (x + 6.5, y - 0.3, width - 6.5, height - 1.0), words
    figures = (design.width - 35.5, design.payee - 6.5, 28.0, 6.8)
    return figures, (8.5, design.words - 6.8, design.width - 41.0, 6.5)


def _painted(page: np.ndarray, rng: np.random.Generator, place: tuple[float, float, float, float]) -> None:
    """Covers a place roughly with the paper's colour, as correction fluid or a viewer's drawing tool does."""
    x, y, width, height = (round((v + rng.uniform(-0.8, 0.8)) * PX) for v in place)
    part = page[max(0, y) : y + height, max(0, x) : x + width]
    part[:] = np.percentile(part.reshape(-1, 3), 80, axis=0) if rng.random() < 0.5 else 255.0


def _cover(*which: int) -> Callable[[Bank | Printer], Changes]:
    def changes(design: Bank | Printer) -> Changes:
        def then(page: np.ndarray, rng: np.random.Generator, writer: Writer) -> None:
            for i in which:
                _painted(page, rng, _amount_places(design)[i])

        return Changes(then=then)

    return changes


def _scrawl(page: np.ndarray, rng: np.random.Generator, text: str, lines: bool) -> None:
    """Large words across the cheque, rising a little, and two long strokes, with a pen of one's own."""
    writer = random_writer(rng)
    high, wide = page.shape[:2]
    layer = np.full((high, wide, 3), 255.0, np.float32)
    start = float(rng.uniform(0.18, 0.42)) * wide / PX
    write(
        layer,
        text,
        start,
        float(rng.uniform(0.5, 0.64)) * high / PX,
        rng,
        writer,
        float(rng.uniform(4.5, 7.5)),
        110,
    )
    if lines:
        for shift in (0, float(rng.uniform(9, 16))):
            ends = [(0.12 * wide, 0.78 * high + shift * PX), (0.9 * wide, 0.1 * high + shift * PX)]
            a, b = (tuple(round(v) for v in end) for end in ends)
            cv2.line(layer, a, b, writer.colour, round(float(rng.uniform(0.4, 0.8)) * PX), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.uniform(0, 16)), 1)
    turned = cv2.warpAffine(layer, turn, (wide, high), borderValue=(255, 255, 255))
    np.minimum(page, turned.astype(np.float32), out=page)


def _cancelled(filled: bool, lines: bool) -> Callable[[Bank | Printer], Changes]:
    def changes(design: Bank | Printer) -> Changes:
        def then(page: np.ndarray, rng: np.random.Generator, writer: Writer) -> None:
            _scrawl(page, rng, people.pick(rng, _CROSSED), lines)

        return Changes(without=frozenset() if filled else frozenset({"figures", "words"}), then=then)

    return changes


def _print_on(page: np.ndarray, sheet: Sheet) -> None:
    np.minimum(page, sheet.pixels()[: page.shape[0], : page.shape[1]], out=page)


def _unsigned(printed: bool) -> Callable[[Bank | Printer], Changes]:
    def changes(design: Bank | Printer) -> Changes:
        def then(page: np.ndarray, rng: np.random.Generator, writer: Writer) -> None:
            if not printed or isinstance(design, Printer):
                return
            sheet = Sheet(page.shape[1] / PX + 1, page.shape[0] / PX + 1)
            left, top = float(rng.uniform(146, 154)), float(rng.uniform(53, 58))
            firm = people.pick(rng, _FIRMS)
            sheet.text(
                left,
                top,
                f"for {firm}",
                float(rng.uniform(2.2, 2.9)),
                face=people.pick(rng, ("roboto", "tinos")),
            )
            below = top + float(rng.uniform(9.0, 16.5))
            sheet.text(left + 2, below, people.pick(rng, ("AUTHORISED SIGNATORIES", "Authorised Signatory")),
                       float(rng.uniform(2.2, 3.1)), face=people.pick(rng, ("roboto", "tinos")))  # fmt: skip
            _print_on(page, sheet)

        return Changes(without=frozenset({"signature"}), then=then)

    return changes


def _disagree(design: Bank | Printer) -> Changes:
    return Changes(
        words=lambda value: value + 10 ** (len(str(value)) - 1) if str(value)[0] != "9" else value // 3 + 1
    )


def _altered(design: Bank | Printer) -> Changes:
    """Figures raised with another pen: a digit before them; the words stay."""

    def then(page: np.ndarray, rng: np.random.Generator, writer: Writer) -> None:
        x, y, _, height = _amount_places(design)[0]
        write(
            page, people.pick(rng, "123456789"), x + 0.2, y + 0.75 * height, rng, random_writer(rng), 2.3, 4
        )

    return Changes(then=then)


def _short_micr(design: Bank | Printer) -> Changes:
    """A MICR line of which a part is missing: its end, its beginning, or some of its digits."""
    american = isinstance(design, Printer)

    def cut(line: str) -> str:
        parts = line.split(" ")
        sort = next(i for i, part in enumerate(parts) if part.endswith("A"))
        choice = sum(map(ord, line)) % 3
        if choice == 0 and not american:
            return " ".join(parts[:-1])
        if choice == 1:
            return " ".join([part if i != sort else " " * len(part) for i, part in enumerate(parts)])
        digits = re.sub(r"\d", "", parts[sort], count=2)
        return " ".join([part if i != sort else digits for i, part in enumerate(parts)])

    return Changes(micr=cut)


def _no_micr(design: Bank | Printer) -> Changes:
    return Changes(micr=lambda line: " " * len(line))


def _blank(design: Bank | Printer) -> Changes:
    return Changes(without=frozenset({"figures", "words", "date", "signature"}))


def _without(*names: str) -> Callable[[Bank | Printer], Changes]:
    return lambda design: Changes(without=frozenset(names))


def chart(rng: np.random.Generator) -> np.ndarray:
    """A line chart as slides have them."""
    wide, high = float(rng.uniform(150, 215)), float(rng.uniform(68, 92))
    sheet = Sheet(wide, high)
    step = float(rng.uniform(8, 14))
    rows = np.arange(5, high - 14, step)
    for i, row in enumerate(rows):
        sheet.text(1, row + 1, f"${100 * (len(rows) - 1 - i)}", 2.6)
        sheet.line(10, row, wide - 35, row, 0.2, (200, 200, 200))
    for k in range(int(rng.integers(2, 5))):
        colour = tuple(int(v) for v in rng.integers(20, 200, 3))
        points = np.stack([np.linspace(12, wide - 37, 14), rng.uniform(5, high - 16, 14)], 1)
        for (x0, y0), (x1, y1) in pairwise(points):
            sheet.line(x0, y0, x1, y1, 0.5, (colour[0], colour[1], colour[2]))
        sheet.text(wide - 30, 14 + 7 * k, people.pick(rng, _LABELS), 2.6)
    return sheet.pixels().astype(np.uint8)


def table(rng: np.random.Generator, wide: float = 0.0) -> np.ndarray:
    """A table of amounts in the proportions of a cheque."""
    wide = wide or float(rng.uniform(150, 215))
    high = wide / float(rng.uniform(1.9, 2.7))
    sheet = Sheet(wide, high)
    sheet.box(2, 2, wide - 4, high - 4, 0.4)
    step, columns = float(rng.uniform(6, 10)), int(rng.integers(4, 9))
    for row in np.arange(2 + step, high - 2, step):
        sheet.line(2, row, wide - 2, row, 0.25)
        for k in range(columns):
            text = people.pick(rng, _WORDS) if k == 0 else f"${rng.integers(1, 99999) / 100:,.2f}"
            sheet.text(4 + k * (wide - 8) / columns, row - 2, text, 2.7)
    if rng.random() < 0.5:
        for k in range(1, columns):
            sheet.line(2 + k * (wide - 4) / columns, 2, 2 + k * (wide - 4) / columns, high - 2, 0.25)
    return sheet.pixels().astype(np.uint8)


def _prose(sheet: Sheet, rng: np.random.Generator, top: float, bottom: float) -> None:
    for row in np.arange(top, bottom, 4.6):
        sheet.text(20, row, " ".join(rng.choice(_WORDS, 14)), 2.9)


def report(rng: np.random.Generator) -> np.ndarray:
    """A page of a report with a framed table or chart between the paragraphs."""
    sheet = Sheet(210, 297)
    sheet.text(20, 24, "Quarterly figures", 5)
    figure = table(rng, 150) if rng.random() < 0.5 else chart(rng)
    height = figure.shape[0] / PX
    _prose(sheet, rng, 34, 100)
    _prose(sheet, rng, 112 + height, 280)
    sheet.image.paste(Image.fromarray(figure[..., ::-1]), (round(25 * PX), round(104 * PX)))
    return scan(sheet.pixels(), rng)


def card(rng: np.random.Generator) -> np.ndarray:
    """An insurance card or voucher: rules to write on, a dollar sign, numbers in the corner."""
    sheet = Sheet(170, 76, (244, 246, 250))
    sheet.text(8, 9, "MEADOWLARK HEALTH PLAN", 4, (20, 60, 120))
    sheet.text(140, 9, people.digits(rng, 6), 3.6)
    for i, label in enumerate(("Member", "Group no.", "Plan", "Effective")):
        row = 22 + 10 * i
        sheet.text(8, row, label, 2.6)
        sheet.line(30, row, 120, row, 0.2)
        sheet.text(34, row - 1, people.person(rng) if i == 0 else people.digits(rng, 9), 3)
    sheet.text(126, 32, "$", 4.6)
    sheet.box(132, 25, 30, 8)
    sheet.text(8, 70, f"RX BIN {people.digits(rng, 6)}  PCN {people.digits(rng, 10)}", 3)
    return scan(sheet.pixels(), rng)


HOSTILE: dict[str, Kind] = {
    "no_amount": _changed(_without("figures", "words")),
    "no_figures": _changed(_without("figures")),
    "no_words": _changed(_without("words")),
    "blank": _changed(_blank),
    "figures_covered": _changed(_cover(0)),
    "words_covered": _changed(_cover(1)),
    "both_covered": _changed(_cover(0, 1)),
    "scrawled_no_amount": _changed(_cancelled(filled=False, lines=False)),
    "cancelled": _changed(_cancelled(filled=True, lines=False)),
    "struck_out": _changed(_cancelled(filled=True, lines=True)),
    "unsigned": _changed(_unsigned(printed=False)),
    "unsigned_printed": _changed(_unsigned(printed=True)),
    "undated": _changed(_without("date")),
    "disagree": _changed(_disagree),
    "altered": _changed(_altered),
    "micr_incomplete": _changed(_short_micr),
    "micr_missing": _changed(_no_micr),
    "chart": chart,
    "table": table,
    "report": report,
    "card": card,
}
