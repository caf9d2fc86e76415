"""Papers that are no cheques and have something of one: slips with boxes and amounts, cards, tickets, drawings.

Each kind is drawn at random; the same seed gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.cheque_us_page import person
from inkfield.lab.documents.design import evenly
from inkfield.lab.documents.hostile import card, chart, report, table
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import random_writer, sign, write, write_in_cells
from inkfield.pipeline.cheques.micr.cmc7_shapes import draw_cmc7
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr

Kind = Callable[[np.random.Generator], np.ndarray]
_SHOPS = (
    "LARKMOOR STORES",
    "Quillstone Books",
    "ORIONFIELD CINEMA",
    "Sorrel & Sons",
    "BRIDGE THEATRE",
    "Nordlys Rail",
)
_SLIP = ("Name", "Account", "Branch", "Amount in words", "Rupees", "Pay-in by")
_TINTS = ((250, 246, 230), (232, 242, 250), (240, 250, 236), (250, 236, 240), (255, 255, 255))


def _paper(rng: np.random.Generator, wide: float, high: float) -> Sheet:
    tint = _TINTS[int(rng.integers(len(_TINTS)))]
    sheet = Sheet(wide, high, tint)
    if rng.random() < 0.4:
        pattern = people.pick(rng, ("triangles", "waves", "dots", "rosettes", "lines"))
        picture = np.asarray(sheet.image).copy()
        picture[:] = background(pattern, tint, *picture.shape[:2])
        sheet.image.paste(Image.fromarray(picture))
    return sheet


def _size(rng: np.random.Generator) -> tuple[float, float]:
    """A size in the proportions of a cheque."""
    wide = float(rng.uniform(150, 210))
    return wide, wide / float(rng.uniform(1.9, 2.6))


def _amount(rng: np.random.Generator) -> str:
    return f"{int(10 ** rng.uniform(1, 4.5)):,}.{int(rng.integers(100)):02}"


def deposit_slip(rng: np.random.Generator) -> np.ndarray:
    """A bank's deposit slip, with boxes for account and date, a list of amounts, a total, and a line in MICR print now
    and then."""
    wide, high = _size(rng)
    sheet = _paper(rng, wide, high)
    sheet.text(
        8, 9, people.pick(rng, ("DEPOSIT SLIP", "Paying-in slip", "CASH DEPOSIT", "Bordereau de remise")), 4
    )
    cells = evenly(wide - 56, 6, 5, 6, (8,), 0)
    for cell in cells:
        sheet.box(*cell, 0.2)
    rows = np.arange(22, high - 22, 8.5)
    for i, row in enumerate(rows):
        sheet.text(
            8,
            row,
            people.pick(rng, _SLIP),
            2.4,
        )
        sheet.line(30, row, 0.62 * wide, row, 0.2)
        sheet.box(0.68 * wide, row - 6.5, 0.27 * wide, 7, 0.2)
        if i == len(rows) - 1:
            sheet.text(0.64 * wide, row - 1, "$", 4)
    page = sheet.pixels()
    writer = random_writer(rng)
    write_in_cells(page, people.digits(rng, 8), cells, rng, writer)
    for row in rows:
        write(page, person(rng), 34, float(row) - 1, rng, writer, 2.1, 60)
        write(page, _amount(rng), 0.7 * wide, float(row) - 1.5, rng, writer, 2.1, 34)
    if rng.random() < 0.3:
        mask = draw_micr(f"A{people.digits(rng, 9)}A {people.digits(rng, 8)}C", 300)
        y = round((high - 9) * PX)
        part = page[y : y + mask.shape[0], round(10 * PX) : round(10 * PX) + mask.shape[1]]
        np.minimum(part, 255.0 - mask[..., None], out=part)
    return scan(page, rng)


def ticket(rng: np.random.Generator) -> np.ndarray:
    """A ticket with a stub, a price, a date and a barcode."""
    wide, high = _size(rng)
    sheet = _paper(rng, wide, high)
    sheet.text(10, 14, people.pick(rng, _SHOPS), 6)
    for i, label in enumerate(("ROW", "SEAT", "DATE", "PRICE")):
        x = 10 + 0.16 * wide * i
        sheet.text(x, 32, label, 2.4)
        sheet.box(x, 34, 0.14 * wide, 8, 0.2)
        sheet.text(x + 2, 40, f"${_amount(rng)}" if label == "PRICE" else people.digits(rng, 4), 3.4)
    sheet.text(10, 54, f"Admit one. Pay at the door. No {people.digits(rng, 8)}", 2.6)
    for y in np.arange(2, high - 2, 2.2):
        sheet.line(0.74 * wide, y, 0.74 * wide, y + 1.2, 0.3)
    for i in range(44):
        x = 0.78 * wide + 0.8 * i
        if x < wide - 5:
            sheet.line(x, 12, x, high - 12, float(rng.choice([0.2, 0.4, 0.6])), (15, 15, 15))
    sheet.text(10, high - 6, " ".join(people.digits(rng, 5) for _ in range(4)), 3.6, face="courier-prime")
    return scan(sheet.pixels(), rng)


def voucher(rng: np.random.Generator) -> np.ndarray:
    """A gift voucher made out by hand: To, the value in a box, words, a signature. The nearest to a cheque."""
    wide, high = _size(rng)
    sheet = _paper(rng, wide, high)
    sheet.text(10, 12, people.pick(rng, ("GIFT VOUCHER", "Gift Certificate", "Bon cadeau")), 6)
    rows = (0.42 * high, 0.57 * high, 0.72 * high)
    for row, label in zip(rows, ("To", "The sum of", "From"), strict=True):
        sheet.text(10, row, label, 2.8)
        sheet.line(32, row, 0.66 * wide, row, 0.2)
    sheet.text(0.69 * wide, rows[0], people.pick(rng, "$£€"), 5)
    sheet.box(0.73 * wide, rows[0] - 6.5, 0.22 * wide, 8.5, 0.25)
    sheet.line(0.62 * wide, high - 9, wide - 10, high - 9, 0.2)
    sheet.text(0.7 * wide, high - 5, "Authorised signature", 2.2)
    sheet.text(10, high - 5, f"No. {people.digits(rng, 9)}", 3.2, face="courier-prime")
    page = sheet.pixels()
    writer = random_writer(rng)
    write(page, person(rng), 36, rows[0] - 1, rng, writer, 2.2, 60)
    write(page, people.in_words(int(rng.integers(20, 900))), 36, rows[1] - 1, rng, writer, 2.1, 70)
    write(page, person(rng), 36, rows[2] - 1, rng, writer, 2.2, 60)
    write(page, _amount(rng), 0.75 * wide, rows[0] - 1, rng, writer, 2.2, 34)
    sign(page, 0.65 * wide, high - 10, 34, rng, writer)
    return scan(page, rng)


def id_card(rng: np.random.Generator) -> np.ndarray:
    """An identity card: photo, fields, and lines in OCR-B at its foot."""
    wide, high = 170.0, 170.0 / float(rng.uniform(1.6, 2.2))
    sheet = _paper(rng, wide, high)
    sheet.text(8, 10, people.pick(rng, ("IDENTITY CARD", "DRIVING LICENCE", "Staff pass", "PERMIS")), 5)
    sheet.box(8, 16, 34, 44, 0.3, fill=(150, 140, 130))
    for i, label in enumerate(("Surname", "Given names", "Date of birth", "Number")):
        row = 22 + 10 * i
        sheet.text(50, row, label, 2.2)
        sheet.text(50, row + 4.4, person(rng) if i < 2 else people.digits(rng, 8), 3.6)
    line = f"ID<{people.digits(rng, 9)}<{people.digits(rng, 6)}F{people.digits(rng, 7)}<<<<<<"
    sheet.text(8, high - 9, line, 4.6, face="courier-prime")
    sheet.text(8, high - 3, f"{'LAMBERT<<CLARA'}{'<' * 24}", 4.6, face="courier-prime")
    return scan(sheet.pixels(), rng)


def drawing(rng: np.random.Generator) -> np.ndarray:
    """A technical drawing or a sketch: frames, curves, dimensions, a title block."""
    wide, high = _size(rng)
    sheet = Sheet(wide, high)
    sheet.box(3, 3, wide - 6, high - 6, 0.4)
    for _ in range(int(rng.integers(4, 12))):
        x, y = float(rng.uniform(8, 0.6 * wide)), float(rng.uniform(8, high - 24))
        w, h = float(rng.uniform(8, 60)), float(rng.uniform(5, 18))
        sheet.box(x, y, w, h, 0.25)
        sheet.line(x, y + h + 3, x + w, y + h + 3, 0.15)
        sheet.text(x + w / 2, y + h + 2.4, people.digits(rng, 3), 2.4)
    sheet.box(0.66 * wide, high - 24, 0.32 * wide, 20, 0.3)
    for k, text in enumerate(("SCALE 1:20", f"DRAWN {person(rng)}", f"No. {people.digits(rng, 6)}")):
        sheet.line(0.66 * wide, high - 24 + 6.6 * k, 0.98 * wide, high - 24 + 6.6 * k, 0.2)
        sheet.text(0.68 * wide, high - 19.5 + 6.6 * k, text, 2.6)
    page = sheet.pixels()
    for _ in range(3):
        centre = int(rng.uniform(0.1, 0.6) * wide * PX), int(rng.uniform(0.2, 0.7) * high * PX)
        cv2.circle(page, centre, int(rng.uniform(4, 12) * PX), (40.0, 40.0, 40.0), 3)
    return scan(page, rng)


def giro_slip(rng: np.random.Generator) -> np.ndarray:
    """A payment slip of the post: boxes, an amount, and a line of figures for machines at its foot, in OCR print or, as
    on some, in CMC-7."""
    wide, high = _size(rng)
    sheet = _paper(rng, wide, high)
    sheet.text(
        8, 9, people.pick(rng, ("Zahlschein", "TIP  Titre interbancaire", "Bank Giro Credit", "Receipt")), 4
    )
    for row in np.arange(20, high - 24, 9):
        sheet.text(8, row, people.pick(rng, ("Name", "IBAN", "Reference", "For the credit of")), 2.2)
        for cell in evenly(30, float(row) - 5, 4.6, 5.4, (int(rng.integers(8, 20)),), 0):
            sheet.box(*cell, 0.15)
    sheet.text(0.74 * wide, 26, "€", 4)
    sheet.box(0.77 * wide, 20, 0.2 * wide, 8, 0.2)
    page = sheet.pixels()
    writer = random_writer(rng)
    write(page, _amount(rng), 0.78 * wide, 26, rng, writer, 2.0, 30)
    y = round((high - 10) * PX)
    if rng.random() < 0.4:
        mask = draw_cmc7(people.digits(rng, 24), 300)[:, : round((wide - 14) * PX)]
        part = page[y : y + mask.shape[0], round(8 * PX) : round(8 * PX) + mask.shape[1]]
        np.minimum(part, 255.0 - mask[..., None], out=part)
    else:
        after = Sheet(wide, high)
        after.text(8, high - 6, f"{people.digits(rng, 14)}> {people.digits(rng, 11)}+ {people.digits(rng, 8)}<", 4,
                   face="courier-prime")  # fmt: skip
        np.minimum(page, after.pixels()[: page.shape[0], : page.shape[1]], out=page)
    return scan(page, rng)


NEGATIVES: dict[str, Kind] = {
    "deposit_slip": deposit_slip,
    "ticket": ticket,
    "voucher": voucher,
    "id_card": id_card,
    "drawing": drawing,
    "giro_slip": giro_slip,
    "chart": chart,
    "table": table,
    "report": report,
    "card": card,
}
