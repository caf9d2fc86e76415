"""A cheque of any country, drawn from a design: print, one hand, a scanner. Designs are drawn at random, one a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import Caption
from inkfield.lab.documents.house_page import HouseCheque
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.scan import scanned
from inkfield.lab.documents.sheet import DPI, PX, Colour, Sheet, text_width
from inkfield.lab.documents.writer import Writer, random_writer, sign, write, write_in_cells
from inkfield.pipeline.cheques.micr.cmc7_shapes import draw_cmc7
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr
from inkfield.pipeline.cheques.micr.reading import MicrFont

Rule = tuple[float, float, float]
"""Left, right and row of a printed rule, in mm."""
Place = tuple[float, float, float]
"""Where a line of writing begins, where it ends at the latest, and its base, in mm."""
Box = tuple[float, float, float, float]
Ruling = Literal["solid", "dotted", "dashed"]
_PATTERNS = ("triangles", "waves", "dots", "rosettes", "lines")


@dataclass(frozen=True)
class Design:
    """What a bank prints, lengths in mm. ``cells`` are the boxes of a date, with ``letters`` under them."""

    width: float
    height: float
    colour: Colour
    tint: Colour
    pattern: str | None
    face: str
    ruling: Ruling
    rule_mm: float
    captions: tuple[Caption, ...]
    rules: tuple[Rule, ...]
    box: Box | None
    sign: Caption | None
    payee: Place
    words: tuple[Place, ...]
    figures: Place
    day: Place
    signature: Place
    font: MicrFont = "E-13B"
    micr_above_foot: float = 7.9
    cells: tuple[Box, ...] = ()
    letters: str = ""
    dpi: int = 300
    grey: bool = False
    quality: int = 85
    white_box: bool = True


@dataclass(frozen=True)
class Entry:
    """What is written on a cheque and what its line says. ``words`` go on as many lines as they need."""

    payee: str
    words: str
    figures: str
    day: str
    micr: str
    truth: dict[str, Any] = field(default_factory=dict)


class Drawing:
    """Random numbers in the ranges that printers keep to, and the captions that were set so far."""

    def __init__(self, rng: np.random.Generator, faces: Sequence[str] = ("roboto", "tinos")) -> None:
        self.rng = rng
        self.face = str(faces[int(rng.integers(len(faces)))])
        tinted = rng.random() < 0.4
        self.ink = self.colour(10, 150) if tinted else (int(rng.integers(10, 70)),) * 3
        self.captions: list[Caption] = []

    def near(self, value: float, reach: float) -> float:
        return value + float(self.rng.uniform(-reach, reach))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def colour(self, low: int, high: int) -> Colour:
        red, green, blue = (int(v) for v in self.rng.integers(low, high, 3))
        return red, green, blue

    def pick(self, values: tuple[str, ...]) -> str:
        return people.pick(self.rng, values)

    def put(
        self, x: float, y: float, text: str, size: float, to_left: bool = False, bold: bool = False
    ) -> float:
        """Sets a caption; returns its width."""
        if not text:
            return 0.0
        self.captions.append(Caption(x, y, ((self.face, text),), size, self.ink, to_left, bold))
        return text_width(text, size, self.face)

    def paper(self) -> dict[str, Any]:
        """What all designs have in common."""
        rng = self.rng
        return {
            "colour": self.ink,
            "tint": self.colour(214, 253),
            "pattern": self.pick(_PATTERNS) if self.chance(0.75) else None,
            "face": self.face,
            "ruling": ("solid", "dotted", "dashed")[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
            "rule_mm": float(rng.uniform(0.14, 0.3)),
            "dpi": int(rng.choice([200, 240, 300, 300])),
            "grey": self.chance(0.2),
            "quality": int(rng.integers(70, 96)),
            "white_box": self.chance(0.6),
        }


def render_design(
    design: Design,
    entry: Entry,
    rng: np.random.Generator,
    hands: Sequence[Path],
) -> HouseCheque:
    """One cheque of the design. The same ``rng`` state gives the same cheque; ``blank`` is the image itself."""
    page = _print(design)
    _print_line(page, design, entry.micr, rng)
    writer = random_writer(rng, hands)
    _fill(page, design, entry, rng, writer)
    image = scanned(page, rng, design.dpi, design.grey, design.quality)
    return HouseCheque(image, image, entry.truth, design.dpi)


def _print(design: Design) -> np.ndarray:
    """The cheque as the bank hands it out, but for the line at its foot; float32 BGR."""
    sheet = Sheet(design.width, design.height)
    if design.pattern:
        rows = round((design.height - design.micr_above_foot - 6) * PX)
        picture = np.asarray(sheet.image).copy()
        picture[:rows] = background(design.pattern, design.tint, rows, picture.shape[1])
        sheet.image.paste(Image.fromarray(picture))
    fill_with = (255, 255, 255) if design.white_box else None
    if design.box:
        sheet.box(*design.box, 0.22, design.colour, fill_with)
    for caption in (*design.captions, *((design.sign,) if design.sign else ())):
        sheet.caption(caption)
    for left, right, row in design.rules:
        match design.ruling:
            case "dotted":
                sheet.dotted(left, right, row)
            case "dashed":
                for x in np.arange(left, right - 0.5, 1.5):
                    sheet.line(x, row, x + 1.05, row, design.rule_mm, design.colour)
            case _:
                sheet.line(left, row, right, row, design.rule_mm, design.colour)
    for cell, letter in zip(design.cells, design.letters, strict=True):
        x, y, width, height = cell
        sheet.box(x, y, width, height, 0.17, (90, 90, 90), fill_with)
        sheet.text(x + width / 2, y + height + 2.3, letter, 2.1, face=design.face, anchor="ms")
    return sheet.pixels()


def _print_line(page: np.ndarray, design: Design, line: str, rng: np.random.Generator) -> None:
    line = line.replace(" ", " " * int(rng.integers(1, 3)))
    mask = (draw_cmc7 if design.font == "CMC-7" else draw_micr)(line, DPI)
    top = round((design.height - design.micr_above_foot - 1.5) * PX)
    start = round(float(rng.uniform(6, 12)) * PX)
    mask = mask[:, : page.shape[1] - start]
    share = (mask.astype(np.float32) / 255 * float(rng.uniform(0.9, 0.98)))[..., None]
    place = page[top : top + mask.shape[0], start : start + mask.shape[1]]
    place *= 1 - share
    place += share * 28.0


def _fill(page: np.ndarray, design: Design, entry: Entry, rng: np.random.Generator, writer: Writer) -> None:
    """The hand: payee, words on one line or two, figures, date, signature."""

    def on(text: str, place: Place, size: float) -> None:
        left, right, base = place
        start = left + float(rng.uniform(0.5, 5.0))
        write(page, text, start, base - float(rng.uniform(0.5, 1.4)), rng, writer, size, right - 1 - start)

    on(entry.payee, design.payee, 2.1)
    for text, place in zip(_broken(entry.words, design.words), design.words, strict=False):
        on(text, place, 2.0)
    left, right, base = design.figures
    start = left + float(rng.uniform(0.6, 2.5))
    write(page, entry.figures, start, base, rng, writer, 2.1, right - start)
    if design.cells:
        write_in_cells(page, entry.day, design.cells, rng, writer)
    else:
        on(entry.day, design.day, 1.9)
    left, right, base = design.signature
    sign(
        page,
        left + float(rng.uniform(0, 4)),
        base,
        min(right - left - 6, float(rng.uniform(24, 36))),
        rng,
        writer,
    )


def _broken(text: str, places: tuple[Place, ...]) -> list[str]:
    """The words for each line: as many as fit on the first, the rest on the next."""
    if len(places) == 1:
        return [text]
    left, right, _ = places[0]
    most = int((right - left) / 2.6)
    parts = text.split(" ")
    first = parts[:1]
    while len(first) < len(parts) and len(" ".join([*first, parts[len(first)]])) <= most:
        first.append(parts[len(first)])
    return [" ".join(first), *([" ".join(parts[len(first) :])] if parts[len(first) :] else [])]


def evenly(
    x: float, y: float, width: float, height: float, groups: tuple[int, ...], gap: float
) -> tuple[Box, ...]:
    """Cells of one size in groups that stand ``gap`` mm apart."""
    cells: list[Box] = []
    for count in groups:
        cells += [(x + width * i, y, width, height) for i in range(count)]
        x += width * count + gap
    return tuple(cells)


def true_values(payee: str, amount: str, day: date, micr: str) -> dict[str, Any]:
    """The true values of a cheque by the names of its form's fields."""
    return {"payee": payee, "courtesy_amount": amount, "legal_amount": amount, "amount": amount,
            "date": day.isoformat(), "micr": micr, "signature": True}  # fmt: skip


def cents(rng: np.random.Generator, low: float = 1.0, high: float = 4.2, round_share: float = 0.5) -> int:
    """An amount in hundredths, whole ones ``round_share`` of the time."""
    whole = int(10 ** rng.uniform(low, high))
    return whole * 100 + (0 if rng.random() < round_share else int(rng.integers(100)))
