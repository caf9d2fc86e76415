"""What was read: the records that the pipeline makes and the store writes. No pictures.

Boxes are ``(x, y, width, height)`` in pixels of the page as scanned, whichever way it lies; those that stages of the
pipeline hand to each other are in pixels of the picture that they work on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from inkfield.schemas.reasons import Reason

Box = tuple[int, int, int, int]
Value = Decimal | date | str | bool | int | None
FieldStatus = Literal["accepted", "review", "empty"]
PageStatus = Literal["done", "review", "blank", "unknown_form"]
DocumentStatus = Literal["done", "review", "failed"]


@dataclass(frozen=True)
class WordReading:
    """What a word may be, and the probability that it is this."""

    text: str
    probability: float


@dataclass(frozen=True)
class Word:
    """One word. ``readings`` are what it may be, ``text`` among them, likeliest first; only where they are asked for:
    see pipeline/text/word_readings.py."""

    box: Box
    text: str
    confidence: float
    readings: tuple[WordReading, ...] = ()


@dataclass(frozen=True)
class TextLine:
    """One line of writing, read."""

    box: Box
    text: str = ""
    confidence: float = 0.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """Another reading of a field: text, its value, and the probability that it is right."""

    text: str
    value: Value
    probability: float


@dataclass(frozen=True)
class FieldReading:
    """What was read in one field. ``source`` tells which model and rule made it.

    Until the form's rules have judged it, a reading is for review, or empty where nothing is written.
    """

    name: str
    kind: str
    text: str
    value: Value
    confidence: float
    status: FieldStatus = "review"
    box: Box | None = None
    alternatives: tuple[Alternative, ...] = ()
    source: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class LabelledValue:
    """A printed label of a page that is no known form, and what was filled in for it.

    ``value`` is a text, or for a checkbox and a signature whether it is there. ``box`` is that of the value, ``row``
    its row in a table, from 1. Nobody described the page: ``confidence`` is below what any form accepts.
    """

    label: str
    value: str | bool
    kind: str
    box: Box
    confidence: float
    row: int | None = None


@dataclass(frozen=True)
class StageTime:
    """A stage that a page went through, and the CPU seconds that it took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class PageReading:
    """All that was read on one page. ``form`` is None for a page that is no known form: then ``lines`` are, and
    ``reason`` tells why it is none. A cheque that has no MICR line to prove that it is one has its ``lines`` too."""

    number: int
    width: int
    height: int
    dpi: float
    form: str | None
    form_version: int | None
    status: PageStatus
    fields: tuple[FieldReading, ...] = ()
    lines: tuple[TextLine, ...] = ()
    quality: dict[str, float] = field(default_factory=dict)
    reason: Reason | None = None
    picture: str | None = None
    """Perceptual hash of the page, or of the cheque on it; see pipeline/image/picture_hash.py."""
    ink: str | None = None
    """Perceptual hash of what is written on a cheque; see pipeline/cheques/ink_hash.py."""
    scan_number: int | None = None
    """The page of the file that it was read on, from 1: several cheques may have been scanned together."""
    pairs: tuple[LabelledValue, ...] = ()
    """Labelled values of a page that is no known form."""
    stages: tuple[StageTime, ...] = ()
    """What was done with the page, in order."""
    sheet: int | None = None
    """Of a form of several pages: which of them it is, from 1."""
    part_of: int | None = None
    """Of a form of several pages: the number of the page under which stands what it belongs to, the first of the form
    that came in; None for that page itself."""


@dataclass(frozen=True)
class DocumentReading:
    """What became of one file. ``error_code`` and ``error_message`` are set when ``status`` is ``failed``."""

    source: str
    sha256: str
    status: DocumentStatus
    pages: tuple[PageReading, ...] = ()
    error_code: str | None = None
    error_message: str | None = None
