"""Filled forms that nobody described: places to write of six designs, filled by hand or typed, and what stands in them.

For developing and measuring labelled values. Each seed has a design of its own: which places, in which order, typeface,
sizes, colons or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX, Sheet, text_width
from inkfield.lab.documents.writer import Writer, random_writer, tick_box, write

LEFT, RIGHT, BOTTOM = 18.0, 194.0, 280.0
Invent = Callable[[np.random.Generator], str]
FIRST, LAST = date(1940, 1, 1), date(2026, 6, 30)


def _date(rng: np.random.Generator) -> str:
    return people.day(rng, FIRST, LAST).strftime(people.pick(rng, ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")))


def _phone(rng: np.random.Generator) -> str:
    return f"({people.digits(rng, 3)}) {people.digits(rng, 3)}-{people.digits(rng, 4)}"


ASKED: tuple[tuple[str, Invent], ...] = (
    ("Full Name", people.person), ("Date of Birth", _date), ("Phone Number", _phone),
    ("Street Address", lambda rng: people.address(rng)[0]), ("City", lambda rng: people.address(rng)[1].split()[0]),
    ("Zip Code", lambda rng: people.digits(rng, 5)), ("Policy Number", lambda rng: f"G{people.digits(rng, 6)}"),
    ("Employer", people.person), ("Emergency Contact", people.person),
    ("Amount Paid", lambda rng: f"{people.digits(rng, 3)}.50"),
    ("Date of Service", _date), ("Diagnosis", lambda rng: people.pick(rng, people.DIAGNOSES)),
    ("Occupation", lambda rng: people.pick(rng, ("Teacher", "Nurse", "Driver", "Accountant", "Farmer"))),
    ("Referred By", people.person), ("Spouse's Name", people.person), ("Date Signed", _date),
    ("Account No.", lambda rng: people.digits(rng, 9)), ("Member ID", lambda rng: people.digits(rng, 8)),
    ("Pharmacy", lambda rng: people.address(rng)[1].split()[0]), ("Physician", people.person),
)  # fmt: skip
"""Labels, and what is written for them."""
QUESTIONS = (
    ("Marital Status", ("Single", "Married", "Other")), ("Do you smoke?", ("Yes", "No")), ("Sex", ("M", "F")),
    ("Relationship to insured", ("Self", "Spouse", "Child", "Other")), ("Is this an emergency?", ("YES", "NO")),
)  # fmt: skip
HEADS: tuple[tuple[str, Invent], ...] = (
    ("Date", _date), ("Code", lambda rng: people.pick(rng, people.PROCEDURES)),
    ("Charges", lambda rng: f"{people.digits(rng, 3)}.00"), ("Units", lambda rng: people.digits(rng, 1)),
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What stands on a form: ``value`` is a text, or of a question the caption that is ticked; ``row`` from 1."""

    label: str
    value: str
    row: int | None = None


@dataclass
class _Filling:
    """A form in the making: ``typed`` names the typeface it is filled in with, None by hand."""

    rng: np.random.Generator
    sheet: Sheet
    face: str
    size: float
    colon: bool
    typed: str | None
    truth: list[Truth] = field(default_factory=list)
    written: list[tuple[str, float, float, float]] = field(default_factory=list)
    """Text, x, baseline and width in mm of what is to be filled in."""
    ticks: list[tuple[float, float, float, float]] = field(default_factory=list)
    asked: list[tuple[str, Invent]] = field(default_factory=list)

    def take(self) -> tuple[str, str]:
        label, invent = self.asked.pop()
        value = invent(self.rng)
        self.truth.append(Truth(label, value))
        return label, value

    def label(self, x: float, y: float, text: str, size: float | None = None) -> float:
        said = text + ":" if self.colon and not text.endswith("?") else text
        return self.sheet.text(x, y, said, size or self.size, face=self.face)


def render_form(
    rng: np.random.Generator, hands: Sequence[Path] = (), typed: bool = False
) -> tuple[np.ndarray, list[Truth]]:
    """A scanned form (uint8 BGR, 300 dpi) filled by one of ``hands`` or ``typed``, and what stands on it."""
    faces = ("roboto", "lato", "arimo", "open-sans", "tinos")
    known = [face for face in faces if _is_there(face)]
    form = _Filling(
        rng, Sheet(210, 297), people.pick(rng, tuple(known)), float(rng.uniform(2.6, 3.9)), bool(rng.random() < 0.6),
        people.pick(rng, tuple(known)) if typed else None, asked=[ASKED[i] for i in rng.permutation(len(ASKED))],
    )  # fmt: skip
    form.sheet.text(LEFT, 20, "PATIENT REGISTRATION", 5.5, face=form.face, bold=True)
    y = 32.0
    designs = [_lines, _boxes, _below, _grid, _checks, _table]
    while y < BOTTOM - 60 and len(form.asked) > 6:
        y = designs[int(rng.integers(len(designs)))](form, y) + float(rng.uniform(4, 8))
    page = form.sheet.pixels()
    writer = random_writer(rng, hands)
    _fill(form, page, writer)
    for box in form.ticks:
        tick_box(page, box, rng, writer)
    return scan(page, rng, 0.8), form.truth


def _is_there(face: str) -> bool:
    try:
        return text_width("a", 3, face) > 0
    except KeyError:
        return False


def _fill(form: _Filling, page: np.ndarray, writer: Writer) -> None:
    for text, x, baseline, width in form.written:
        if form.typed is None:
            write(page, text, x, baseline, form.rng, writer, 2.1, width)
        else:
            typed = Sheet(width, 8)
            typed.text(
                0.2, 6, text, min(3.6, 3.6 * width / text_width(text, 3.7, form.typed)), face=form.typed
            )
            part = typed.pixels()
            left, top = round(x * PX), round((baseline - 6) * PX)
            place = page[top : top + part.shape[0], left : left + part.shape[1]]
            np.minimum(place, part, out=place)


def _lines(form: _Filling, y: float) -> float:
    """Labels with a line to write on behind them."""
    for _ in range(int(form.rng.integers(1, 4))):
        y += 10
        count = int(form.rng.integers(1, 3))
        width = (RIGHT - LEFT) / count
        for k in range(count):
            label, value = form.take()
            x = LEFT + k * width
            start = x + form.label(x, y, label) + 2
            form.sheet.line(start, y + 0.5, x + width - 4, y + 0.5)
            form.written.append(
                (value, start + float(form.rng.uniform(1, 5)), y - 0.2, x + width - 10 - start)
            )
    return y


def _boxes(form: _Filling, y: float) -> float:
    """Boxes side by side with small labels in their upper corner."""
    for _ in range(int(form.rng.integers(1, 3))):
        count, height = int(form.rng.integers(2, 4)), float(form.rng.uniform(10, 13))
        width = (RIGHT - LEFT) / count
        for k in range(count):
            label, value = form.take()
            x = LEFT + k * width
            form.sheet.box(x, y, width, height)
            form.label(x + 1, y + 3.2, label, min(form.size, 2.8))
            form.written.append((value, x + float(form.rng.uniform(2, 8)), y + height - 2.2, width - 10))
        y += height
    return y


def _below(form: _Filling, y: float) -> float:
    """Lines with their labels under them."""
    y += 10
    width = (RIGHT - LEFT) / 2
    for k in range(2):
        label, value = form.take()
        x = LEFT + k * width
        form.sheet.line(x, y, x + width - 8, y)
        form.sheet.text(x, y + 3.4, label, 2.5, face=form.face)
        form.written.append((value, x + 4, y - 0.6, width - 16))
    return y + 5


def _grid(form: _Filling, y: float) -> float:
    """A box for the label and one beside it for the value."""
    for _ in range(int(form.rng.integers(2, 4))):
        label, value = form.take()
        form.sheet.box(LEFT, y, 50, 9)
        form.sheet.box(LEFT + 50, y, 90, 9)
        form.label(LEFT + 2, y + 5.8, label)
        form.written.append((value, LEFT + 54, y + 6.5, 80))
        y += 9
    return y


def _checks(form: _Filling, y: float) -> float:
    """A question with boxes to tick, captions behind or before them."""
    y += 8
    question, options = QUESTIONS[int(form.rng.integers(len(QUESTIONS)))]
    behind = form.rng.random() < 0.7
    x = LEFT + form.label(LEFT, y, question) + 6
    ticked = int(form.rng.integers(len(options)))
    for k, option in enumerate(options):
        if not behind:
            x += form.sheet.text(x, y, option, form.size, face=form.face) + 1.5
        box = (x, y - 3.4, 3.8, 3.8)
        form.sheet.box(*box, line_mm=0.3)
        x += 5.3
        if behind:
            x += form.sheet.text(x, y, option, form.size, face=form.face)
        if k == ticked:
            form.ticks.append(box)
        x += 6
    if not any(truth.label == question for truth in form.truth):
        form.truth.append(Truth(question, options[ticked]))
    return y + 2


def _table(form: _Filling, y: float) -> float:
    """Heads and rows."""
    if any(truth.row for truth in form.truth):
        return y - 4
    width, rows = 40.0, int(form.rng.integers(2, 5))
    for k, (head, invent) in enumerate(HEADS):
        form.sheet.box(LEFT + k * width, y, width, 7)
        form.sheet.text(LEFT + k * width + 3, y + 4.8, head, form.size, face=form.face)
        for row in range(rows + 1):
            top = y + 7 + row * 8.5
            form.sheet.box(LEFT + k * width, top, width, 8.5)
            if row < rows:
                value = invent(form.rng)
                form.truth.append(Truth(head, value, row + 1))
                form.written.append((value, LEFT + k * width + 4, top + 6, width - 8))
    return y + 7 + (rows + 1) * 8.5
