"""A cheque of a bank drawn at random (house.py): printed, written by one hand, scanned in that bank's branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.changes import UNCHANGED, Changes
from inkfield.lab.documents.cheque_page import HEIGHT_MM, WIDTH_MM, fill, print_micr, true_values
from inkfield.lab.documents.house import House
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.scan import scanned
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import Writer, random_writer

_RULE_INK = (60, 60, 60)
_STAMP = (90, 40, 150)


@dataclass(frozen=True)
class HouseCheque:
    """A scanned cheque: ``image`` and ``blank`` uint8 BGR of one size, the latter the same paper with nothing written
    on it; its true values and its resolution."""

    image: np.ndarray
    blank: np.ndarray
    truth: dict[str, Any]
    dpi: int


def render_house_cheque(
    house: House,
    rng: np.random.Generator,
    hands: Sequence[Path] = (),
    today: date = date(2026, 6, 30),
    changes: Changes = UNCHANGED,
    with_blank: bool = False,
) -> HouseCheque:
    """One cheque of the bank. The same ``rng`` state gives the same cheque; true values as `render_cheque` has them.

    Without ``with_blank`` the field ``blank`` is the image itself.
    """
    value = people.rupees(rng)
    written = people.day(rng, today - timedelta(days=900), today)
    account = people.digits(rng, int(rng.choice([11, 12, 14, 15])))
    number = f"{int(rng.integers(1, 1_000_000)):06}"
    part = f"{account[-6:]}C " if house.account_in_micr else ""
    micr = f"C{number}C {house.bank.code}A {part}{house.transaction}"
    truth = true_values(people.person(rng), f"{value}.00", written, account, micr)
    page = _print(house, account, people.person(rng).upper())
    gap = 1 if house.account_in_micr else house.micr_gap  # the account's places may be left free
    print_micr(page, changes.micr(micr).replace("A ", "A" + " " * gap), rng)
    empty = page.copy()
    writer = random_writer(rng, hands)
    fill(page, house.bank, truth["payee"], value, written, rng, writer, changes)
    if rng.random() < house.strikes_bearer:
        _strike(page, house.bearer, rng, writer)
    changes.then(page, rng, writer)
    state = rng.bit_generator.state
    scanner = (house.dpi, house.grey, house.quality)
    image = scanned(page, rng, *scanner)
    if not with_blank:
        return HouseCheque(image, image, truth, house.dpi)
    rng.bit_generator.state = state
    return HouseCheque(image, scanned(empty, rng, *scanner), truth, house.dpi)


def _print(house: House, account: str, holder: str) -> np.ndarray:
    """The cheque as the bank hands it out, but for its MICR line; float32 BGR."""
    bank = house.bank
    sheet = Sheet(WIDTH_MM, HEIGHT_MM)
    picture = np.asarray(sheet.image).copy()
    top, foot = round((16.5 if bank.has_white_head else 0.0) * PX), round(75.5 * PX)
    pattern = background(bank.pattern, bank.tint, foot - top, picture.shape[1]).astype(np.float32)
    tint = np.array(bank.tint, np.float32)
    picture[top:foot] = np.clip(tint + (pattern - tint) * house.depth, 0, 255).astype(np.uint8)
    sheet.image.paste(Image.fromarray(picture))
    _logo(sheet, house)
    for caption in house.captions:
        sheet.caption(caption)
    for left, right, row in house.rules:
        _rule(sheet, house, left, right, row)
    _date_boxes(sheet, house)
    _boxes(sheet, house, account)
    if house.hidden_box:
        x, y, _, height = bank.account
        sheet.box(x - 1, y + height + 5.2, 52, 14.0, 0.0, fill=(214, 214, 222))
    sheet.text(158, 71.0, holder[:24], 2.5)
    if house.barcode:
        for i in range(34):
            sheet.line(196.6, 30 + 1.1 * i, 200.2, 30 + 1.1 * i, (0.2, 0.35, 0.55)[i * 7 % 3], (20, 20, 20))
    return sheet.pixels()


def _logo(sheet: Sheet, house: House) -> None:
    colour = house.bank.colour
    match house.logo:
        case 0:
            sheet.polygon(
                [(9, 12.5), (13.5, 4.0), (18, 12.5), (15.5, 12.5), (13.5, 8.4), (11.2, 12.5)], colour
            )
        case 1:
            sheet.box(8.5, 3.5, 10, 10, 0.0, fill=colour)
            sheet.polygon([(10, 12), (13.5, 5), (17, 12)], (255, 255, 255))
        case 2:
            sheet.box(8, 4, 11, 8.5, 0.8, colour)
            sheet.polygon([(9.5, 11.5), (13, 5.5), (17.5, 11.5)], colour)
        case _:
            for k in range(4):
                sheet.line(8.5, 4.5 + 2.2 * k, 18, 4.5 + 2.2 * k, 1.1, colour)


def _rule(sheet: Sheet, house: House, left: float, right: float, row: float) -> None:
    match house.ruling:
        case "dotted":
            sheet.dotted(left, right, row)
        case "dashed":
            for x in np.arange(left, right - 0.5, 1.5):
                sheet.line(x, row, x + 1.05, row, house.rule_mm, _RULE_INK)
        case "micro":
            text = house.bank.name.replace(" ", "")
            size = 0.75
            while left < right - 4:
                left += sheet.text(left, row + 0.25, text, size) + 0.15
        case _:
            sheet.line(left, row, right, row, house.rule_mm, _RULE_INK)


def _date_boxes(sheet: Sheet, house: House) -> None:
    bank = house.bank
    x, y, width, height = bank.date
    fill_with = (255, 255, 255) if house.white_boxes else None
    if bank.comb:
        sheet.box(x, y, 8 * width, height, 0.17, (90, 90, 90), fill_with)
    for i, letter in enumerate("DDMMYYYY"):
        if bank.comb and i:
            sheet.line(x + i * width, y, x + i * width, y + height, 0.17, (90, 90, 90))
        elif not bank.comb:
            sheet.box(x + i * width, y, width, height, 0.17, (90, 90, 90), fill_with)
        sheet.text(x + (i + 0.5) * width, y + height + 2.5, letter, 2.2, face=bank.face, anchor="ms")


def _boxes(sheet: Sheet, house: House, account: str) -> None:
    bank = house.bank
    fill_with = (255, 255, 255) if house.white_boxes else None
    x, y, width, height = bank.amount
    sheet.box(x, y, width, height, 0.22, (60, 60, 60), fill_with)
    if house.sign == "in_cell":
        sheet.line(x + 6.0, y, x + 6.0, y + height, 0.22, (60, 60, 60))
    sheet.rupee(x - 4.5 if house.sign == "before_box" else x + 1.6, y + 0.28 * height, 4.0)
    x, y, width, height = bank.account
    sheet.box(x, y, width, height, 0.2, (60, 60, 60), fill_with)
    label = 17.0
    sheet.line(x + label, y, x + label, y + height, 0.2, (60, 60, 60))
    sheet.text(x + 1.5, y + 0.68 * height, bank.labels[3], 2.6, face=bank.face)
    place = x + label + 4, y + 0.72 * height
    if not house.stamped:
        sheet.text(*place, account, 3.2, face=bank.face)
        return
    for i, figure in enumerate(account):
        sheet.text(place[0] + 3.6 * i, place[1] + 0.4, figure, 4.4, _STAMP, "courier-prime", bold=True)


def _strike(
    page: np.ndarray, place: tuple[float, float, float], rng: np.random.Generator, writer: Writer
) -> None:
    """OR BEARER struck out with the pen: only the payee may cash the cheque."""
    left, right, row = place
    ends = (
        (left - float(rng.uniform(0, 2)), row + float(rng.uniform(-1, 1))),
        (right, row + float(rng.uniform(-1, 1))),
    )
    points = np.linspace(*ends, 12) + rng.normal(0, 0.12, (12, 2))
    line = np.round(points * PX * 8).astype(np.int32)[:, None]
    mask = np.zeros(page.shape[:2], np.uint8)
    cv2.polylines(mask, [line], False, (255,), round(float(rng.uniform(0.35, 0.55)) * PX), cv2.LINE_AA, 3)
    share = (mask.astype(np.float32) / 255 * writer.strength)[..., None]
    page *= 1 - share
    page += share * np.array(writer.colour, np.float32)
